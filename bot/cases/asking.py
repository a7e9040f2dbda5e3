"""Forms for officers: one question after the other in the case's topic, typed or tapped.

After a tap the next question takes the place of the tapped one; a question that was answered in
words, given up or pushed aside keeps its words and loses its buttons.
A form that is left lying is forgotten after half an hour: words that come later are notes again.
Nothing of a form counts before its last answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import select

from bot.cases.act import Act, said
from bot.cases.posted import question_post, take_buttons_off
from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible
from bot.cases.taps import buttons
from bot.cases.work import Work
from bot.commands import Choice
from storage.cases import row_id
from storage.tables import Case, OfficerQuestion

ANSWER_TIME = timedelta(minutes=30)
_CANCEL = frozenset({"batal", "/batal"})
_SKIP = frozenset({"lewati", "/lewati", "-"})
WORDS = frozenset({"/batal", "/lewati"})
"""Commands that answer a question."""

Answers = Mapping[str, str]


def as_written(_act: Act, text: str) -> str:
    """The answer as it was typed."""
    return text.strip()


def always(_answers: Answers) -> bool:
    """The question is asked whatever was answered before."""
    return True


def no_words(_act: Act, _answers: Answers) -> Mapping[str, str]:
    """The question has no gaps to fill."""
    return {}


def nothing_wrong(_act: Act, _answers: Answers) -> None:
    """Every answer goes with the earlier ones."""


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form; its words stand at ``officers.form.FORM.FIELD``.

    Attributes:
        read: makes a typed answer what is kept, or refuses it (:class:`NotPossible`).
        choices: what may be tapped instead: value and label.
        optional: may be skipped; what is skipped is kept as an empty answer.
        asked: whether the question is asked at all, after these answers.
        fill: the words for the gaps of the question, as HTML.
        check: refuses an answer that does not go with the earlier ones (:class:`NotPossible`).
    """

    name: str
    read: Callable[[Act, str], str] = as_written
    choices: Callable[[Act], Mapping[str, str]] | None = None
    optional: bool = False
    asked: Callable[[Answers], bool] = always
    fill: Callable[[Act, Answers], Mapping[str, str]] = no_words
    check: Callable[[Act, Answers], None] = nothing_wrong


@dataclass(frozen=True, slots=True)
class Form:
    """Questions in their order, and what is done with all answers.

    ``done`` returns what the officer is told; it runs in the transaction of the last answer.
    """

    name: str
    fields: tuple[Field, ...]
    done: Callable[[Act, Answers], str]


def begin(act: Act, form: Form, known: Answers | None = None) -> str:
    """Ask the first question that ``known`` does not answer yet; without one, be done."""
    return _go_on(act, form, dict(known or {}))


def waiting_question(work: Work, case: Case, officer: RosterOfficer) -> OfficerQuestion | None:
    """The question that this officer was asked here and has not answered."""
    asked = work.session.exec(
        select(OfficerQuestion).where(
            OfficerQuestion.case_id == case.id, OfficerQuestion.officer_id == officer.id
        )
    ).first()
    return asked if asked is not None and work.now - asked.at <= ANSWER_TIME else None


def answer(act: Act, question: OfficerQuestion, form: Form, text: str) -> str:
    """Take typed words as the answer; ``batal`` ends the form, ``lewati`` skips a question."""
    field = _field(form, question.field)
    word = text.strip().casefold()
    if word in _CANCEL:
        return cancel(act)
    if word in _SKIP:
        if not field.optional:
            raise NotPossible("officers.form.needed")
        return _take(act, question, form, field, "")
    value = _by_label(act, field, word) or field.read(act, text)
    if not value:
        raise NotPossible("officers.form.empty")
    return _take(act, question, form, field, value)


def tapped_own(act: Act, officer_id: str) -> None:
    """Refuse a tap on a question that another officer was asked."""
    if officer_id != str(act.officer.id):
        raise NotPossible("officers.refused.asked_another")


