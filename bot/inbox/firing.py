"""Rows that came due become events, each once, and wait in the inbox like all others."""

import json
from datetime import datetime

from sqlmodel import Session

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
