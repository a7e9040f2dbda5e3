"""Which alarms ring: kept in the database, so that each is told once however many processes look.

Who writes the row tells that the alarm began; who takes it away tells that it is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Table, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from storage.database import is_postgres
from storage.tables import Alarm

CALM = timedelta(minutes=10)
"""So long all must be well before an alarm is over: what comes and goes is told once."""
UNSEEN = timedelta(days=1)
"""After so long without a look the alarm is forgotten: its machine or account is gone."""

_alarms: Table = Alarm.__table__  # type: ignore[attr-defined]
News = Literal["begun", "over", ""]


@dataclass(frozen=True, slots=True)
class Change:
    """What a look changed: nothing, or an alarm that began or ended; ``since`` when it began."""

    news: News
    since: datetime


def note_alarm(session: Session, name: str, now: datetime, *, rings: bool) -> Change:
    """Write down what a look found. Of all processes one gets each piece of news."""
    return _rings(session, name, now) if rings else _is_calm(session, name, now)


def ringing(session: Session) -> list[Alarm]:
    """The alarms that ring, the oldest first."""
    return list(session.exec(select(Alarm).order_by(col(Alarm.since), col(Alarm.name))).all())


def forget_unseen(session: Session, now: datetime) -> None:
    """Take away alarms that nobody looks after any more; nothing is known of their end."""
    session.execute(delete(_alarms).where(_alarms.c.looked_at < now - UNSEEN))


def _rings(session: Session, name: str, now: datetime) -> Change:
    dialect = postgresql if is_postgres(session) else sqlite
    begun = session.execute(
        dialect.insert(_alarms)
        .values(name=name, since=now, looked_at=now)
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(_alarms.c.name)
    ).first()
    if begun is None:
        still = update(_alarms).where(_alarms.c.name == name)
        session.execute(still.values(looked_at=now, calm_since=None))
    return Change("begun" if begun is not None else "", now)


def _is_calm(session: Session, name: str, now: datetime) -> Change:
    """A clock that was set back must not hold an alarm up: its calm begins anew."""
    same, calm_since = _alarms.c.name == name, _alarms.c.calm_since
    begins = or_(calm_since.is_(None), calm_since > now)
    session.execute(update(_alarms).where(same).values(looked_at=now))
    session.execute(update(_alarms).where(same, begins).values(calm_since=now))
    over = session.execute(
        delete(_alarms).where(same, calm_since <= now - CALM).returning(_alarms.c.since)
    ).first()
    return Change("over", over[0]) if over is not None else Change("", now)
