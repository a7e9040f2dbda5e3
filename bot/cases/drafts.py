"""An officer's reply before it is sent: asking for its words, for other words, dropping it."""

from dataclasses import replace

from sqlmodel import col, select

from bot.cases.private_reply import DRAFT_TIME, OPEN, tell_author
from bot.cases.replies import may_answer, must_own, new_reply, quoting
from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible
from bot.cases.work import Work
from storage.cases import MessageContent, message_content, row_id, seal_message
from storage.tables import Case, CaseMessage


def begin_reply(work: Work, case: Case, officer: RosterOfficer, *, answers: str = "") -> None:
    """Wait for the officer's next words in this topic as a reply.

    ``answers`` is the post that he answers: the reply will quote the message it shows.
    """
    may_answer(work, case, officer)
    _drop_drafts(work, case, officer)
    content = quoting(work, case, answers, MessageContent())
    message = new_reply(work, case, officer, "draft", content)
    work.write.show_reply(case, row_id(message))
    tell_author(work, case, message, officer)


def edit_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Wait for other words in the place of a preview; what is not replaced stays.

    Raises:
        NotPossible: it is not this officer's, or was sent before.
    """
    may_answer(work, case, officer)
    if message.officer_id != officer.id:
        raise NotPossible("cases.refused.not_yours")
    if message.state != "preview":
        raise NotPossible("cases.refused.already_sent")
    _drop_drafts(work, case, officer)
    content = message_content(work.vault, message)
    changed = replace(content, version=content.version + 1)  # what he saw is not what will go
    message.state, message.at = "draft", work.now
    message.sealed = seal_message(work.vault, changed)
    work.session.add(message)
    work.write.show_reply(case, row_id(message))


def waiting_draft(work: Work, case: Case, officer: RosterOfficer) -> CaseMessage | None:
    """The draft that waits for this officer's words here, if he asked for one just now."""
    draft = work.session.exec(
        select(CaseMessage)
        .where(
            CaseMessage.case_id == case.id,
            CaseMessage.officer_id == officer.id,
            CaseMessage.state == "draft",
        )
        .order_by(col(CaseMessage.id).desc())
    ).first()
    return draft if draft is not None and work.now - draft.at <= DRAFT_TIME else None


def cancel_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Drop a draft or a preview.

    Raises:
        NotPossible: it was sent before.
    """
    must_own(message, officer)
    if message.state not in OPEN:
        raise NotPossible("cases.refused.already_sent")
    message.state = "withdrawn"
    work.session.add(message)
    work.write.show_reply(case, row_id(message))


def _drop_drafts(work: Work, case: Case, officer: RosterOfficer) -> None:
    """Let no other draft wait for the same words: here, or anywhere in a private chat."""
    waiting = (
        select(CaseMessage, Case)
        .join(Case, col(Case.id) == col(CaseMessage.case_id))
        .where(
            CaseMessage.organisation_id == case.organisation_id,
            CaseMessage.officer_id == officer.id,
            CaseMessage.state == "draft",
        )
    )
    for draft, other in work.session.exec(waiting.order_by(col(CaseMessage.id))).all():
        if other.id == case.id or (work.hides(case) and work.hides(other)):
            draft.state = "withdrawn"
            work.session.add(draft)
            work.write.show_reply(other, row_id(draft))
