"""What became of a send, written down: the row's status and all that follows from it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.outbox.judge import cannot_wait
from bot.outbox.orders import OutboxWriter
from bot.outbox.outcome import Result
from bot.outbox.reports import ReadFailure, catch_up
from bot.outbox.shown_delivery import concerns_officers, show_delivery
from bot.outbox.whereabouts import case_and_union, lives_elsewhere
from bot.outbox.window import follow_up
from storage.cases import case_by_id
from storage.crypto import Vault
from storage.held import TEMPLATE
from storage.outbound import ClaimedOutbound, forget_settled, park_chat, settle_outbound
from storage.people import mark_unreachable
from storage.tables import Case, CaseMessage, Organisation, Outbound

_TO_PERSONS = frozenset({"say", "send_file", "whisper", TEMPLATE})
_SHOWS_THE_CASE = frozenset({"card", "reply", "post", "post_file"})


def record_results(
    session: Session,
    vault: Vault,
    results: Sequence[Result],
    now: datetime,
    read_failure: ReadFailure,
) -> None:
    """Write down several results in one transaction, in the order in which cases are locked."""
    for result in sorted(results, key=lambda result: result.row.case_id or 0):
        _record(session, vault, result, now)
        if result.row.forget:
            forget_settled(session, vault.seal_json({}, "outbox"), now, result.row.id)
        _remember_place(session, vault, result, now)
        if result.row.kind in {"say", "send_file", TEMPLATE}:
            _tell_officers(session, vault, result, now)
        if result.status == "sent" and result.external_id and result.row.kind in _TO_PERSONS:
            catch_up(session, vault, result, now, read_failure)


def _record(session: Session, vault: Vault, result: Result, now: datetime) -> None:
    row = result.row
    values: dict[str, object] = {}
    if result.external_id:
        values["external_id"] = _as_stored(vault, row, result.external_id)
    status = result.status
    if status == "held" and cannot_wait(row):
        status = "failed"
    if status == "queued":
        values["available_at"] = now + result.wait
        values["error"] = result.error
        if result.same_attempt:
            values |= {"attempts": row.attempts - 1, "sent_at": None}
        if result.lane:
            values["lane"] = result.lane
        if _already_waits(session, row):
            status = "cancelled"
    elif status != "sent":
        values["error"] = result.error
    if result.joined and status == "sent":
        values["paced"] = False  # it went with another row's message
    if settle_outbound(session, row, status, now, **values):
        follow_up(session, vault, row, status, result.error, now)
    if result.park is not None:
        park_chat(session, row.chat, now + result.park)
    if result.moved_to:
        _move_group(session, row, result.moved_to)
    if result.unreachable and row.person_id is not None:
        mark_unreachable(session, row.person_id, row.channel, result.error)


def _as_stored(vault: Vault, row: ClaimedOutbound, external_id: str) -> str:
    """A message to a person only as a keyed hash: Telegram's ids contain the person's own.

    Posts in the group keep theirs, answers to them and their removal need it.
    """
    return vault.lookup(external_id) if row.kind in _TO_PERSONS else external_id


def _already_waits(session: Session, row: ClaimedOutbound) -> bool:
    """A living post that is queued anew while this one was on its way makes it needless."""
    merge_key = session.exec(select(Outbound.merge_key).where(Outbound.id == row.id)).one()
    if not merge_key:
        return False
    other = select(Outbound.id).where(
        Outbound.merge_key == merge_key, Outbound.status == "queued", Outbound.id != row.id
    )
    return session.exec(other).first() is not None


def _remember_place(session: Session, vault: Vault, result: Result, now: datetime) -> None:
    row = result.row
    if result.status != "sent" or row.case_id is None:
        return
    if row.kind in _SHOWS_THE_CASE and _was_overtaken(session, vault, result, now):
        return
    if row.kind == "reply" and result.post_id:
        session.execute(
            update(CaseMessage)
            .where(
                col(CaseMessage.preview_id) == "", col(CaseMessage.id) == _post_of(session, row)
            )
            .values(preview_id=result.post_id)
        )
    if result.thread_id is None and row.kind != "card":
        return
    case = case_by_id(session, row.case_id, lock=True)
    if case is None:
        return
    case.chat_id = row.chat
    if result.thread_id is not None:
        case.thread_id, case.topic_state = result.thread_id, "open"
    if row.kind == "card" and result.post_id:
        case.card_id = result.post_id
    session.add(case)


def _was_overtaken(session: Session, vault: Vault, result: Result, now: datetime) -> bool:
    """The case moved to the other group while this was on its way: it is taken away again."""
    row = result.row
    if not result.external_id:
        return False
    found = case_and_union(session, row.case_id or 0)
    if found is None:
        return False
    case, organisation = found
    if not lives_elsewhere(organisation, case, row.chat):
        return False
    OutboxWriter(session, vault, organisation, now).erase(row.chat, [result.external_id], case)
    return True


def _post_of(session: Session, row: ClaimedOutbound) -> int:
    merge_key = session.exec(select(Outbound.merge_key).where(Outbound.id == row.id)).one()
    return int(merge_key.rpartition(":")[2])


def _move_group(session: Session, row: ClaimedOutbound, new_chat: str) -> None:
    """The group became a supergroup: its topics and messages have no place any more."""
    organisation = session.get_one(Organisation, row.organisation_id)
    if organisation.officer_chat == row.chat:
        organisation.officer_chat = new_chat
    if organisation.sensitive_chat == row.chat:
        organisation.sensitive_chat = new_chat
    session.add(organisation)
    session.execute(
        update(Outbound)
        .where(col(Outbound.chat) == row.chat, col(Outbound.status).in_(("queued", "sending")))
        .values(chat=new_chat)
    )
    session.execute(
        update(Case)
        .where(col(Case.chat_id) == row.chat)
        .values(chat_id=new_chat, thread_id="", card_id="", topic_state="none")
    )


def _tell_officers(session: Session, vault: Vault, result: Result, now: datetime) -> None:
    """The reply's post and the card show what became of words to the reporter."""
    if not concerns_officers(result.row, result.status):
        return
    row = session.get_one(Outbound, result.row.id, populate_existing=True)
    show_delivery(session, vault, row, now)
