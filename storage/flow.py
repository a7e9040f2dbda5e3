"""What the queues tell of silence: when something came last, and what does not leave."""

from datetime import datetime

from sqlalchemy import Table, func, literal_column, select
from sqlmodel import Session

from storage.tables import Inbound, Outbound

_inbox: Table = Inbound.__table__  # type: ignore[attr-defined]
_outbox: Table = Outbound.__table__  # type: ignore[attr-defined]
_NEWEST = 20_000  # so many rows are looked through, however many there are


def last_inbound(session: Session, organisation_id: int, source: str) -> datetime | None:
    """When something came last from there, among the newest rows; None if nothing did."""
    newest = select(func.max(_inbox.c.id)).scalar_subquery()
    return session.execute(
        select(_inbox.c.received_at)
        .where(
            _inbox.c.id > newest - _NEWEST,
            _inbox.c.organisation_id == organisation_id,
            _inbox.c.source == source,
        )
        .order_by(_inbox.c.id.desc())
        .limit(1)
    ).scalar()


def stuck_outbound(session: Session, since: datetime) -> int:
    """Rows that should have left by then, and those that are tried again and again since then."""
    late = _outbox.c.available_at <= since
    refused = (_outbox.c.error != "") & (_outbox.c.created_at <= since)
    stuck = select(func.count()).where(
        _outbox.c.status == literal_column("'queued'"), late | refused
    )
    return int(session.execute(stuck).scalar_one())
