"""What a reporter wrote after her case was closed, until an officer has looked after it.

It stands in the trail: that she wrote, that officers let the case rest all the same. A reply to
her and any change of the stage settle it as well.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select

from bot.cases.work import Work
from storage.cases import OPEN_STATUSES
from storage.tables import Case, CaseEvent, ServicePromise

WROTE, LET_REST = "wrote_after_closing", "let_rest"
"""What the trail calls it."""


def unanswered_since(work: Work, case: Case, replied: Sequence[datetime]) -> datetime | None:
    """When she wrote the first thing that nobody looked after; None where there is none.

    ``replied``: when she was replied to.
    """
    work.session.flush()
    query = select(CaseEvent.what, CaseEvent.at).where(
        CaseEvent.case_id == case.id, col(CaseEvent.what).in_((WROTE, LET_REST, "stage"))
    )
    wrote: list[datetime] = []
    for what, at in work.session.exec(query.order_by(col(CaseEvent.id))).all():
        wrote = [*wrote, at] if what == WROTE else []
    answered = max(replied, default=None)
    return next((at for at in wrote if answered is None or at > answered), None)


def needs_officers(work: Work) -> ColumnElement[bool]:
    """The cases that officers have to look after: the open ones, and closed ones with such words.

    One that was merged with another is left out, that one answers for it.
    """
    promised = select(ServicePromise.case_id).where(
        ServicePromise.organisation_id == work.organisation.id,
        col(ServicePromise.kept_at).is_(None),
    )
    return and_(
        col(Case.merged_into_id).is_(None),
        or_(
            col(Case.status).in_(OPEN_STATUSES),
            and_(col(Case.person_id).is_not(None), col(Case.id).in_(promised)),
        ),
    )
