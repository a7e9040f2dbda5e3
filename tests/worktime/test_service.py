"""Working hours, in which the union's promises are counted."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.worktime.calendar import WorkCalendar
from bot.worktime.service import HOURS_A_DAY, add_working_hours, working_time_between
from tests.patience import UNHURRIED

JAKARTA = ZoneInfo("Asia/Jakarta")
CALENDAR = WorkCalendar()


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("at", "hours", "until"),
    [
        ("2026-11-23 09:00", 4, "2026-11-23 13:00"),
        ("2026-11-23 15:00", 4, "2026-11-24 10:00"),
        ("2026-11-23 13:00", 4, "2026-11-23 17:00"),
        ("2026-11-23 06:00", 1, "2026-11-23 09:00"),
        ("2026-11-23 22:00", 1, "2026-11-24 09:00"),
        ("2026-11-27 16:00", HOURS_A_DAY, "2026-11-30 16:00"),
        ("2026-12-23 16:00", 2, "2026-12-28 09:00"),
        ("2026-11-23 10:00", 0.5, "2026-11-23 10:30"),
    ],
)
def test_hours_run_only_while_officers_work(at: str, hours: float, until: str) -> None:
    """Weekends, nights and Christmas count for nobody."""
    assert add_working_hours(CALENDAR, _at(at), hours, JAKARTA) == _at(until)


_moments = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - made aware below
    datetime(2027, 12, 1),  # noqa: DTZ001 - made aware below
).map(lambda at: at.replace(tzinfo=JAKARTA))


@given(_moments, st.integers(1, 400))
@settings(UNHURRIED, max_examples=200)
def test_what_is_added_lies_between(at: datetime, quarters: int) -> None:
    """Both ways of looking at the same clock agree."""
    until = add_working_hours(CALENDAR, at, quarters / 4, JAKARTA)
    passed = working_time_between(CALENDAR, at, until, JAKARTA)
    assert passed == timedelta(hours=quarters / 4)


@given(_moments, st.timedeltas(timedelta(0), timedelta(days=12)))
@settings(UNHURRIED, max_examples=100)
def test_working_time_is_what_minutes_say(at: datetime, length: timedelta) -> None:
    """Counted again, quarter of an hour by quarter of an hour."""
    since = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    steps = length // timedelta(minutes=15)
    marks = (since + timedelta(minutes=15 * n) for n in range(steps))
    open_marks = sum(
        8 <= mark.hour < 17 and CALENDAR.is_working_day(mark.date()) for mark in marks
    )
    until = since + timedelta(minutes=15 * steps)
    assert working_time_between(CALENDAR, since, until, JAKARTA) == timedelta(
        minutes=15 * open_marks
    )


def test_nothing_lies_between_when_the_end_comes_first() -> None:
    """A clock that went back must not give negative time."""
    since, until = _at("2026-11-23 12:00"), _at("2026-11-23 09:00")
    assert working_time_between(CALENDAR, since, until, JAKARTA) == timedelta(0)
