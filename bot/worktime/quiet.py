"""Quiet hours: nothing is pushed between 20.00 and 08.00 where the reporter lives.

Her own safe hours win, early or late. What is about danger asks nobody and waits for nothing.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.worktime.safe_times import SLOT, SLOTS_A_DAY, SafeTimes, read_safe_times
from nlp.regions import timezone_of

QUIET_FROM, QUIET_UNTIL = time(20), time(8)
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
"""The zones of Indonesia by their letters."""


def zone_of(region_code: str, otherwise: ZoneInfo) -> ZoneInfo:
    """The time zone of a Kemendagri region code, by its province; ``otherwise`` without one.

    The provinces of each zone (Keppres 41/1987, newer provinces like those they came from)
    stand in ``nlp.regions``.
    """
    try:
        return ZoneInfo(ZONES[timezone_of(region_code)])
    except ValueError:
        return otherwise


def next_allowed(at: datetime, zone: ZoneInfo, safe_hours: str = "") -> datetime:
    """The first moment from ``at`` on when a reporter may be written to, in UTC.

    Args:
        at: when it would be written, with its zone.
        zone: where the reporter lives, see :func:`zone_of`.
        safe_hours: her own words about when it is safe (``CaseContent.safe_hours``).
    """
    local = at.astimezone(zone)
    safe = read_safe_times(safe_hours) if safe_hours else None
    if safe is not None:
        return _next_safe(local, safe)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return at.astimezone(UTC)
    day = local.date() if local.time() < QUIET_UNTIL else local.date() + timedelta(days=1)
    return datetime.combine(day, QUIET_UNTIL, zone).astimezone(UTC)


def _next_safe(local: datetime, safe: SafeTimes) -> datetime:
    """The zones of Indonesia know no summer time, so slots follow each other evenly."""
    moment = local
    for _ in range(7 * SLOTS_A_DAY + 1):
        minute = moment.hour * 60 + moment.minute
        if safe.allows(moment.weekday(), minute):
            return moment.astimezone(UTC)
        into = timedelta(minutes=minute % SLOT, seconds=moment.second,
                         microseconds=moment.microsecond)  # fmt: skip
        moment += timedelta(minutes=SLOT) - into
    raise AssertionError("safe times are never empty")
