"""Whose words these are: an officer wrote in private, beside a confidential case.

A reply that comes late, or without Balas, must not become a report of her own: what she wrote
to a reporter would stand in the big group, and be kept as her story. So she is asked, as long as
such a case was the last thing that she was at in her private chat.
"""

from datetime import datetime, timedelta

from sqlmodel import col, func, select

from bot.cases.markup import copyable_pieces
from bot.cases.roster import RosterOfficer
from bot.cases.sight import may_see
from bot.cases.taps import button
from bot.cases.work import Work
from bot.events import Address, OfficerWrote
from bot.flows.words import command, is_greeting, is_opening
from bot.outbox.albums import GATHERS
from storage.cases import row_id
from storage.tables import Case, CaseEvent, CaseMessage, PersonAddress

_LATELY = timedelta(hours=24)
_OFFERED = 3
_IN_ONE_MESSAGE = 3500  # units; Telegram takes 4096, and the question stands there, too
_SEEN_IN_PRIVATE = ("revealed_story", "revealed_message", "revealed_reporter")


def may_be_for_a_reporter(work: Work, officer: RosterOfficer, text: str) -> bool:
    """Whether these words may be meant for a reporter; what begins a report never is."""
    if command(text) is not None or (text and (is_greeting(text) or is_opening(text))):
        return False
    return bool(_at_hand(work, officer))


def is_in_a_report(work: Work, said: OfficerWrote) -> bool:
    """Whether this message stands in a case of her own."""
    source = work.vault.lookup(said.message_id)
    hers = CaseMessage.source == source, CaseMessage.direction == "reporter"
    of_union = CaseMessage.organisation_id == work.organisation.id
    return work.session.exec(select(CaseMessage.id).where(of_union, *hers)).first() is not None


def ask_whose(work: Work, officer: RosterOfficer, text: str) -> bool:
    """Ask her for whom they are, with the words to be copied; False if nobody waits.

    Of files without words, the parts of an album, she is asked once.
    """
    cases = _at_hand(work, officer)
    if not cases:
        return False
    label = work.texts.label("officers.button.reply")
    answers = tuple(button(work, case, f"{label} {case.number}", "reply") for case in cases)
    *before, last = copyable_pieces(text, _IN_ONE_MESSAGE) or [""]
    for piece in before:
        work.write.whisper(officer.user_id, piece)
    kind = "words" if last else "file"
    question = f"{work.texts(f'officers.reply.whose_{kind}')}\n{last}".strip()
    work.write.whisper(
        officer.user_id,
        question,
        choices=answers,
        delay=timedelta(0) if last else GATHERS,
        merge_key="" if last else f"whose:{officer.id}",
    )
    return True


def _at_hand(work: Work, officer: RosterOfficer) -> list[Case]:
    """The cases that she read, answered or noted something in just now, the latest first."""
    spoke = _spoke_as_reporter(work, officer)
    since = max(filter(None, (work.now - _LATELY, spoke)))
    sensitive = Case.organisation_id == work.organisation.id, col(Case.sensitive)
    looked = (
        select(Case, func.max(CaseEvent.at))
        .join(CaseEvent, col(CaseEvent.case_id) == col(Case.id))
        .where(*sensitive, CaseEvent.officer_id == officer.id, CaseEvent.at > since)
        .where(col(CaseEvent.what).in_(_SEEN_IN_PRIVATE))
        .group_by(col(Case.id))
    )
    wrote = (
        select(Case, func.max(CaseMessage.at))
        .join(CaseMessage, col(CaseMessage.case_id) == col(Case.id))
        .where(*sensitive, CaseMessage.officer_id == officer.id, CaseMessage.at > since)
        .where(col(CaseMessage.direction).in_(("reply", "note")))
        .group_by(col(Case.id))
    )
    latest: dict[int, tuple[datetime, Case]] = {}
    for query in (looked, wrote):
        for case, at in work.session.exec(query).all():
            if work.hides(case) and may_see(work, officer, case):
                latest[row_id(case)] = max(at, latest.get(row_id(case), (at, case))[0]), case
    newest_first = sorted(latest.values(), key=lambda found: found[0], reverse=True)
    return [case for _, case in newest_first[:_OFFERED]]


def _spoke_as_reporter(work: Work, officer: RosterOfficer) -> datetime | None:
    """When she last wrote here for herself."""
    own = str(Address(work.organisation.officer_channel, officer.user_id))
    return work.session.exec(
        select(PersonAddress.last_inbound_at).where(
            PersonAddress.organisation_id == work.organisation.id,
            PersonAddress.lookup == work.vault.lookup(own),
        )
    ).first()
