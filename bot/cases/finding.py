"""Finding cases: lists in the officers' group."""

from sqlmodel import col, select

from bot.cases.group_act import GroupAct
from bot.cases.markup import escaped
from storage.cases import OPEN_STATUSES
from storage.tables import Case

_LISTED = 15


def list_open(act: GroupAct) -> None:
    """The open cases, newest first."""
    work = act.work
    cases = work.session.exec(
        select(Case)
        .where(Case.organisation_id == work.organisation.id, col(Case.status).in_(OPEN_STATUSES))
        .order_by(col(Case.id).desc())
        .limit(_LISTED)
    ).all()
    if not cases:
        act.answer(work.texts("officers.cases_none"))
        return
    lines = []
    for case in cases:
        subject = work.texts("officers.card.sensitive_title")
        if not case.sensitive:
            subject = escaped(work.category_label(case.category))
        status = work.texts(f"cases.stage.{case.status}.label")
        lines.append(f"<b>{case.number}</b> · {subject} · {status}")
    act.answer("\n".join([work.texts("officers.cases_title"), *lines]))
