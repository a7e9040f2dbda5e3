"""Forms for officers: one question after the other in the case's topic, typed or tapped.

After a tap the next question takes the place of the tapped one; a question that was answered in
words, given up or pushed aside keeps its words and loses its buttons. Kembali asks the one before
again, with what was answered to it; nothing that was answered is forgotten on the way.
A form that is left lying is forgotten after half an hour: words that come later are notes again.
Nothing of a form counts before its last answer.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from sqlmodel import select

from bot.cases.act import Act, said
from bot.cases.form_fields import Answers, Field, Form, Progress
from bot.cases.markup import copyable
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
_BACK = frozenset({"kembali", "/kembali"})
WORDS = frozenset({"/batal", "/lewati", "/kembali"})
"""Commands that answer a question."""


def begin(act: Act, form: Form, known: Answers | None = None) -> str:
    """Ask the first question that ``known`` does not answer yet; without one, be done."""
    return _go_on(act, form, Progress(dict(known or {})))


def waiting_question(work: Work, case: Case, officer: RosterOfficer) -> OfficerQuestion | None:
    """The question that this officer was asked here and has not answered."""
    asked = work.session.exec(
        select(OfficerQuestion).where(
            OfficerQuestion.case_id == case.id, OfficerQuestion.officer_id == officer.id
        )
    ).first()
    return asked if asked is not None and work.now - asked.at <= ANSWER_TIME else None


def answer(act: Act, question: OfficerQuestion, form: Form, text: str) -> str:
    """Take typed words as the answer.

    ``batal`` ends the form, ``lewati`` skips a question, ``kembali`` asks the one before.
    """
    asked = _field(form, question.field)
    word = text.strip().casefold()
    if word in _CANCEL:
        return cancel(act)
    if word in _BACK:
        return back(act, question, form, asked.name)
    if word in _SKIP:
        if not asked.optional:
            raise NotPossible("officers.form.needed")
        return _take(act, question, form, asked, "")
    value = _by_label(act, asked, word) or asked.read(act, text)
    if not value:
        raise NotPossible("officers.form.empty")
    return _take(act, question, form, asked, value)


def tapped_own(act: Act, officer_id: str) -> None:
    """Refuse a tap on a question that another officer was asked."""
    if officer_id != str(act.officer.id):
        raise NotPossible("officers.refused.asked_another")


def choose(act: Act, question: OfficerQuestion, form: Form, name: str, value: str) -> str:
    """Take a tapped choice; one of an earlier question counts no more."""
    asked = _field(form, question.field)
    skipped = not value and asked.optional
    if name != question.field or not (skipped or value in _offered(act, asked)):
        raise NotPossible("officers.refused.old_button")
    return _take(act, question, form, asked, value)


def keep(act: Act, question: OfficerQuestion, form: Form, name: str) -> str:
    """Take once more what was answered before the question was asked again."""
    asked = _field(form, question.field)
    value = _progress(act, question).given.get(name, "")
    if name != question.field or not value:
        raise NotPossible("officers.refused.old_button")
    return _take(act, question, form, asked, value)


def back(act: Act, question: OfficerQuestion, form: Form, name: str) -> str:
    """Ask the question before, in the place of the tapped one."""
    progress = _progress(act, question)
    if name != question.field:
        raise NotPossible("officers.refused.old_button")
    if not progress.asked:
        raise NotPossible("officers.form.first")
    return _go_on(act, form, progress.without_last())


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


def _take(act: Act, question: OfficerQuestion, form: Form, asked: Field, value: str) -> str:
    progress = _progress(act, question).with_answer(asked.name, value)
    asked.check(act, progress.answers)
    return _go_on(act, form, progress)


def _go_on(act: Act, form: Form, progress: Progress) -> str:
    drop_question(act.work, act.case, act.officer, but=act.spent)
    answers = progress.answers
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
            sealed=act.work.vault.seal_json(asdict(progress), "officer_questions"),
            at=act.work.now,
        )
    )
    lines = [_question(act, form, missing, answers), *_answered(act, missing, progress)]
    choices = _buttons(act, form, missing, progress)
    act.work.write.post(act.case, "\n".join(lines), choices=choices, edits=act.spent)
    return ""


def _question(act: Act, form: Form, missing: Field, answers: Answers) -> str:
    words = missing.fill(act, answers)
    if words.get("text") and act.work.hides(act.case):
        _show_alone(act, "alone", words["text"])
        words = {**words, "text": act.work.texts("officers.form.in_private")}
    return act.work.texts(f"officers.form.{form.name}.{missing.name}", **words)


def _answered(act: Act, missing: Field, progress: Progress) -> list[str]:
    """What was answered to the question when it was asked before; nothing at the first time."""
    value = progress.given.get(missing.name)
    if value is None:
        return []
    if not value:
        return [act.work.texts("officers.form.skipped_before")]
    label = _offered(act, missing).get(value, "")
    shown = copyable(label or missing.told(value))
    if not label and act.work.hides(act.case):
        _show_alone(act, "alone_before", shown)
        shown = act.work.texts("officers.form.in_private")
    return [act.work.texts("officers.form.answered_before", text=shown)]


def _show_alone(act: Act, key: str, html: str) -> None:
    """Words to their author alone, where the topic must not read them."""
    work, case = act.work, act.case
    text = work.texts(f"officers.form.{key}", number=case.number, text=html)
    work.write.whisper(act.officer.user_id, text, case_id=case.id)


def _end(act: Act, form: Form, answers: Answers) -> str:
    try:
        return said(act, form.done(act, answers))
    except NotPossible:
        take_buttons_off(act.work, act.case, act.spent)
        raise


def _buttons(act: Act, form: Form, missing: Field, progress: Progress) -> tuple[Choice, ...]:
    offered = _offered(act, missing)
    whose = str(act.officer.id)
    place = f"{whose}.{form.name}.{missing.name}"
    wanted = [(label, "form_choose", f"{place}.{value}") for value, label in offered.items()]
    label = act.work.texts.label
    if progress.given.get(missing.name, "") not in {"", *offered}:
        wanted.append((label("officers.button.form_keep"), "form_keep", place))
    if missing.optional:
        wanted.append((label("officers.button.form_skip"), "form_choose", f"{place}."))
    if progress.asked:
        wanted.append((label("officers.button.form_back"), "form_back", place))
    wanted.append((label("officers.button.form_cancel"), "form_cancel", whose))
    return buttons(act.work, act.case, wanted)


def _offered(act: Act, asked: Field) -> Mapping[str, str]:
    return asked.choices(act) if asked.choices else {}


def _by_label(act: Act, asked: Field, word: str) -> str:
    offered = _offered(act, asked)
    return next((value for value, label in offered.items() if label.casefold() == word), "")


def _field(form: Form, name: str) -> Field:
    found = next((each for each in form.fields if each.name == name), None)
    if found is None:  # the question is of an older version of the form
        raise NotPossible("officers.refused.old_button")
    return found


def _progress(act: Act, question: OfficerQuestion) -> Progress:
    stored = act.work.vault.open_json(question.sealed, "officer_questions")
    return Progress(stored["answers"], tuple(stored["asked"]), stored["given"])
