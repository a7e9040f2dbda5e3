"""Words that go out to Telegram, and what Telegram answers instead."""

import logging
import socket
import traceback
from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.responses import Response

from bot.channels import (
    ChatMoved,
    ContentRejected,
    Misconfigured,
    OutcomeUnknown,
    Place,
    RateLimited,
    SendFailure,
    Text,
    TopicGone,
    TryLater,
    Unreachable,
)
from bot.commands import Choice
from bot.events import Address
from tests.fakes.http_server import HttpFake
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_state import User
from tests.handlers.telegram_session import (
    BUDI_PLACE,
    GROUP,
    GROUP_PLACE,
    YES_NO,
    failure,
    say,
)

# ---- words -------------------------------------------------------------------------------


@pytest.mark.usefixtures("budi")
def test_words_go_out_plain_and_without_a_preview(telegram: FakeTelegram) -> None:
    """Angle brackets are words here; nobody fetches links that a reporter sent."""
    sent_id = say(telegram, Text("<b>Halo</b> & https://contoh.id"))
    (message,) = telegram.sent(70)
    assert sent_id == f"70:{message.message_id}"
    assert message.text == "<b>Halo</b> & https://contoh.id"
    assert not message.silent
    (call,) = telegram.calls_of("sendMessage")
    assert '"is_disabled": true' in call["link_preview_options"]


@pytest.mark.usefixtures("budi")
@pytest.mark.parametrize(
    ("count", "rows", "shape"),
    [(2, 1, [1, 1]), (5, 2, [2, 2, 1]), (12, 1, [1] * 12), (2, 0, [1, 1])],
)
def test_choices_are_buttons_in_rows(
    telegram: FakeTelegram, count: int, rows: int, shape: list[int]
) -> None:
    """Long labels need a row of their own; lists are columns of buttons."""
    choices = tuple(Choice(f"c:{n}", f"Pilihan {n}") for n in range(count))
    say(telegram, Text("Pilih", choices, rows=rows, list_label="Pilih"))
    (message,) = telegram.sent(70)
    assert [len(row) for row in message.buttons] == shape
    assert [button.data for row in message.buttons for button in row] == [c.id for c in choices]


@pytest.mark.usefixtures("budi")
def test_markup_is_shown_where_it_is_asked_for(telegram: FakeTelegram) -> None:
    """Cards are easier to read with bold words."""
    say(telegram, Text("<b>Upah</b> &amp; THR", html=True))
    (message,) = telegram.sent(70)
    assert message.text == "Upah & THR"
    assert message.content["entities"][0]["type"] == "bold"


@pytest.mark.usefixtures("budi")
def test_markup_that_telegram_refuses_goes_as_plain_text(telegram: FakeTelegram) -> None:
    """A card without bold words is better than none."""
    say(telegram, Text("<b>Upah</i> &lt;5 &amp; <x>THR</x>", YES_NO, html=True))
    (message,) = telegram.sent(70)
    assert message.text == "Upah <5 & THR"
    assert message.labels == ["Setuju", "Tidak"]


@pytest.mark.usefixtures("budi")
def test_an_answer_to_a_message_that_is_gone_still_goes(telegram: FakeTelegram) -> None:
    """The words matter more than where they hang."""
    first = say(telegram, Text("satu"))
    say(telegram, Text("dua", reply_to=first, silent=True))
    say(telegram, Text("tiga", reply_to="70:9999"))
    one, two, three = telegram.sent(70)
    assert (two.reply_to, two.silent) == (one.message_id, True)
    assert three.reply_to is None


def test_words_stand_in_their_topic_and_general_is_left_out(
    telegram: FakeTelegram, ani: User
) -> None:
    """Telegram refuses the number of General."""
    topic = telegram.create_topic(GROUP, "Kasus", ani)
    say(telegram, Text("di topik"), replace(GROUP_PLACE, thread=str(topic.thread_id)))
    say(telegram, Text("di umum"), replace(GROUP_PLACE, thread="1"))
    assert [m.thread_id for m in telegram.sent(GROUP)] == [topic.thread_id, None]


# ---- failures over the wire --------------------------------------------------------------


@pytest.mark.usefixtures("budi")
@pytest.mark.parametrize(
    ("status", "description", "parameters", "expected"),
    [
        (429, "Too Many Requests: retry after 7", {"retry_after": 7}, RateLimited),
        (429, "Too Many Requests", None, RateLimited),
        (400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -1}, ChatMoved),
        (401, "Unauthorized", None, Misconfigured),
        (500, "Internal Server Error", None, TryLater),
        (502, "Bad Gateway", None, TryLater),
        (504, "Gateway Timeout", None, OutcomeUnknown),
        (None, "", None, OutcomeUnknown),
    ],
)
def test_what_telegram_answers_instead_becomes_a_failure(
    telegram: FakeTelegram,
    status: int | None,
    description: str,
    parameters: dict[str, object] | None,
    expected: type[SendFailure],
) -> None:
    """Only the outbox decides what follows from it."""
    telegram.fail_next("sendMessage", status, description, parameters)
    found = failure(telegram, lambda c: c.send_text(BUDI_PLACE, Text("Halo")))
    assert type(found) is expected


