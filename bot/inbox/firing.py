"""Rows that came due become events, each once, and wait in the inbox like all others."""

import json
from datetime import datetime

from sqlmodel import Session

from bot.events import DueCame, TimerFired
from storage.crypto import Vault
from storage.due import DueRow, take_due, take_turns
from storage.inbound import NewInbound, insert_inbound


def fire_due(session: Session, vault: Vault, now: datetime) -> int:
    """Turn what has come due into events, oldest first; returns how many."""
    take_turns(session)
    events = [_event(vault, row, now) for row in take_due(session, now)]
    if events:
        insert_inbound(session, events)
    return len(events)


def parse_due(raw: bytes, at: datetime) -> TimerFired | DueCame:
    """What a row that came due stands for: a timer of a conversation, or work for a case."""
    stored = json.loads(raw)
    if stored["conversation_id"] is not None:
        return TimerFired(stored["kind"], stored["conversation_id"], stored["sequence"], at)
    due_at = datetime.fromisoformat(stored["due_at"])
    return DueCame(
        stored["kind"], stored["key"], stored["sequence"], due_at, at, stored["case_id"]
    )


def _event(vault: Vault, row: DueRow, now: datetime) -> NewInbound:
    told = {
        "kind": row.kind,
        "key": row.key,
        "conversation_id": row.conversation_id,
        "case_id": row.case_id,
        "sequence": row.sequence,
        "due_at": row.due_at.isoformat(),
    }
    return NewInbound(
        organisation_id=row.organisation_id,
        source="timer",
        account="timer",
        external_id=f"{row.id}:{row.sequence}",
        lane=row.lane,
        sealed=vault.seal(json.dumps(told).encode(), "inbox"),
        received_at=now,
    )
