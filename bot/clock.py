"""The one place that reads the time. Everything else gets a clock passed in."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock


class ManualClock:
    """A clock that stands still until it is moved: for transcripts and tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The moment it was last moved to."""
        return self._at

    def advance(self, seconds: float) -> None:
        """Move it on by so many seconds."""
        self._at += timedelta(seconds=seconds)
