"""A channel that talks to the fake Twilio, and a memory for contents."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from bot.channels import (
    File,
    Place,
    SendFailure,
    Text,
)
from bot.commands import Choice
from bot.events import Address, MediaKind
from bot.handlers.whatsapp import WhatsAppAccount, WhatsAppChannel
from tests.fakes.twilio import FakeTwilio

T = TypeVar("T")
SRI = "+6281200000001"
PLACE = Place(Address("whatsapp", SRI))
YES_NO = (Choice("c:ya", "Setuju"), Choice("c:tidak", "Tidak"))
MANY = tuple(Choice(f"k:{n}", f"Masalah {n}", f"Contoh {n}") for n in range(1, 8))
JPEG = File(MediaKind.PHOTO, b"\xff\xd8gambar", "image/jpeg", "slip.jpg", "77")


class Contents:
    """Remembers contents, as the database does."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str] = {}

    def find(self, account: str, fingerprint: str) -> str | None:
        return self.known.get((account, fingerprint))

    def remember(self, account: str, fingerprint: str, content_id: str) -> None:
        self.known[account, fingerprint] = content_id


def account(twilio: FakeTwilio) -> WhatsAppAccount:
    return WhatsAppAccount(
        twilio.account_sid,
        (twilio.auth_token,),
        twilio.sender,
        api_base_url=twilio.base_url,
        public_base_url="https://bot.contoh.id",
    )


def run(
    twilio: FakeTwilio,
    talk: Callable[[WhatsAppChannel], Awaitable[T]],
    contents: Contents | None = None,
    config: WhatsAppAccount | None = None,
) -> T:
    async def session() -> T:
        channel = WhatsAppChannel(
            config or account(twilio),
            contents or Contents(),
            lambda attachment: f"https://bot.contoh.id/berkas/{attachment}",
        )
        try:
            return await talk(channel)
        finally:
            await channel.close()

    return asyncio.run(session())


def send(twilio: FakeTwilio, text: Text, contents: Contents | None = None) -> str:
    return run(twilio, lambda channel: channel.send_text(PLACE, text), contents)


def failure(
    twilio: FakeTwilio,
    talk: Callable[[WhatsAppChannel], Awaitable[object]],
    config: WhatsAppAccount | None = None,
) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        run(twilio, talk, config=config)
    return caught.value
