"""The fakes must be as strict as the providers, or every other test proves too little.

python-telegram-bot and the Twilio SDK talk to them unmodified here.
"""

import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx
import psycopg
import pytest
from starlette.requests import Request
from starlette.responses import Response
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from tests.databases import PostgresServer, new_postgres_url, new_sqlite_url, postgres_server
from tests.fakes.http_server import HttpFake
from tests.fakes.telegram import Attachment, FakeTelegram, wait_until
from tests.fakes.twilio import FakeTwilio, MediaFile
from tests.fakes.twilio_state import StoredMessage

__all__ = ["postgres_server"]

FIXTURES = Path(__file__).parent / "fixtures"
GROUP = -1001234567890
T = TypeVar("T")


class Receiver(HttpFake):
    """Stands where our program would: keeps every request, answers as told."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.statuses: list[int] = []

    async def handle(self, request: Request) -> Response:
        self.requests.append((request.url.path, dict(request.headers), await request.body()))
        status = self.statuses.pop(0) if self.statuses else 200
        return Response("<Response/>", status, media_type="text/xml")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTelegram]:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else RetryAfter warns, and a warning is an error
    with FakeTelegram() as running:
        yield running


@pytest.fixture
def twilio(receiver: Receiver) -> Iterator[FakeTwilio]:
    with FakeTwilio().connect(receiver.base_url, "https://bot.contoh.id") as running:
        yield running


def bot_run(fake: FakeTelegram, talk: Callable[[Bot], Awaitable[T]], token: str = "") -> T:
    """Run `talk` with a python-telegram-bot Bot that is connected to the fake."""

    async def session() -> T:
        base = fake.base_url
        async with Bot(token or fake.token, f"{base}/bot", f"{base}/file/bot") as bot:
            return await talk(bot)

    return asyncio.run(session())


def refusal(fake: FakeTelegram, talk: Callable[[Bot], Awaitable[object]]) -> TelegramError:
    """Return the error that python-telegram-bot raises for a call."""
    with pytest.raises(TelegramError) as caught:
        bot_run(fake, talk)
    return caught.value


def keyboard(*buttons: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(text, callback_data=data)] for text, data in buttons]
    )


def twilio_client(fake: FakeTwilio, token: str = "") -> Client:
    """Return the SDK's client, led to the fake by its HTTP client, the only way it has."""

    class Redirected(TwilioHttpClient):  # type: ignore[misc]
        def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
            parts, base = urlsplit(url), urlsplit(fake.base_url)
            local = urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))
            return super().request(method, local, *args, **options)

    return Client(
        fake.account_sid, token or fake.auth_token, http_client=Redirected(pool_connections=False)
    )


# ---- Telegram: conversation --------------------------------------------------------------


