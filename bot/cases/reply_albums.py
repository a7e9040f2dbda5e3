"""Albums of officers: each of its files is a reply of its own, none becomes a note unnoticed."""

from sqlmodel import select

from bot.cases.private_reply import DRAFT_TIME
from bot.cases.roster import RosterOfficer
from bot.cases.work import Work
from storage.cases import message_content
from storage.tables import Case, CaseMessage


def is_of_reply(work: Work, case: Case, officer: RosterOfficer, album: str) -> bool:
    """Whether a reply of this officer began with another part of the same album."""
    if not album:
        return False
    recent = select(CaseMessage).where(
        CaseMessage.case_id == case.id,
        CaseMessage.officer_id == officer.id,
        CaseMessage.direction == "reply",
        CaseMessage.at >= work.now - DRAFT_TIME,
    )
    replies = work.session.exec(recent).all()
    return any(message_content(work.vault, reply).album == album for reply in replies)
