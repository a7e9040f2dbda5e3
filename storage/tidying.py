"""Old rows of the queues: what nobody can need any more goes, some rows at a time.

What stays for good are the unique keys of what providers sent us (``inbox``): a webhook that is
repeated, even years later, must find its row and do nothing. Their words went when they were done.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session

from storage.crypto import Vault
from storage.database import Database
from storage.tables import Due, Inbound, OfficerSearch, Outbound, SimulatorMessage

KEPT = timedelta(days=90)
"""So long rows stay as they are after they came to their end."""
AT_ONCE = 500
"""Rows in one transaction, so that nobody waits for it."""
_MOST = 40
_inbox, _outbox, _due, _searches, _simulated = (
    cast("sa.Table", sa.inspect(model).local_table)
    for model in (Inbound, Outbound, Due, OfficerSearch, SimulatorMessage)
)
_FINAL = ("sent", "delivered", "read", "cancelled")
#: Rows of these kinds only carried something out; no later one refers to them.
_PASSING = ("typing", "tap", "topic", "card", "erase", "leave", "template")


def tidy(database: Database, vault: Vault, now: datetime) -> dict[str, int]:
    """Clean up what ended more than 90 days ago; how many rows of each kind.

    Safe in any number of processes at once, and to break off at any time. A call does at most
    20,000 rows of each kind; the next one goes on.
    """
    before, done = now - KEPT, {}
    for name, step in _STEPS.items():
        done[name] = 0
        for _ in range(_MOST):
            with database.transaction() as session:
                count = step(session, vault, now, before)
            done[name] += count
            if count < AT_ONCE:
                break
    return done


def _passed_orders(session: Session, _vault: Vault, _now: datetime, before: datetime) -> int:
    gone = (
        _outbox.c.kind.in_(_PASSING)
        & _outbox.c.status.in_(_FINAL)
        & (_outbox.c.created_at < before)
    )
    return _delete(session, _outbox, gone)


def _sent_words(session: Session, vault: Vault, _now: datetime, before: datetime) -> int:
    """Blank what was said; ids and states stay, for reports, quotes and taking posts back."""
    empty = vault.seal_json({}, "outbox")
    full = (
        _outbox.c.status.in_(_FINAL)
        & (_outbox.c.created_at < before)
        & (sa.func.length(_outbox.c.sealed) > len(empty))
    )
    ids = _some(_outbox, full)
    return _count(session, sa.update(_outbox).where(_outbox.c.id.in_(ids)).values(sealed=empty))


def _fired_dues(session: Session, _vault: Vault, _now: datetime, before: datetime) -> int:
    over = _due.c.status.in_(("fired", "cancelled")) & (_due.c.due_at < before)
    fired_late = sa.func.coalesce(_due.c.fired_at, _due.c.due_at) >= before
    named = sa.exists().where(_outbox.c.due_id == _due.c.id)
    return _delete(session, _due, over & ~fired_late & ~named)


def _done_timers(session: Session, _vault: Vault, _now: datetime, before: datetime) -> int:
    """Events that our own timers made: their rows were fired once and never come again."""
    over = (_inbox.c.source == "timer") & (_inbox.c.status == "done") & (_inbox.c.done_at < before)
    named = sa.exists().where(_outbox.c.inbox_id == _inbox.c.id)
    return _delete(session, _inbox, over & ~named)


def _dead_events(session: Session, _vault: Vault, now: datetime, before: datetime) -> int:
    """Nobody retried them in 90 days: what they said goes, their keys stay."""
    dead = (_inbox.c.status == "dead") & (_inbox.c.received_at < before)
    values = {"status": "done", "done_at": now, "sealed": None}
    ids = _some(_inbox, dead)
    return _count(session, sa.update(_inbox).where(_inbox.c.id.in_(ids)).values(**values))


def _searches_of_officers(
    session: Session, _vault: Vault, _now: datetime, before: datetime
) -> int:
    return _delete(session, _searches, _searches.c.at < before)


def _practice(session: Session, _vault: Vault, _now: datetime, before: datetime) -> int:
    return _delete(session, _simulated, _simulated.c.at < before)


def _delete(session: Session, table: Any, which: Any) -> int:
    return _count(session, sa.delete(table).where(table.c.id.in_(_some(table, which))))


def _some(table: Any, which: Any) -> Any:
    rows = sa.select(table.c.id).where(which).order_by(table.c.id).limit(AT_ONCE)
    return rows.with_for_update(skip_locked=True)


def _count(session: Session, statement: Any) -> int:
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


_STEPS: dict[str, Callable[[Session, Vault, datetime, datetime], int]] = {
    "passed_orders": _passed_orders,
    "sent_words": _sent_words,
    "fired_dues": _fired_dues,
    "done_timers": _done_timers,
    "dead_events": _dead_events,
    "searches": _searches_of_officers,
    "practice": _practice,
}