def test_bot_polls_and_offset_forgets_what_was_taken(telegram: FakeTelegram) -> None:
    """A restarted poller must get exactly what it has not confirmed."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, "/start KB-1")
    telegram.private_message(budi, "upah belum dibayar")

    async def talk(bot: Bot) -> tuple[tuple[Update, ...], ...]:
        first = await bot.get_updates(timeout=0)
        again = await bot.get_updates(timeout=0, offset=first[1].update_id)
        return first, again, await bot.get_updates(timeout=0, offset=first[1].update_id + 1)

    first, again, rest = bot_run(telegram, talk)
    assert [u.message.text for u in first if u.message] == ["/start KB-1", "upah belum dibayar"]
    assert first[0].message is not None
    assert first[0].message.entities[0].type == "bot_command"
    assert [u.message.text for u in again if u.message] == ["upah belum dibayar"]
    assert rest == ()
    assert not telegram.queue.waiting


def test_long_poll_answers_as_soon_as_somebody_writes(telegram: FakeTelegram) -> None:
    """A poll that waited out its time would slow every test of the polling mode."""
    budi = telegram.user(70, "Budi")

    async def talk(bot: Bot) -> tuple[Update, ...]:
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.sleep(0.03)
        telegram.private_message(budi, "halo")
        return await poll

    began = time.monotonic()
    assert len(bot_run(telegram, talk)) == 1
    assert time.monotonic() - began < 2


def test_second_poller_and_polling_beside_a_webhook_conflict(telegram: FakeTelegram) -> None:
    """Two running instances are a mistake that must show."""
    url = f"{telegram.base_url}/bot{telegram.token}/getUpdates"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(httpx.post, url, data={"timeout": "20"}, timeout=10)
        wait_until(lambda: telegram.polling)
        bot_run(telegram, lambda bot: bot.get_updates(timeout=0))
        assert first.result().status_code == 409

    async def beside(bot: Bot) -> object:
        await bot.set_webhook("https://bot.contoh.id/telegram/webhook")
        return await bot.get_updates()

    assert isinstance(refusal(telegram, beside), Conflict)


def test_webhook_gets_the_secret_and_is_retried_in_order(
    telegram: FakeTelegram, receiver: Receiver
) -> None:
    """Telegram repeats a refused update and holds back later ones of that chat only."""
    budi, ani = telegram.user(70, "Budi"), telegram.user(71, "Ani")
    receiver.statuses = [500]
    url = f"{receiver.base_url}/telegram/webhook"
    bot_run(telegram, lambda bot: bot.set_webhook(url, secret_token="rahasia-1"))
    for text in ("satu", "dua"):
        telegram.private_message(budi, text)
    telegram.wait_delivered()
    telegram.private_message(ani, "tiga")
    telegram.wait_delivered()
    texts = [json.loads(body)["message"]["text"] for _, _, body in receiver.requests]
    assert texts == ["satu", "satu", "dua", "tiga"]
    headers = receiver.requests[0][1]
    assert headers["x-telegram-bot-api-secret-token"] == "rahasia-1"
    assert telegram.queue.log[0].attempts == [500, 200]


def test_updates_grow_stale_as_at_telegram(telegram: FakeTelegram) -> None:
    """After an outage taps are gone within minutes, messages only after a day."""
    budi = telegram.user(70, "Budi")
    message = telegram.private_message(budi, "halo")
    telegram.tap_data(message, "x", budi)
    telegram.advance(200)
    kinds = [u.to_dict().keys() for u in bot_run(telegram, lambda b: b.get_updates(timeout=0))]
    assert [sorted(k) for k in kinds] == [["message", "update_id"]]
    telegram.advance(86400)
    assert bot_run(telegram, lambda b: b.get_updates(timeout=0)) == ()


def test_sent_message_is_edited_tapped_and_deleted(telegram: FakeTelegram) -> None:
    """The whole life of a question with buttons, as the tests of the flows read it."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, "halo")

    async def ask(bot: Bot) -> Message:
        return await bot.send_message(
            70,
            "<b>Benar</b> &amp; jelas?",
            parse_mode="HTML",
            reply_markup=keyboard(("Ya", "y:1")),
        )

    question = bot_run(telegram, ask)
    record = telegram.sent(70)[0]
    assert (record.text, record.labels) == ("Benar & jelas?", ["Ya"])
    assert question.entities[0].type == "bold"
    query = telegram.tap(record, "Ya", budi)

    async def settle(bot: Bot) -> Update:
        updates = await bot.get_updates(timeout=0)
        await bot.answer_callback_query(query.id, "Terima kasih")
        await bot.edit_message_text("Sudah.", 70, record.message_id)
        await bot.delete_message(70, record.message_id)
        return updates[-1]

    update = bot_run(telegram, settle)
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("y:1", 70)
    assert query.answers == [("Terima kasih", False)]
    assert (record.texts, record.buttons) == (["Benar & jelas?", "Sudah."], [])
    assert record.deleted


def test_files_travel_both_ways_unchanged(telegram: FakeTelegram) -> None:
    """Evidence must arrive byte for byte, whatever the bytes are."""
    budi = telegram.user(70, "Budi")
    content = bytes(range(256)) + b"\r\n--boundary\r\n\r\n"
    telegram.private_message(budi, "slip gaji", photo=content)

    async def talk(bot: Bot) -> bytes:
        (update,) = await bot.get_updates(timeout=0)
        assert update.message is not None
        assert update.message.caption == "slip gaji"
        file = await bot.get_file(update.message.photo[-1].file_id)
        got = bytes(await file.download_as_bytearray())
        await bot.send_document(70, content, filename="bukti.pdf", caption="Salinan")
        await bot.send_media_group(70, [InputMediaPhoto(b"a", caption="x"), InputMediaPhoto(b"b")])
        await bot.copy_message(70, 70, update.message.message_id)
        return got

    assert bot_run(telegram, talk) == content
    sent = telegram.sent(70)
    assert [telegram.file_of(m) for m in sent] == [content, b"a", b"b", content]
    assert sent[0].content["document"]["file_name"] == "bukti.pdf"
    assert sent[1].content["media_group_id"] == sent[2].content["media_group_id"]


