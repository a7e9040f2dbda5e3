"""Due rows: everything that must happen at a time, kept in the database alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session
from sqlmodel import select as select_model

from storage.database import is_postgres
from storage.tables import Due

_due: Table = Due.__table__  # type: ignore[attr-defined]
_WAITING: ColumnElement[str] = literal_column("'waiting'")
_SWEEPING_LOCK = 7_203_412  # any number, the same in every process


@dataclass(frozen=True, slots=True)
class DueRow:
    """A row that came due and is ours to act on in this transaction."""

    id: int
    organisation_id: int
    kind: str
    key: str
    lane: str
    conversation_id: int | None
    case_id: int | None
    sequence: int
    due_at: datetime


def _setting(insert: Any) -> Any:
    moved = {
        "status": "waiting",
        "due_at": insert.excluded.due_at,
        "fired_at": None,
        "sequence": _due.c.sequence + 1,
    }
    return insert.on_conflict_do_update(index_elements=["key"], set_=moved)


# Made once: building a statement costs more than running it.
_SET_ON_POSTGRES = _setting(postgresql.insert(_due))
_SET_ON_SQLITE = _setting(sqlite.insert(_due))


def set_due(
    session: Session,
    *,
    organisation_id: int,
    kind: str,
    key: str,
    lane: str,
    due_at: datetime,
    conversation_id: int | None = None,
    case_id: int | None = None,
) -> None:
    """Let ``key`` come due at a time; set again, it moves and its sequence rises."""
    row = {
        "organisation_id": organisation_id,
        "kind": kind,
        "key": key,
        "lane": lane,
        "sequence": 1,
        "status": "waiting",
        "due_at": due_at,
        "conversation_id": conversation_id,
        "case_id": case_id,
    }
    session.execute(_SET_ON_POSTGRES if is_postgres(session) else _SET_ON_SQLITE, row)


def cancel_due(session: Session, key: str) -> None:
    """Let ``key`` not come due any more."""
    session.execute(
        update(_due).where(_due.c.key == key, _due.c.status == _WAITING).values(status="cancelled")
    )


def cancel_dues_of_case(
    session: Session, case_id: int, kinds: Collection[str], keep: Collection[str] = ()
) -> None:
    """Let nothing of these kinds come due for a case any more, but for the keys to ``keep``."""
    session.execute(
        update(_due)
        .where(
            _due.c.case_id == case_id,
            _due.c.kind.in_(kinds),
            _due.c.status == _WAITING,
            _due.c.key.not_in(keep),
        )
        .values(status="cancelled")
    )


def is_waiting(session: Session, key: str) -> bool:
    """Whether ``key`` is to come due."""
    waiting = select(_due.c.id).where(_due.c.key == key, _due.c.status == _WAITING)
    return session.execute(waiting).first() is not None


def is_current(session: Session, key: str, sequence: int) -> bool:
    """Whether a fired row was not set anew or cancelled since."""
    row = session.exec(select_model(Due).where(Due.key == key)).first()
    return row is not None and row.sequence == sequence and row.status == "fired"


def take_turns(session: Session) -> None:
    """Wait until no other process sweeps, so that events come in the order they were due in."""
    if is_postgres(session):
        session.execute(select(func.pg_advisory_xact_lock(_SWEEPING_LOCK)))


def take_due(session: Session, now: datetime, limit: int = 200) -> list[DueRow]:
    """Mark what has come due as fired, oldest first; each row is given out once."""
    ids = session.execute(
        select(_due.c.id)
        .where(_due.c.status == _WAITING, _due.c.due_at <= now)
        .order_by(_due.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).scalars().all()  # fmt: skip
    if not ids:
        return []
    rows = session.execute(
        update(_due)
        .where(_due.c.id.in_(ids))
        .values(status="fired", fired_at=now)
        .returning(*(_due.c[name] for name in DueRow.__dataclass_fields__))
    ).all()
    return sorted((DueRow(*row) for row in rows), key=lambda row: (row.due_at, row.id))
