"""Updates by webhook are stored before they are confirmed, and only from Telegram."""

import json
from collections.abc import Iterator

import httpx
import pytest

from bot.handlers.telegram import TelegramAccount, telegram_routes
from bot.handlers.telegram.receive import lane_of
from tests.fakes.telegram import FakeTelegram
from tests.handlers.local_app import LocalApp

SECRET = "rahasia-webhook_01"
OTHER = TelegramAccount(
    "7000000002:AAother-bot-of-another-union-000", webhook_secret="other-secret"
)
POLLED = TelegramAccount("7000000003:AAbot-without-a-webhook-00000000", webhook_secret="")
GROUP = -1001234567890


def account(telegram: FakeTelegram) -> TelegramAccount:
    return TelegramAccount(telegram.token, telegram.base_url, SECRET)


@pytest.fixture
def app(telegram: FakeTelegram) -> Iterator[LocalApp]:
    accounts = [POLLED, OTHER, account(telegram)]
    with LocalApp(lambda accept: telegram_routes(accounts, accept)) as running:
        yield running


def post(app: LocalApp, body: bytes, secret: str | bytes = SECRET) -> httpx.Response:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    url = app.base_url + "/telegram/webhook"
    return httpx.post(url, content=body, headers=headers, trust_env=False)  # type: ignore[arg-type]


def test_a_webhook_is_stored_as_it_came(telegram: FakeTelegram, app: LocalApp) -> None:
    """The raw update is what the inbox reads, whatever this release understands of it."""
    body = b'{"update_id": 7, "message":{"chat":{"id":70,"type":"private"},"text":"\\u00e9"}}'
    answer = post(app, body)
    assert (answer.status_code, answer.content) == (200, b"")
    (item,) = app.accept.items
    assert (item.source, item.account) == ("telegram", account(telegram).name)
    assert (item.external_id, item.lane, item.raw) == ("7", "telegram:70", body)


def test_the_secret_decides_whose_bot_is_meant(app: LocalApp) -> None:
    """One address serves every union's bot."""
    assert post(app, b'{"update_id": 1}', "other-secret").status_code == 200
    assert app.accept.items[0].account == "telegram:7000000002"


@pytest.mark.parametrize(
    "secret", ["", "rahasia-webhook_0", SECRET + "1", SECRET.upper(), b"\xff"]
)
def test_a_wrong_secret_is_refused_without_a_word(app: LocalApp, secret: str | bytes) -> None:
    """A bot that polls has no secret; an empty header must not open its door."""
    answer = post(app, b'{"update_id": 1}', secret)
    assert (answer.status_code, answer.content) == (403, b"")
    url = app.base_url + "/telegram/webhook"
    assert httpx.post(url, content=b"{}", trust_env=False).status_code == 403
    assert app.accept.items == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b"\xff\xfe",
        b"[" * 200_000,
    ],
    ids=range(9),
)
def test_what_is_no_update_is_refused(app: LocalApp, body: bytes) -> None:
    """Without its number an update cannot be told from its repetition."""
    assert post(app, body).status_code == 400
    assert app.accept.items == []


def test_a_body_above_one_megabyte_is_refused(app: LocalApp) -> None:
    """Telegram's updates have a few kilobytes."""
    assert post(app, b'{"update_id": 7, "x": "' + b"a" * 1_000_000 + b'"}').status_code == 413


def test_telegram_repeats_what_could_not_be_stored(telegram: FakeTelegram, app: LocalApp) -> None:
    """503 keeps the update at Telegram; what follows in the same chat waits behind it."""
    budi = telegram.user(70, "Budi")
    app.accept.refusing = 2
    telegram.webhook_retry_seconds = 0.01
    hook = {"url": app.base_url + "/telegram/webhook", "secret_token": SECRET}
    url = f"{telegram.base_url}/bot{telegram.token}/setWebhook"
    assert httpx.post(url, data=hook, trust_env=False).status_code == 200
    telegram.private_message(budi, "satu")
    telegram.private_message(budi, "dua")
    telegram.wait_delivered()
    texts = [json.loads(item.raw)["message"]["text"] for item in app.accept.items]
    assert texts == ["satu", "dua"]
    assert telegram.queue.log[0].attempts == [503, 503, 200]


# ---- lanes -------------------------------------------------------------------------------

CHAT = {"id": 70, "type": "private"}
FORUM = {"id": GROUP, "type": "supergroup"}
IN_TOPIC = {"chat": FORUM, "message_thread_id": 102, "is_topic_message": True}


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        ({"message": {"chat": CHAT}}, "telegram:70"),
        ({"edited_message": {"chat": CHAT}}, "telegram:70"),
        ({"my_chat_member": {"chat": CHAT}}, "telegram:70"),
        ({"callback_query": {"from": {"id": 70}, "message": {"chat": CHAT}}}, "telegram:70"),
        ({"callback_query": {"from": {"id": 70}}}, "telegram:70"),
        ({"message": IN_TOPIC}, f"telegram-group:{GROUP}:102"),
        ({"edited_message": IN_TOPIC}, f"telegram-group:{GROUP}:102"),
        (
            {"callback_query": {"from": {"id": 7}, "message": IN_TOPIC}},
            f"telegram-group:{GROUP}:102",
        ),
        ({"message": {"chat": FORUM, "message_thread_id": 5}}, f"telegram-group:{GROUP}:0"),
        ({"chat_member": {"chat": FORUM}}, f"telegram-group:{GROUP}:0"),
        ({"poll": {"id": "1"}}, "telegram:update:1"),
        ({"message": 5}, "telegram:update:1"),
        ({"message": {"chat": 5}}, "telegram:update:1"),
    ],
    ids=str,
)
def test_order_is_kept_by_person_and_by_topic(update: dict[str, object], lane: str) -> None:
    """One slow case must not hold back the others in the group."""
    assert lane_of({"update_id": 1} | update) == lane