def test_people_who_cannot_be_reached(telegram: FakeTelegram, budi: User) -> None:
    """Blocked, deleted, never started, unknown: the card says so, nothing is tried again."""
    stranger = telegram.user(71, "Siti")
    telegram.block(budi)
    for path, code in (
        ("70", "blocked"),
        (str(stranger.id), "chat_not_found"),
        ("72", "chat_not_found"),
    ):
        place = Place(Address("telegram", path))
        found = failure(telegram, lambda c, p=place: c.send_text(p, Text("Halo")))
        assert (type(found), found.code) == (Unreachable, code)
    telegram.unblock(budi)
    telegram.deactivate(budi)
    found = failure(telegram, lambda c: c.send_text(BUDI_PLACE, Text("Halo")))
    assert (type(found), found.code) == (Unreachable, "deactivated")


def test_a_group_that_moved_a_topic_that_is_gone_and_a_bot_put_out(
    telegram: FakeTelegram, ani: User
) -> None:
    """Each has its own remedy."""
    topic = telegram.create_topic(GROUP, "Kasus", ani)
    in_topic = replace(GROUP_PLACE, thread=str(topic.thread_id))
    telegram.delete_topic(GROUP, topic.thread_id)
    assert isinstance(failure(telegram, lambda c: c.send_text(in_topic, Text("x"))), TopicGone)
    telegram.group(-4001, forum=False, owner=ani)
    telegram.migrate_group(-4001, -1004001)
    old = Place(Address("telegram", "-4001"))
    moved = failure(telegram, lambda c: c.send_text(old, Text("x")))
    assert isinstance(moved, ChatMoved)
    assert moved.new_chat_id == "-1004001"
    telegram.kick_bot(GROUP)
    out = failure(telegram, lambda c: c.send_text(GROUP_PLACE, Text("x")))
    assert (type(out), out.code) == (Unreachable, "kicked")


@pytest.mark.usefixtures("budi")
def test_a_lost_answer_leaves_the_outcome_unknown(telegram: FakeTelegram) -> None:
    """Telegram cannot be asked what was sent, so a person must look."""
    telegram.fail_next("sendMessage", after_accept=True)
    found = failure(telegram, lambda c: c.send_text(BUDI_PLACE, Text("Halo")))
    assert type(found) is OutcomeUnknown
    assert len(telegram.sent(70)) == 1
    since = telegram.now().isoformat()
    look_up = failure(telegram, lambda c: c.was_sent(BUDI_PLACE, "Halo", since))
    assert type(look_up) is OutcomeUnknown


def test_a_refused_connection_is_certainly_not_sent(telegram: FakeTelegram) -> None:
    """It may be tried again without fear of a second message."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    found = failure(telegram, lambda c: c.send_text(BUDI_PLACE, Text("Halo")), base=nobody)
    assert (type(found), found.code) == (TryLater, "ConnectError")


def test_an_address_of_another_channel_is_refused(telegram: FakeTelegram) -> None:
    """A mix-up of channels must fail here, not at Telegram with a phone number in it."""
    place = Place(Address("whatsapp", "sri"))
    found = failure(telegram, lambda c: c.send_text(place, Text("Halo")))
    assert type(found) is ContentRejected
    assert telegram.calls == []


@pytest.mark.usefixtures("budi")
def test_no_secret_gets_into_logs_or_failures(
    telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    """The library would log a broken answer whole, and puts the token into an exception."""
    caplog.set_level(logging.WARNING)
    found = failure(
        telegram,
        lambda c: c.send_text(BUDI_PLACE, Text("<rahasia>", html=True)),
        token="7000000001:AAwrong-token-0123456789012345678",
    )
    assert type(found) is Misconfigured
    shown = "".join(traceback.format_exception(found)) + caplog.text
    assert "wrong-token" not in shown
    assert "rahasia" not in caplog.text


class Broken(HttpFake):
    """Stands where Telegram would be and answers with anything."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__()
        self.answer = Response(body, status)

    async def handle(self, _request: Request) -> Response:
        return self.answer


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"ok": true, "result": {"text": "rahasia', OutcomeUnknown),
        (200, b'["rahasia"]', OutcomeUnknown),
        (200, b'{"ok": true}', OutcomeUnknown),
        (200, b'{"ok": true, "result": {"text": "rahasia"}}', OutcomeUnknown),
        (502, b"<html>rahasia</html>", TryLater),
        (504, b"<html>rahasia</html>", OutcomeUnknown),
        (429, b"<html>rahasia</html>", RateLimited),
        (400, b"<html>rahasia</html>", ContentRejected),
    ],
)
def test_an_answer_that_cannot_be_read_is_neither_trusted_nor_logged(
    telegram: FakeTelegram,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: bytes,
    expected: type[SendFailure],
) -> None:
    """Telegram repeats our text in its answers; a proxy may cut them anywhere."""
    caplog.set_level(logging.WARNING)
    with Broken(status, body) as broken:
        found = failure(
            telegram, lambda c: c.send_text(BUDI_PLACE, Text("Halo")), base=broken.base_url
        )
    assert type(found) is expected
    assert "rahasia" not in "".join(traceback.format_exception(found)) + caplog.text
