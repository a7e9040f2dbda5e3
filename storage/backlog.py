"""How much waits in the queues, and since when: for the operator's numbers and alarms."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Table, case, func, literal_column, select
from sqlmodel import Session

from storage.tables import Inbound, Outbound

_inbox: Table = Inbound.__table__  # type: ignore[attr-defined]
_outbox: Table = Outbound.__table__  # type: ignore[attr-defined]


def inbox_counts(session: Session) -> dict[str, int]:
    """Open and dead rows by status (done ones are not counted: they may be millions)."""
    return _counts(session, _inbox, ("new", "claimed", "dead"))


def outbox_counts(session: Session) -> dict[str, int]:
    """Rows that are not yet at their end, by status."""
    return _counts(session, _outbox, ("queued", "held", "sending", "uncertain", "dead"))


def oldest_open_inbound(session: Session) -> datetime | None:
    """When the oldest row came that still waits for its turn."""
    return session.execute(
        select(_inbox.c.received_at).where(_is(_inbox, "new")).order_by(_inbox.c.id).limit(1)
    ).scalar()


def oldest_queued_outbound(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest row waits that should have left by now.

    A row that was written for a later hour waits from then on.
    """
    since = case((_outbox.c.attempts == 0, _outbox.c.available_at), else_=_outbox.c.created_at)
    return session.execute(
        select(func.min(since)).where(_is(_outbox, "queued"), _outbox.c.available_at <= now)
    ).scalar()


def _counts(session: Session, queue: Table, statuses: Sequence[str]) -> dict[str, int]:
    """Each status is counted in its own index."""
    counts = {}
    for status in statuses:
        counted = select(func.count()).where(_is(queue, status))
        counts[status] = session.execute(counted).scalar_one()
    return counts


def _is(queue: Table, status: str) -> ColumnElement[bool]:
    """As a literal, not a parameter: only so do the planners see that a partial index fits."""
    return queue.c.status == literal_column(f"'{status}'")
