"""What follows a closing: the survey a day later, and for some matters the check-ins.

Both are planned in the transaction of the closing and given up in that of a reopening. A case
that was not gone on with (``ditolak``) gets no survey: nothing was solved that could be asked
about. Its reporter may still be in danger, so check-ins are planned for it alike.
"""

from datetime import timedelta

from sqlmodel import col, select

from bot.cases.work import Work
from storage.cases import OPEN_STATUSES, row_id
from storage.due import cancel_due, set_due
from storage.tables import Case, CheckIn, Survey

SURVEY, CHECK_IN = "survey", "check_in"
"""The kinds of their due rows."""

ASK_AFTER = timedelta(days=1)
CHECK_IN_DAYS = (7, 30, 90)
"""So many days after a closing she is asked whether she is safe at work."""
WATCHED_CATEGORIES = frozenset({"phk_pesangon", "pelecehan_kekerasan", "kebebasan_berserikat"})
RETALIATION = "pembalasan"
"""A tag; with it a case of any category is watched."""

REOPENED, REFUSED, MERGED = "reopened", "refused", "merged"
"""Why a question is not asked: the case goes on, was not gone on with, another one asks."""


def plan_aftercare(work: Work, case: Case, before: str) -> None:
    """Plan what follows when a case was closed, give it up when it was opened again.

    ``before`` is the status that it had until now.
    """
    was_open, is_open = before in OPEN_STATUSES, case.status in OPEN_STATUSES
    if was_open and case.status in {"selesai", "ditolak"}:
        _plan_survey(work, case)
        _plan_check_ins(work, case)
    elif is_open and not was_open:
        _give_up(work, case)


def survey_key(survey: Survey) -> str:
    """The key of the due row that carries a survey on."""
    return f"{SURVEY}:{survey.case_id}:{survey.closure}"


def check_in_key(check_in: CheckIn) -> str:
    """The key of the due row that carries a check-in on."""
    return f"{CHECK_IN}:{check_in.case_id}:{check_in.closure}:{check_in.day}"


def is_watched(case: Case) -> bool:
    """Whether its reporter is asked later whether she is safe."""
    return case.category in WATCHED_CATEGORIES or RETALIATION in case.tags.split(",")


def _plan_survey(work: Work, case: Case) -> None:
    known = select(Survey.id).where(Survey.case_id == case.id, Survey.closure == case.reopened)
    if work.session.exec(known).first() is not None:
        return
    reason = REFUSED if case.status == "ditolak" else _asked_elsewhere(work, case)
    survey = Survey(
        organisation_id=case.organisation_id,
        case_id=row_id(case),
        closure=case.reopened,
        officer_id=case.owner_id,
        state="not_sent" if reason else "planned",
        reason=reason,
        planned_at=work.now,
        closed_at=work.now if reason else None,
    )
    work.session.add(survey)
    if not reason:
        set_due(work.session, organisation_id=case.organisation_id, kind=SURVEY,
                key=survey_key(survey), lane=f"case:{case.id}", due_at=work.now + ASK_AFTER,
                case_id=case.id)  # fmt: skip


def _asked_elsewhere(work: Work, case: Case) -> str:
    """A merged case whose reporter is asked about the case that answers for it."""
    if case.merged_into_id is None:
        return ""
    main = work.session.get(Case, case.merged_into_id)
    return MERGED if main is not None and main.person_id == case.person_id else ""


def _plan_check_ins(work: Work, case: Case) -> None:
    if not is_watched(case) or _asked_elsewhere(work, case):
        return
    planned = select(CheckIn.id).where(
        CheckIn.case_id == case.id, CheckIn.closure == case.reopened
    )
    if work.session.exec(planned.limit(1)).first() is not None:
        return
    for day in CHECK_IN_DAYS:
        check_in = CheckIn(
            organisation_id=case.organisation_id,
            case_id=row_id(case),
            closure=case.reopened,
            day=day,
            state="planned",
        )
        work.session.add(check_in)
        set_due(work.session, organisation_id=case.organisation_id, kind=CHECK_IN,
                key=check_in_key(check_in), lane=f"case:{case.id}",
                due_at=work.now + timedelta(days=day), case_id=case.id)  # fmt: skip


def _give_up(work: Work, case: Case) -> None:
    """What was not answered is not waited for any more; given answers may still be changed."""
    surveys = select(Survey).where(Survey.case_id == case.id, col(Survey.state).in_(_UNANSWERED))
    for survey in work.session.exec(surveys).all():
        survey.state = "not_sent" if survey.state == "planned" else "lapsed"
        survey.reason, survey.closed_at = REOPENED, work.now
        work.session.add(survey)
        cancel_due(work.session, survey_key(survey))
    check_ins = select(CheckIn).where(
        CheckIn.case_id == case.id, col(CheckIn.state).in_(_UNANSWERED)
    )
    for check_in in work.session.exec(check_ins).all():
        check_in.state = "not_sent" if check_in.state == "planned" else "lapsed"
        check_in.reason = REOPENED
        work.session.add(check_in)
        cancel_due(work.session, check_in_key(check_in))


_UNANSWERED = ("planned", "asked")
