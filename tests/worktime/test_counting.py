"""Working days counted, against a second way of counting them."""

from datetime import date, timedelta

import lokal.holidays
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.worktime.calendar import SIX_DAYS, WorkCalendar
from bot.worktime.counting import add_working_days, term, working_days_between
from tests.patience import UNHURRIED

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
FIVE, SIX = WorkCalendar(), WorkCalendar(week=SIX_DAYS)
# The second way: another list of holidays, counted by numpy.
_OFF = [day.date for year in (2026, 2027) for day in lokal.holidays.get_holidays(year).holidays]
_MASKS = {id(FIVE): "1111100", id(SIX): "1111110"}
_days = st.dates(FIRST, LAST)
_calendars = st.sampled_from([FIVE, SIX])


def _business(calendar: WorkCalendar) -> np.busdaycalendar:
    return np.busdaycalendar(weekmask=_MASKS[id(calendar)], holidays=_OFF)


@given(_calendars, st.dates(FIRST, date(2027, 8, 1)), st.integers(1, 80))
@settings(UNHURRIED, max_examples=400)
def test_adding_agrees_with_another_calendar(
    calendar: WorkCalendar, day: date, count: int
) -> None:
    """One day of error can cost a dismissed worker her suit."""
    business = _business(calendar)
    rolled = np.busday_offset(day, 0, roll="backward", busdaycal=business)
    other = np.busday_offset(rolled, count, busdaycal=business)
    assert add_working_days(calendar, day, count) == other.astype(date)


@given(_calendars, _days, _days)
@settings(UNHURRIED, max_examples=400)
def test_counting_agrees_with_another_calendar(
    calendar: WorkCalendar, since: date, until: date
) -> None:
    """The card and the deadline must tell the same story."""
    if until < since:
        assert working_days_between(calendar, since, until) == -working_days_between(
            calendar, until, since
        )
        return
    day = timedelta(days=1)
    other = np.busday_count(since + day, until + day, busdaycal=_business(calendar))
    assert working_days_between(calendar, since, until) == other


@given(st.dates(FIRST, date(2027, 8, 1)), st.integers(1, 50), st.integers(-10, 90))
@settings(UNHURRIED, max_examples=300)
def test_a_term_counts_up_to_its_end_and_no_further(day: date, total: int, later: int) -> None:
    """Day 30 of 30 is the last day, and the next working day is the first one too late."""
    today = day + timedelta(days=later)
    seen = term(FIVE, day, total, today)
    assert seen.end == add_working_days(FIVE, day, total)
    assert FIVE.is_working_day(seen.end)
    assert (seen.nth == 0) == (working_days_between(FIVE, day, today) <= 0)
    assert (seen.left < 0) == (today >= add_working_days(FIVE, seen.end, 1))
    assert term(FIVE, day, total, seen.end).left == 0


def test_a_term_over_christmas_and_new_year() -> None:
    """Reckoned by hand: 24, 25 December, 1 and 5 January are free, and seven weekends."""
    seen = term(FIVE, date(2026, 12, 1), 30, date(2026, 12, 17))
    assert (seen.nth, seen.left, seen.end, seen.certain) == (12, 18, date(2027, 1, 18), True)


def test_a_term_that_reaches_a_year_without_a_decree_is_an_estimate() -> None:
    """The cuti bersama of that year may still move its end."""
    assert not term(FIVE, date(2027, 12, 1), 30, date(2027, 12, 1)).certain
