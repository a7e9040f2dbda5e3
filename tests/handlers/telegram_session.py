"""A channel that talks to the fake Telegram, and a group with officers."""

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
from bot.handlers.telegram import TelegramChannel
from tests.fakes.telegram import FakeTelegram

T = TypeVar("T")
GROUP = -1001234567890
GROUP_PLACE = Place(Address("telegram", str(GROUP)))
BUDI_PLACE = Place(Address("telegram", "70"))
YES_NO = (Choice("c:ya", "Setuju"), Choice("c:tidak", "Tidak"))
PDF = File(MediaKind.DOCUMENT, b"%PDF-1.7", "application/pdf", "surat.pdf", "77")


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
