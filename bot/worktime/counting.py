"""Counting working days: the day of the event is day 0, the next working day is day 1.

So a term of 30 working days ends with its thirtieth working day after the event.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.worktime.calendar import WorkCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of working days, seen on one day.

    Attributes:
        nth: which working day of it this is; 0 up to the event, more than ``total`` afterwards.
        total: how many it has.
        end: its last day.
        certain: the calendar of all its days was announced; else ``end`` is an estimate.
    """

    nth: int
    total: int
    end: date
    certain: bool

    @property
    def left(self) -> int:
        """Working days that are left; 0 on the last day, below 0 when it passed."""
        return self.total - self.nth


def add_working_days(calendar: WorkCalendar, day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; ``day`` itself for 0."""
    if count < 0:
        raise ValueError("working days are counted forwards")
    while count:
        day += _DAY
        count -= calendar.is_working_day(day)
    return day


def working_days_between(calendar: WorkCalendar, since: date, until: date) -> int:
    """Working days after ``since`` up to and with ``until``; below 0 when it lies before."""
    if until < since:
        return -working_days_between(calendar, until, since)
    days = (since + timedelta(days=n) for n in range(1, (until - since).days + 1))
    return sum(map(calendar.is_working_day, days))


def term(calendar: WorkCalendar, since: date, total: int, today: date) -> Term:
    """The term of ``total`` working days that an event on ``since`` began, seen today."""
    end = add_working_days(calendar, since, total)
    nth = max(0, working_days_between(calendar, since, today))
    return Term(nth, total, end, calendar.is_certain_between(since, end))
