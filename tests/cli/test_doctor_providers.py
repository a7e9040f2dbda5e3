"""``doctor`` and the providers: tokens, group, rights, webhooks, clocks; nothing given away."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.clock import SystemClock
from bot.doctor.asking import Asker
from bot.doctor.twilio import is_public, reachable
from bot.handlers.telegram.account import TelegramAccount
from bot.settings import load_settings
from storage.setup import DEFAULT_ORGANISATION, organisation_by_slug
from tests.cli.conftest import CommandLine
from tests.cli.looking import look
from tests.fakes.http_server import HttpFake
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_state import ALL_BOT_RIGHTS
from tests.fakes.twilio import FakeTwilio
from tests.world import World

GROUP = -1001234567890
OFF = "http://127.0.0.1:1"


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as running:
        running.group(GROUP, owner=running.user(11, "Ratna"))
        yield running


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as running:
        yield running


@pytest.fixture
def with_telegram(cli: CommandLine, telegram: FakeTelegram) -> CommandLine:
    """An installation with a bot and its group, all as it should be."""
    return cli.having(
        TELEGRAM_BOT_TOKEN=telegram.token,
        TELEGRAM_API_BASE_URL=telegram.base_url,
        OFFICER_CHAT_ID=str(GROUP),
    )


@pytest.fixture
def with_twilio(cli: CommandLine, twilio: FakeTwilio) -> CommandLine:
    """An installation with a WhatsApp sender."""
    return cli.having(
        TWILIO_ACCOUNT_SID=twilio.account_sid,
        TWILIO_AUTH_TOKEN=twilio.auth_token,
        TWILIO_WHATSAPP_FROM=twilio.sender,
        TWILIO_API_BASE_URL=twilio.base_url,
    )


def test_a_bot_with_its_group_is_well(with_telegram: CommandLine) -> None:
    """Nothing but the roster, which fills itself, is worth a look."""
    with_telegram.ok("db", "upgrade")
    found = look(with_telegram)
    names = {name for name in found if name.startswith("telegram")}
    assert names == {
        "telegram_token", "telegram_webhook", "telegram_group", "telegram_rights",
        "telegram_small_group",
    }  # fmt: skip
    assert {found[name][0] for name in names} == {"ok"}
    assert found["roster"][0] == "warning"
    with_telegram.ok("officers", "add", "4711", "--name", "Ratna Sari")
    assert look(with_telegram)["roster"] == ("ok", "1 petugas terdaftar")


def test_nothing_secret_is_printed(with_telegram: CommandLine, twilio: FakeTwilio) -> None:
    """Operators paste this output into chats."""
    with_telegram.ok("officers", "add", "4711", "--name", "Ratna Sari")
    everything = with_telegram.having(
        TWILIO_ACCOUNT_SID=twilio.account_sid,
        TWILIO_AUTH_TOKEN=twilio.auth_token,
        TWILIO_AUTH_TOKEN_SECONDARY="token-kedua",
        TWILIO_WHATSAPP_FROM=twilio.sender,
        TWILIO_API_BASE_URL=twilio.base_url,
    )
    said = everything("doctor").output + everything("doctor", "--json").output
    assert "Telegram" in said
    assert "WhatsApp" in said
    environment = everything.environment
    for name in ("TELEGRAM_BOT_TOKEN", "TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_SECONDARY",
                 "TWILIO_ACCOUNT_SID", "ENCRYPTION_KEYS"):  # fmt: skip
        assert environment[name] not in said
    for secret in ("Ratna", "4711", twilio.sender.removeprefix("whatsapp:"), str(GROUP)):
        assert secret not in said


def test_a_refused_token_is_told_apart_from_no_network(
    with_telegram: CommandLine, with_twilio: CommandLine
) -> None:
    """One needs a new token, the other patience."""
    wrong = with_telegram.having(TELEGRAM_BOT_TOKEN="7000000001:AA" + "x" * 33)
    assert look(wrong)["telegram_token"][0] == "fault"
    away = look(with_telegram.having(TELEGRAM_API_BASE_URL=OFF))
    assert away["telegram_token"][0] == "warning"
    assert "tidak bisa dihubungi" in away["telegram_token"][1]
    assert look(with_twilio.having(TWILIO_AUTH_TOKEN="salah"))["twilio_account"][0] == "fault"
    assert look(with_twilio.having(TWILIO_API_BASE_URL=OFF))["twilio_account"][0] == "warning"


@pytest.mark.parametrize(
    ("rights", "check", "status", "words"),
    [
        (None, "telegram_rights", "fault", "bukan admin"),
        (ALL_BOT_RIGHTS - {"can_manage_topics"}, "telegram_rights", "fault", "Kelola topik"),
        (ALL_BOT_RIGHTS - {"can_pin_messages"}, "telegram_rights", "warning", "Sematkan"),
        (ALL_BOT_RIGHTS - {"can_delete_messages"}, "telegram_rights", "warning", "Hapus"),
    ],
)
def test_missing_rights_are_named(
    with_telegram: CommandLine,
    telegram: FakeTelegram,
    rights: frozenset[str] | None,
    check: str,
    status: str,
    words: str,
) -> None:
    """The officer who runs the group reads these words and finds the switch."""
    telegram.group(GROUP, bot_rights=rights, owner=telegram.user(11, "Ratna"))
    with_telegram.ok("db", "upgrade")
    found = look(with_telegram)[check]
    assert found[0] == status
    assert words in found[1]


def test_a_small_group_that_nobody_lets_the_bot_into_is_told(
    world: World, beside: CommandLine, telegram: FakeTelegram
) -> None:
    """A confidential case that cannot be posted there waits unseen."""
    owner = telegram.user(11, "Ratna")
    telegram.group(-1002, owner=owner, bot_rights=ALL_BOT_RIGHTS - {"can_manage_topics"})
    with world.app.database.transaction() as session:
        union = organisation_by_slug(session, DEFAULT_ORGANISATION)
        assert union is not None
        union.officer_chat, union.sensitive_chat = str(GROUP), "-1007"
        session.add(union)
    beside = beside.having(TELEGRAM_BOT_TOKEN=telegram.token,
                           TELEGRAM_API_BASE_URL=telegram.base_url)  # fmt: skip
    found = look(beside)
    assert found["telegram_group"][0] == "ok"
    assert found["telegram_small_group"] == ("fault", "bot tidak mengenal grup kecil")
    with world.app.database.transaction() as session:
        union = organisation_by_slug(session, DEFAULT_ORGANISATION)
        assert union is not None
        union.sensitive_chat = "-1002"
        session.add(union)
    found = look(beside)
    assert found["telegram_small_group"][0] == "ok"
    assert found["telegram_small_rights"][0] == "fault"
    assert "Kelola topik" in found["telegram_small_rights"][1]


def test_groups_that_will_not_do(with_telegram: CommandLine, telegram: FakeTelegram) -> None:
    """No group, an unknown one, a plain one, one without topics."""
    owner = telegram.user(11, "Ratna")
    telegram.group(-42, forum=False, owner=owner)
    telegram.group(-1009, forum=False, owner=owner)
    for group, status in (
        ("", "warning"),
        ("-1007", "fault"),
        ("-42", "fault"),
        ("-1009", "warning"),
    ):
        fresh = with_telegram.having(OFFICER_CHAT_ID=group)
        fresh.ok("db", "upgrade")
        assert look(fresh)["telegram_group"][0] == status, group


def test_a_webhook_that_is_not_ours(with_telegram: CommandLine, telegram: FakeTelegram) -> None:
    """Updates go where the webhook points, whatever this program believes."""
    by_webhook = with_telegram.having(
        TELEGRAM_MODE="webhook", PUBLIC_BASE_URL="https://127.0.0.1:1"
    )
    assert look(by_webhook)["telegram_webhook"][0] == "fault"
    assert look(by_webhook)["public_url"][0] == "fault"
    with Asker(SystemClock()) as ask:
        account = TelegramAccount(telegram.token, telegram.base_url)
        ask.telegram(account, "setWebhook", url="https://lain.contoh.id/telegram/webhook")
    assert "alamat lain" in look(by_webhook)["telegram_webhook"][1]
    assert look(with_telegram)["telegram_webhook"][0] == "warning"


def test_whatsapp_needs_a_public_address(with_twilio: CommandLine) -> None:
    """Twilio cannot call a loopback address."""
    found = look(with_twilio)
    assert found["public_url"][0] == "fault"
    assert [found[name][0] for name in ("twilio_account", "twilio_sender", "twilio_secondary")] == [
        "ok", "ok", "ok",
    ]  # fmt: skip


def test_senders_and_tokens_that_will_not_do(with_twilio: CommandLine, twilio: FakeTwilio) -> None:
    """Mistakes that show only when the first worker writes."""
    sandbox = with_twilio.having(TWILIO_WHATSAPP_FROM="+14155238886")
    assert look(sandbox)["twilio_sender"][0] == "warning"
    service = with_twilio.having(TWILIO_MESSAGING_SERVICE_SID="AC12")
    assert look(service)["twilio_sender"][0] == "fault"
    twice = with_twilio.having(TWILIO_AUTH_TOKEN_SECONDARY=twilio.auth_token)
    assert look(twice)["twilio_secondary"][0] == "warning"


class Elsewhen(HttpFake):
    """A provider whose clock differs from ours."""

    def __init__(self, ahead: timedelta) -> None:
        super().__init__()
        self._ahead = ahead

    async def handle(self, _request: Request) -> Response:
        told = format_datetime(SystemClock().now() + self._ahead, usegmt=True)
        return JSONResponse({"ok": True, "result": {}}, headers={"date": told})


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, "ok"), (30, "ok"), (90, "fault"), (-3600, "fault")]
)
def test_our_clock_is_held_against_the_providers(
    cli: CommandLine, seconds: int, status: str
) -> None:
    """Signatures, windows and deadlines depend on it."""
    with Elsewhen(timedelta(seconds=seconds)) as provider:
        told = cli.having(TELEGRAM_BOT_TOKEN="7:AA", TELEGRAM_API_BASE_URL=provider.base_url)
        assert look(told)["clock_provider"][0] == status


class Health(HttpFake):
    """Our own program, as far as a doctor sees it."""

    async def handle(self, request: Request) -> Response:
        return Response("ok", 200 if request.url.path == "/healthz" else 404)


def test_our_own_address_is_tried() -> None:
    """A hint, because a machine behind NAT may not reach itself."""
    with Health() as program, Asker(SystemClock()) as ask:
        settings = load_settings(_env_file=None, public_base_url=program.base_url)
        assert reachable(ask, settings).status == "ok"
        away = load_settings(_env_file=None, public_base_url=OFF)
        assert reachable(ask, away).status == "warning"


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://bot.contoh.id", True),
        ("http://bot.contoh.id", False),
        ("https://127.0.0.1:8080", False),
        ("https://localhost", False),
        ("https://[::1]:8080", False),
    ],
)
def test_which_addresses_providers_can_call(url: str, public: bool) -> None:
    """https, and not this machine's own."""
    assert is_public(url) is public
