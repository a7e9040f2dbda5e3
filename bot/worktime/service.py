"""Officers' working hours, in which the union's own promises are counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.worktime.calendar import WorkCalendar

OPENS, CLOSES = time(8), time(17)
HOURS_A_DAY = 9
"""Working hours of one working day."""


def add_working_hours(
    calendar: WorkCalendar, at: datetime, hours: float, zone: ZoneInfo
) -> datetime:
    """When so many working hours have gone by, in UTC; a moment in working time, or its end."""
    left = timedelta(hours=hours)
    for opens, closes in _days(calendar, at.astimezone(zone).date(), zone):
        begins = max(at, opens)
        if closes <= begins:
            continue
        if left <= closes - begins:
            return (begins + left).astimezone(UTC)
        left -= closes - begins
    raise AssertionError("days do not end")


def working_time_between(
    calendar: WorkCalendar, since: datetime, until: datetime, zone: ZoneInfo
) -> timedelta:
    """How much working time lies between; zero when ``until`` is not after ``since``."""
    total = timedelta(0)
    for opens, closes in _days(calendar, since.astimezone(zone).date(), zone):
        if opens >= until:
            break
        total += max(timedelta(0), min(until, closes) - max(since, opens))
    return total


def _days(
    calendar: WorkCalendar, first: date, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Opening and closing of each working day, in UTC: within a zone Python ignores its rules."""
    day = first
    while True:
        if calendar.is_working_day(day):
            opens, closes = (datetime.combine(day, at, zone) for at in (OPENS, CLOSES))
            yield opens.astimezone(UTC), closes.astimezone(UTC)
        day += timedelta(days=1)
