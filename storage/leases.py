"""Leases: what only one process at a time may do."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from storage.tables import Lease


def take_lease(session: Session, name: str, holder: str, now: datetime, length: timedelta) -> bool:
    """Take or prolong a lease; False while somebody else holds it."""
    row = session.exec(select(Lease).where(Lease.name == name).with_for_update()).first()
    if row is not None and row.holder != holder and row.until > now:
        return False
    if row is None:
        row = Lease(name=name, holder=holder, until=now)
    row.holder, row.until = holder, now + length
    session.add(row)
    return True


def give_back_lease(session: Session, name: str, holder: str) -> None:
    """End a lease of ours early."""
    row = session.exec(select(Lease).where(Lease.name == name)).first()
    if row is not None and row.holder == holder:
        session.delete(row)
