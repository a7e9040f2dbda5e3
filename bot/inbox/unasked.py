"""When the bot may take a conversation up by itself: never while her phone must not ring.

A timer of a silence that she made herself (``quiet``) is part of the conversation and waits for
nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.flows.state import State
from bot.worktime.quiet import next_allowed, zone_of
from storage.crypto import Vault
from storage.people import Reporter, private_of

QUIET = "quiet"
UNFINISHED = "unfinished"

_WINDOW = timedelta(hours=24)
_EARLIER_AT_MOST = timedelta(hours=12)
_STEP = timedelta(minutes=15)


def fitting_time(
    vault: Vault, reporter: Reporter, state: State | None, zone: ZoneInfo, at: datetime
) -> datetime:
    """The first moment from ``at`` on when she may be spoken to unasked, in UTC.

    What she told in the conversation that runs wins over what she told before.
    """
    return next_allowed(at, *hours_of(vault, reporter, state, zone))


def hours_of(
    vault: Vault, reporter: Reporter, state: State | None, zone: ZoneInfo
) -> tuple[ZoneInfo, str]:
    """Where she lives and her safe hours."""
    told = _told(state)
    safe_hours = told.get("safe_hours") or private_of(vault, reporter.person).get("safe_hours", "")
    return zone_of(told.get("region_code", ""), zone), safe_hours


def reminder_time(
    vault: Vault, reporter: Reporter, state: State | None, zone: ZoneInfo, now: datetime,
    after: timedelta,
) -> datetime:  # fmt: skip
    """When a timer of an unfinished conversation fires.

    One within WhatsApp's 24 hours rather fires some hours early than after they are over.
    """
    due = now + after
    earliest = max(due - _EARLIER_AT_MOST, now + _STEP) if after < _WINDOW else due
    at = due
    while at >= earliest:
        if fitting_time(vault, reporter, state, zone, at) == at:
            return at
        at -= _STEP
    return fitting_time(vault, reporter, state, zone, due)


def _told(state: State | None) -> Mapping[str, str]:
    """The answers of the conversation that lies underneath all others."""
    while state is not None and state.suspended is not None:
        state = state.suspended
    return state.answers if state is not None else {}
