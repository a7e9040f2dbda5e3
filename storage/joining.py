"""Posts that wait behind each other in one lane, taken together when a group cannot keep up."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Table, literal_column, select, update
from sqlmodel import Session

from storage.outbound import LEASE, ClaimedOutbound
from storage.tables import Outbound

_outbox: Table = Outbound.__table__  # type: ignore[attr-defined]
_QUEUED: ColumnElement[str] = literal_column("'queued'")
_SENDING: ColumnElement[str] = literal_column("'sending'")
_FIELDS = tuple(_outbox.c[name] for name in ClaimedOutbound.__dataclass_fields__)


def many_wait(session: Session, chat: str, now: datetime, many: int) -> bool:
    """Whether more than ``many`` posts wait for a group, all its topics together."""
    waiting = (
        select(_outbox.c.id)
        .where(
            _outbox.c.status == _QUEUED,
            _outbox.c.kind == "post",
            _outbox.c.chat == chat,
            _outbox.c.available_at <= now,
        )
        .limit(many + 1)
    )
    return len(session.execute(waiting).all()) > many


def next_in_lane(
    session: Session, lane_of: int, now: datetime, limit: int
) -> list[ClaimedOutbound]:
    """What stands next in the lane of a row that was just claimed, in its order."""
    behind = select(_outbox.c.id).where(*_behind(lane_of)).order_by(_outbox.c.id).limit(limit)
    ids = session.execute(behind).scalars().all()
    rows = session.execute(
        select(*_FIELDS, _outbox.c.available_at)
        .where(_outbox.c.id.in_(ids))
        .order_by(_outbox.c.id)
        .with_for_update(skip_locked=True)
    ).all()
    found = []
    for expected, (*fields, available_at) in zip(ids, rows, strict=False):
        row = ClaimedOutbound(*fields)
        if row.id != expected or available_at > now:  # locked by somebody, or not due yet
            break
        found.append(row)
    return found


def claim_along(session: Session, ids: Collection[int], now: datetime) -> list[ClaimedOutbound]:
    """Take rows whose words go with another row's message; they count for no message."""
    rows = session.execute(
        update(_outbox)
        .where(_outbox.c.id.in_(ids))
        .values(status="sending", attempts=_outbox.c.attempts + 1, lease_until=now + LEASE)
        .returning(*_FIELDS)
    ).all()
    return sorted((ClaimedOutbound(*row) for row in rows), key=lambda row: row.id)


def sealed_at(session: Session, chat: str, external_id: str) -> list[bytes]:
    """What the rows say that came to stand in one post of a group."""
    same = select(_outbox.c.sealed).where(
        _outbox.c.external_id == external_id, _outbox.c.chat == chat, _outbox.c.kind == "post"
    )
    return list(session.execute(same).scalars())


def _behind(row_id: int) -> tuple[ColumnElement[bool], ...]:
    lane = select(_outbox.c.lane).where(_outbox.c.id == row_id).scalar_subquery()
    is_open = _outbox.c.status.in_((_QUEUED, _SENDING))  # as the index of lanes says it
    return (_outbox.c.lane == lane, is_open, _outbox.c.status == _QUEUED, _outbox.c.id > row_id)
