"""``/tenggat``: officers note the days that the law counts from, or correct one."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.cases import asking
from bot.cases.act import Act, must_act
from bot.cases.dates import read_date, told_day
from bot.cases.form_fields import Answers, Field, Form
from bot.cases.legal_clock import set_deadlines, today
from bot.cases.stage_records import answers_of, keep_record, newest_record
from bot.cases.stages import NotPossible
from storage.tables import Case

_OF_STAGE = {"meeting": "bipartit", "recorded": "mediasi", "hearing": "phi"}
"""Days that the form of a stage asked for; all others are records of their own."""
_AT = {
    "bipartit": ("meeting",),
    "mediasi": ("recorded", "chosen", "mediator", "anjuran", "anjuran_answered"),
    "phi": ("hearing",),
}
_OF_DISMISSAL = ("phk_notice", "phk_answered", "phk")
_OF_SUIT = ("not_agreed", "filed")
_BEFORE_SUIT = frozenset({"baru", "verifikasi", "ditangani", "bipartit", "mediasi", "dilimpahkan"})
_TO_SUE = _BEFORE_SUIT | {"phi", "selesai"}
_DISMISSED = frozenset({"phk_sepihak", "pesangon", "mundur_paksa"})


def begin_deadline(act: Act) -> str:
    """Which day shall be noted?"""
    must_act(act)
    if not _days_of(act.case):
        raise NotPossible("officers.legal.nothing")
    return asking.begin(act, DEADLINE_FORM)


def _days_of(case: Case) -> tuple[str, ...]:
    days = _AT.get(case.status, ())
    if is_dismissal(case):
        days += _OF_DISMISSAL if case.status in _BEFORE_SUIT else ()
        days += _OF_SUIT if case.status in _TO_SUE else ()
    return days


def is_dismissal(case: Case) -> bool:
    """Whether somebody lost her work in it, by its category or a tag."""
    return case.category == "phk_pesangon" or not _DISMISSED.isdisjoint(case.tags.split(","))


def _offered(act: Act) -> Mapping[str, str]:
    label = act.work.texts.label
    return {day: label(f"officers.legal.day.{day}") for day in _days_of(act.case)}


def _only_by_tap(_act: Act, _text: str) -> str:
    raise NotPossible("officers.form.tap")


def _read_day(act: Act, text: str) -> str:
    on = read_date(text, today(act.work))
    if on is None:
        raise NotPossible("officers.form.no_date")
    return on.isoformat()


def _recent(act: Act) -> Mapping[str, str]:
    label, now = act.work.texts.label, today(act.work)
    days = {"today": now, "yesterday": now - timedelta(days=1)}
    return {on.isoformat(): label(f"officers.day.{name}") for name, on in days.items()}


def _keep(act: Act, answers: Answers) -> str:
    must_act(act)
    work, case, which = act.work, act.case, answers["which"]
    if which not in _days_of(case):
        raise NotPossible("officers.refused.old_button")
    stage, told = _OF_STAGE.get(which, which), {}
    if which in _OF_STAGE:
        before = newest_record(work, case, stage)
        told = (answers_of(work, before) if before is not None else {}) | {which: answers["on"]}
    on = date.fromisoformat(answers["on"])
    keep_record(work, case, stage, told, officer_id=act.officer.id, on_date=on)
    set_deadlines(work, case)
    work.write.show_card(case)
    return work.texts("officers.done.deadline")


DEADLINE_FORM = Form(
    "deadline",
    (Field("which", _only_by_tap, _offered), Field("on", _read_day, _recent, told=told_day)),
    _keep,
)
