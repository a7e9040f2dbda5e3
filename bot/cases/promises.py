"""Promises of service: the first answer of a person, and the next step after each one.

    a complete report ──► first answer: 9 working hours (one working day), 4 when it is urgent,
                          1 hour by day and night in an emergency
    an answer, a stage ──► next step: 5 working days

    words after a closing ──► first answer, as above

An answer is an officer's reply, or a stage that an officer moved the case to; that she took the
case to look at it answers nothing yet, but is a step. While the reporter is waited for the clock
stands still. All of it follows from the case and its trail: :func:`refresh` may be called
whenever something happened. Receipts say the same (``intake.promise`` in the texts).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import and_, col, or_, select

from bot.cases.unanswered import unanswered_since
from bot.cases.work import Work
from bot.worktime.service import HOURS_A_DAY, add_working_hours, working_time_between
from storage.cases import OPEN_STATUSES, row_id
from storage.due import cancel_due, is_waiting, set_due
from storage.tables import (
    Case,
    CaseEvent,
    CaseMessage,
    Collective,
    CollectiveMember,
    ServicePromise,
)

PROMISE = "promise"
"""Kind of the due row that rings when a promise was not kept."""

FIRST_ANSWER, NEXT_STEP = "first_answer", "next_step"
ANSWER_HOURS: Mapping[str, int] = {"normal": HOURS_A_DAY, "tinggi": 4}
"""Working hours to the first answer, by urgency."""
EMERGENCY = timedelta(hours=1)
"""To the first answer in an emergency, at any time of the week."""
STEP_HOURS = 5 * HOURS_A_DAY
"""Working hours to the next step."""
HIGHEST = 3
"""The last level of escalation: 1 the officer, 2 the coordinators, 3 the level above."""
LEVEL_HOURS: Mapping[str, int] = {"normal": HOURS_A_DAY, "tinggi": 2, "darurat": 2}
"""Working hours from one level to the next, by urgency."""
EMERGENCY_LEVEL = timedelta(minutes=30)

_WAITS, _WAITS_NO_MORE = "waits_for_reporter", "waits_no_more"
_LOOKED_AT = "verifikasi"
_INCOMPLETE = "belum_lengkap"
_SENT = ("queued", "released")
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that an officer did for the reporter; ``answers``: she learnt something by it."""

    at: datetime
    answers: bool


def refresh(work: Work, case: Case) -> None:
    """Bring the promises of a case, and what rings for them, to what is true now."""
    promise = bring_up_to_date(work, case)
    key = key_of(case)
    if promise is None or case.waiting_since is not None:
        cancel_due(work.session, key)
    elif promise.level == 0:
        let_ring(work, case, promise.due_at)
    elif promise.level < HIGHEST and not is_waiting(work.session, key):
        let_ring(work, case, next_level_at(work, case, promise))


def bring_up_to_date(work: Work, case: Case) -> ServicePromise | None:
    """The promise that is open now, None where none is; what was kept is written down."""
    work.session.flush()
    rows = list(_promises(work, case))
    newest = rows[-1] if rows and rows[-1].kept_at is None else None
    steps = _steps(work, case)
    promised = _what_is_promised(work, case, steps)
    if promised is None:
        if newest is not None:
            newest.kept_at = work.now
            work.session.add(newest)
        return None
    kind, made_at = promised
    if newest is None or (newest.kind, newest.made_at) != (kind, made_at):
        newest = _succeed(work, case, rows, newest, ServicePromise(
            organisation_id=case.organisation_id, case_id=row_id(case), kind=kind,
            made_at=made_at, due_at=made_at,
        ), steps)  # fmt: skip
    if case.waiting_since is None:
        _set_deadline(work, case, newest)
    work.session.add(newest)
    return newest


def open_promise(work: Work, case: Case) -> ServicePromise | None:
    """The promise that is open now, as it was written down last."""
    return next((row for row in reversed(_promises(work, case)) if row.kept_at is None), None)


def next_level_at(work: Work, case: Case, promise: ServicePromise) -> datetime:
    """When the next level is told, if nothing happens until then."""
    if rings_at_any_time(case, promise.kind):
        return work.now + EMERGENCY_LEVEL
    return add_working_hours(work.calendar, work.now, LEVEL_HOURS[case.urgency], work.zone)


def let_ring(work: Work, case: Case, at: datetime) -> None:
    """Set the due row of this case's promise."""
    set_due(work.session, organisation_id=case.organisation_id, kind=PROMISE, key=key_of(case),
            lane=f"case:{case.id}", due_at=at, case_id=row_id(case))  # fmt: skip


def key_of(case: Case) -> str:
    """The key of the due row."""
    return f"{PROMISE}:{case.id}"


def rings_at_any_time(case: Case, kind: str) -> bool:
    """Whether this promise of the case is kept, and rings, by day and night."""
    return kind == FIRST_ANSWER and case.urgency == "darurat"


def card_lines(work: Work, case: Case) -> list[str]:
    """By when which promise is to be kept, or since when it is not."""
    if case.waiting_since is not None or not _may_be_promised(case):
        return []
    promise = open_promise(work, case)
    if promise is None:
        return []
    state = "late" if promise.due_at <= work.now else promise.kind
    return [work.texts(f"officers.promise.card_{state}", due=work.local(promise.due_at))]


def _promises(work: Work, case: Case) -> list[ServicePromise]:
    query = select(ServicePromise).where(ServicePromise.case_id == case.id)
    order = (col(ServicePromise.made_at), col(ServicePromise.id))
    return list(work.session.exec(query.order_by(*order)).all())


