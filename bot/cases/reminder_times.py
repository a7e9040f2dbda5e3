"""When a reporter is reminded of an appointment, and the officers; see ``reminders``.

The day before and two hours before, at an hour that suits her; the officers in the morning. Of
evidence on its day. What is near, or finds no fitting hour any more, is not reminded of.
"""

from datetime import UTC, date, datetime, time, timedelta

from bot.cases.pushes import fitting_time, why_not
from bot.cases.work import Work
from storage.tables import Case

EVIDENCE = "bukti"
"""The kind of an appointment that is a date for promised evidence."""

DAY_BEFORE, SOON, MORNING = "appointment_day", "appointment_soon", "appointment_morning"
REMINDERS = (DAY_BEFORE, SOON, MORNING)
"""The kinds of their due rows."""

EVENING_BEFORE = time(16)
"""When she is reminded the day before, where the officers are."""
SOON_BEFORE = timedelta(hours=2)
OFFICERS_MORNING = time(7)
EVIDENCE_HOUR = time(9)
"""Of a day without an hour: the reminder of promised evidence, the begin of an appointment."""


def reminder_times(
    work: Work, case: Case, kind: str, at: datetime, *, has_hour: bool
) -> dict[str, datetime | None]:
    """When each reminder is due; None for what makes no sense."""
    local = at.astimezone(work.zone)
    if kind == EVIDENCE:
        return {DAY_BEFORE: None, SOON: fitting_time(work, case, at), MORNING: None}
    before = datetime.combine(local.date() - timedelta(days=1), EVENING_BEFORE, work.zone)
    morning = datetime.combine(local.date(), OFFICERS_MORNING, work.zone)
    soon = fitting_time(work, case, at - SOON_BEFORE) if has_hour else None
    return {
        DAY_BEFORE: _if_before(fitting_time(work, case, before), end_of_day_before(work, at)),
        SOON: _if_before(soon, at),
        MORNING: _if_before(morning.astimezone(UTC), at),
    }


def end_of_day_before(work: Work, at: datetime) -> datetime:
    """Until when "tomorrow" is the word for it: on the day itself it is none."""
    midnight = datetime.combine(at.astimezone(work.zone).date(), time(), work.zone)
    return min(midnight.astimezone(UTC), at - SOON_BEFORE)


def will_remind(work: Work, case: Case, kind: str, at: datetime, *, has_hour: bool) -> bool:
    """Whether she would be reminded before; of evidence, on that day.

    Not where it is near, nor where no fitting hour is left, nor who wants no news.
    """
    if why_not(work, case):
        return False
    times = reminder_times(work, case, kind, at, has_hour=has_hour)
    if kind == EVIDENCE:
        soon = times[SOON] or at
        return soon.astimezone(work.zone).date() == at.astimezone(work.zone).date()
    return any(one is not None and one > work.now for one in (times[DAY_BEFORE], times[SOON]))


def evidence_moment(work: Work, on: date) -> datetime:
    """When evidence is reminded of on its day: in the morning; today, two hours from now."""
    return max(datetime.combine(on, EVIDENCE_HOUR, work.zone), work.now + SOON_BEFORE)


def _if_before(at: datetime | None, end: datetime) -> datetime | None:
    return at if at is not None and at < end else None
