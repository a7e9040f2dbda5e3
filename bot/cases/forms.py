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
from bot.cases.asking import Form
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
    whose, form, field, value = (*act.tap.value.split(".", 3), "", "", "")[:4]
    asking.tapped_own(act, whose)
    question = asking.waiting_question(act.work, act.case, act.officer)
    if question is None:
        take_buttons_off(act.work, act.case, act.spent)
    if question is None or question.form != form:
        raise NotPossible("officers.refused.old_button")
    return asking.choose(act, question, _form(form), field, value)


def _form(name: str) -> Form:
    if name not in FORMS:
        raise NotPossible("officers.refused.old_button")
    return FORMS[name]
