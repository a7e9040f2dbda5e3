"""What went wrong at Telegram, as one of the port's failures.

The Bot API has almost no codes: what happened stands in an English sentence, which may quote
our text. So sentences are only matched, never handed on. Sources: the Bot API server
(github.com/tdlib/telegram-bot-api) and https://core.telegram.org/bots/api#making-requests
"""

from collections.abc import Callable

import httpx
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


class Paused(TelegramError):  # noqa: N818 - an answer, not a defect
    """429: wait so many seconds. Raised by our own transport.

    The library's own exception for it warns of its future each time it is made.
    """

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        super().__init__("429")
        self.seconds = seconds


class Unchanged(SendFailure):
    """What was to be changed is so already: a success for those who change things."""


USER_NOT_FOUND = "user_not_found"
"""The code of an Unreachable: Telegram does not know this person here."""

_Make = Callable[[str], SendFailure]
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

# The first sentence found in the description decides; the word is what goes on from here.
_REFUSED: tuple[tuple[str, _Make, str], ...] = (
    ("message is not modified", Unchanged, "not_modified"),
    ("topic_not_modified", Unchanged, "not_modified"),
    ("chat_not_modified", Unchanged, "not_modified"),
    ("message thread not found", TopicGone, "thread_not_found"),
    ("topic_deleted", TopicGone, "topic_deleted"),
    ("topic_id_invalid", TopicGone, "topic_id_invalid"),
    ("topic_closed", NotAllowed, "topic_closed"),
    ("not a forum", NotAllowed, "not_a_forum"),
    ("not enough rights", NotAllowed, "rights"),
    ("have no rights", NotAllowed, "rights"),
    ("need administrator rights", NotAllowed, "rights"),
    ("chat_admin_required", NotAllowed, "rights"),
    ("chat_write_forbidden", NotAllowed, "rights"),
    ("member list is inaccessible", NotAllowed, "rights"),
    ("chat_restricted", NotAllowed, "rights"),
    ("can't be deleted", NotAllowed, "too_old_to_delete"),
    ("message to edit not found", TargetGone, "message_gone"),
    ("message to delete not found", TargetGone, "message_gone"),
    ("message to pin not found", TargetGone, "message_gone"),
    ("message to be replied not found", TargetGone, "message_gone"),
    ("message to reply not found", TargetGone, "message_gone"),
    ("message can't be edited", TargetGone, "not_editable"),
    ("there is no text in the message to edit", TargetGone, "not_editable"),
    ("message_id_invalid", TargetGone, "message_gone"),
    ("chat not found", Unreachable, "chat_not_found"),
    ("user not found", Unreachable, USER_NOT_FOUND),
    ("peer_id_invalid", Unreachable, "chat_not_found"),
    ("group chat was deactivated", Unreachable, "chat_deactivated"),
    ("can't parse entities", ContentRejected, "markup"),
    ("message is too long", ContentRejected, "too_long"),
    ("caption is too long", ContentRejected, "too_long"),
    ("button_data_invalid", ContentRejected, "button_data"),
    ("query is too old", TargetGone, "tap_too_old"),
    ("temporarily unavailable", TryLater, "file_unavailable"),
)
_FORBIDDEN: tuple[tuple[str, _Make, str], ...] = (
    ("blocked by the user", Unreachable, "blocked"),
    ("user is deactivated", Unreachable, "deactivated"),
    ("can't initiate", Unreachable, "never_started"),
    ("was kicked", Unreachable, "kicked"),
    ("is not a member", Unreachable, "not_a_member"),
    ("rights", NotAllowed, "rights"),
)


def failure_of(error: TelegramError) -> SendFailure:
    """The failure in an exception of the library; its ``code`` is a word of ours."""
    match error:
        case Paused():
            return RateLimited(error.seconds)
        case ChatMigrated():
            return ChatMoved(str(error.new_chat_id))
        case BadRequest():  # before NetworkError, whose subclass it is
            return _first(_REFUSED, error, ContentRejected("400"))
        case Forbidden():
            return _first(_FORBIDDEN, error, Unreachable("403"))
        case InvalidToken():
            return Misconfigured("token")
        case Conflict():
            return TryLater("409")
        case TimedOut() | NetworkError():
            return _lost(error)
        case _:  # an answer that is no JSON
            return OutcomeUnknown("answer")


def _lost(error: NetworkError) -> SendFailure:
    cause = error.__cause__
    if isinstance(cause, _NOT_SENT):
        return TryLater(type(cause).__name__)
    if isinstance(cause, httpx.HTTPError):
        return OutcomeUnknown(type(cause).__name__)
    # No cause of the transport: Telegram answered, with a 5xx. It refuses what it cannot take
    # that way; only its gateway may give up on something that is already on its way.
    if "gateway timeout" in error.message.lower():
        return OutcomeUnknown("504")
    return TryLater("5xx")


def _first(
    table: tuple[tuple[str, _Make, str], ...], error: TelegramError, otherwise: SendFailure
) -> SendFailure:
    said = error.message.lower()
    for sentence, make, word in table:
        if sentence in said:
            return make(word)
    return otherwise
