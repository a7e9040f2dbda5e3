"""WhatsApp's 24 hours: what is held until she writes, and the one message that asks her to.

    a text for her ──► window shut by our clock, or 63016 at once or by report ──► ``held``
    held ──► one approved template for each case while it is unanswered
    she taps Lihat, or writes anything ──► all that is held leaves, in its order
    two days later still held ──► the officers are told

WhatsApp's clock is the truth. Ours only spares requests that are bound to fail, so it shuts some
minutes early. https://www.twilio.com/docs/whatsapp/key-concepts
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.channels import ContentRejected, GroupChannel, Place, Template, TemplateChannel
from bot.events import Address
from bot.log import get_logger
from bot.outbox.orders import OutboxWriter
from bot.outbox.templates import FORMS, SURVEY, UPDATE, approved
from bot.outbox.validity import is_valid
from storage.cases import case_by_id
from storage.crypto import Vault
from storage.due import cancel_due, is_waiting, set_due
from storage.held import (
    TEMPLATE,
    all_held,
    answer_templates,
    held_in_case,
    held_of,
    is_unanswered,
    last_inbound,
    newest_template,
    release_held,
    waits_for_word,
)
from storage.outbound import ClaimedOutbound
from storage.tables import CaseMessage, MessageTemplate, Organisation, Outbound

WINDOW = timedelta(hours=24)
SHUTS_EARLY = timedelta(minutes=10)
UNOPENED_AFTER = timedelta(hours=48)
ASK_AGAIN = timedelta(hours=60)
"""So long an unanswered template stands for all that comes after it."""
UNOPENED = "unopened"
"""The kind of the due row that watches over what is held for a case."""

SHUT = "window"
"""The error of a row that our own clock held."""

_PRACTICE = "sim-whatsapp"
_WITH_A_WINDOW = frozenset({"whatsapp", _PRACTICE})
_TO_HER = frozenset({"say", "send_file"})
_TURNED_DOWN = {"63040": "rejected", "63041": "paused", "63042": "disabled"}


def shut_windows(session: Session, rows: Sequence[ClaimedOutbound], now: datetime) -> set[int]:
    """The ids of those rows that her window is shut for, as far as we know."""
    told = [
        row
        for row in rows
        if row.kind in _TO_HER
        and row.channel in _WITH_A_WINDOW
        and row.person_id is not None
        and not row.forget
    ]
    if not told:
        return set()
    wrote = last_inbound(session, {row.person_id for row in told if row.person_id is not None})
    ends = now - WINDOW + SHUTS_EARLY
    shut = set()
    for row in told:
        at = wrote.get((row.person_id or 0, row.channel))
        if at is not None and at <= ends:
            shut.add(row.id)
    return shut


def follow_up(
    session: Session, vault: Vault, row: ClaimedOutbound, status: str, error: str, now: datetime
) -> None:
    """Do what follows for the window when a row became held, or when a template failed."""
    if status == "held" and _sent_before_she_wrote(session, row, error, now):
        session.execute(
            update(Outbound)
            .where(col(Outbound.id) == row.id)
            .values(status="queued", attempts=0, available_at=now, error="", lane=row.chat)
        )
    elif status == "held":
        _watch(session, vault, row, now)
        _ask_to_open(session, vault, row, now)
    elif row.kind == TEMPLATE and status in {"failed", "dead"}:
        _note_refusal(session, vault, row, error)
        _show_what_waits(session, vault, row, now)


def opened(session: Session, person_id: int, channel: str, now: datetime) -> None:
    """She wrote: let all that is held for her leave, before whatever is said to her next."""
    if not waits_for_word(session, person_id, channel):
        return
    for case_id in {row.case_id for row in held_of(session, person_id, channel)} - {None}:
        cancel_due(session, _key(case_id or 0))
    if channel in _WITH_A_WINDOW:
        answer_templates(session, person_id, channel, now)
    release_held(session, person_id, channel, now)


def ask_all_who_wait(session: Session, vault: Vault, organisation_id: int, now: datetime) -> int:
    """Send templates for what is held without one, once they are approved; how many asked."""
    asked = 0
    for row in all_held(session, organisation_id):
        asked += _ask_to_open(session, vault, _as_claimed(row), now)
    return asked


def ask_again(session: Session, vault: Vault, case_id: int, now: datetime) -> None:
    """Send the template of what is held for a case once more, if the last one is long ago."""
    held = held_in_case(session, case_id)
    if held:
        _ask_to_open(session, vault, _as_claimed(held[-1]), now)


async def send_template(channel: GroupChannel, place: Place, payload: dict[str, Any]) -> str:
    """Send a row of kind ``template``; returns the provider's id of the message.

    Raises:
        SendFailure: it did not go through.
    """
    if not isinstance(channel, TemplateChannel):
        raise ContentRejected("no_templates")
    variables = tuple(payload["variables"])
    return await channel.send_template(
        place, Template(payload["template"], payload["content"], variables)
    )


def _sent_before_she_wrote(
    session: Session, row: ClaimedOutbound, error: str, now: datetime
) -> bool:
    """Whether the refusal was overtaken by a message of hers: the window is open again.

    Our own clock only asks when she wrote; WhatsApp's refusal is younger than that.
    """
    sent_at = session.exec(select(Outbound.sent_at).where(Outbound.id == row.id)).one()
    if row.person_id is None or sent_at is None:
        return False
    wrote = last_inbound(session, {row.person_id}).get((row.person_id, row.channel))
    return wrote is not None and wrote > (now - WINDOW + SHUTS_EARLY if error == SHUT else sent_at)


def _watch(session: Session, vault: Vault, row: ClaimedOutbound, now: datetime) -> None:
    """Let the officers be told when the first held text of a case was not opened in time.

    Nobody need look for her because of a survey: it says itself on the card how far it is.
    """
    if row.case_id is None or _is_of_survey(vault, row):
        return
    if is_waiting(session, _key(row.case_id)):  # since older words, whose place these may take
        return
    others = (other for other in held_in_case(session, row.case_id) if other.id != row.id)
    if any(not _is_of_survey(vault, other) for other in others):
        return
    set_due(
        session,
        organisation_id=row.organisation_id,
        kind=UNOPENED,
        key=_key(row.case_id),
        lane=f"case:{row.case_id}",
        due_at=now + UNOPENED_AFTER,
        case_id=row.case_id,
    )


def _is_of_survey(vault: Vault, row: ClaimedOutbound | Outbound) -> bool:
    return bool(vault.open_json(row.sealed, "outbox").get("template") == SURVEY.key)


def _key(case_id: int) -> str:
    return f"{UNOPENED}:{case_id}"


def _ask_to_open(session: Session, vault: Vault, row: ClaimedOutbound, now: datetime) -> bool:
    """Send her the template, unless one is lately unanswered or none may be sent."""
    case = case_by_id(session, row.case_id) if row.case_id is not None else None
    if case is None or row.person_id is None:
        return False
    before = newest_template(session, case.id or 0)
    if (
        before is not None
        and before.status == "queued"
        and not _is_valid(session, vault, before, now)
    ):  # it waits for the morning and asks about what is over
        before.status, before.settled_at = "cancelled", now
        session.add(before)
        session.flush()
    if before is not None and is_unanswered(before) and now - before.created_at < ASK_AGAIN:
        return False
    practice = row.channel == _PRACTICE
    payload = vault.open_json(row.sealed, "outbox")
    form = next((form for form in FORMS if form.key == payload.get("template")), UPDATE)
    template = None if practice else approved(session, row.organisation_id, form)
    if template is None and form is not UPDATE and not practice:
        form, template = UPDATE, approved(session, row.organisation_id, UPDATE)
    if template is None and not practice:
        get_logger().warning("a text is held and no template is approved", outbox_id=row.id)
        return False
    organisation = session.get_one(Organisation, row.organisation_id)
    OutboxWriter(session, vault, organisation, now).send_template(
        Address(row.channel, payload["to"]),
        template.name if template else form.name,
        template.content_sid if template else "",
        (case.number,) if form.samples else (),
        person_id=row.person_id,
        case=case,
        behind=payload,
    )
    return True


def _is_valid(session: Session, vault: Vault, row: Outbound, now: datetime) -> bool:
    return is_valid(session, vault.open_json(row.sealed, "outbox"), row.case_id, now)


def _note_refusal(session: Session, vault: Vault, row: ClaimedOutbound, error: str) -> None:
    """Remember that WhatsApp took a template back, so that it is not tried for each text."""
    refused = vault.open_json(row.sealed, "outbox").get("template", "")
    status = _TURNED_DOWN.get(error)
    if status is None:
        return
    get_logger().error("template refused by the provider", status=status, code=error)
    rows = session.exec(
        select(MessageTemplate).where(
            MessageTemplate.organisation_id == row.organisation_id,
            MessageTemplate.name == refused,
            MessageTemplate.status == "approved",
        )
    ).all()
    for template in rows:
        template.status = status
        session.add(template)


def _show_what_waits(session: Session, vault: Vault, row: ClaimedOutbound, now: datetime) -> None:
    """Bring up to date what officers see of the texts that wait behind a template."""
    case = case_by_id(session, row.case_id) if row.case_id is not None else None
    if case is None:
        return
    organisation = session.get_one(Organisation, row.organisation_id)
    writer = OutboxWriter(session, vault, organisation, now)
    for held in held_in_case(session, case.id or 0):
        reply = session.get(CaseMessage, held.message_id or 0)
        written_in = case_by_id(session, reply.case_id) if reply is not None else None
        if reply is not None and written_in is not None:  # of the case that answers for this one
            writer.show_reply(written_in, reply.id or 0)
    writer.show_card(case)


def _as_claimed(row: Outbound) -> ClaimedOutbound:
    return ClaimedOutbound(
        **{name: getattr(row, name) for name in ClaimedOutbound.__dataclass_fields__}
    )