def test_file_over_20_mb_cannot_be_fetched(telegram: FakeTelegram) -> None:
    """The reporter must be asked for a smaller file."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, document=Attachment(b"x", size=20 * 1024 * 1024 + 1))
    file_id = next(iter(telegram.world.files))
    assert "too big" in str(refusal(telegram, lambda b: b.get_file(file_id)))


# ---- Telegram: strictness ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<b>upah", "can't find end tag corresponding to start tag"),
        ("upah < 3 juta", "unsupported start tag"),
        ("<b>upah</i>", "unmatched end tag"),
        ("upah</b>", "unexpected end tag"),
        ("<br>", "unsupported start tag"),
        ("<b></b>", "text is empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
    ],
)
def test_bad_text_is_refused(telegram: FakeTelegram, text: str, reason: str) -> None:
    """Unescaped or over-long text must fail here before it fails in front of a worker."""
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    error = refusal(telegram, lambda b: b.send_message(70, text, parse_mode="HTML"))
    assert isinstance(error, BadRequest)
    assert reason in str(error).lower()


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (keyboard(("Ya", "é" * 33)), "button_data_invalid"),
        (keyboard((" ", "y")), "must be non-empty"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("Ya")]]), "text buttons are unallowed"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("Ya", url="ya")]]), "button_url_invalid"),
    ],
)
def test_bad_buttons_are_refused(
    telegram: FakeTelegram, markup: InlineKeyboardMarkup, reason: str
) -> None:
    """64 bytes of callback data are bytes, not characters."""
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    error = refusal(telegram, lambda b: b.send_message(70, "Halo", reply_markup=markup))
    assert reason in str(error).lower()


def test_impossible_targets_are_refused(telegram: FakeTelegram) -> None:
    """Each of these errors has its own remedy in our sender."""
    budi = telegram.user(70, "Budi")
    theirs = telegram.private_message(budi, "halo")
    telegram.group(GROUP, owner=budi)
    mine = bot_run(telegram, lambda b: b.send_message(70, "Halo"))
    contact = ReplyKeyboardMarkup([[KeyboardButton("Nomor", request_contact=True)]])
    calls: dict[str, Callable[[Bot], Awaitable[object]]] = {
        "chat not found": lambda b: b.send_message(999, "x"),
        "message to be replied not found": lambda b: b.send_message(
            70, "x", reply_parameters=ReplyParameters(99)
        ),
        "message is not modified": lambda b: b.edit_message_text("Halo", 70, mine.message_id),
        "message to edit not found": lambda b: b.edit_message_text("x", 70, 99),
        "message can't be edited": lambda b: b.edit_message_text("x", 70, theirs.message_id),
        "message to delete not found": lambda b: b.delete_message(70, 99),
        "query is too old": lambda b: b.answer_callback_query("1"),
        "reaction_invalid": lambda b: b.set_message_reaction(70, theirs.message_id, "✅"),
        "wrong file_id": lambda b: b.get_file("tidak-ada"),
        "wrong parameter action": lambda b: b.send_chat_action(70, "mengetik"),
        "private chats only": lambda b: b.send_message(GROUP, "x", reply_markup=contact),
        "bot_command_invalid": lambda b: b.set_my_commands([BotCommand("Status", "x")]),
        "https url must be": lambda b: b.set_webhook("http://bot.contoh.id/x"),
        "unallowed characters": lambda b: b.set_webhook("https://a.id", secret_token="a b"),
        "member not found": lambda b: b.get_chat_member(GROUP, 999),
    }
    for reason, call in calls.items():
        error = refusal(telegram, call)
        assert isinstance(error, BadRequest)
        assert reason in str(error).lower()


def test_old_taps_and_old_messages_are_refused(telegram: FakeTelegram) -> None:
    """An officer's tap after a pause, and a deletion after two days, must not look successful."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, "halo")
    mine = bot_run(telegram, lambda b: b.send_message(70, "?", reply_markup=keyboard(("Y", "y"))))
    query = telegram.tap(telegram.sent(70)[0], "Y", budi)
    telegram.advance(31)
    assert "too old" in str(refusal(telegram, lambda b: b.answer_callback_query(query.id)))
    telegram.advance(48 * 3600)
    error = refusal(telegram, lambda b: b.delete_message(70, mine.message_id))
    assert "can't be deleted" in str(error)


