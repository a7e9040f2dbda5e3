"""What goes out to Telegram, in private chats and in the officers' group."""

import asyncio
import logging
import socket
import traceback
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from starlette.requests import Request
from starlette.responses import Response

from bot.channels import (
    ChatMoved,
    ContentRejected,
    File,
    FileGone,
    FileTooLarge,
    Misconfigured,
    NotAllowed,
    OutcomeUnknown,
    Place,
    RateLimited,
    SendFailure,
    TargetGone,
    Text,
    TopicGone,
    TryLater,
    Unreachable,
)
from bot.commands import Choice
from bot.events import Address, Media, MediaKind
from bot.handlers.telegram import TelegramChannel
from tests.fakes.http_server import HttpFake
from tests.fakes.telegram import Attachment, FakeTelegram
from tests.fakes.telegram_state import ALL_BOT_RIGHTS, User

T = TypeVar("T")
GROUP = -1001234567890
GROUP_PLACE = Place(Address("telegram", str(GROUP)))
BUDI_PLACE = Place(Address("telegram", "70"))
YES_NO = (Choice("c:ya", "Setuju"), Choice("c:tidak", "Tidak"))
PDF = File(MediaKind.DOCUMENT, b"%PDF-1.7", "application/pdf", "surat.pdf", "77")


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as running:
        yield running


@pytest.fixture
def budi(telegram: FakeTelegram) -> User:
    user = telegram.user(70, "Budi")
    telegram.private_message(user, "/start")
    return user


@pytest.fixture
def ani(telegram: FakeTelegram) -> User:
    user = telegram.user(7, "Ani", "Lestari")
    telegram.group(GROUP, owner=user)
    return user


def run(
    telegram: FakeTelegram,
    talk: Callable[[TelegramChannel], Awaitable[T]],
    *,
    token: str = "",
    base: str = "",
) -> T:
    async def session() -> T:
        channel = TelegramChannel(token or telegram.token, base or telegram.base_url)
        await channel.start()
        try:
            return await talk(channel)
        finally:
            await channel.close()

    return asyncio.run(session())


def say(telegram: FakeTelegram, text: Text, place: Place = BUDI_PLACE) -> str:
    return run(telegram, lambda channel: channel.send_text(place, text))


def failure(
    telegram: FakeTelegram,
    talk: Callable[[TelegramChannel], Awaitable[object]],
    *,
    token: str = "",
    base: str = "",
) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        run(telegram, talk, token=token, base=base)
    return caught.value


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


# ---- files -------------------------------------------------------------------------------


@pytest.mark.usefixtures("budi")
@pytest.mark.parametrize(
    ("kind", "content_type", "field"),
    [
        (MediaKind.PHOTO, "image/jpeg", "photo"),
        (MediaKind.VIDEO, "video/mp4", "video"),
        (MediaKind.VOICE, "audio/ogg; codecs=opus", "voice"),
        (MediaKind.VOICE, "audio/mpeg", "audio"),
        (MediaKind.DOCUMENT, "application/pdf", "document"),
    ],
)
def test_a_file_goes_out_as_what_it_is(
    telegram: FakeTelegram, kind: MediaKind, content_type: str, field: str
) -> None:
    """A photo is seen at once, a voice note can be played."""
    file = File(kind, b"isi", content_type, "berkas.bin")
    sent_id = run(
        telegram, lambda c: c.send_file(BUDI_PLACE, file, Text("<b>Bukti</b>", html=True))
    )
    (message,) = telegram.sent(70)
    assert sent_id == f"70:{message.message_id}"
    assert field in message.content
    assert message.text == "Bukti"
    assert telegram.file_of(message) == b"isi"


@pytest.mark.usefixtures("budi")
def test_a_document_keeps_its_name(telegram: FakeTelegram) -> None:
    """Officers file it under that name."""
    run(telegram, lambda c: c.send_file(BUDI_PLACE, PDF, Text("")))
    assert telegram.sent(70)[0].content["document"]["file_name"] == "surat.pdf"


