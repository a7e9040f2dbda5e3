"""Running fake providers, with a worker and an officer on Telegram."""

from collections.abc import Iterator

import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_state import User
from tests.fakes.twilio import FakeTwilio
from tests.handlers.telegram_session import GROUP


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as running:
        yield running


@pytest.fixture
def budi(telegram: FakeTelegram) -> User:
    """A worker who has written to the bot, so that it may write to him."""
    user = telegram.user(70, "Budi")
    telegram.private_message(user, "/start")
    return user


@pytest.fixture
def ani(telegram: FakeTelegram) -> User:
    """The owner of the officers' group."""
    user = telegram.user(7, "Ani", "Lestari")
    telegram.group(GROUP, owner=user)
    return user


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    """It does not fetch the files of our messages: nobody serves them here."""
    with FakeTwilio() as running:
        running.fetch_media = False
        yield running
