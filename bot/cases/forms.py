"""All forms that officers fill in, by name, and the taps on their buttons."""

from bot.cases import (
    appointment_forms,
    asking,
    canned,
    correct_workplace,
    legal_dates,
    stage_forms,
)
from bot.cases.act import Act
from bot.cases.form_fields import Form
from bot.cases.posted import take_buttons_off
from bot.cases.stages import NotPossible
from storage.tables import OfficerQuestion

_ALL: tuple[Form, ...] = (
    *stage_forms.FORMS.values(),
    canned.CANNED_FORM,
    correct_workplace.WORKPLACE_FORM,
    *appointment_forms.FORMS,
    legal_dates.DEADLINE_FORM,
)

FORMS = {form.name: form for form in _ALL}


def answered(act: Act, question: OfficerQuestion, text: str) -> str:
    """An officer's words are the answer to what she was asked."""
    return asking.answer(act, question, _form(question.form), text)


def choose(act: Act) -> str:
    """A choice under the question was tapped, by whom it was asked."""
    question, form, field, value = _tapped(act)
    return asking.choose(act, question, form, field, value)


def keep(act: Act) -> str:
    """What was answered before shall stay."""
    question, form, field, _ = _tapped(act)
    return asking.keep(act, question, form, field)


def back(act: Act) -> str:
    """The question before shall be asked again."""
    question, form, field, _ = _tapped(act)
    return asking.back(act, question, form, field)


def _tapped(act: Act) -> tuple[OfficerQuestion, Form, str, str]:
    """The question that waits, with the field and value of the button under it."""
    whose, form, field, value = (*act.tap.value.split(".", 3), "", "", "")[:4]
    asking.tapped_own(act, whose)
    question = asking.waiting_question(act.work, act.case, act.officer)
    if question is None:
        take_buttons_off(act.work, act.case, act.spent)
    if question is None or question.form != form:
        raise NotPossible("officers.refused.old_button")
    return question, _form(form), field, value


def _form(name: str) -> Form:
    if name not in FORMS:
        raise NotPossible("officers.refused.old_button")
    return FORMS[name]
