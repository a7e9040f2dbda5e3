"""Telegram's sentences become the failures that the outbox knows."""

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.channels import (
    ChatMoved,
    ContentRejected,
    Misconfigured,
    NotAllowed,
    OutcomeUnknown,
    RateLimited,
    SendFailure,
    TargetGone,
    TopicGone,
    TryLater,
    Unreachable,
)
from bot.handlers.telegram.failures import Paused, Unchanged, failure_of


def caused(error: NetworkError, cause: Exception) -> NetworkError:
    """The error as the library raises it from the transport's."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected", "code"),
    [
        (BadRequest("Message thread not found"), TopicGone, "thread_not_found"),
        (BadRequest("Topic_deleted"), TopicGone, "topic_deleted"),
        (BadRequest("Topic_closed"), NotAllowed, "topic_closed"),
        (BadRequest("The chat is not a forum"), NotAllowed, "not_a_forum"),
        (BadRequest("Not enough rights to create a topic"), NotAllowed, "rights"),
        (BadRequest("Have no rights to send a message"), NotAllowed, "rights"),
        (BadRequest("Message can't be deleted for everyone"), NotAllowed, "too_old_to_delete"),
        (BadRequest("Message to edit not found"), TargetGone, "message_gone"),
        (BadRequest("Message can't be edited"), TargetGone, "not_editable"),
        (BadRequest("Message to be replied not found"), TargetGone, "message_gone"),
        (BadRequest("Chat not found"), Unreachable, "chat_not_found"),
        (BadRequest("Can't parse entities: unsupported tag"), ContentRejected, "markup"),
        (BadRequest("Message is too long"), ContentRejected, "too_long"),
        (BadRequest("Message is not modified: same"), Unchanged, "not_modified"),
        (BadRequest("Topic_not_modified"), Unchanged, "not_modified"),
        (BadRequest("Etwas Neues"), ContentRejected, "400"),
        (Forbidden("Forbidden: bot was blocked by the user"), Unreachable, "blocked"),
        (Forbidden("Forbidden: user is deactivated"), Unreachable, "deactivated"),
        (Forbidden("Forbidden: bot can't initiate conversation"), Unreachable, "never_started"),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Unreachable, "kicked"),
        (Forbidden("Forbidden: bot is not a member of"), Unreachable, "not_a_member"),
        (Forbidden("Forbidden: not enough rights to send text"), NotAllowed, "rights"),
        (Forbidden("Forbidden: hal baru"), Unreachable, "403"),
        (InvalidToken(), Misconfigured, "token"),
        (Conflict("two"), TryLater, "409"),
        (Paused(7), RateLimited, "429"),
        (ChatMigrated(-100), ChatMoved, "migrated"),
        (NetworkError("Bad Gateway"), TryLater, "5xx"),
        (NetworkError("Internal Server Error (500)"), TryLater, "5xx"),
        (NetworkError("Gateway Timeout (504)"), OutcomeUnknown, "504"),
        (TelegramError("Invalid server response"), OutcomeUnknown, "answer"),
        (caused(TimedOut(), httpx.ReadTimeout("x")), OutcomeUnknown, "ReadTimeout"),
        (caused(TimedOut(), httpx.WriteTimeout("x")), OutcomeUnknown, "WriteTimeout"),
        (caused(TimedOut(), httpx.ConnectTimeout("x")), TryLater, "ConnectTimeout"),
        (caused(TimedOut("Pool"), httpx.PoolTimeout("x")), TryLater, "PoolTimeout"),
        (caused(NetworkError("x"), httpx.ConnectError("x")), TryLater, "ConnectError"),
        (caused(NetworkError("x"), httpx.ReadError("x")), OutcomeUnknown, "ReadError"),
        (
            caused(NetworkError("x"), httpx.RemoteProtocolError("x")),
            OutcomeUnknown,
            "RemoteProtocolError",
        ),
    ],
    ids=str,
)
def test_an_error_says_what_follows(
    error: TelegramError, expected: type[SendFailure], code: str
) -> None:
    """What was certainly not sent may go again; what may have been is not doubled."""
    failure = failure_of(error)
    assert type(failure) is expected
    assert failure.code == code


def test_a_pause_and_a_new_chat_keep_their_values() -> None:
    """The outbox waits that long, and writes to that chat."""
    paused, moved = failure_of(Paused(7)), failure_of(ChatMigrated(-1001234567890))
    assert isinstance(paused, RateLimited)
    assert paused.retry_after == 7
    assert isinstance(moved, ChatMoved)
    assert moved.new_chat_id == "-1001234567890"


def test_no_word_of_the_provider_gets_into_a_failure() -> None:
    """Telegram's sentences quote our text, the library's the token."""
    secret = "Sri 7000000001:AAtoken"
    for error in (
        BadRequest(f"Can't parse entities: tag {secret}"),
        Forbidden(secret),
        InvalidToken(secret),
        NetworkError(secret),
        TelegramError(secret),
    ):
        failure = failure_of(error)
        assert secret not in f"{failure!s} {failure!r} {failure.code}"
