"""What is told unasked, looked at once more just before it leaves: it may have waited for long.

A provider that was away in the evening must not ring her phone in the night, who wrote BERHENTI
meanwhile is told nothing, and what is true no more is not said (``validity``). Who wrote to us
just now has the phone in hand.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.outbox.outcome import Result
from bot.outbox.queue import LATER
from bot.outbox.validity import is_valid
from bot.worktime.quiet import next_allowed
from storage.crypto import Vault
from storage.held import TEMPLATE, last_inbound
from storage.outbound import ClaimedOutbound
from storage.people import private_of
from storage.tables import Outbound, Person

AT_HAND = timedelta(hours=1)
"""Who wrote so recently may be told at any hour."""


def put_off(
    session: Session, vault: Vault, rows: Sequence[ClaimedOutbound], now: datetime
) -> dict[int, Result]:
    """What becomes of those rows that must not be sent now, by id: later, or never."""
    results = {}
    for row in rows:
        if row.kind not in {"say", TEMPLATE} or row.person_id is None:
            continue
        payload = vault.open_json(row.sealed, "outbox")
        if is_void(session, row, payload, now):
            results[row.id] = Result(row, "cancelled")
            continue
        hours = payload.get("unasked")
        person = session.get(Person, row.person_id) if hours else None
        if person is None:
            continue
        zone, safe_hours = hours
        safe_hours = private_of(vault, person).get("safe_hours") or safe_hours
        at = next_allowed(now, ZoneInfo(zone), safe_hours)
        if at > now and not _is_at_hand(session, row, now):
            lane = f"{LATER}{row.chat[:40]}" if row.kind == "say" else ""
            results[row.id] = Result(row, "queued", wait=at - now, same_attempt=True, lane=lane)
    return results


def is_void(
    session: Session, row: ClaimedOutbound | Outbound, payload: Mapping[str, Any], now: datetime
) -> bool:
    """Whether it is not said at all any more: not true, or she wants no news."""
    if not is_valid(session, payload, row.case_id, now):
        return True
    person = session.get(Person, row.person_id) if payload.get("unasked") else None
    return person is not None and not person.pushes_on


def _is_at_hand(session: Session, row: ClaimedOutbound, now: datetime) -> bool:
    wrote = last_inbound(session, {row.person_id or 0}).get((row.person_id or 0, row.channel))
    return wrote is not None and wrote > now - AT_HAND
