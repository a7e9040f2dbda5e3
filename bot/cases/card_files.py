"""The files of a case, as its card lists them."""

from sqlmodel import select

from bot.cases.work import Work
from storage.tables import Attachment, Case


def files(work: Work, case: Case) -> list[str]:
    """How many files there are, and how many were lost."""
    states = work.session.exec(select(Attachment.state).where(Attachment.case_id == case.id)).all()
    if not states:
        return []
    lost = sum(state in {"failed", "too_large"} for state in states)
    line = work.texts("officers.card.files", count=len(states))
    return [line + (" " + work.texts("officers.card.files_lost", count=lost) if lost else "")]
