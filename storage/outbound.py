"""The outbox queue in the database: claim by priority, in order of each lane, within limits.

A chat that counts (``paced``: the officers' group, 20 messages a minute in all) or that was
parked by its provider is passed over, and only it. Claiming commits ``sending`` before any
request leaves; a row whose sender died becomes ``uncertain`` when its lease ends.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session
from sqlmodel import select as select_model

from storage.database import is_postgres
from storage.tables import Outbound, ParkedChat

_outbox: Table = Outbound.__table__  # type: ignore[attr-defined]
_older = _outbox.alias("older")
_parked: Table = ParkedChat.__table__  # type: ignore[attr-defined]

_QUEUED: ColumnElement[str] = literal_column("'queued'")
_SENDING: ColumnElement[str] = literal_column("'sending'")
_HELD: ColumnElement[str] = literal_column("'held'")

LEASE = timedelta(seconds=90)
GROUP_LIMIT = 20  # messages a minute in one Telegram group, all topics together
_MINUTE = timedelta(minutes=1)
_RANK = dict.fromkeys(("queued", "held", "sending", "uncertain"), 0) | {
    "sent": 1,
    "delivered": 2,
    "read": 3,
}


@dataclass(frozen=True, slots=True)
class ClaimedOutbound:
    """A row being sent; ``attempts`` counts this one."""

    id: int
    organisation_id: int
    channel: str
    chat: str
    paced: bool
    kind: str
    promise: str
    person_id: int | None
    case_id: int | None
    message_id: int | None
    attempts: int
    sealed: bytes
    created_at: datetime


def claim_outbound(session: Session, now: datetime, limit: int = 10) -> list[ClaimedOutbound]:
    """Take rows to send, urgent first, at most one of each lane."""
    candidates = session.execute(
        select(_outbox.c.id, _outbox.c.chat, _outbox.c.paced)
        .where(
            _outbox.c.status == _QUEUED,
            _outbox.c.available_at <= now,
            ~_has_older(),
            ~_is_parked(now),
        )
        .order_by(_outbox.c.priority, _outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    room: dict[str, int] = {}
    chosen = []
    for row in candidates:
        if row.paced:
            if row.chat not in room:
                room[row.chat] = _room_in(session, row.chat, now)
            if room[row.chat] <= 0:
                continue
            room[row.chat] -= 1
        chosen.append(row.id)
    if not chosen:
        return []
    rows = session.execute(
        update(_outbox)
        .where(_outbox.c.id.in_(chosen))
        .values(
            status="sending", attempts=_outbox.c.attempts + 1, lease_until=now + LEASE, sent_at=now
        )
        .returning(*(_outbox.c[name] for name in ClaimedOutbound.__dataclass_fields__))
    ).all()
    place = {row_id: index for index, row_id in enumerate(chosen)}
    return sorted((ClaimedOutbound(*row) for row in rows), key=lambda row: place[row.id])


def settle_outbound(
    session: Session, row_id: int, status: str, now: datetime, **values: Any
) -> None:
    """Write the result of a send: the new status and what belongs to it.

    A delivery report may have come first: a status never goes back.
    """
    if status == "sent":
        session.execute(
            update(_outbox)
            .where(_outbox.c.id == row_id)
            .values(lease_until=None, settled_at=now, sent_at=now, **values)
        )
        session.execute(
            update(_outbox)
            .where(_outbox.c.id == row_id, _outbox.c.status.in_(("sending", "uncertain")))
            .values(status=status, error="")
        )
        return
    values.setdefault("lease_until", None)
    if status not in {"queued", "held"}:
        values["settled_at"] = now
    session.execute(update(_outbox).where(_outbox.c.id == row_id).values(status=status, **values))


def expired_sends(session: Session, now: datetime) -> list[ClaimedOutbound]:
    """Rows whose sender died between the request and its record."""
    rows = session.execute(
        select(*(_outbox.c[name] for name in ClaimedOutbound.__dataclass_fields__))
        .where(_outbox.c.status == _SENDING, _outbox.c.lease_until < now)
        .with_for_update(skip_locked=True)
    )
    return [ClaimedOutbound(*row) for row in rows]


def uncertain_sends(session: Session, before: datetime) -> list[ClaimedOutbound]:
    """Messages to reporters of unknown outcome, sent before then."""
    rows = session.execute(
        select(*(_outbox.c[name] for name in ClaimedOutbound.__dataclass_fields__)).where(
            _outbox.c.status == literal_column("'uncertain'"),
            _outbox.c.sent_at < before,
            _outbox.c.kind.in_(("say", "send_file")),
        )
    )
    return [ClaimedOutbound(*row) for row in rows]


def park_chat(session: Session, chat: str, until: datetime) -> None:
    """Leave a chat alone until then."""
    dialect = postgresql if is_postgres(session) else sqlite
    statement = dialect.insert(_parked).values(chat=chat, until=until)
    session.execute(
        statement.on_conflict_do_update(index_elements=["chat"], set_={"until": until})
    )


def release_held(session: Session, chat: str, now: datetime) -> int:
    """Queue again what waited for the person to write."""
    result = session.execute(
        update(_outbox)
        .where(_outbox.c.chat == chat, _outbox.c.status == _HELD)
        .values(status="queued", available_at=now, attempts=0, error="")
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def apply_report(
    session: Session, channel: str, external_id: str, status: str, error: str, now: datetime
) -> Outbound | None:
    """Move a sent message on as its provider reports; never back, a failure only once.

    Returns:
        The row if it is ours and changed or not, None if no such message is known.
    """
    row = session.exec(
        select_model(Outbound)
        .where(Outbound.channel == channel, Outbound.external_id == external_id)
        .with_for_update()
    ).first()
    if row is None:
        return None
    if status == "failed":
        if row.status not in {"failed", "held"} and _RANK.get(row.status, 0) < _RANK["delivered"]:
            row.status, row.error, row.settled_at = "failed", error, now
    elif row.status in _RANK and _RANK[status] > _RANK[row.status]:
        row.status, row.settled_at = status, now
    session.add(row)
    return row


def outbox_counts(session: Session) -> dict[str, int]:
    """Rows that are not yet at their end, by status."""
    wanted = ("queued", "held", "sending", "uncertain", "dead")
    rows = session.execute(
        select(_outbox.c.status, func.count())
        .where(_outbox.c.status.in_([literal_column(f"'{status}'") for status in wanted]))
        .group_by(_outbox.c.status)
    )
    return dict(rows.tuples().all())


def oldest_queued_outbound(session: Session, now: datetime) -> datetime | None:
    """When the oldest row was written that should have left by now."""
    return session.execute(
        select(func.min(_outbox.c.created_at)).where(
            _outbox.c.status == _QUEUED, _outbox.c.available_at <= now
        )
    ).scalar()


def _has_older() -> Any:
    return (
        select(_older.c.id)
        .where(
            _older.c.lane == _outbox.c.lane,
            _older.c.status.in_((_QUEUED, _SENDING)),
            _older.c.id < _outbox.c.id,
        )
        .exists()
    )


def _is_parked(now: datetime) -> Any:
    return (
        select(_parked.c.chat)
        .where(_parked.c.chat == _outbox.c.chat, _parked.c.until > now)
        .exists()
    )


def _room_in(session: Session, chat: str, now: datetime) -> int:
    """How many more messages the group takes now; parks it when there is no room."""
    recent = session.execute(
        select(func.count(), func.min(_outbox.c.sent_at)).where(
            _outbox.c.chat == chat,
            _outbox.c.paced,
            _outbox.c.sent_at > now - _MINUTE,
            or_(_outbox.c.status != _QUEUED, _outbox.c.attempts > 0),
        )
    ).one()
    room = GROUP_LIMIT - int(recent[0])
    if room <= 0:
        park_chat(session, chat, recent[1] + _MINUTE)
    return room
