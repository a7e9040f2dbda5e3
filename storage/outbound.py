"""The outbox queue in the database: claim by priority, in order of each lane, within limits.

A chat that counts (``paced``: the officers' group, 20 messages a minute in all) or that was
parked by its provider is passed over, and only it. Claiming commits ``sending`` before any
request leaves; a row whose sender died becomes ``uncertain`` when its lease ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Table,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.database import is_postgres
from storage.lanes import waits_behind_another
from storage.tables import Outbound, ParkedChat

_outbox: Table = Outbound.__table__  # type: ignore[attr-defined]
_parked: Table = ParkedChat.__table__  # type: ignore[attr-defined]

_QUEUED: ColumnElement[str] = literal_column("'queued'")
_SENDING: ColumnElement[str] = literal_column("'sending'")
_UNCERTAIN: ColumnElement[str] = literal_column("'uncertain'")

LEASE = timedelta(seconds=90)
GROUP_LIMIT = 20  # messages a minute in one Telegram group, all topics together
_MINUTE = timedelta(minutes=1)
_LOOKED_UP_FOR = timedelta(hours=1)
_PACING_LOCK = 7_203_411  # any number, the same in every process


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
    forget: bool
    sealed: bytes
    created_at: datetime


_FIELDS = tuple(_outbox.c[name] for name in ClaimedOutbound.__dataclass_fields__)


# Statements made once: building one costs more than running it.
_IS_PARKED = (
    select(_parked.c.chat)
    .where(_parked.c.chat == _outbox.c.chat, _parked.c.until > bindparam("now"))
    .exists()
)
_CLAIMABLE = (
    select(_outbox.c.id, _outbox.c.chat, _outbox.c.paced)
    .where(
        _outbox.c.status == _QUEUED,
        _outbox.c.available_at <= bindparam("now"),
        ~waits_behind_another(_outbox, _QUEUED, _SENDING),
        ~_IS_PARKED,
    )
    .order_by(_outbox.c.priority, _outbox.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(_outbox)
    .where(_outbox.c.id.in_(bindparam("chosen", expanding=True)))
    .values(
        status="sending",
        attempts=_outbox.c.attempts + 1,
        lease_until=bindparam("until"),
        sent_at=bindparam("now"),
    )
    .returning(*_FIELDS)
)
_RECENT = select(func.count(), func.min(_outbox.c.sent_at)).where(
    _outbox.c.chat == bindparam("group"),
    _outbox.c.paced,
    _outbox.c.sent_at > bindparam("since"),
)


def claim_outbound(session: Session, now: datetime, limit: int = 10) -> list[ClaimedOutbound]:
    """Take rows to send, urgent first, at most one of each lane."""
    chosen: list[int] = []
    while not chosen:  # a full chat is parked on the way, so the next look passes over it
        candidates = session.execute(_CLAIMABLE, {"now": now, "most": limit}).all()
        if not candidates:
            return []
        chosen = _within_limits(session, candidates, now)
    rows = session.execute(_CLAIM, {"chosen": chosen, "until": now + LEASE, "now": now}).all()
    place = {row_id: index for index, row_id in enumerate(chosen)}
    return sorted((ClaimedOutbound(*row) for row in rows), key=lambda row: place[row.id])


def settle_outbound(
    session: Session, row: ClaimedOutbound, status: str, now: datetime, **values: Any
) -> bool:
    """Write the result of a send: the new status and what belongs to it.

    Returns:
        False when the row is not this sender's any more (its lease ended, somebody settled
        it): then only a success still counts, and a status never goes back.
    """
    same_row: Any = _outbox.c.id == row.id
    open_still: Any
    values["lease_until"] = None
    if status == "sent":
        open_still = _outbox.c.status.in_(("sending", "uncertain", "queued"))
        values |= {"settled_at": now, "sent_at": now}
        changed = values | {"status": status, "error": ""}
    else:
        open_still = _outbox.c.status.in_(("sending", "uncertain"))
        open_still &= _outbox.c.attempts == row.attempts
        changed = values | {"status": status}
        if status not in {"queued", "held"}:
            changed["settled_at"] = now
    result = session.execute(update(_outbox).where(same_row, open_still).values(**changed))
    settled = bool(result.rowcount)  # type: ignore[attr-defined]
    if status == "sent" and not settled:  # where it stands is worth knowing whoever settled it
        session.execute(update(_outbox).where(same_row).values(**values))
    return settled


def forget_settled(
    session: Session, empty: bytes, now: datetime, row_id: int | None = None
) -> int:
    """Blank what was said in rows that are to be forgotten and came to their end.

    ``empty`` is the sealed value that takes the place of the words. Without ``row_id`` all such
    rows are meant, those of unknown outcome after an hour too.
    """
    ended: Any = _outbox.c.status.not_in(("queued", "sending", "uncertain"))
    if row_id is not None:
        ended &= _outbox.c.id == row_id
    else:
        ended |= (_outbox.c.status == _UNCERTAIN) & (_outbox.c.sent_at < now - _LOOKED_UP_FOR)
    result = session.execute(
        update(_outbox)
        .where(_outbox.c.forget, ended)
        .values(sealed=empty, forget=False, external_id="")
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def expired_sends(session: Session, now: datetime) -> list[ClaimedOutbound]:
    """Rows whose sender died between the request and its record."""
    rows = session.execute(
        select(*_FIELDS)
        .where(_outbox.c.status == _SENDING, _outbox.c.lease_until < now)
        .with_for_update(skip_locked=True)
    )
    return [ClaimedOutbound(*row) for row in rows]


def uncertain_sends(session: Session, before: datetime) -> list[ClaimedOutbound]:
    """Messages to reporters of unknown outcome, sent before then and not longer than an hour."""
    rows = session.execute(
        select(*_FIELDS).where(
            _outbox.c.status == _UNCERTAIN,
            _outbox.c.sent_at < before,
            _outbox.c.sent_at > before - _LOOKED_UP_FOR,
            _outbox.c.kind.in_(("say", "send_file")),
        )
    )
    return [ClaimedOutbound(*row) for row in rows]


def park_chat(session: Session, chat: str, until: datetime) -> None:
    """Leave a chat alone until then, or longer where that was asked for before."""
    dialect = postgresql if is_postgres(session) else sqlite
    statement = dialect.insert(_parked).values(chat=chat, until=until)
    later = case((_parked.c.until > until, _parked.c.until), else_=until)
    session.execute(
        statement.on_conflict_do_update(index_elements=["chat"], set_={"until": later})
    )


def _within_limits(session: Session, candidates: Sequence[Any], now: datetime) -> list[int]:
    room: dict[str, int] = {}
    chosen = []
    for row in candidates:
        if row.paced:
            if row.chat not in room:
                room[row.chat] = room_in(session, row.chat, now)
            if room[row.chat] <= 0:
                continue
            room[row.chat] -= 1
        chosen.append(row.id)
    return chosen


def room_in(session: Session, chat: str, now: datetime) -> int:
    """How many more messages the group takes now; parks it when there is no room."""
    if is_postgres(session):  # two processes must not count the same room
        session.execute(select(func.pg_advisory_xact_lock(_PACING_LOCK)))
    recent = session.execute(_RECENT, {"group": chat, "since": now - _MINUTE}).one()
    room = GROUP_LIMIT - int(recent[0])
    if room <= 0:
        park_chat(session, chat, recent[1] + _MINUTE)
    return room