def _may_be_promised(case: Case) -> bool:
    """Whether anything is; for a merged case the one that answers for it keeps the promises."""
    is_complete = case.status != _INCOMPLETE
    return is_complete and case.person_id is not None and case.merged_into_id is None


def _what_is_promised(work: Work, case: Case, steps: list[_Step]) -> tuple[str, datetime] | None:
    """Which promise is open, and since when; of a closed case only an answer to new words."""
    if not _may_be_promised(case):
        return None
    if case.status not in OPEN_STATUSES:
        wrote = unanswered_since(work, case, replied_at(work, case))
        return (FIRST_ANSWER, wrote) if wrote is not None else None
    begun = _begun(work, case)
    since = [step for step in steps if step.at >= begun]
    answered = any(step.answers for step in since)
    return (NEXT_STEP, since[-1].at) if answered else (FIRST_ANSWER, begun)


def _succeed(
    work: Work,
    case: Case,
    rows: list[ServicePromise],
    before: ServicePromise | None,
    following: ServicePromise,
    steps: list[_Step],
) -> ServicePromise:
    """The promise in the place of ``before``, which was kept, or never came to be.

    A reply that was taken back within its seconds has kept nothing.
    """
    if before is not None and before.kind == NEXT_STEP and before.made_at >= following.made_at:
        work.session.delete(before)
    elif before is not None:
        needed = [s for s in steps if s.answers or before.kind == NEXT_STEP]
        kept = (step.at for step in needed if step.at >= before.made_at)
        before.kept_at = next(kept, work.now)
        work.session.add(before)
    same = (following.kind, following.made_at)
    for row in rows:
        if row is not before and (row.kind, row.made_at) == same:
            row.kept_at = None
            return row
    following.due_at = _deadline(work, case, following)
    return following


def _set_deadline(work: Work, case: Case, promise: ServicePromise) -> None:
    """Move the deadline by the time in which the reporter was waited for.

    A case that became more urgent has its shorter time from now on.
    """
    due = _deadline(work, case, promise)
    if due < promise.due_at:
        due = min(promise.due_at, _term(work, case, promise.kind, work.now, _NO_TIME))
    if due > work.now and due != promise.due_at:
        promise.level = 0
    promise.due_at = due


def _deadline(work: Work, case: Case, promise: ServicePromise) -> datetime:
    always = rings_at_any_time(case, promise.kind)
    paused = _NO_TIME
    for since, until in _waits(work, case):
        begin, end = max(since, promise.made_at), max(until, promise.made_at)
        if always:
            paused += end - begin
        else:
            paused += working_time_between(work.calendar, begin, end, work.zone)
    return _term(work, case, promise.kind, promise.made_at, paused)


def _term(work: Work, case: Case, kind: str, since: datetime, paused: timedelta) -> datetime:
    if rings_at_any_time(case, kind):
        return since + EMERGENCY + paused
    hours: float = STEP_HOURS if kind == NEXT_STEP else ANSWER_HOURS[case.urgency]
    hours += paused / timedelta(hours=1)
    return add_working_hours(work.calendar, since, hours, work.zone)


def _waits(work: Work, case: Case) -> list[tuple[datetime, datetime]]:
    """From when to when the reporter was waited for."""
    query = select(CaseEvent.what, CaseEvent.at).where(
        CaseEvent.case_id == case.id, col(CaseEvent.what).in_((_WAITS, _WAITS_NO_MORE))
    )
    waits: list[tuple[datetime, datetime]] = []
    begun: datetime | None = None
    for what, at in work.session.exec(query.order_by(col(CaseEvent.id))).all():
        if what == _WAITS:
            begun = at
        elif begun is not None:
            waits.append((begun, at))
            begun = None
    return waits


def _begun(work: Work, case: Case) -> datetime:
    """When it became a case that is open, the last time."""
    begun = case.opened_at
    query = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.what == "stage")
    for event in work.session.exec(query.order_by(col(CaseEvent.id))).all():
        after = event.after.partition(":")[0]
        was_open = event.before in OPEN_STATUSES and event.before != _INCOMPLETE
        if after in OPEN_STATUSES and not was_open:
            begun = event.at
    return begun


def _steps(work: Work, case: Case) -> list[_Step]:
    """What officers did for her, in its order."""
    stages = select(CaseEvent.at, CaseEvent.after).where(
        CaseEvent.case_id == case.id, CaseEvent.what == "stage", CaseEvent.actor == "officer"
    )
    steps = [_Step(at, after != _LOOKED_AT) for at, after in work.session.exec(stages).all()]
    steps += [_Step(at, answers=True) for at in replied_at(work, case)]
    if case.answered_at is not None:  # also a reply that stands in the case it was merged with
        steps.append(_Step(case.answered_at, answers=True))
    return sorted(steps, key=lambda step: step.at)


def replied_at(work: Work, case: Case) -> Sequence[datetime]:
    """When a reply was sent to her, alone or as a member of a collective case."""
    leads = (
        select(Collective.lead_id)
        .join(CollectiveMember, col(CollectiveMember.collective_id) == col(Collective.id))
        .where(CollectiveMember.case_id == case.id, CollectiveMember.state == "joined")
    )
    to_all = and_(col(CaseMessage.case_id).in_(leads), col(CaseMessage.audience) == "collective")
    query = select(CaseMessage.at).where(
        or_(col(CaseMessage.case_id) == case.id, to_all),
        CaseMessage.direction == "reply",
        col(CaseMessage.state).in_(_SENT),
    )
    return work.session.exec(query).all()
