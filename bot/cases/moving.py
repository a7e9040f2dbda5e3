"""A case that moves from one group of the union's officers to the other."""

from sqlmodel import col, select

from bot.cases.work import Work
from bot.outbox.whereabouts import group_of
from storage.cases import row_id
from storage.tables import Case, CaseMessage


def move_home(work: Work, case: Case) -> None:
    """Leave the group in which the case stands, if it belongs into the other one now.

    Its old topic is closed with a neutral line. What is shown next makes a topic where the case
    belongs; replies that officers are writing are shown there again.
    """
    stands = case.chat_id
    if not stands or stands == group_of(work.organisation, case):
        return
    line = work.texts("officers.moved.line", number=case.number)
    work.write.leave(case, line, work.texts("officers.moved.title", number=case.number))
    case.chat_id, case.thread_id, case.card_id, case.topic_state = "", "", "", "none"
    work.session.add(case)
    for reply in _replies(work, case):
        if reply.preview_id:
            work.write.erase(stands, [reply.preview_id], case)
        reply.preview_id = ""
        work.session.add(reply)
        if reply.state in {"draft", "preview", "queued"}:
            work.write.show_reply(case, reply.id or 0)


def _replies(work: Work, case: Case) -> list[CaseMessage]:
    found = select(CaseMessage).where(
        CaseMessage.case_id == row_id(case), CaseMessage.direction == "reply"
    )
    return list(work.session.exec(found.order_by(col(CaseMessage.id))).all())
