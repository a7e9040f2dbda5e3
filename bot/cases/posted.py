"""What stands in a case's topic: where a question stands, its buttons, what came after it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from bot.cases.work import Work
from bot.outbox.whereabouts import group_of
from storage.tables import Case, CaseMessage, OfficerQuestion, Outbound


def question_post(work: Work, case: Case, asked_at: datetime) -> str:
    """The post of the question with buttons that was asked then; empty until it was sent."""
    query = select(Outbound).where(*_posts(work, case), Outbound.created_at == asked_at)
    for row in work.session.exec(query.order_by(col(Outbound.id).desc())).all():
        said = _said(work, row)
        if said.get("choices"):
            return row.external_id or str(said["edits"])
    return ""


def asks_another(work: Work, case: Case, post: str, officer_id: int) -> bool:
    """Whether a question that waits for another officer's answer stands in this post."""
    waiting = work.session.exec(
        select(OfficerQuestion).where(
            OfficerQuestion.case_id == case.id, OfficerQuestion.officer_id != officer_id
        )
    ).all()
    return any(question_post(work, case, question.at) == post for question in waiting)


def take_buttons_off(work: Work, case: Case, post: str) -> None:
    """Leave the words of a post and take away its buttons: nobody can use them any more."""
    said = _newest_version(work, case, post) if post else {}
    if said.get("choices"):
        work.write.post(case, said["text"], edits=post)


def bring_down(work: Work, case: Case, reply: CaseMessage) -> None:
    """Let a reply's post stand below what was posted since, where its author looks."""
    if reply.preview_id and _stands_above(work, case, reply.preview_id):
        work.write.erase(group_of(work.organisation, case), [reply.preview_id], case)
        reply.preview_id = ""
        work.session.add(reply)


def _stands_above(work: Work, case: Case, post: str) -> bool:
    """Whether something else was posted in the topic after this post; edits do not count."""
    rows = work.session.exec(
        select(Outbound.id, Outbound.external_id)
        .where(
            col(Outbound.case_id) == case.id,
            col(Outbound.chat) == group_of(work.organisation, case),
            col(Outbound.external_id) != "",
        )
        .order_by(col(Outbound.id))
    ).all()
    order = list(dict.fromkeys(external_id for _, external_id in rows))
    return post in order and order[-1] != post


def _newest_version(work: Work, case: Case, post: str) -> dict[str, Any]:
    """What the post says, or will say as soon as what waits is sent."""
    waits = col(Outbound.status).in_(("queued", "sending"))
    query = select(Outbound).where(
        *_posts(work, case), or_(col(Outbound.external_id) == post, waits)
    )
    for row in work.session.exec(query.order_by(col(Outbound.id).desc())).all():
        said = _said(work, row)
        if row.external_id == post or said.get("edits") == post:
            return said
    return {}


def _posts(work: Work, case: Case) -> tuple[ColumnElement[bool], ...]:
    chat = group_of(work.organisation, case)
    return (
        col(Outbound.case_id) == case.id,
        col(Outbound.kind) == "post",
        col(Outbound.chat) == chat,
    )


def _said(work: Work, row: Outbound) -> dict[str, Any]:
    return dict(work.vault.open_json(row.sealed, "outbox"))
