"""What a card says of the survey and the check-ins; why one was not sent stands there too."""

from sqlmodel import col, select

from bot.cases.work import Work
from storage.tables import Case, CheckIn, Survey


def card_lines(work: Work, case: Case) -> list[str]:
    """The newest survey and what was answered to each check-in that was due."""
    if case.closed_at is None and not case.reopened:
        return []  # she is asked only after a case was closed
    survey = work.session.exec(
        select(Survey).where(Survey.case_id == case.id).order_by(col(Survey.closure).desc())
    ).first()
    lines = [_survey(work, survey)] if survey is not None else []
    asked = select(CheckIn).where(CheckIn.case_id == case.id, CheckIn.state != "planned")
    rows = work.session.exec(asked.order_by(col(CheckIn.id))).all()
    return lines + [_check_in(work, check_in) for check_in in rows]


def _survey(work: Work, survey: Survey) -> str:
    texts = work.texts
    if survey.state == "not_sent":
        why = texts(f"officers.not_sent.{survey.reason}")
        return texts("officers.card.survey_not_sent", why=why)
    if survey.state != "answered":
        return texts(f"officers.card.survey_{survey.state}")
    solved = texts(f"officers.card.solved_{survey.solved}") if survey.solved else ""
    score = texts("officers.card.score", score=survey.score) if survey.score else ""
    answer = " · ".join(filter(None, (solved, score)))
    return texts("officers.card.survey_answered", answer=answer)


def _check_in(work: Work, check_in: CheckIn) -> str:
    words = {"day": check_in.day}
    if check_in.state == "not_sent":
        why = work.texts(f"officers.not_sent.{check_in.reason}")
        return work.texts("officers.card.check_in_not_sent", why=why, **words)
    return work.texts(f"officers.card.check_in_{check_in.state}", **words)
