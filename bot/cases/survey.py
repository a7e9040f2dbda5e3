"""The survey after a closing, carried on by one due row: asked, reminded of, closed.

    planned ──a day later──► asked ──3 days──► reminded once ──14 days after asking──► lapsed
                               └── she answers ──► answered, changeable until the same day

Nothing here trusts the row's own time: each step looks at the survey and the case as they are.
"""

from datetime import datetime, timedelta

from sqlmodel import select

from bot.cases.aftercare import REOPENED, SURVEY, survey_key
from bot.cases.pushes import fitting_time, push, why_not
from bot.cases.stages import CLOSED, REOPEN_WITHIN
from bot.cases.work import Work
from bot.events import DueCame
from bot.flows.survey import question, solved_choices
from bot.outbox.templates import SURVEY as TEMPLATE
from bot.outbox.validity import Validity
from bot.outbox.window import ask_again
from storage.cases import add_event, case_for_officer
from storage.due import set_due
from storage.held import held_in_case
from storage.tables import Case, Conversation, Survey

REMIND_AFTER = timedelta(days=3)
OPEN_FOR = timedelta(days=14)
"""After asking; so long answers count and may be changed."""
TELLING = timedelta(hours=1)
"""Who wrote in a report of hers so recently is not asked yet."""
LATE = "late"
"""Why a survey is not sent: the program stood still and the closing is long ago."""


def survey_due(work: Work, event: DueCame) -> None:
    """Do the next step of a survey."""
    case = case_for_officer(work.session, event.case_id or 0)
    closure = int(event.key.rpartition(":")[2])
    survey = work.session.exec(
        select(Survey)
        .where(Survey.case_id == event.case_id, Survey.closure == closure)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if case is None or survey is None or survey.closed_at is not None:
        return
    if survey.state == "planned":
        _ask(work, case, survey)
    else:
        _carry_on(work, case, survey)


def _ask(work: Work, case: Case, survey: Survey) -> None:
    why = REOPENED if case.status not in CLOSED else why_not(work, case)
    if not why and work.now - survey.planned_at > REOPEN_WITHIN:
        why = LATE
    if why:
        _not_sent(work, case, survey, why)
        return
    at = fitting_time(work, case, work.now)
    if at > work.now or _is_telling(work, case):
        _wait_until(work, survey, max(at, work.now + TELLING))
        return
    _push(work, case, survey)
    survey.state, survey.asked_at = "asked", work.now
    work.session.add(survey)
    add_event(work.session, work.vault, case, "survey_asked", work.now)
    work.write.show_card(case)
    _wait_until(work, survey, work.now + REMIND_AFTER)


def _carry_on(work: Work, case: Case, survey: Survey) -> None:
    """Remind her once if she has said nothing; close what is over."""
    asked_at = survey.asked_at or work.now
    if work.now >= asked_at + OPEN_FOR:
        survey.state = "lapsed" if survey.state == "asked" else survey.state
        survey.closed_at = work.now
        work.session.add(survey)
        work.write.show_card(case)
        return
    if survey.state == "asked" and survey.reminded_at is None and not why_not(work, case):
        at = fitting_time(work, case, work.now)
        if at > work.now:
            _wait_until(work, survey, min(at, asked_at + OPEN_FOR))
            return
        if held_in_case(work.session, survey.case_id):  # the question itself waits for her still
            ask_again(work.session, work.vault, survey.case_id, work.now)
        else:
            _push(work, case, survey)
        survey.reminded_at = work.now
        work.session.add(survey)
    _wait_until(work, survey, asked_at + OPEN_FOR)


def _push(work: Work, case: Case, survey: Survey) -> None:
    push(
        work,
        case,
        question(work.texts, case.number, case.kind),
        choices=solved_choices(work.texts, survey.id or 0),
        template=TEMPLATE.key,
        valid=Validity(
            stages=tuple(sorted(CLOSED)), until=(survey.asked_at or work.now) + OPEN_FOR
        ),
    )


def _not_sent(work: Work, case: Case, survey: Survey, why: str) -> None:
    survey.state, survey.reason, survey.closed_at = "not_sent", why, work.now
    work.session.add(survey)
    add_event(work.session, work.vault, case, "survey_not_sent", work.now, after=why)
    work.write.show_card(case)


def _wait_until(work: Work, survey: Survey, at: datetime) -> None:
    set_due(work.session, organisation_id=survey.organisation_id, kind=SURVEY,
            key=survey_key(survey), lane=f"case:{survey.case_id}", due_at=at,
            case_id=survey.case_id)  # fmt: skip


def _is_telling(work: Work, case: Case) -> bool:
    """She is in the middle of a report of her own."""
    conversation = work.session.exec(
        select(Conversation).where(Conversation.person_id == case.person_id)
    ).first()
    if conversation is None or conversation.flow != "intake":
        return False
    return work.now - conversation.updated_at < TELLING
