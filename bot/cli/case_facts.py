"""A case as plain values, with what was told only on request."""

import getpass
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.cases.roster import officer_by_id
from storage.cases import (
    add_event,
    attachments_of,
    content_of,
    events_of,
    message_content,
    messages_of,
    row_id,
)
from storage.crypto import Vault
from storage.people import address_of
from storage.tables import Case, Conversation, Outbound, Person, PersonAddress

_TO_REPORTER = ("say", "send_file")


def facts_of_row(case: Case, slug: str) -> dict[str, Any]:
    """What stands open in the case's own row."""
    return {
        "number": case.number,
        "organisation": slug,
        "kind": case.kind,
        "category": case.category,
        "also": _listed(case.also),
        "tags": _listed(case.tags),
        "urgency": case.urgency,
        "status": case.status,
        "status_since": case.status_since,
        "outcome": case.outcome,
        "identity": case.identity,
        "sensitive": case.sensitive,
        "assigned": case.owner_id is not None,
        "region_code": case.region_code,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "reopened": case.reopened,
    }


def case_facts(
    session: Session, vault: Vault, case: Case, slug: str, *, reveal: bool
) -> dict[str, Any]:
    """Facts, files, trail and delivery of a case; with ``reveal`` also what was told."""
    case_id = row_id(case)
    facts = facts_of_row(case, slug)
    facts["files"] = [
        {"kind": file.kind, "state": file.state, "size": file.size}
        for file in attachments_of(session, case_id)
    ]
    facts["timeline"] = [
        {
            "at": event.at,
            "actor": event.actor,
            "what": event.what,
            "before": event.before,
            "after": event.after,
        }
        for event in events_of(session, case_id)
    ]
    facts["delivery"] = [_delivery(row) for row in _sends(session, case_id)]
    if reveal:
        facts["revealed"] = revealed(session, vault, case)
    return facts


def revealed(session: Session, vault: Vault, case: Case) -> dict[str, Any]:
    """What was told and by whom. Who asked to stay unnamed is a pseudonym here too."""
    content = content_of(vault, case)
    person = session.get(Person, case.person_id) if case.person_id is not None else None
    named = case.identity == "nama"
    owner = officer_by_id(session, vault, case.owner_id)
    return {
        "pseudonym": person.pseudonym if person else "",
        "name": content.name if named else "",
        "address": _address(session, vault, person) if named and person else "",
        "safe_hours": content.safe_hours,
        "member": content.member,
        "story": content.story,
        "workplace": content.workplace,
        "region": content.region_name,
        "happened": content.happened,
        "affected": content.affected,
        "officer": owner.name if owner else "",
        "messages": [
            {
                "at": message.at,
                "direction": message.direction,
                "state": message.state,
                "text": message_content(vault, message).text,
            }
            for message in messages_of(session, row_id(case))
        ],
    }


def log_reveal(session: Session, vault: Vault, case: Case, now: datetime) -> None:
    """Write into the case's trail that an operator read what was told, and who."""
    detail = f"operator {getpass.getuser()}"
    add_event(session, vault, case, "revealed_by_operator", now, detail=detail)


def _address(session: Session, vault: Vault, person: Person) -> str:
    row = session.exec(
        select(PersonAddress)
        .join(Conversation, col(Conversation.address_id) == col(PersonAddress.id))
        .where(Conversation.person_id == person.id)
    ).first()
    return str(address_of(vault, row)) if row is not None else ""


def _sends(session: Session, case_id: int) -> Iterable[Outbound]:
    return session.exec(
        select(Outbound)
        .where(Outbound.case_id == case_id, col(Outbound.kind).in_(_TO_REPORTER))
        .order_by(col(Outbound.id))
    ).all()


def _delivery(row: Outbound) -> dict[str, Any]:
    return {
        "at": row.created_at,
        "channel": row.channel,
        "kind": row.kind,
        "status": row.status,
        "settled_at": row.settled_at,
        "error": row.error,
    }


def _listed(joined: str) -> list[str]:
    return [part for part in joined.split(",") if part]
