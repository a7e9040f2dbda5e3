"""What became of a send, written down: the row's status and all that follows from it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.channels import SendFailure
from bot.outbox.judge import judge
from bot.outbox.orders import OutboxWriter
from bot.outbox.outcome import Result
from bot.outbox.queue import ANSWER, CASEWORK, ROUTINE
from bot.outbox.whereabouts import case_and_union, lives_elsewhere
from bot.outbox.window import follow_up
from storage.cases import case_by_id, message_content
from storage.crypto import Vault
from storage.delivery_reports import apply_report
from storage.held import TEMPLATE
from storage.outbound import ClaimedOutbound, forget_settled, park_chat, settle_outbound
from storage.tables import (
    Case,
    CaseMessage,
    DeliveryReport,
    Organisation,
    Outbound,
    PersonAddress,
)

ReadFailure = Callable[[str], SendFailure]
"""What the code in a provider's delivery report means."""


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
            _catch_up(session, vault, result, now, read_failure)


def report_delivery(
    session: Session,
    vault: Vault,
    *,
    organisation_id: int,
    channel: str,
    external_id: str,
    status: str,
    error: str,
    now: datetime,
    read_failure: ReadFailure,
) -> bool:
    """Take in a provider's delivery report; False when the message is not known (yet).

    A failure that is told late is judged as one that is told at once.
    """
    trace = vault.lookup(external_id)
    row = apply_report(session, organisation_id, channel, trace, status, error, now)
    if row is None:
        return False
    if status == "failed" and row.status == "failed":
        _judge_late(session, vault, row, read_failure(error), now)
    _refresh_reply(session, vault, row, now)
    return True


def _judge_late(
    session: Session, vault: Vault, row: Outbound, failure: SendFailure, now: datetime
) -> None:
    claimed = ClaimedOutbound(
        **{name: getattr(row, name) for name in ClaimedOutbound.__dataclass_fields__}
    )
    result = judge(claimed, failure)
    if result.status == "dead" or (result.status == "held" and _cannot_wait(claimed)):
        result = replace(result, status="failed")
    row.status = result.status
    if result.status in {"queued", "held"}:
        # Late reports of this try must not settle the next one.
        row.external_id, row.settled_at, row.available_at = "", None, now + result.wait
    session.flush()
    follow_up(session, vault, claimed, row.status, result.error, now)
    if result.park is not None:
        park_chat(session, row.chat, now + result.park)
    if result.unreachable and row.person_id is not None:
        _mark_unreachable(session, row.person_id, row.channel, result.error)


def keep_report(
    session: Session,
    vault: Vault,
    *,
    organisation_id: int,
    channel: str,
    external_id: str,
    status: str,
    error: str,
    now: datetime,
) -> None:
    """Keep a report that came before its send was recorded."""
    trace = vault.lookup(external_id)
    session.add(
        DeliveryReport(
            organisation_id=organisation_id,
            channel=channel,
            external_id=trace,
            status=status,
            error=error,
            at=now,
        )
    )


# Sent, delivered and read follow each other within seconds: one edit tells them all. A group
# takes only twenty messages a minute, edits included: what people say goes first.
_GOOD_NEWS_WAITS = timedelta(seconds=4)
_TROUBLES = frozenset({"failed", "uncertain", "held", "dead"})
_TO_PERSONS = frozenset({"say", "send_file", "whisper", TEMPLATE})
_SHOWS_THE_CASE = frozenset({"card", "reply", "post", "post_file"})


def _record(session: Session, vault: Vault, result: Result, now: datetime) -> None:
    row = result.row
    values: dict[str, object] = {}
    if result.external_id:
        values["external_id"] = _as_stored(vault, row, result.external_id)
    status = result.status
    if status == "held" and _cannot_wait(row):
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
        _mark_unreachable(session, row.person_id, row.channel, result.error)


def _cannot_wait(row: ClaimedOutbound) -> bool:
    """Nobody is left who could write again, or it is what asks her to write."""
    return row.forget or row.kind == TEMPLATE


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


def _mark_unreachable(session: Session, person_id: int, channel: str, why: str) -> None:
    session.execute(
        update(PersonAddress)
        .where(col(PersonAddress.person_id) == person_id, col(PersonAddress.channel) == channel)
        .values(unreachable=why[:60])
    )


def _tell_officers(session: Session, vault: Vault, result: Result, now: datetime) -> None:
    """The reply's post and the card show what became of words to the reporter."""
    if not _concerns_officers(result.row, result.status):
        return
    row = session.get_one(Outbound, result.row.id, populate_existing=True)
    _refresh_reply(session, vault, row, now)


def _concerns_officers(row: Outbound | ClaimedOutbound, status: str) -> bool:
    """Whether officers see anywhere what became of these words: not of each question."""
    answers = row.message_id is not None or row.promise == "receipt"
    return row.case_id is not None and (answers or status in _TROUBLES)


def _refresh_reply(session: Session, vault: Vault, row: Outbound, now: datetime) -> None:
    troubled = row.status in _TROUBLES
    if row.case_id is None or not _concerns_officers(row, row.status):
        return
    found = case_and_union(session, row.case_id)
    if found is None:
        return
    case, organisation = found
    writer = OutboxWriter(session, vault, organisation, now)
    later = timedelta(0) if troubled else _GOOD_NEWS_WAITS
    message = session.get(CaseMessage, row.message_id) if row.message_id is not None else None
    if message is not None:  # one reply may go to several reporters
        same = message.case_id == case.id
        written_in = case if same else case_by_id(session, message.case_id)
        if written_in is not None:
            priority = ANSWER if troubled else ROUTINE
            writer.show_reply(written_in, message.id or 0, later=later, priority=priority)
            _show_in_private(writer, written_in, message, later, troubled=troubled)
    writer.show_card(case, later=later, priority=CASEWORK if troubled else ROUTINE)


def _show_in_private(
    writer: OutboxWriter, case: Case, message: CaseMessage, later: timedelta, *, troubled: bool
) -> None:
    """Tell the author as well, where he sent it in private; an edit alone rings nobody."""
    content = message_content(writer.vault, message)
    if not content.shown_in:
        return
    for post in (content.shown_in, "") if troubled else (content.shown_in,):
        writer.show_in_private(case, message.id or 0, content.shown_to, post, later=later)


def _catch_up(
    session: Session, vault: Vault, result: Result, now: datetime, read_failure: ReadFailure
) -> None:
    """Reports that came before the send was recorded take effect now."""
    early = session.exec(
        select(DeliveryReport)
        .where(
            DeliveryReport.organisation_id == result.row.organisation_id,
            DeliveryReport.channel == result.row.channel,
            DeliveryReport.external_id == vault.lookup(result.external_id),
        )
        .order_by(col(DeliveryReport.id))
    ).all()
    for report in early:
        report_delivery(
            session,
            vault,
            organisation_id=report.organisation_id,
            channel=report.channel,
            external_id=result.external_id,
            status=report.status,
            error=report.error,
            now=now,
            read_failure=read_failure,
        )
        session.delete(report)
