"""What she answers to a survey: stored at once, changed by a later tap, shown in the topic."""

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select

from bot.cases.confidential import Understand
from bot.cases.opening import add_to_case
from bot.cases.together import shown_in
from bot.cases.work import Work
from bot.commands import Part
from bot.flows.survey import SEX
from storage.cases import add_event
from storage.crypto import Vault
from storage.tables import Case, CheckIn, Survey, SurveyAnswer

ANSWERS = "survey_answers"
"""What the answers are sealed for."""
LOW = 2
"""Up to this score she is not content."""


def take_answer(work: Work, case: Case, survey_id: int, field: str, value: str) -> None:
    """Store one answer: ``field`` is ``solved`` (ya, belum), ``score`` (1 to 5) or ``sex``.

    The sex stands with the answers alone, for the counts: neither the case nor the card, the
    trail or the officers know of it; an empty one takes back what was told. Of the others every
    answer is kept; the survey holds the last one. One that comes after the survey was closed
    changes nothing.
    """
    survey = _open_survey(work, case, survey_id)
    if survey is None:
        return
    sealed = work.vault.seal(value.encode(), ANSWERS)
    answer = SurveyAnswer(organisation_id=case.organisation_id, survey_id=survey_id,
                          field=field, sealed=sealed, at=work.now)  # fmt: skip
    if field == SEX:
        _forget_sex(work, survey)
        if value:
            work.session.add(answer)
        return
    was_unhappy = is_unhappy(survey)
    if field == "solved":
        survey.solved = value
    else:
        survey.score = int(value)
    survey.state, survey.answered_at = "answered", survey.answered_at or work.now
    work.session.add_all((survey, answer))
    add_event(work.session, work.vault, case, "survey_answered", work.now, actor="reporter")
    if is_unhappy(survey) and not was_unhappy:
        shown, mark = shown_in(work, case)
        work.write.post(shown, mark + work.texts("officers.survey.unhappy"))
    work.write.show_card(case)


def take_comment(
    work: Work, case: Case, survey_id: int, parts: tuple[Part, ...], understand: Understand
) -> None:
    """What she writes beside her answers: kept with the survey, shown like any message of hers."""
    add_to_case(work, case, parts, understand, asked=True)
    survey = _survey(work, case, survey_id)
    words = "\n".join(part.text for part in parts if part.text)
    if survey is None or not words:
        return
    before = work.vault.open(survey.sealed, "surveys").decode() if survey.sealed else ""
    whole = f"{before}\n{words}" if before else words
    survey.sealed = work.vault.seal(whole.encode(), "surveys")
    work.session.add(survey)


def own_answers(work: Work, case: Case) -> list[str]:
    """What she answered, for the copy of her own data, a line for each closing."""
    surveys = select(Survey).where(Survey.case_id == case.id, Survey.state == "answered")
    safety = select(CheckIn).where(
        CheckIn.case_id == case.id, col(CheckIn.answered_at).is_not(None)
    )
    lines = []
    for survey in work.session.exec(surveys.order_by(col(Survey.closure))).all():
        words = {"solved": survey.solved or "-", "score": survey.score or "-"}
        lines.append(work.texts("cases.own_data.survey", **words))
        told = work.session.exec(select(SurveyAnswer).where(*_sex_of(survey))).all()
        lines += [work.texts("cases.own_data.sex", sex=answer_of(work.vault, one)) for one in told]
    return lines + [
        work.texts(f"cases.own_data.check_in_{check_in.state}", day=check_in.day)
        for check_in in work.session.exec(safety.order_by(col(CheckIn.id))).all()
    ]


def answer_of(vault: Vault, answer: SurveyAnswer) -> str:
    """What was answered."""
    return vault.open(answer.sealed, ANSWERS).decode()


def is_unhappy(survey: Survey) -> bool:
    """She said that it is not solved, or gave one of the two lowest scores."""
    return survey.solved == "belum" or (survey.score is not None and survey.score <= LOW)


def forget_comments(work: Work, case: Case) -> None:
    """Blank what she wrote, and her sex; the bare answers stay, they name nobody."""
    for survey in work.session.exec(select(Survey).where(Survey.case_id == case.id)).all():
        survey.sealed = None
        work.session.add(survey)
        _forget_sex(work, survey)


def _forget_sex(work: Work, survey: Survey) -> None:
    work.session.execute(delete(SurveyAnswer).where(*_sex_of(survey)))


def _sex_of(survey: Survey) -> tuple[ColumnElement[bool], ...]:
    return col(SurveyAnswer.survey_id) == survey.id, col(SurveyAnswer.field) == SEX


def _open_survey(work: Work, case: Case, survey_id: int) -> Survey | None:
    survey = _survey(work, case, survey_id)
    return survey if survey is not None and survey.closed_at is None else None


def _survey(work: Work, case: Case, survey_id: int) -> Survey | None:
    return work.session.exec(
        select(Survey)
        .where(Survey.id == survey_id, Survey.case_id == case.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
