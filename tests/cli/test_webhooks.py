"""``webhooks set``: what providers are told, and what is printed for the rest."""

from collections.abc import Iterator

import pytest

from bot.handlers.telegram.account import ALLOWED_UPDATES
from tests.cli.conftest import CommandLine
from tests.fakes.telegram import FakeTelegram

BASE = "https://bot.contoh.id"


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as running:
        yield running


@pytest.fixture
def line(cli: CommandLine, telegram: FakeTelegram) -> CommandLine:
    """An installation with a bot and a WhatsApp sender."""
    return cli.having(
        TELEGRAM_BOT_TOKEN=telegram.token,
        TELEGRAM_API_BASE_URL=telegram.base_url,
        TELEGRAM_MODE="webhook",
        PUBLIC_BASE_URL=BASE,
        TWILIO_ACCOUNT_SID="AC" + "1" * 32,
        TWILIO_AUTH_TOKEN="token-twilio",
        TWILIO_WHATSAPP_FROM="+6281100000000",
    )


def test_telegram_is_told_address_secret_and_updates(
    line: CommandLine, telegram: FakeTelegram
) -> None:
    """Without chat_member nobody notices an officer who left."""
    line.ok("webhooks", "set")
    webhook = telegram.queue.webhook
    assert webhook is not None
    assert webhook.url == f"{BASE}/telegram/webhook"
    assert len(webhook.secret) >= 32
    assert set(telegram.queue.allowed or ()) == set(ALLOWED_UPDATES)
    line.ok("webhooks", "set")
    assert telegram.queue.webhook is not None
    assert telegram.queue.webhook.secret == webhook.secret


def test_what_to_enter_at_twilio_is_printed_whole(line: CommandLine) -> None:
    """The fragment makes Twilio call again; without it an outage of a second loses a message."""
    twilio = line.json("webhooks", "set")["twilio"]
    assert twilio["inbound"] == (
        f"{BASE}/twilio/inbound#rc=3&ct=2000&rt=4000&tt=15000&rp=5xx,ct,rt"
    )
    printed = line.ok("webhooks", "set")
    assert twilio["inbound"] in printed
    assert f"{BASE}/twilio/status" in printed
    assert "token-twilio" not in printed


def test_polling_sets_no_webhook(line: CommandLine, telegram: FakeTelegram) -> None:
    """The two exclude each other at Telegram."""
    assert "polling" in line.having(TELEGRAM_MODE="polling").ok("webhooks", "set")
    assert telegram.queue.webhook is None


def test_an_address_that_cannot_be_called_is_refused(
    line: CommandLine, telegram: FakeTelegram
) -> None:
    """Telegram would take some of these and never call."""
    for base in ("http://bot.contoh.id", "https://127.0.0.1:8080"):
        assert "PUBLIC_BASE_URL" in line.having(PUBLIC_BASE_URL=base).fails("webhooks", "set")
    assert telegram.queue.webhook is None


def test_refusals_and_silence_are_told_without_the_token(
    line: CommandLine, telegram: FakeTelegram
) -> None:
    """The token stands in every address of the Bot API."""
    telegram.fail_next("setWebhook", 400, "Bad Request: bad webhook")
    refused = line.fails("webhooks", "set")
    away = line.having(TELEGRAM_API_BASE_URL="http://127.0.0.1:1").fails("webhooks", "set")
    assert "bad webhook" in refused
    assert "tidak bisa dihubungi" in away
    assert telegram.token not in refused + away


def test_without_a_channel_there_is_nothing_to_set(cli: CommandLine) -> None:
    """It says what to fill in instead of doing nothing silently."""
    assert ".env" in cli.fails("webhooks", "set")
