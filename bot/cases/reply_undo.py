"""Taking a reply back: within its undo time all is as if it had never been sent."""

from sqlmodel import col, select

from bot.cases.promises import refresh
from bot.cases.replies import OFFICER_SPEAKS, by_reply, must_own, set_officer_speaks
from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible
from bot.cases.together import audience_of
from bot.cases.work import Work
from bot.cases.workplaces import remember_workplace
from storage.cases import add_event, row_id
from storage.tables import Case, CaseEvent, CaseMessage, Outbound


def undo_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Take a reply back within its undo time.

    Raises:
        NotPossible: it has left already.
    """
    must_own(message, officer)
    rows = work.session.exec(
        select(Outbound).where(Outbound.message_id == message.id).with_for_update()
    ).all()
    if not rows or any(row.status != "queued" or row.attempts for row in rows):
        raise NotPossible("cases.refused.too_late_to_undo")
    for row in rows:
        row.status, row.settled_at = "cancelled", work.now
        work.session.add(row)
    message.state = "withdrawn"
    work.session.add(message)
    add_event(work.session, work.vault, case, "reply_withdrawn", work.now, actor="officer",
              officer_id=officer.id)  # fmt: skip
    _as_if_never_sent(work, case, message)
    for each in audience_of(work, case, message):
        each.answered_at = None if each.answered_at == message.at else each.answered_at
        refresh(work, each)
    work.write.show_reply(case, row_id(message))
    work.write.show_card(case)


def _as_if_never_sent(work: Work, case: Case, message: CaseMessage) -> None:
    """Let the bot speak again and free the case, unless another reply was sent."""
    others = work.session.exec(
        select(CaseMessage.case_id, CaseMessage.at)
        .join(Case, col(Case.id) == col(CaseMessage.case_id))
        .where(
            Case.person_id == case.person_id,
            CaseMessage.direction == "reply",
            col(CaseMessage.state).in_(("queued", "released")),
            CaseMessage.id != message.id,
        )
    ).all()
    if not any(work.now - at < OFFICER_SPEAKS for _, at in others):
        for each in audience_of(work, case, message):
            set_officer_speaks(work, each, None)
    if any(case_id == case.id for case_id, _ in others):
        return
    case.answered_at = None
    work.session.add(case)
    taken_by = work.session.exec(
        select(CaseEvent.after)
        .where(CaseEvent.case_id == case.id, CaseEvent.what == "taken")
        .order_by(col(CaseEvent.id).desc())
    ).first()
    if taken_by == by_reply(message) and case.owner_id == message.officer_id:
        case.owner_id = None
        work.session.add(case)
        remember_workplace(work, case)
