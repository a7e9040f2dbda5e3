"""Is she safe at work, some days after a closing? Asked, answered, and what follows a no.

A no opens an urgent case that is linked with the closed one, once for each question. No answer
lapses without a word.
"""

from datetime import timedelta

from sqlmodel import col, select

from bot.cases.aftercare import CHECK_IN, REOPENED, check_in_key
from bot.cases.opening import page_officers
from bot.cases.pushes import fitting_time, push, why_not
from bot.cases.stages import CLOSED
from bot.cases.urgent import open_urgent
from bot.cases.work import Work
from bot.events import DueCame
from bot.flows.check_in import safety_choices
from bot.outbox.queue import DANGER
from bot.outbox.templates import CHECK_IN as TEMPLATE
from bot.outbox.validity import Validity
from storage.cases import add_event, case_for_officer, row_id
from storage.due import set_due
from storage.tables import Case, CheckIn

WAITS_FOR = timedelta(days=7)
"""So long an answer is waited for; a later one is taken all the same."""
LATEST = timedelta(days=6)
"""One that comes due later than this is not asked any more: the next one is near."""
ASKED_JUST_NOW = timedelta(days=3)
"""Who was asked about another case so recently is not asked again."""
LATE, ASKED_ALREADY = "late", "asked_already"
"""Why a check-in is not sent: the program stood still; she was asked about another case."""
URGENCY = "tinggi"
PAGE = "not_safe"
_QUESTION = "check_in"
"""The matter of the question: asked anew, an older one that waits still is not asked too."""


def check_in_due(work: Work, event: DueCame) -> None:
    """Ask, or let a question lapse that nobody answered."""
    case = case_for_officer(work.session, event.case_id or 0)
    *_, closure, day = event.key.split(":")
    check_in = work.session.exec(
        select(CheckIn)
        .where(CheckIn.case_id == event.case_id, CheckIn.closure == int(closure),
               CheckIn.day == int(day))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()  # fmt: skip
    if case is None or check_in is None:
        return
    if check_in.state == "asked":
        check_in.state = "lapsed"
        work.session.add(check_in)
        work.write.show_card(case)
    elif check_in.state == "planned":
        _ask(work, case, check_in)


def take_answer(work: Work, case: Case, check_in_id: int, number: str, *, safe: bool) -> None:
    """Store her answer; a no opens an urgent case under this number, the first time only."""
    check_in = work.session.exec(
        select(CheckIn)
        .where(CheckIn.id == check_in_id, CheckIn.case_id == case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if check_in is None or check_in.asked_at is None:
        return
    work.write.unsay(row_id(case), _QUESTION, leaving=True)  # she tapped the template before it
    before, check_in.answered_at = check_in.state, work.now
    if not safe and check_in.urgent_case_id is None:
        check_in.urgent_case_id = row_id(_open_urgent(work, case, check_in, number))
    if before != "unsafe":  # who was not safe once stays in good hands, whatever she taps next
        check_in.state = "safe" if safe else "unsafe"
    elif safe:
        urgent = work.session.get_one(Case, check_in.urgent_case_id)
        work.write.post(urgent, work.texts("officers.check_in.safe_now"))
    work.session.add(check_in)
    add_event(work.session, work.vault, case, "check_in_answered", work.now, actor="reporter",
              after="safe" if safe else "unsafe")  # fmt: skip
    work.write.show_card(case)


def _ask(work: Work, case: Case, check_in: CheckIn) -> None:
    why = REOPENED if case.status not in CLOSED else why_not(work, case)
    why = why or (LATE if _is_late(work, case, check_in) else "")
    why = why or (ASKED_ALREADY if _was_asked(work, case) else "")
    if why:
        check_in.state, check_in.reason = "not_sent", why
        work.session.add(check_in)
        add_event(work.session, work.vault, case, "check_in_not_sent", work.now, after=why)
        work.write.show_card(case)
        return
    at = fitting_time(work, case, work.now)
    if at == work.now:
        text = work.texts("check_in.ask")
        push(work, case, text, choices=safety_choices(work.texts, check_in.id or 0),
             template=TEMPLATE.key, valid=Validity(stages=tuple(sorted(CLOSED))),
             about=_QUESTION)  # fmt: skip
        check_in.state, check_in.asked_at = "asked", work.now
        work.session.add(check_in)
        add_event(work.session, work.vault, case, "check_in_asked", work.now)
        work.write.show_card(case)
        at = work.now + WAITS_FOR
    set_due(work.session, organisation_id=case.organisation_id, kind=CHECK_IN,
            key=check_in_key(check_in), lane=f"case:{case.id}", due_at=at,
            case_id=case.id)  # fmt: skip


def _is_late(work: Work, case: Case, check_in: CheckIn) -> bool:
    if case.closed_at is None:
        return False
    return work.now - case.closed_at > timedelta(days=check_in.day) + LATEST


def _was_asked(work: Work, case: Case) -> bool:
    """She was asked the same about another case of hers a moment ago."""
    recent = (
        select(CheckIn.id)
        .join(Case, col(Case.id) == col(CheckIn.case_id))
        .where(
            Case.person_id == case.person_id,
            CheckIn.case_id != case.id,
            col(CheckIn.asked_at) > work.now - ASKED_JUST_NOW,
        )
    )
    return work.session.exec(recent.limit(1)).first() is not None


def _open_urgent(work: Work, case: Case, check_in: CheckIn, number: str) -> Case:
    urgent = open_urgent(work, case, number, urgency=URGENCY)
    words = {"number": case.number, "day": check_in.day}
    work.write.post(urgent, work.texts("officers.check_in.unsafe", **words), priority=DANGER)
    page_officers(work, PAGE, (), number)
    work.write.post(case, work.texts("officers.check_in.opened", number=number))
    return urgent