@pytest.mark.usefixtures("budi")
def test_a_photo_that_telegram_refuses_goes_as_a_document(telegram: FakeTelegram) -> None:
    """Evidence must arrive, whatever its shape."""
    photo = File(MediaKind.PHOTO, b"isi", "image/jpeg", "foto.jpg")
    telegram.fail_next("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    run(telegram, lambda c: c.send_file(BUDI_PLACE, photo, Text("Bukti")))
    (message,) = telegram.sent(70)
    assert "document" in message.content
    large = replace(photo, content=b"\0" * 10_500_000)
    run(telegram, lambda c: c.send_file(BUDI_PLACE, large, Text("")))
    assert "document" in telegram.sent(70)[-1].content


@pytest.mark.usefixtures("budi")
def test_a_caption_too_long_goes_ahead_of_its_file(telegram: FakeTelegram) -> None:
    """Nothing that an officer wrote is cut."""
    run(telegram, lambda c: c.send_file(BUDI_PLACE, PDF, Text("😀" * 513)))
    words, sent = telegram.sent(70)
    assert (words.text, sent.text) == ("😀" * 513, "")
    assert "document" in sent.content


def fetch(telegram: FakeTelegram, media: Media, limit: int = 10_000) -> bytes:
    return run(telegram, lambda channel: channel.fetch(media, limit))


def test_a_file_that_a_person_sent_is_fetched(telegram: FakeTelegram, budi: User) -> None:
    """By the id that came with the message."""
    message = telegram.private_message(budi, document=b"isi surat")
    file_id = message.content["document"]["file_id"]
    assert fetch(telegram, Media(MediaKind.DOCUMENT, file_id)) == b"isi surat"


def test_a_file_above_the_limit_is_not_even_asked_for(telegram: FakeTelegram, budi: User) -> None:
    """Told with the message, told by Telegram, or found at the end."""
    with pytest.raises(FileTooLarge):
        fetch(telegram, Media(MediaKind.VIDEO, "F1", size=10_001))
    assert telegram.calls_of("getFile") == []
    sent = telegram.private_message(budi, document=Attachment(b"x", size=10_001))
    with pytest.raises(FileTooLarge):
        fetch(telegram, Media(MediaKind.VIDEO, sent.content["document"]["file_id"]))
    sent = telegram.private_message(budi, document=Attachment(b"x" * 10_001, size=1))
    with pytest.raises(FileTooLarge):
        fetch(telegram, Media(MediaKind.VIDEO, sent.content["document"]["file_id"]))
    sent = telegram.private_message(budi, document=Attachment(b"x", size=21 * 1024 * 1024))
    with pytest.raises(FileTooLarge):
        fetch(telegram, Media(MediaKind.VIDEO, sent.content["document"]["file_id"]), 10**9)


@pytest.mark.usefixtures("budi")
@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        (400, "Bad Request: wrong file_id or the file is temporarily unavailable", TryLater),
        (400, "Bad Request: invalid file_id", FileGone),
        (500, "Internal Server Error", TryLater),
        (None, "", TryLater),
    ],
)
def test_a_file_that_does_not_come(
    telegram: FakeTelegram, status: int | None, description: str, expected: type[Exception]
) -> None:
    """Fetching again is harmless; what is unknown for good is said so."""
    telegram.fail_next("getFile", status, description)
    with pytest.raises(expected):
        fetch(telegram, Media(MediaKind.PHOTO, "F1"))


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


# ---- the officers' group -----------------------------------------------------------------


@pytest.mark.usefixtures("ani")
def test_a_message_of_ours_is_edited_and_an_equal_edit_is_fine(telegram: FakeTelegram) -> None:
    """Cards are brought up to date as often as one likes."""
    card = say(telegram, Text("<b>baru</b>", YES_NO, html=True), GROUP_PLACE)
    for _ in range(2):
        text = Text("<b>ditangani</b>", YES_NO[:1], html=True)
        run(telegram, lambda c, t=text: c.edit_text(GROUP_PLACE, card, t))
    (message,) = telegram.sent(GROUP)
    assert message.texts == ["baru", "ditangani"]
    assert message.labels == ["Setuju"]
    run(telegram, lambda c: c.edit_text(GROUP_PLACE, card, Text("<i>x</b>", html=True)))
    assert (message.text, message.labels) == ("x", [])


@pytest.mark.usefixtures("ani")
def test_an_edit_of_what_is_gone_says_so(telegram: FakeTelegram) -> None:
    """A new card is then sent."""
    found = failure(telegram, lambda c: c.edit_text(GROUP_PLACE, f"{GROUP}:99", Text("x")))
    assert type(found) is TargetGone


@pytest.mark.usefixtures("ani")
def test_a_lost_answer_to_an_edit_may_be_asked_again(telegram: FakeTelegram) -> None:
    """Editing twice does no harm, so nobody has to look."""
    card = say(telegram, Text("baru"), GROUP_PLACE)
    telegram.fail_next("editMessageText", after_accept=True)
    found = failure(telegram, lambda c: c.edit_text(GROUP_PLACE, card, Text("lama")))
    assert type(found) is TryLater
    run(telegram, lambda c: c.edit_text(GROUP_PLACE, card, Text("lama")))


@pytest.mark.usefixtures("ani")
def test_a_message_is_deleted_once_and_twice(telegram: FakeTelegram) -> None:
    """One that is gone is fine."""
    sent = say(telegram, Text("salah kirim"), GROUP_PLACE)
    for _ in range(2):
        run(telegram, lambda c: c.delete_message(GROUP_PLACE, sent))
    assert telegram.sent(GROUP)[0].deleted


def test_an_old_message_may_need_a_right_to_be_deleted(telegram: FakeTelegram, budi: User) -> None:
    """Officers must learn that words still stand there."""
    sent = say(telegram, Text("lama"))
    telegram.advance(49 * 3600)
    found = failure(telegram, lambda c: c.delete_message(BUDI_PLACE, sent))
    assert type(found) is NotAllowed


