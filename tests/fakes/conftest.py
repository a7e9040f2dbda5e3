"""Running fakes for the tests of the fakes."""

from collections.abc import Iterator

import pytest

from tests.fakes.clients import Receiver
from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio


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