def choose(act: Act, question: OfficerQuestion, form: Form, field: str, value: str) -> str:
    """Take a tapped choice; one of an earlier question counts no more."""
    asked = _field(form, question.field)
    offered = asked.choices(act) if asked.choices else {}
    skipped = not value and asked.optional
    if field != question.field or not (skipped or value in offered):
        raise NotPossible("officers.refused.old_button")
    return _take(act, question, form, asked, value)


def cancel(act: Act) -> str:
    """Forget the form."""
    if act.post:
        tapped_own(act, act.tap.value)
    drop_question(act.work, act.case, act.officer, but=act.spent)
    return said(act, act.work.texts("officers.form.cancelled"))


def drop_question(work: Work, case: Case, officer: RosterOfficer, *, but: str = "") -> None:
    """Forget what this officer was asked here; its post, if not ``but``, loses its buttons."""
    asked = work.session.exec(
        select(OfficerQuestion).where(
            OfficerQuestion.case_id == case.id, OfficerQuestion.officer_id == officer.id
        )
    ).first()
    if asked is None:
        return
    post = question_post(work, case, asked.at)
    work.session.delete(asked)
    work.session.flush()
    if post != but:
        take_buttons_off(work, case, post)


def _take(act: Act, question: OfficerQuestion, form: Form, field: Field, value: str) -> str:
    answers = _known(act, question) | {field.name: value}
    field.check(act, answers)
    return _go_on(act, form, answers)


def _go_on(act: Act, form: Form, answers: dict[str, str]) -> str:
    drop_question(act.work, act.case, act.officer, but=act.spent)
    open_fields = (f for f in form.fields if f.name not in answers and f.asked(answers))
    missing = next(open_fields, None)
    if missing is None:
        return _end(act, form, answers)
    act.work.session.add(
        OfficerQuestion(
            organisation_id=act.case.organisation_id,
            case_id=row_id(act.case),
            officer_id=act.officer.id,
            form=form.name,
            field=missing.name,
            sealed=act.work.vault.seal_json(answers, "officer_questions"),
            at=act.work.now,
        )
    )
    words = missing.fill(act, answers)
    if words.get("text") and act.work.hides(act.case):
        _show_alone(act, words["text"])
        words = {**words, "text": act.work.texts("officers.form.in_private")}
    text = act.work.texts(f"officers.form.{form.name}.{missing.name}", **words)
    act.work.write.post(act.case, text, choices=_buttons(act, form, missing), edits=act.spent)
    return ""


def _show_alone(act: Act, html: str) -> None:
    """The words for the worker to their author alone, where the topic must not read them."""
    work, case = act.work, act.case
    text = work.texts("officers.form.alone", number=case.number, text=html)
    work.write.whisper(act.officer.user_id, text, case_id=case.id)


def _end(act: Act, form: Form, answers: Answers) -> str:
    try:
        return said(act, form.done(act, answers))
    except NotPossible:
        take_buttons_off(act.work, act.case, act.spent)
        raise


def _buttons(act: Act, form: Form, field: Field) -> tuple[Choice, ...]:
    offered = field.choices(act) if field.choices else {}
    whose = str(act.officer.id)
    place = f"{whose}.{form.name}.{field.name}"
    wanted = [(label, "form_choose", f"{place}.{value}") for value, label in offered.items()]
    label = act.work.texts.label
    if field.optional:
        wanted.append((label("officers.button.form_skip"), "form_choose", f"{place}."))
    wanted.append((label("officers.button.form_cancel"), "form_cancel", whose))
    return buttons(act.work, act.case, wanted)


def _by_label(act: Act, field: Field, word: str) -> str:
    offered = field.choices(act) if field.choices else {}
    return next((value for value, label in offered.items() if label.casefold() == word), "")


def _field(form: Form, name: str) -> Field:
    found = next((field for field in form.fields if field.name == name), None)
    if found is None:  # the question is of an older version of the form
        raise NotPossible("officers.refused.old_button")
    return found


def _known(act: Act, question: OfficerQuestion) -> dict[str, str]:
    return dict(act.work.vault.open_json(question.sealed, "officer_questions"))
