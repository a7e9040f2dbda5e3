"""``/janji``: officers note appointments, move them, call them off, ask for evidence by a day."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.cases import asking
from bot.cases.act import Act, must_act
from bot.cases.appointments import (
    KINDS,
    call_off,
    is_told_in_time,
    make,
    move,
    short_line,
    upcoming,
)
from bot.cases.dates import read_date, told_day, told_hour
from bot.cases.form_fields import Answers, Field, Form
from bot.cases.markup import escaped
from bot.cases.moments import as_she_reads_it
from bot.cases.pushes import post_untold
from bot.cases.reminder_times import EVIDENCE, EVIDENCE_HOUR, evidence_moment, will_remind
from bot.cases.stages import CLOSED, NotPossible
from bot.cases.taps import button
from bot.commands import Choice
from bot.worktime.quiet import ZONES
from storage.tables import Appointment

_HOUR = re.compile(
    r"(?:jam |pukul )?(\d{1,2})(?:[.:](\d\d))?(?: ?(pagi|siang|sore|malam))?"
    r"(?: ?(wib|wita|wit))?"
)
_AFTERNOON = {"siang": 6, "sore": 12, "malam": 12}
_NOON, _MIDNIGHT, _HOUR_MINUTES = 12, 24, 60
_LONGEST_WORDS = 200
_ID = "id"
_SHOWN = 4


def appointments(act: Act) -> str:
    """``/janji``: what lies ahead, or a new one; ``/janji bukti TANGGAL`` asks for evidence."""
    _must_be_open(act)
    word, _, rest = act.words.strip().partition(" ")
    match word.casefold():
        case "bukti":
            return asking.begin(act, EVIDENCE_FORM, _evidence_day(act, rest.strip()))
        case "baru":
            return asking.begin(act, APPOINTMENT_FORM)
        case "" if upcoming(act.work, act.case):
            return _list(act)
        case "":
            return asking.begin(act, APPOINTMENT_FORM)
        case _:
            raise NotPossible("officers.appointment.how")


def new_appointment(act: Act) -> str:
    """A further one."""
    _must_be_open(act)
    return asking.begin(act, APPOINTMENT_FORM)


def move_appointment(act: Act) -> str:
    """Another time for this one."""
    _must_be_open(act)
    chosen = _meant(act, act.tap.value)
    form = EVIDENCE_MOVE_FORM if chosen.kind == EVIDENCE else MOVE_FORM
    return asking.begin(act, form, {_ID: act.tap.value})


def call_off_appointment(act: Act) -> str:
    """This one falls through."""
    _must_be_open(act)
    _meant(act, act.tap.value)
    return asking.begin(act, CALL_OFF_FORM, {_ID: act.tap.value})


def _list(act: Act) -> str:
    work, label = act.work, act.work.texts.label
    ahead = upcoming(work, act.case)[:_SHOWN]
    lines = [f"{n}. {short_line(work, one)}" for n, one in enumerate(ahead, start=1)]

    def choice(n: int, word: str, action: str, one: Appointment) -> Choice:
        return button(work, act.case, f"{label(f'officers.button.{word}')} {n}", action,
                      str(one.id))  # fmt: skip

    choices: list[Choice] = []
    for n, one in enumerate(ahead, start=1):
        choices.append(choice(n, "appointment_move", "appointment_move", one))
        choices.append(choice(n, "appointment_off", "appointment_off", one))
    new = label("officers.button.appointment_new")
    choices.append(button(work, act.case, new, "appointment_new"))
    text = work.texts("officers.appointment.list", lines="\n".join(lines))
    work.write.post(act.case, text, choices=tuple(choices))
    return ""


def _make(act: Act, answers: Answers) -> str:
    _must_be_open(act)
    work, case, at = act.work, act.case, _moment(act, answers)
    has_hour = bool(answers["hour"])
    reminds = will_remind(work, case, answers["kind"], at, has_hour=has_hour)
    why = make(work, case, answers["kind"], at, what=answers["what"], has_hour=has_hour,
               officer_id=act.officer.id)  # fmt: skip
    in_time = is_told_in_time(work, case, at)
    done = _done(act, "made" if reminds else "made_only", why, in_time=in_time)
    return _with_her_hour(act, done, at, has_hour=has_hour)


def _ask_for_evidence(act: Act, answers: Answers) -> str:
    _must_be_open(act)
    work, case = act.work, act.case
    at = evidence_moment(work, date.fromisoformat(answers["on"]))
    reminds = will_remind(work, case, EVIDENCE, at, has_hour=False)
    why = make(work, case, EVIDENCE, at, what=answers["what"], has_hour=False,
               officer_id=act.officer.id)  # fmt: skip
    return _done(act, "evidence" if reminds else "evidence_only", why)


def _move(act: Act, answers: Answers) -> str:
    _must_be_open(act)
    appointment = _meant(act, answers[_ID])
    if appointment.kind == EVIDENCE:
        at = evidence_moment(act.work, date.fromisoformat(answers["on"]))
    else:
        at = _moment(act, answers)
    why, in_time = move(act.work, act.case, appointment, at,
                        has_hour=bool(answers.get("hour")), officer_id=act.officer.id)  # fmt: skip
    done = _done(act, "moved", why, in_time=in_time)
    return _with_her_hour(act, done, at, has_hour=bool(answers.get("hour")))


def _call_off(act: Act, answers: Answers) -> str:
    _must_be_open(act)
    appointment = _meant(act, answers[_ID])
    why, in_time = call_off(act.work, act.case, appointment, officer_id=act.officer.id)
    return _done(act, "cancelled", why, in_time=in_time)


def _done(act: Act, done: str, why: str, *, in_time: bool = True) -> str:
    """What became of it."""
    post_untold(act.work, act.case, why, in_time=in_time)
    return act.work.texts(f"officers.done.appointment_{done}")


def _with_her_hour(act: Act, done: str, at: datetime, *, has_hour: bool) -> str:
    hers = as_she_reads_it(act.work, act.case, at) if has_hour else ""
    return f"{done} {hers}".rstrip()


def _moment(act: Act, answers: Answers) -> datetime:
    hour = time.fromisoformat(answers["hour"]) if answers["hour"] else EVIDENCE_HOUR
    at = datetime.combine(date.fromisoformat(answers["on"]), hour, act.work.zone)
    if at <= act.work.now:
        raise NotPossible("officers.appointment.past")
    return at


def _must_lie_ahead(act: Act, answers: Answers) -> None:
    """Refuse an hour of today that is over, while it can still be answered."""
    if answers["hour"]:
        _moment(act, answers)


def _meant(act: Act, wanted: str) -> Appointment:
    found = (one for one in upcoming(act.work, act.case) if str(one.id) == wanted)
    appointment = next(found, None)
    if appointment is None:
        raise NotPossible("officers.refused.old_button")
    return appointment


def _must_be_open(act: Act) -> None:
    must_act(act)
    if act.case.status in CLOSED:
        raise NotPossible("cases.refused.already_closed")


def _evidence_day(act: Act, words: str) -> dict[str, str]:
    return {"on": _read_day(act, words)} if words else {}


def _read_day(act: Act, text: str) -> str:
    on = read_date(text, _today(act))
    if on is None:
        raise NotPossible("officers.form.no_date")
    if on < _today(act):
        raise NotPossible("officers.appointment.past")
    return on.isoformat()


def read_hour(act: Act, text: str) -> str:
    """An hour as people type it, as ``09:00`` where the union is."""
    match = _HOUR.fullmatch(" ".join(text.casefold().split()))
    if match is None:
        raise NotPossible("officers.appointment.no_hour")
    hour, minute, part = int(match[1]), int(match[2] or 0), match[3] or ""
    if part and hour < _AFTERNOON.get(part, 0):
        hour += _NOON
    if hour >= _MIDNIGHT or minute >= _HOUR_MINUTES:
        raise NotPossible("officers.appointment.no_hour")
    said = time(hour, minute)
    return (_at_home(act, said, match[4]) if match[4] else said).isoformat("minutes")


def _at_home(act: Act, hour: time, letters: str) -> time:
    """An hour of this zone in the union's; of another day it is no answer."""
    there = datetime.combine(_today(act), hour, ZoneInfo(ZONES[letters.upper()]))
    at = there.astimezone(act.work.zone)
    if at.date() != there.date():
        raise NotPossible("officers.appointment.no_hour")
    return at.time()


