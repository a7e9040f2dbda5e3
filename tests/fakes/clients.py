"""The real libraries, led to the fakes, and a stand-in for our own program."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import pytest
from starlette.requests import Request
from starlette.responses import Response
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import TelegramError
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.fakes.http_server import HttpFake
from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio_state import StoredMessage

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
