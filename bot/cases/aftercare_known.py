"""What a conversation may know of surveys and check-ins: whatever she may still answer."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from bot.cases.stages import CLOSED, REOPEN_WITHIN
from bot.flows.knowledge import OpenCheckIn, OpenSurvey
from storage.tables import Case, CheckIn, Survey


def open_surveys(
    session: Session, cases: Iterable[Case], heard: datetime | None, now: datetime
) -> tuple[OpenSurvey, ...]:
    """The surveys of these cases that still count, the last asked first.

    ``heard`` is when she wrote last before this message.
    """
    by_id = {case.id: case for case in cases if case.closed_at is not None or case.reopened}
    if not by_id:
        return ()
    query = select(Survey).where(
        col(Survey.case_id).in_(by_id),
        col(Survey.state).in_(("asked", "answered")),
        col(Survey.closed_at).is_(None),
    )
    rows = session.exec(query.order_by(col(Survey.asked_at).desc(), col(Survey.id).desc())).all()
    return tuple(
        OpenSurvey(
            id=row.id or 0,
            number=by_id[row.case_id].number,
            kind=by_id[row.case_id].kind,
            solved=row.solved,
            score=row.score or 0,
            commented=row.sealed is not None,
            may_reopen=_may_reopen(by_id[row.case_id], row, now),
            fresh=_is_fresh(row.reminded_at or row.asked_at, heard),
        )
        for row in rows
    )


def open_check_ins(
    session: Session, cases: Iterable[Case], heard: datetime | None
) -> tuple[OpenCheckIn, ...]:
    """The check-ins of these cases that were asked, the last one first.

    A late answer counts as well: who is not safe is never told that she is too late.
    """
    by_id = {case.id: case for case in cases if case.closed_at is not None or case.reopened}
    if not by_id:
        return ()
    query = select(CheckIn).where(
        col(CheckIn.case_id).in_(by_id), col(CheckIn.asked_at).is_not(None)
    )
    rows = session.exec(query.order_by(col(CheckIn.asked_at).desc(), col(CheckIn.id).desc())).all()
    return tuple(
        OpenCheckIn(
            id=row.id or 0,
            number=by_id[row.case_id].number,
            waits=row.state == "asked",
            fresh=_is_fresh(row.asked_at, heard),
        )
        for row in rows
    )


def _may_reopen(case: Case, survey: Survey, now: datetime) -> bool:
    if case.status not in CLOSED or case.status == "arsip" or survey.closure != case.reopened:
        return False
    return case.closed_at is not None and now - case.closed_at <= REOPEN_WITHIN


def _is_fresh(asked_at: datetime | None, heard: datetime | None) -> bool:
    """She has said nothing since she was asked."""
    return asked_at is not None and (heard is None or asked_at > heard)
