"""The officers' rounds: due rows of a whole organisation, each of which sets itself anew.

The morning digest comes on working days at 08.00, the weekly summary at 08.15 on the first
working day of the week; at 07.45 each day it is asked who is still in the groups. All where the
union is. A process that was away for a day asks at its start, for the row waits since then.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot.worktime.calendar import WorkCalendar
from storage.database import Database
from storage.due import set_due
from storage.tables import Due, Organisation

DIGEST, WEEKLY, PICTURE, MEMBERS = "digest", "weekly", "picture", "members"
"""The kinds of the due rows; ``picture`` takes away a summary's picture."""

DIGEST_AT, WEEKLY_AT, ROLL_AT = time(8), time(8, 15), time(7, 45)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_AT_WORK = timedelta(days=1)  # so long a row that fired may still be worked on


def next_digest(calendar: WorkCalendar, now: datetime, zone: ZoneInfo) -> datetime:
    """The next digest after ``now``, in UTC."""
    at = datetime.combine(_working_day(calendar, now.astimezone(zone).date()), DIGEST_AT, zone)
    while at <= now:
        at = datetime.combine(_working_day(calendar, at.date() + _DAY), DIGEST_AT, zone)
    return at.astimezone(UTC)


def next_weekly(calendar: WorkCalendar, now: datetime, zone: ZoneInfo) -> datetime:
    """The next weekly summary after ``now``, in UTC."""
    monday = monday_of(now.astimezone(zone).date())
    at = datetime.combine(_working_day(calendar, monday), WEEKLY_AT, zone)
    while at <= now:
        monday += _WEEK
        at = datetime.combine(_working_day(calendar, monday), WEEKLY_AT, zone)
    return at.astimezone(UTC)


def next_roll(_calendar: WorkCalendar, now: datetime, zone: ZoneInfo) -> datetime:
    """When it is asked next who is in the groups, in UTC."""
    today = now.astimezone(zone).date()
    days = (datetime.combine(day, ROLL_AT, zone) for day in (today, today + _DAY))
    return next(at for at in days if at > now).astimezone(UTC)


def monday_of(day: date) -> date:
    """The Monday of the week of this day."""
    return day - timedelta(days=day.weekday())


def set_round(session: Session, organisation_id: int, kind: str, at: datetime) -> None:
    """Let a round come due."""
    key = f"{kind}:{organisation_id}"
    set_due(session, organisation_id=organisation_id, kind=kind, key=key, lane=key, due_at=at)


def plan_rounds(
    session: Session,
    organisation: Organisation,
    calendar: WorkCalendar,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """Let the rounds of an organisation with a group come due, where that is not planned yet."""
    if not organisation.officer_chat:
        return
    rounds: dict[str, Callable[[WorkCalendar, datetime, ZoneInfo], datetime]]
    rounds = {DIGEST: next_digest, WEEKLY: next_weekly, MEMBERS: next_roll}
    for kind, following in rounds.items():
        key = f"{kind}:{organisation.id}"
        row = session.exec(select(Due).where(Due.key == key)).first()
        at_work = row is not None and row.fired_at is not None and row.fired_at > now - _AT_WORK
        if row is None or (row.status != "waiting" and not at_work):
            set_round(session, organisation.id or 0, kind, following(calendar, now, zone))


def plan_all_rounds(
    database: Database, calendar: WorkCalendar, zone: ZoneInfo, now: Callable[[], datetime]
) -> None:
    """Let the rounds of all organisations come due; called at the start and now and then."""
    with database.transaction() as session:
        for organisation in session.exec(select(Organisation).order_by(col(Organisation.id))):
            plan_rounds(session, organisation, calendar, zone, now())


def _working_day(calendar: WorkCalendar, day: date) -> date:
    """This day, or the first working day after it."""
    while not calendar.is_working_day(day):
        day += _DAY
    return day
