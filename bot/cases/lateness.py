"""Cases that wait too long: the one place that says which, and why."""

from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, func, not_, or_, select

from bot.cases.promises import open_promise
from bot.cases.stages import CLOSED
from bot.cases.unanswered import needs_officers
from bot.cases.work import Work
from storage.cases import OPEN_STATUSES
from storage.tables import Case, CaseMessage

WITHOUT_OWNER = timedelta(days=1)
"""So much working time may a new case lie before somebody takes it."""
WITHOUT_ANSWER = timedelta(days=3)
"""So long may a reporter wait for an answer to her last message."""

_SENT = ("queued", "released")
_SATURDAY = 5


def lateness(work: Work, case: Case) -> str:
    """Why this case is late, in an officer's words; empty while it is not."""
    if case.merged_into_id is not None:
        return ""
    if case.status in CLOSED:
        return _late_after_closing(work, case)
    if case.status == "baru" and case.owner_id is None:
        opened = case.opened_at.astimezone(work.zone)
        if _working_time(opened, work.now.astimezone(work.zone)) > WITHOUT_OWNER:
            return work.texts("officers.found.late_owner", since=work.local(case.opened_at))
    since = waits_since(work, case)
    if since is not None and work.now - since > WITHOUT_ANSWER:
        return work.texts("officers.found.late_answer", since=work.local(since))
    return ""


def _late_after_closing(work: Work, case: Case) -> str:
    """She wrote again, and the time to answer that is over."""
    promise = open_promise(work, case)
    if promise is None or promise.due_at > work.now:
        return ""
    since = work.local(promise.made_at)
    return work.texts("officers.found.late_after_closing", since=since)


def waits_since(work: Work, case: Case) -> datetime | None:
    """Since when the reporter waits for an answer; None while it is not our turn."""
    if case.waiting_since is not None or case.status == "belum_lengkap":
        return None
    newest = select(func.max(CaseMessage.at))
    hers: datetime | None = work.session.exec(newest.where(*_hers(case.id))).one()
    ours: datetime | None = work.session.exec(newest.where(*_ours(case.id))).one()
    if hers is None or (ours is not None and ours >= hers):
        return None
    return hers


def perhaps_late(work: Work) -> ColumnElement[bool]:
    """The rows that :func:`lateness` has to look at: no late case is missing among them."""
    unowned = and_(
        col(Case.status) == "baru",
        col(Case.owner_id).is_(None),
        col(Case.opened_at) < work.now - WITHOUT_OWNER,
    )
    old = work.now - WITHOUT_ANSWER
    spoke_long_ago = select(CaseMessage.id).where(*_hers(col(Case.id)), col(CaseMessage.at) < old)
    answered = select(CaseMessage.id).where(*_ours(col(Case.id)), col(CaseMessage.at) >= old)
    unanswered = and_(spoke_long_ago.exists(), not_(answered.exists()))
    closed = col(Case.status).not_in(OPEN_STATUSES)
    return and_(needs_officers(work), or_(closed, unowned, unanswered))


def _hers(case_id: object) -> tuple[ColumnElement[bool], ...]:
    return (col(CaseMessage.case_id) == case_id, col(CaseMessage.direction) == "reporter")


def _ours(case_id: object) -> tuple[ColumnElement[bool], ...]:
    return (
        col(CaseMessage.case_id) == case_id,
        col(CaseMessage.direction) == "reply",
        col(CaseMessage.state).in_(_SENT),
    )


def _working_time(since: datetime, now: datetime) -> timedelta:
    """The time between two local moments without Saturdays and Sundays; at most two days."""
    worked, begin = timedelta(0), since
    while begin < now and worked <= 2 * WITHOUT_OWNER:
        midnight = datetime.combine(begin.date() + timedelta(days=1), time(), begin.tzinfo)
        end = min(now, midnight)
        if begin.weekday() < _SATURDAY:
            worked += end - begin
        begin = end
    return worked
