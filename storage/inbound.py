"""The inbox queue in the database: insert once, claim in order, finish or give back.

Order: of each lane only the oldest open row may be claimed, and a partial unique index lets no
two rows of a lane be in work at once. On PostgreSQL several processes claim side by side
(FOR UPDATE SKIP LOCKED); on SQLite BEGIN IMMEDIATE keeps claims apart.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Table,
    bindparam,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from storage.database import is_postgres
from storage.lanes import waits_behind_another
from storage.tables import Inbound

_inbox: Table = Inbound.__table__  # type: ignore[attr-defined]

# Literals, not parameters: only so do the planners see that the partial indexes fit.
_NEW: ColumnElement[str] = literal_column("'new'")
_CLAIMED: ColumnElement[str] = literal_column("'claimed'")
_DEAD: ColumnElement[str] = literal_column("'dead'")

MAX_ATTEMPTS = 5
LEASE = timedelta(seconds=60)
_NEW_ROW = {"status": "new", "attempts": 0, "error": ""}


@dataclass(frozen=True, slots=True)
class NewInbound:
    """A row to insert."""

    organisation_id: int
    source: str
    account: str
    external_id: str
    lane: str
    sealed: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimedInbound:
    """A row in work; ``attempts`` counts this one."""

    id: int
    organisation_id: int
    source: str
    account: str
    external_id: str
    lane: str
    attempts: int
    sealed: bytes | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """What became of rows whose worker died.

    Attributes:
        given_back: how many are tried again.
        dead: the organisations of those that are not, one entry a row.
    """

    given_back: int
    dead: tuple[int, ...]


# Statements made once: building one costs more than running it.
_NEXT_IDS = text(
    "SELECT nextval(pg_get_serial_sequence('inbox', 'id')) FROM generate_series(1, :count)"
)
_CLAIMABLE = (
    select(_inbox.c.id)
    .where(
        _inbox.c.status == _NEW,
        _inbox.c.available_at <= bindparam("now"),
        ~waits_behind_another(_inbox, _NEW, _CLAIMED),
    )
    .order_by(_inbox.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(_inbox)
    .values(status="claimed", attempts=_inbox.c.attempts + 1, lease_until=bindparam("until"))
    .returning(*(_inbox.c[name] for name in ClaimedInbound.__dataclass_fields__))
)
_CLAIM_ON_SQLITE = _CLAIM.where(_inbox.c.id.in_(_CLAIMABLE))
_CLAIM_ON_POSTGRES = _CLAIM.where(
    _inbox.c.id.in_(select(_CLAIMABLE.cte("candidates").prefix_with("MATERIALIZED").c.id))
)
_FINISH = (
    update(_inbox)
    .where(
        _inbox.c.id == bindparam("row"),
        _inbox.c.status == _CLAIMED,
        _inbox.c.attempts == bindparam("tries"),
    )
    .values(status="done", done_at=bindparam("at"), lease_until=None, error="", sealed=None)
)


def insert_inbound(session: Session, rows: Sequence[NewInbound]) -> list[bool]:
    """Insert rows; for each, whether it is new rather than stored before."""
    dialect = postgresql if is_postgres(session) else sqlite
    values = [_NEW_ROW | asdict(row) | {"available_at": row.received_at} for row in rows]
    if len(values) > 1 and is_postgres(session):
        # Processes that store the same events must lock them in one order, or they would wait
        # for each other; the ids keep the order in which the events came.
        ids = session.execute(_NEXT_IDS, {"count": len(values)}).scalars()
        values = [value | {"id": new} for value, new in zip(values, sorted(ids), strict=True)]
        values.sort(key=lambda value: (value["account"], value["external_id"]))
    statement = (
        dialect.insert(_inbox)
        .on_conflict_do_nothing(index_elements=["account", "external_id"])
        .returning(_inbox.c.account, _inbox.c.external_id)
    )
    inserted = {(row.account, row.external_id) for row in session.execute(statement, values)}
    fresh = []
    for row in rows:
        key = (row.account, row.external_id)
        fresh.append(key in inserted)
        inserted.discard(key)
    return fresh


def claim_inbound(session: Session, now: datetime, limit: int = 1) -> list[ClaimedInbound]:
    """Take the oldest claimable rows into work, at most one of each lane.

    In a transaction of its own: it is rolled back where another process was faster.
    """
    statement = _CLAIM_ON_POSTGRES if is_postgres(session) else _CLAIM_ON_SQLITE
    try:
        rows = session.execute(statement, {"now": now, "until": now + LEASE, "most": limit}).all()
    except IntegrityError:  # another process took an older row of the lane this very moment
        session.rollback()
        return []
    return sorted((ClaimedInbound(*row) for row in rows), key=lambda row: row.id)


def finish_inbound(session: Session, row: ClaimedInbound, now: datetime) -> bool:
    """Mark a row done in the transaction of its turn; False when the claim was lost.

    What it said is blanked: the turn has put into place what is to be kept.
    """
    result = session.execute(_FINISH, {"row": row.id, "tries": row.attempts, "at": now})
    return bool(result.rowcount)  # type: ignore[attr-defined]


def return_inbound(session: Session, row: ClaimedInbound, now: datetime, error: str) -> str:
    """Give a failed row back for another try, or call it dead.

    Returns:
        Its new status, or ``lost`` when the claim was not ours any more.
    """
    dead = row.attempts >= MAX_ATTEMPTS
    pause = timedelta(seconds=2 ** (row.attempts - 1))
    result = session.execute(
        update(_inbox)
        .where(_ours(row))
        .values(
            status="dead" if dead else "new",
            available_at=now + pause,
            lease_until=None,
            error=error[:120],
        )
    )
    if not result.rowcount:  # type: ignore[attr-defined]
        return "lost"
    return "dead" if dead else "new"


def release_expired_inbound(session: Session, now: datetime) -> Released:
    """Give back rows whose worker died in the middle.

    A row that was with a dying worker too often is dead itself: it may be what kills them.
    """
    expired = (_inbox.c.status == _CLAIMED) & (_inbox.c.lease_until < now)
    spent = _inbox.c.attempts >= MAX_ATTEMPTS
    dead = session.execute(
        update(_inbox)
        .where(expired, spent)
        .values(status="dead", lease_until=None, error="worker died")
        .returning(_inbox.c.organisation_id)
    ).scalars()
    of_dead = tuple(dead)
    result = session.execute(
        update(_inbox).where(expired, ~spent).values(status="new", lease_until=None)
    )
    return Released(int(result.rowcount), of_dead)  # type: ignore[attr-defined]


def forget_dead(session: Session, lane: str, now: datetime) -> None:
    """Let go of what a lane's dead rows said; their keys stay."""
    session.execute(
        update(_inbox)
        .where(_inbox.c.lane == lane, _inbox.c.status == _DEAD)
        .values(status="done", done_at=now, sealed=None)
    )


def revive_dead(session: Session, row_id: int, now: datetime) -> bool:
    """Let an operator try a dead row again."""
    result = session.execute(
        update(_inbox)
        .where(_inbox.c.id == row_id, _inbox.c.status == _DEAD)
        .values(status="new", attempts=0, available_at=now)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _ours(row: ClaimedInbound) -> Any:
    return (
        (_inbox.c.id == row.id)
        & (_inbox.c.status == _CLAIMED)
        & (_inbox.c.attempts == row.attempts)
    )
