"""Working days of 2026 and 2027 by another list and another reckoning than the program's."""

from datetime import UTC, date, datetime, time, timedelta

import lokal.holidays
import numpy as np

_DAY = timedelta(days=1)
_OFF = [
    date.fromisoformat(day.date)
    for year in (2026, 2027)
    for day in lokal.holidays.get_holidays(year).holidays
]
_BUSINESS = np.busdaycalendar(weekmask="1111100", holidays=_OFF)


def working_day(since: date | None, nth: int) -> date:
    """The nth working day after a day."""
    assert since is not None
    rolled = np.busday_offset(since, 0, roll="backward", busdaycal=_BUSINESS)
    found: date = np.busday_offset(rolled, nth, busdaycal=_BUSINESS).astype(date)
    return found


def eight(day: date) -> datetime:
    """Eight in the morning in Jakarta."""
    return datetime.combine(day, time(1), UTC)


def next_working_moment(at: datetime) -> datetime:
    """Itself from eight to five on a working day, else the next eight o'clock of one."""
    local = at.astimezone(UTC) + timedelta(hours=7)
    working = bool(np.is_busday(local.date(), busdaycal=_BUSINESS))
    if working and time(8) <= local.time() < time(17):
        return at
    day = local.date() if working and local.time() < time(8) else local.date() + _DAY
    return eight(np.busday_offset(day, 0, roll="forward", busdaycal=_BUSINESS).astype(date))