def test_people_who_cannot_be_reached(telegram: FakeTelegram) -> None:
    """Blocked, deleted, never started: three ways in which a worker is out of reach."""
    budi, ani, citra = (telegram.user(i, n) for i, n in ((70, "Budi"), (71, "Ani"), (72, "Citra")))
    telegram.group(GROUP, members=[citra])
    for person in (budi, ani):
        telegram.private_message(person, "halo")
    telegram.block(budi)
    telegram.deactivate(ani)
    for person, reason in ((budi, "blocked"), (ani, "deactivated"), (citra, "can't initiate")):
        error = refusal(telegram, lambda b, chat=person.id: b.send_message(chat, "x"))  # type: ignore[misc]
        assert isinstance(error, Forbidden)
        assert reason in str(error)
    changes = [u.body for u in telegram.queue.log if u.kind == "my_chat_member"]
    assert changes[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


# ---- Telegram: groups --------------------------------------------------------------------


def test_topics_follow_their_rules(telegram: FakeTelegram) -> None:
    """One case is one topic: creation, routing, renaming, closing, deletion."""
    ani = telegram.user(71, "Ani")
    telegram.group(GROUP, owner=ani)

    async def make(bot: Bot) -> int:
        topic = await bot.create_forum_topic(GROUP, "KB-7F3K-92QM")
        card = await bot.send_message(GROUP, "Kartu", message_thread_id=topic.message_thread_id)
        assert card.is_topic_message
        await bot.edit_forum_topic(GROUP, topic.message_thread_id, name="KB-7F3K-92QM · Upah")
        await bot.close_forum_topic(GROUP, topic.message_thread_id)
        await bot.pin_chat_message(GROUP, card.message_id)
        await bot.set_my_commands([BotCommand("balas", "Balas")], BotCommandScopeChat(GROUP))
        return topic.message_thread_id

    thread = bot_run(telegram, make)
    topic = telegram.topic(GROUP, thread)
    assert (topic.name, topic.closed) == ("KB-7F3K-92QM · Upah", True)
    assert [m.text for m in telegram.sent(GROUP, thread)] == ["Kartu"]
    telegram.reopen_topic(GROUP, thread, ani)
    telegram.group_message(ani, "Sudah kami hubungi", thread, chat_id=GROUP)
    update = bot_run(telegram, lambda b: b.get_updates(timeout=0))[-1]
    assert update.message is not None
    assert update.message.message_thread_id == thread
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.forum_topic_created is not None

    def say(to: int) -> TelegramError:
        return refusal(telegram, lambda b: b.send_message(GROUP, "x", message_thread_id=to))

    assert "message thread not found" in str(say(1)).lower()
    telegram.delete_topic(GROUP, thread)
    assert "message thread not found" in str(say(thread)).lower()


def test_the_bot_hears_of_its_own_topic_events(telegram: FakeTelegram) -> None:
    """Telegram sends a bot its own service messages: closing a topic must not close a case twice."""
    telegram.group(GROUP)
    bot_run(telegram, lambda b: b.create_forum_topic(GROUP, "KB-1"))
    update = bot_run(telegram, lambda b: b.get_updates(timeout=0))[0]
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.from_user.is_bot
    assert update.message.forum_topic_created is not None


def test_missing_rights_and_missing_forum_are_told_apart(telegram: FakeTelegram) -> None:
    """The operator needs the right advice."""
    telegram.group(GROUP, bot_rights=["can_pin_messages"])
    telegram.group(GROUP - 1, forum=False)
    error = refusal(telegram, lambda b: b.create_forum_topic(GROUP, "x"))
    assert str(error) == "Not enough rights to create a topic"
    assert "not a forum" in str(refusal(telegram, lambda b: b.create_forum_topic(GROUP - 1, "x")))
    telegram.topics(GROUP)


def test_members_and_administrators_are_known(telegram: FakeTelegram) -> None:
    """Rights are checked at each tap; who left has none."""
    ani, budi = telegram.user(71, "Ani"), telegram.user(70, "Budi")
    telegram.group(GROUP, owner=ani, members=[budi])

    async def look(bot: Bot) -> tuple[list[str], str, str]:
        await bot.get_updates(timeout=0, allowed_updates=["chat_member", "message"])
        admins = await bot.get_chat_administrators(GROUP)
        before = await bot.get_chat_member(GROUP, 70)
        telegram.member_left(GROUP, budi)
        after = await bot.get_chat_member(GROUP, 70)
        return [a.user.first_name for a in admins], before.status, after.status

    assert bot_run(telegram, look) == (["Ani", "Kawan Buruh"], "member", "left")
    assert [u.kind for u in telegram.queue.log] == ["chat_member", "message"]
    anonymous = telegram.anonymous_admin_message(GROUP, "Siapa saya?")
    assert anonymous.wire()["from"]["username"] == "GroupAnonymousBot"
    assert anonymous.wire()["sender_chat"]["id"] == GROUP


def test_ordinary_bot_member_hears_only_commands_and_replies(telegram: FakeTelegram) -> None:
    """Privacy mode: who forgets to make the bot an administrator gets silence."""
    ani = telegram.user(71, "Ani")
    telegram.group(GROUP, bot_rights=None, members=[ani])
    telegram.group_message(ani, "catatan", chat_id=GROUP)
    telegram.group_message(ani, "/balas ya", chat_id=GROUP)
    assert [u.body["message"]["text"] for u in telegram.queue.log] == ["/balas ya"]


def test_kicked_and_migrated_groups(telegram: FakeTelegram) -> None:
    """A dead officers' group must raise the alarm, a moved one must be followed."""
    ani = telegram.user(71, "Ani")
    telegram.group(-500, forum=False, owner=ani)
    telegram.migrate_group(-500, GROUP)
    error = refusal(telegram, lambda b: b.send_message(-500, "x"))
    assert isinstance(error, ChatMigrated)
    assert error.new_chat_id == GROUP
    telegram.kick_bot(GROUP, ani)
    error = refusal(telegram, lambda b: b.send_message(GROUP, "x"))
    assert str(error) == "Forbidden: bot was kicked from the supergroup chat"
    kinds = [
        next(iter(set(u.body[u.kind]) & {"migrate_to_chat_id", "new_chat_member"}), "")
        for u in telegram.queue.log
    ]
    assert kinds == ["migrate_to_chat_id", "", "new_chat_member"]


# ---- Telegram: faults --------------------------------------------------------------------


def test_planned_faults_map_to_the_errors_of_the_library(telegram: FakeTelegram) -> None:
    """Our sender decides by these classes."""
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    telegram.fail_next("sendMessage", 429, "Too Many Requests: retry after 3", {"retry_after": 3})
    error = refusal(telegram, lambda b: b.send_message(70, "x"))
    assert isinstance(error, RetryAfter)
    telegram.fail_next("sendMessage", 502, "Bad Gateway")
    assert type(refusal(telegram, lambda b: b.send_message(70, "x"))) is NetworkError
    telegram.fail_next("*")
    with pytest.raises(NetworkError):
        bot_run(telegram, lambda b: b.send_message(70, "x"))
    assert telegram.sent(70) == []
    telegram.fail_next("sendMessage", after_accept=True)
    with pytest.raises(NetworkError):
        bot_run(telegram, lambda b: b.send_message(70, "sampai"))
    assert [m.text for m in telegram.sent(70)] == ["sampai"]
    with pytest.raises(InvalidToken):
        bot_run(telegram, lambda b: b.get_me(), token="1:" + "a" * 35)


def test_group_flood_limit_answers_429(telegram: FakeTelegram) -> None:
    """More than so many messages a minute to one group must wait; other chats need not."""
    telegram.group(GROUP)
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    telegram.rate_limit_group(2)

    async def flood(bot: Bot) -> RetryAfter:
        for _ in range(2):
            await bot.send_message(GROUP, "x")
            await bot.send_message(70, "x")
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(GROUP, "x")
        telegram.advance(61)
        await bot.send_message(GROUP, "x")
        return caught.value

    wait = bot_run(telegram, flood).retry_after
    assert timedelta(seconds=59) <= wait <= timedelta(seconds=60)  # type: ignore[operator]
    assert len(telegram.sent(GROUP)) == 3


def test_a_stopped_fake_refuses_connections_and_comes_back(telegram: FakeTelegram) -> None:
    """An outage and its end keep address and state."""
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    telegram.stop()
    with pytest.raises(NetworkError):
        bot_run(telegram, lambda b: b.send_message(70, "x"))
    telegram.start()
    bot_run(telegram, lambda b: b.send_message(70, "x"))
    assert len(telegram.sent(70)) == 1


# ---- Twilio: conversation ----------------------------------------------------------------


def send(fake: FakeTwilio, **options: Any) -> StoredMessage:
    """Send a message by the SDK and return the fake's record of it."""
    defaults = {"to": "whatsapp:+6281200000001", "from_": fake.sender}
    created = twilio_client(fake).messages.create(**(defaults | options))
    return fake.account.messages[str(created.sid)]


def code_of(fake: FakeTwilio, **options: Any) -> int:
    """Return the error code with which a message is refused."""
    with pytest.raises(TwilioRestException) as caught:
        send(fake, **options)
    return int(caught.value.code)


def test_inbound_webhook_is_signed_as_the_sdk_expects(
    twilio: FakeTwilio, receiver: Receiver
) -> None:
    """If our own signature were wrong in the same way twice, nobody would notice."""
    inbound = twilio.inbound(body="", media=[(b"suara", "audio/ogg")], bsuid="ID.12345")
    path, headers, body = receiver.requests[0]
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    assert path == "/twilio/inbound"
    assert fields == inbound.params
    assert (fields["Body"], fields["ExternalUserId"]) == ("", "whatsapp:ID.12345")
    url = "https://bot.contoh.id/twilio/inbound"
    validator = RequestValidator(twilio.auth_token)
    assert validator.validate(url, fields, headers["x-twilio-signature"])
    assert not validator.validate(url, fields | {"Body": "x"}, headers["x-twilio-signature"])
    assert inbound.response is not None
    assert inbound.response.status_code == 200


def test_message_inside_the_window_is_delivered(twilio: FakeTwilio, receiver: Receiver) -> None:
    """A reply within 24 hours, its reports, and finding it again after a lost answer."""
    twilio.inbound("+6281200000001", "halo")
    twilio.auto_status("sent", "delivered", "read")
    record = send(twilio, body="Halo", status_callback="https://bot.contoh.id/twilio/status")
    wait_until(lambda: record.status == "read")
    wait_until(lambda: len(receiver.requests) == 4)
    _, headers, body = receiver.requests[-1]
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    assert (fields["MessageStatus"], fields["MessageSid"]) == ("read", record.sid)
    assert RequestValidator(twilio.auth_token).validate(
        "https://bot.contoh.id/twilio/status", fields, headers["x-twilio-signature"]
    )
    client = twilio_client(twilio)
    assert client.messages(record.sid).fetch().status == "read"
    found = client.messages.list(to="whatsapp:+6281200000001")
    assert [m.body for m in found] == ["Halo"]
    assert [m.direction for m in client.messages.list()] == ["outbound-api", "inbound"]


def test_list_of_messages_is_paged_and_filtered_by_time(twilio: FakeTwilio) -> None:
    """Reconciliation after an outage reads more than one page."""
    for number in range(5):
        twilio.inbound(body=str(number), deliver=False)
        twilio.advance(60)
    since = twilio.now().replace(microsecond=0)
    twilio.advance(60)
    twilio.inbound(body="akhir", deliver=False)
    client = twilio_client(twilio)
    assert [m.body for m in client.messages.list(page_size=2)] == ["akhir", *"43210"]
    assert [m.body for m in client.messages.list(date_sent_after=since)] == ["akhir"]


def test_free_text_outside_the_window_fails_later_with_63016(
    twilio: FakeTwilio, receiver: Receiver
) -> None:
    """Twilio takes such a message first: only the report tells."""
    twilio.inbound("+6281200000001", "halo")
    twilio.advance(24 * 3600 + 1)
    callback = "https://bot.contoh.id/twilio/status#rc=3"
    record = send(twilio, body="Halo", status_callback=callback)
    wait_until(lambda: len(receiver.requests) == 2)
    fields = dict(parse_qsl(receiver.requests[-1][2].decode()))
    assert (fields["MessageStatus"], fields["ErrorCode"]) == ("undelivered", "63016")
    assert (record.status, record.error_code) == ("undelivered", 63016)
    twilio.not_on_whatsapp("+6281200000009")
    failed = send(twilio, to="whatsapp:+6281200000009", body="Halo")
    wait_until(lambda: failed.error_code == 63024)


def test_wrong_messages_are_refused_at_once(twilio: FakeTwilio) -> None:
    """Each code has its own remedy in our sender."""
    twilio.opt_out("+6281200000008")
    assert code_of(twilio, to="whatsapp:0812", body="x") == 21211
    assert code_of(twilio, to="+6281200000001", body="x") == 21211
    assert code_of(twilio, to="whatsapp:+6281200000008", body="x") == 21610
    assert code_of(twilio, from_="whatsapp:+6289999999999", body="x") == 63007
    assert code_of(twilio, body="x" * 1601) == 21617
    assert code_of(twilio, body=" ") == 21619
    assert code_of(twilio, body="x", status_callback="bot/status") == 21609
    assert code_of(twilio, content_sid="HX0") == 21655
    with pytest.raises(TwilioRestException) as caught:
        twilio_client(twilio, "salah").messages.create("x")
    assert (caught.value.status, caught.value.code) == (401, 20003)
    assert send(twilio, to="whatsapp:ID.12345", body="x").to == "whatsapp:ID.12345"


# ---- Twilio: templates -------------------------------------------------------------------


def quick_reply(*titles: str, body: str = "Laporan {{1}} sudah benar?") -> dict[str, Any]:
    actions = [{"type": "QUICK_REPLY", "title": t, "id": f"k:{t[:9]}"} for t in titles]
    return {"twilio/quick-reply": {"body": body, "actions": actions}}


def list_picker(count: int = 1, item: str = "Upah", description: str = "THR") -> dict[str, Any]:
    items = [{"id": f"k{n}", "item": item, "description": description} for n in range(count)]
    return {"twilio/list-picker": {"body": "Apa?", "button": "Pilih", "items": items}}


def create(fake: FakeTwilio, types: dict[str, Any]) -> str:
    """Create a template by the SDK and return its sid."""
    request = {"friendly_name": "a", "language": "id", "variables": {"1": "KB"}, "types": types}
    created = twilio_client(fake).content.v1.contents.create(
        ContentList.ContentCreateRequest(request)
    )
    return str(created.sid)


@pytest.mark.parametrize(
    "types",
    [
        quick_reply("x" * 21),
        quick_reply("Ya", "Ya"),
        quick_reply(*(str(n) for n in range(11))),
        quick_reply("Ya", body="x" * 1025),
        list_picker(11),
        list_picker(0),
        list_picker(item="x" * 25),
        list_picker(description="x" * 73),
        list_picker(description=""),
        {"twilio/tombol": {"body": "x"}},
        {},
    ],
)
def test_templates_beyond_the_limits_of_whatsapp_are_refused(
    twilio: FakeTwilio, types: dict[str, Any]
) -> None:
    """A label of 21 characters must fail in a test, not on a phone."""
    with pytest.raises(TwilioRestException) as caught:
        create(twilio, types)
    assert caught.value.status == 400


def test_buttons_and_lists_are_shown_and_answered(twilio: FakeTwilio, receiver: Receiver) -> None:
    """A tap comes back with payload, title and the message it belongs to."""
    twilio.inbound("+6281200000001", "halo")
    question = send(
        twilio,
        content_sid=create(twilio, quick_reply("Ya", "Ubah")),
        content_variables='{"1":"KB-7F3K"}',
    )
    assert (question.body, question.labels) == ("Laporan KB-7F3K sudah benar?", ["Ya", "Ubah"])
    tap = twilio.tap(question, "Ya").params
    assert (tap["ButtonPayload"], tap["ButtonText"], tap["Body"]) == ("k:Ya", "Ya", "Ya")
    assert tap["OriginalRepliedMessageSid"] == question.sid
    choice = send(twilio, content_sid=create(twilio, list_picker(2)))
    assert twilio.choose(choice, "k1").params["ListId"] == "k1"
    assert code_of(twilio, content_sid=choice.content_sid, body="x") == 21655
    assert code_of(twilio, content_sid=choice.content_sid, content_variables="x") == 21656
    many = send(twilio, content_sid=create(twilio, quick_reply("1", "2", "3", "4")))
    wait_until(lambda: many.error_code == 63021)
    empty = send(twilio, content_sid=question.content_sid, content_variables='{"1":" "}')
    wait_until(lambda: empty.error_code == 63013)


def test_only_approved_templates_go_out_outside_the_window(twilio: FakeTwilio) -> None:
    """The way back to a worker who has been silent for a day."""
    sid = create(twilio, quick_reply("Ya"))
    contents = twilio_client(twilio).content.v1.contents
    request = {"name": "status_kasus_id", "category": "UTILITY"}
    approval = ApprovalCreateList.ContentApprovalRequest(request)
    early = send(twilio, content_sid=sid)
    wait_until(lambda: early.error_code == 63016)
    contents(sid).approval_create.create(approval)
    assert contents(sid).approval_fetch().fetch().whatsapp["status"] == "received"
    twilio.approve(sid)
    twilio.auto_status("sent")
    late = send(twilio, content_sid=sid, messaging_service_sid=twilio.messaging_service_sid)
    assert late.statuses[0] == "accepted"
    wait_until(lambda: late.status == "sent")
    picker = create(twilio, list_picker())
    with pytest.raises(TwilioRestException):
        contents(picker).approval_create.create(approval)
    assert [c.sid for c in contents.list()] == [sid, picker]


# ---- Twilio: media, typing, faults -------------------------------------------------------


def test_media_need_credentials_here_and_none_at_the_cdn(twilio: FakeTwilio) -> None:
    """Credentials that follow the redirect would leak; the CDN refuses them."""
    file = MediaFile(b"slip", "image/jpeg", size=100_000, chunked=True, not_found_times=1)
    url = twilio.inbound(body="slip gaji", media=[file]).params["MediaUrl0"]
    auth = (twilio.account_sid, twilio.auth_token)
    assert httpx.get(url).status_code == 401
    assert httpx.get(url, auth=auth).status_code == 404
    redirect = httpx.get(url, auth=auth)
    assert redirect.status_code == 307
    assert httpx.get(redirect.headers["location"], auth=auth).status_code == 400
    got = httpx.get(url, auth=auth, follow_redirects=True)
    assert (len(got.content), got.content[:4]) == (100_000, b"slip")
    assert "content-length" not in got.headers
    assert httpx.delete(url, auth=auth).status_code == 204
    assert httpx.get(url, auth=auth).status_code == 404


def test_typing_is_shown_for_a_message_that_was_received(twilio: FakeTwilio) -> None:
    """Typing needs the sid of an inbound message."""
    sid = twilio.inbound(body="halo").sid
    typing = twilio_client(twilio).messaging.v2.typing_indicator
    assert typing.create(channel="whatsapp", message_id=sid).success
    assert twilio.typing == [sid]
    with pytest.raises(TwilioRestException):
        typing.create(channel="whatsapp", message_id="SM0")


def test_planned_faults_and_rate_limit_of_twilio(twilio: FakeTwilio) -> None:
    """A lost answer leaves a message that only the list knows of."""
    twilio.inbound("+6281200000001", "halo")
    twilio.fail_next("messages.create", 503, 20503)
    assert code_of(twilio, body="x") == 20503
    twilio.fail_next("messages.create", after_accept=True)
    with pytest.raises(OSError, match="Connection"):
        send(twilio, body="sampai")
    assert [m.body for m in twilio.messages("+6281200000001")] == ["sampai"]
    twilio.rate_limit(1)
    send(twilio, body="y")
    assert code_of(twilio, body="z") == 20429


def test_async_content_call_of_the_sdk_would_be_refused(twilio: FakeTwilio) -> None:
    """The SDK's async client sends JSON bodies as forms; Twilio would not take that."""
    token = base64.b64encode(f"{twilio.account_sid}:{twilio.auth_token}".encode()).decode()
    headers = {"Authorization": f"Basic {token}"}
    url = f"{twilio.base_url}/v1/Content"
    assert httpx.post(url, data={"friendly_name": "a"}, headers=headers).status_code == 400


# ---- Fixtures and databases --------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("telegram/*.json")), ids=lambda p: p.stem)
def test_telegram_fixtures_are_updates(path: Path) -> None:
    """An example that the library cannot read would test nothing."""
    body = json.loads(path.read_text())
    update = Update.de_json(body, None)
    assert update.update_id == body["update_id"]
    known = [key for key in body if key != "update_id" and getattr(update, key, None) is not None]
    assert bool(known) is not path.stem.startswith("unknown")


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("twilio/*.json")), ids=lambda p: p.stem)
def test_twilio_fixtures_are_forms(path: Path) -> None:
    """Every value of a form is a string, and every event names its message."""
    fields = json.loads(path.read_text())
    assert all(isinstance(value, str) for value in fields.values())
    assert fields["MessageSid"][:2] in {"SM", "MM"}
    assert ("MessageStatus" in fields) is path.stem.startswith("status__")


def test_sqlite_urls_are_fresh(tmp_path: Path) -> None:
    """Two tests must never share a file."""
    first = new_sqlite_url(tmp_path)
    Path(first.removeprefix("sqlite:///")).touch()
    assert new_sqlite_url(tmp_path) != first


def test_postgres_databases_are_copies_of_a_template(postgres_server: PostgresServer) -> None:
    """Each test gets its own database, in the state that the migrations leave."""
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE laporan (id int)")

    with ThreadPoolExecutor(4) as pool:
        urls = list(
            pool.map(lambda _: new_postgres_url(postgres_server, prepare, "probe"), range(4))
        )
    assert len(prepared) == 1
    assert len(set(urls)) == 4
    for number, url in enumerate(urls):
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO laporan VALUES (%s)", (number,))
            assert connection.execute("SELECT id FROM laporan").fetchall() == [(number,)]
        postgres_server.drop_database(url)