def test_a_tap_is_answered_and_one_too_old_is_fine(telegram: FakeTelegram, ani: User) -> None:
    """The button must not seem to hang; after a restart nobody waits any more."""
    say(telegram, Text("kartu", YES_NO), GROUP_PLACE)
    tap = telegram.tap(telegram.sent(GROUP)[0], "Setuju", ani)
    run(telegram, lambda c: c.answer_tap(tap.id, "x" * 250, alert=True))
    assert tap.answers == [("x" * 200, True)]
    telegram.advance(3600)
    run(telegram, lambda c: c.answer_tap(tap.id, "", alert=False))
    run(telegram, lambda c: c.answer_tap("123", "", alert=False))


@pytest.mark.usefixtures("ani")
def test_a_topic_is_made_renamed_closed_and_reopened(telegram: FakeTelegram) -> None:
    """As often as one likes; no change is fine."""
    thread = run(telegram, lambda c: c.open_topic(GROUP_PLACE, "KB-7F3K-92QM · " + "x" * 200))
    topic = telegram.topic(GROUP, int(thread))
    assert len(topic.name) == 128
    place = replace(GROUP_PLACE, thread=thread)
    for _ in range(2):
        run(telegram, lambda c: c.edit_topic(place, title="✅ KB-7F3K-92QM", closed=True))
    assert (topic.name, topic.closed) == ("✅ KB-7F3K-92QM", True)
    for _ in range(2):
        run(telegram, lambda c: c.edit_topic(place, closed=False))
    assert (topic.name, topic.closed) == ("✅ KB-7F3K-92QM", False)
    telegram.delete_topic(GROUP, int(thread))
    assert isinstance(failure(telegram, lambda c: c.edit_topic(place, title="x")), TopicGone)


def test_topics_need_a_forum_and_a_right(telegram: FakeTelegram, ani: User) -> None:
    """Without them the card goes into the group as it is."""
    telegram.group(-1007, forum=False, owner=ani)
    plain = Place(Address("telegram", "-1007"))
    assert isinstance(failure(telegram, lambda c: c.open_topic(plain, "x")), NotAllowed)
    telegram.set_bot_rights(GROUP, ALL_BOT_RIGHTS - {"can_manage_topics"}, ani)
    assert isinstance(failure(telegram, lambda c: c.open_topic(GROUP_PLACE, "x")), NotAllowed)


@pytest.mark.usefixtures("ani")
def test_a_topic_of_unknown_outcome_is_not_made_twice(telegram: FakeTelegram) -> None:
    """Telegram has no list in which it could be found again."""
    telegram.fail_next("createForumTopic", after_accept=True)
    found = failure(telegram, lambda c: c.open_topic(GROUP_PLACE, "x"))
    assert type(found) is OutcomeUnknown
    assert len(telegram.topics(GROUP)) == 1


def test_a_card_is_pinned_without_a_sound(telegram: FakeTelegram, ani: User) -> None:
    """It stays at the top of its topic."""
    card = say(telegram, Text("kartu"), GROUP_PLACE)
    run(telegram, lambda c: c.pin(GROUP_PLACE, card))
    message = telegram.sent(GROUP)[0]
    assert telegram.world.chats[GROUP].pinned == [message.message_id]
    assert telegram.calls_of("pinChatMessage")[0]["disable_notification"] == "true"
    telegram.set_bot_rights(GROUP, ALL_BOT_RIGHTS - {"can_pin_messages"}, ani)
    assert isinstance(failure(telegram, lambda c: c.pin(GROUP_PLACE, card)), NotAllowed)


def test_the_administrators_are_people(telegram: FakeTelegram, ani: User) -> None:
    """They become the first coordinators; bots never do."""
    assert run(telegram, lambda c: c.administrators(str(GROUP))) == (("7", "Ani Lestari"),)


def test_typing_is_shown_ends_a_taps_waiting_and_never_fails(
    telegram: FakeTelegram, budi: User
) -> None:
    """It is a courtesy; an answer must not wait for it."""
    say(telegram, Text("Setuju?", YES_NO))
    tap = telegram.tap(telegram.sent(70)[0], "Setuju", budi)
    run(telegram, lambda c: c.show_typing(BUDI_PLACE, f"tap:{tap.id}"))
    run(telegram, lambda c: c.show_typing(BUDI_PLACE, "70:5"))
    assert tap.answers == [("", False)]
    assert telegram.world.chats[70].actions == ["typing", "typing"]
    telegram.fail_next("sendChatAction", 500, "Internal Server Error")
    run(telegram, lambda c: c.show_typing(BUDI_PLACE, "70:5"))
    assert len(telegram.world.chats[70].actions) == 2


def test_a_start_asks_telegram_nothing(telegram: FakeTelegram) -> None:
    """The program must start while Telegram is down."""

    async def nothing(_channel: TelegramChannel) -> None:
        return

    run(telegram, nothing)
    assert telegram.calls == []
