"""What happens when a promise of service was not kept: one level after the other is told why.

    1  the officer who has the case, or who is on duty: in her own chat and in the topic
    2  the coordinators: in their own chats and in the topic
    3  the federation above, in its group: the number alone

Each rings once; a step on the way ends it. By night and on free days only emergencies ring.
"""

from bot.cases.duty import on_duty
from bot.cases.markup import escaped
from bot.cases.ownership import plain_name
from bot.cases.promises import (
    HIGHEST,
    bring_up_to_date,
    let_ring,
    next_level_at,
    rings_at_any_time,
)
from bot.cases.roster import RosterOfficer, all_officers
from bot.cases.sight import may_see
from bot.cases.stages import CLOSED
from bot.cases.work import Work
from bot.events import DueCame
from bot.outbox.orders import OutboxWriter
from bot.outbox.queue import ANSWER, DANGER
from bot.worktime.service import add_working_hours
from storage.cases import add_event, case_for_officer
from storage.tables import Case, Organisation, ServicePromise

_OFFICER, _COORDINATORS = 1, 2


def promise_due(work: Work, event: DueCame) -> None:
    """Tell the next level that a promise was not kept, if that is still so."""
    case = case_for_officer(work.session, event.case_id or 0)
    promise = bring_up_to_date(work, case) if case is not None else None
    if case is None or promise is None or case.waiting_since is not None:
        return
    at = promise.due_at
    if at <= work.now and not rings_at_any_time(case, promise.kind):
        at = add_working_hours(work.calendar, work.now, 0, work.zone)
    if at > work.now:
        let_ring(work, case, at)
        return
    promise.level = _tell(work, case, promise)
    work.session.add(promise)
    add_event(work.session, work.vault, case, "promise_late", work.now,
              before=promise.kind, after=str(promise.level))  # fmt: skip
    work.write.show_card(case)
    if promise.level < HIGHEST:
        let_ring(work, case, next_level_at(work, case, promise))


def _tell(work: Work, case: Case, promise: ServicePromise) -> int:
    """Tell the first level above that has somebody; returns which it was."""
    if promise.level < _OFFICER:
        _tell_officer(work, case, promise)
        return _OFFICER
    coordinators = [
        officer
        for officer in all_officers(work.session, work.vault, case.organisation_id)
        if officer.is_coordinator and may_see(work, officer, case)
    ]
    if promise.level < _COORDINATORS and coordinators:
        _tell_coordinators(work, case, promise, coordinators)
        return _COORDINATORS
    _tell_above(work, case, promise)
    return HIGHEST


def _tell_officer(work: Work, case: Case, promise: ServicePromise) -> None:
    officers = all_officers(work.session, work.vault, case.organisation_id)
    called = [officer for officer in officers if officer.id == case.owner_id] or on_duty(work)
    text = _why(work, case, promise, "officer_closed" if case.status in CLOSED else "officer")
    for officer in called:
        if may_see(work, officer, case):
            work.write.whisper(officer.user_id, text, case_id=case.id)
    work.write.post(case, text, priority=_priority(case))


def _tell_coordinators(
    work: Work, case: Case, promise: ServicePromise, coordinators: list[RosterOfficer]
) -> None:
    owner = _owner(work, case)
    text = _why(work, case, promise, "coordinator", officer=owner)
    for officer in coordinators:
        work.write.whisper(officer.user_id, text, case_id=case.id)
    names = ", ".join(escaped(plain_name(officer)) for officer in coordinators)
    text = _why(work, case, promise, "coordinator_topic", names=names)
    work.write.post(case, text, priority=_priority(case))
    if case.urgency == "darurat":
        work.write.announce(_why(work, case, promise, "apart"), priority=DANGER)


def _tell_above(work: Work, case: Case, promise: ServicePromise) -> None:
    """To the federation's group goes a line that tells nothing but the number."""
    parent_id = work.organisation.parent_id
    parent = work.session.get(Organisation, parent_id) if parent_id is not None else None
    if parent is None or not parent.officer_chat:
        return
    above = OutboxWriter(work.session, work.vault, parent, work.now)
    union = escaped(work.organisation.name)
    above.announce(_why(work, case, promise, "above", union=union), priority=_priority(case))
    name = escaped(parent.name)
    work.write.post(case, _why(work, case, promise, "above_topic", name=name),
                    priority=_priority(case))  # fmt: skip


def _why(work: Work, case: Case, promise: ServicePromise, whom: str, **words: str) -> str:
    """One line: what was promised, by when, and what to do."""
    kind = "answer" if case.status in CLOSED else promise.kind
    promised = work.texts(f"officers.promise.{kind}", due=work.local(promise.due_at))
    return work.texts(f"officers.promise.{whom}", number=case.number, promised=promised, **words)


def _owner(work: Work, case: Case) -> str:
    officers = all_officers(work.session, work.vault, case.organisation_id)
    owner = next((officer for officer in officers if officer.id == case.owner_id), None)
    if owner is None:
        return work.texts("officers.promise.nobody")
    return work.texts("officers.promise.reminded", name=escaped(plain_name(owner)))


def _priority(case: Case) -> int:
    return DANGER if case.urgency == "darurat" else ANSWER
