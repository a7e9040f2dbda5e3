"""What officers see of words to a reporter: the reply's post, the card, the author's own chat."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.outbox.orders import OutboxWriter
from bot.outbox.queue import ANSWER, CASEWORK, ROUTINE
from bot.outbox.whereabouts import case_and_union
from storage.cases import case_by_id, message_content
from storage.crypto import Vault
from storage.outbound import ClaimedOutbound
from storage.tables import Case, CaseMessage, Outbound

# Sent, delivered and read follow each other within seconds: one edit tells them all. A group
# takes only twenty messages a minute, edits included: what people say goes first.
_GOOD_NEWS_WAITS = timedelta(seconds=4)
_TROUBLES = frozenset({"failed", "uncertain", "held", "dead"})


def concerns_officers(row: Outbound | ClaimedOutbound, status: str) -> bool:
    """Whether officers see anywhere what became of these words: not of each question."""
    answers = row.message_id is not None or row.promise == "receipt"
    return row.case_id is not None and (answers or status in _TROUBLES)


def show_delivery(session: Session, vault: Vault, row: Outbound, now: datetime) -> None:
    """Bring what officers see of these words up to date."""
    troubled = row.status in _TROUBLES
    if row.case_id is None or not concerns_officers(row, row.status):
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