def _read_words(_act: Act, text: str) -> str:
    words = text.strip()
    if len(words) > _LONGEST_WORDS:
        raise NotPossible("officers.form.too_long", most=_LONGEST_WORDS)
    return words


def _only_by_tap(_act: Act, _text: str) -> str:
    raise NotPossible("officers.form.tap")


def _kinds(act: Act) -> Mapping[str, str]:
    return {kind: act.work.texts.label(f"officers.appointment.kind.{kind}") for kind in KINDS}


def _sure(act: Act) -> Mapping[str, str]:
    return {"ya": act.work.texts.label("officers.appointment.sure")}


def _send(act: Act) -> Mapping[str, str]:
    return {"ya": act.work.texts.label("officers.button.reply_send")}


def _has_words(answers: Answers) -> bool:
    return bool(answers.get("what"))


def _shown_words(_act: Act, answers: Answers) -> Mapping[str, str]:
    return {"text": escaped(answers["what"])}


def _soon(act: Act) -> Mapping[str, str]:
    label = act.work.texts.label
    days = {"today": 0, "tomorrow": 1}
    return {
        (_today(act) + timedelta(days=ahead)).isoformat(): label(f"officers.day.{name}")
        for name, ahead in days.items()
    }


def _today(act: Act) -> date:
    return act.work.now.astimezone(act.work.zone).date()


_ON = Field("on", _read_day, _soon, told=told_day)
_AT = Field("hour", read_hour, optional=True, check=_must_lie_ahead, told=told_hour)
_WHAT = Field("what", _read_words, optional=True)
_SEND = Field("sure", _only_by_tap, _send, asked=_has_words, fill=_shown_words)

APPOINTMENT_FORM = Form(
    "appointment", (Field("kind", _only_by_tap, _kinds), _ON, _AT, _WHAT, _SEND), _make
)
EVIDENCE_FORM = Form("evidence", (_ON, _WHAT, _SEND), _ask_for_evidence)
MOVE_FORM = Form("appointment_move", (_ON, _AT), _move)
EVIDENCE_MOVE_FORM = Form("evidence_move", (_ON,), _move)
CALL_OFF_FORM = Form("appointment_off", (Field("sure", _only_by_tap, _sure),), _call_off)
FORMS = (APPOINTMENT_FORM, EVIDENCE_FORM, MOVE_FORM, EVIDENCE_MOVE_FORM, CALL_OFF_FORM)
