"""A reporter whose case stood still is told so: it goes on, what is waited for, what comes next.

At most once a week, at an hour that suits her. What moves a case: another stage, a reply to her,
an appointment.
"""

from datetime import datetime, timedelta

from sqlmodel import col, func, select

from bot.cases.appointments import next_appointment, when_and_what
from bot.cases.dates import short_date
from bot.cases.failed_mediation import failed_on
from bot.cases.moments import day_and_hour, her_zone
from bot.cases.promises import FIRST_ANSWER, open_promise, replied_at
from bot.cases.pushes import fitting_time, post_untold, push
from bot.cases.referral import waiting_referrals
from bot.cases.silence import is_watched, patience, watch
from bot.cases.work import Work
from bot.events import DueCame
from bot.outbox.validity import Validity
from storage.cases import add_event, case_for_officer
from storage.tables import Appointment, Case, CaseEvent

_TOLD = "still_told"
_AT_MOST_EVERY = timedelta(days=7)


def still_due(work: Work, event: DueCame) -> None:
    """Tell her that it goes on, unless something moved meanwhile."""
    case = case_for_officer(work.session, event.case_id or 0)
    if case is None or not is_watched(case) or case.person_id is None:
        return
    if case.merged_into_id is not None:  # she hears of the case that answers for hers
        watch(work, case)
        return
    told = _last_told(work, case)
    at = _last_moved(work, case) + patience(work, case)
    if told is not None:
        at = max(at, told + max(patience(work, case), _AT_MOST_EVERY))
    at = max(at, fitting_time(work, case, max(at, work.now)))
    if at > work.now:
        watch(work, case, at)
        return
    pause = max(patience(work, case), _AT_MOST_EVERY)
    valid = Validity(stages=(case.status,), until=work.now + pause)
    if not push(work, case, still_words(work, case), valid=valid):
        add_event(work.session, work.vault, case, _TOLD, work.now)
        work.write.show_card(case)
    watch(work, case, work.now + pause)


def tell_of_later_answer(work: Work, case: Case, before: datetime) -> None:
    """Her first answer was promised by then and comes later now: she is told before it passes."""
    promise = open_promise(work, case)
    if promise is None or promise.kind != FIRST_ANSWER or promise.due_at <= before:
        return
    when = day_and_hour(work, promise.due_at, her_zone(work, case))
    text = work.texts("cases.later_answer", number=case.number, when=when)
    valid = Validity(stages=("baru", "verifikasi"), until=promise.due_at)
    post_untold(work, case, push(work, case, text, valid=valid, about="later_answer"))


def still_words(work: Work, case: Case) -> str:
    """Where the case stands, what is waited for and what comes next, in her words."""
    matter = work.texts(f"cases.still.matter.{case.kind}")
    appointment, failed = next_appointment(work, case), failed_on(work, case)
    stage = f"cases.stage.{case.status}" if failed is None else "cases.still.failed"
    following = work.texts(f"{stage}.next")
    if appointment is not None:
        following = when_and_what(work, case, appointment)
    return work.texts(
        "cases.still.told",
        number=case.number,
        matter=matter,
        stage=work.texts(f"{stage}.plain"),
        since=short_date(failed or case.status_since.astimezone(work.zone).date()),
        waits=_waits_for(work, case),
        following=following,
    )


def _waits_for(work: Work, case: Case) -> str:
    if waiting_referrals(work.session, work.vault, [case]):
        return work.texts("cases.still.waits.consent")
    if case.waiting_since is not None:
        since = short_date(case.waiting_since.astimezone(work.zone).date())
        return work.texts("cases.still.waits.reporter", since=since)
    promise = open_promise(work, case)
    late = promise is not None and promise.due_at <= work.now
    state = case.status if failed_on(work, case) is None else "ditangani"
    waits = work.texts(f"cases.still.waits.{state}")
    return f"{waits} {work.texts('cases.still.waits.late')}" if late else waits


def _last_moved(work: Work, case: Case) -> datetime:
    made = work.session.exec(
        select(func.max(Appointment.made_at)).where(Appointment.case_id == case.id)
    ).one()
    return max([case.status_since, *replied_at(work, case), *filter(None, (made,))])


def _last_told(work: Work, case: Case) -> datetime | None:
    return work.session.exec(
        select(CaseEvent.at)
        .where(CaseEvent.case_id == case.id, CaseEvent.what == _TOLD)
        .order_by(col(CaseEvent.id).desc())
        .limit(1)
    ).first()
