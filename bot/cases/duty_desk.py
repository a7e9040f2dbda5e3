"""``/piket``: coordinators keep the list of who is on duty, by buttons or in one line.

The buttons ask who, on which day, at which hours; each question takes the place of the one
before, and its buttons carry all that was answered.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from bot.cases.dates import long_date, read_date, read_hours
from bot.cases.duty import duties, hours_of, keep_duty, list_lines
from bot.cases.group_act import GroupAct
from bot.cases.handover import named
from bot.cases.leading import coordinators_only
from bot.cases.markup import escaped
from bot.cases.ownership import plain_name
from bot.cases.roster import RosterOfficer, all_officers, officer_by_id
from bot.cases.stages import NotPossible
from bot.cases.taps import button
from storage.tables import Duty

_OFFERED = 10
_DAYS_AHEAD = 7
_HOURS = ("08.00-17.00", "17.00-22.00", "22.00-08.00", "00.00-24.00")
_DATE_WORDS = (3, 2, 1)  # "3 desember 2026", "senin depan", "besok"


def show_duties(act: GroupAct) -> None:
    """``/piket``: who is on duty now and next; ``tambah`` and ``hapus`` are for coordinators."""
    word, _, rest = act.words.partition(" ")
    match word.casefold():
        case "":
            _list(act)
        case "tambah":
            _add_by_words(replace(act, words=rest.strip()))
        case "hapus":
            offer_removal(act)
        case _:
            raise NotPossible("officers.duty.how")


@coordinators_only
def list_again(act: GroupAct) -> str:
    """Back to the list: nothing was changed."""
    _list(act)
    return ""


@coordinators_only
def ask_who(act: GroupAct) -> str:
    """Who will be on duty?"""
    able = sorted(_able(act), key=lambda officer: officer.name.casefold())
    choices = [(plain_name(officer), str(officer.id)) for officer in able]
    return _ask(act, act.work.texts("officers.duty.who"), "duty_day", choices)


@coordinators_only
def ask_day(act: GroupAct) -> str:
    """On which day?"""
    return _ask_day(act, _meant(act, act.words))


@coordinators_only
def ask_hours(act: GroupAct) -> str:
    """At which hours? Those of today that are over are not offered."""
    work = act.work
    whom, _, day = act.words.partition(".")
    officer, on = _meant(act, whom), date.fromisoformat(day)
    hours = [
        (label, f"{act.words}.{label}")
        for label in _HOURS
        if (times := read_hours(label, on, work.zone)) and times[1] > work.now
    ]
    if not hours:  # the day is over
        raise NotPossible("officers.duty.past")
    words = {"name": escaped(officer.name), "date": long_date(on), "typed": f"{on:%d-%m-%Y}"}
    return _ask(act, work.texts("officers.duty.hours", **words), "duty_add", hours)


@coordinators_only
def add(act: GroupAct) -> str:
    """All is answered: write it down and show the list."""
    whom, day, hours = act.words.split(".", 2)
    return _add(act, _meant(act, whom), date.fromisoformat(day), hours)


@coordinators_only
def offer_removal(act: GroupAct) -> str:
    """Which entry shall go?"""
    work = act.work
    found = duties(work)[:_OFFERED]
    if not found:
        raise NotPossible("officers.duty.none")

    def entry(duty: Duty) -> tuple[str, str]:
        officer = officer_by_id(work.session, work.vault, duty.officer_id)
        return f"{plain_name(officer)}, {hours_of(work, duty)}", str(duty.id)

    return _ask(act, work.texts("officers.duty.which"), "duty_remove", map(entry, found))


@coordinators_only
def remove(act: GroupAct) -> str:
    """Take one entry off the list; its question gives way to the list as it is now."""
    work = act.work
    duty = work.session.get(Duty, int(act.words)) if act.words.isdecimal() else None
    if duty is None or duty.organisation_id != work.organisation.id:
        raise NotPossible("officers.duty.gone")
    work.session.delete(duty)
    work.session.flush()
    _list(act)
    return work.texts("officers.duty.removed")


def _list(act: GroupAct) -> None:
    actions = ["duty_who", "duty_off"] if duties(act.work) else ["duty_who"]
    label = act.work.texts.label
    choices = tuple(
        button(act.work, None, label(f"officers.button.{action}"), action) for action in actions
    )
    lines = "\n".join(list_lines(act.work))
    act.answer(lines, choices if act.officer.is_coordinator else ())


def _ask(act: GroupAct, text: str, action: str, answers: Iterable[tuple[str, str]]) -> str:
    work = act.work
    choices = [button(work, None, label, action, value) for label, value in answers]
    stop = button(work, None, work.texts.label("officers.button.leave"), "duty_list")
    act.answer(text, (*choices, stop))
    return ""


def _ask_day(act: GroupAct, officer: RosterOfficer) -> str:
    work = act.work
    today = work.now.astimezone(work.zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)]
    names = [work.texts.label(f"officers.day.{word}") for word in ("today", "tomorrow")]
    names += [long_date(day).rpartition(" ")[0] for day in days[len(names) :]]
    values = (f"{officer.id}.{day.isoformat()}" for day in days)
    text = work.texts("officers.duty.day", name=escaped(officer.name))
    return _ask(act, text, "duty_hours", zip(names, values, strict=True))


@coordinators_only
def _add_by_words(act: GroupAct) -> str:
    """All in one line; without day and hours the buttons ask for them."""
    if not act.words:
        return ask_who(act)
    found = named(_able(act), act.words)
    if len(found) == 1:
        return _ask_day(act, found[0])
    return _add(act, *_read(act, act.words))


def _add(act: GroupAct, officer: RosterOfficer, on: date, hours: str) -> str:
    times = read_hours(hours, on, act.work.zone)
    if times is None:
        raise NotPossible("officers.duty.how")
    if times[1] <= act.work.now:
        raise NotPossible("officers.duty.past")
    keep_duty(act.work, officer, *times)
    _list(act)
    return act.work.texts("officers.duty.added")


def _read(act: GroupAct, said: str) -> tuple[RosterOfficer, date, str]:
    """Name, day and hours from "Joko 3 desember 18.00-22.00"; the day takes what it can."""
    work = act.work
    *words, hours = said.split()
    today = work.now.astimezone(work.zone).date()
    for length in _DATE_WORDS:
        name, day = words[:-length], words[-length:]
        on = read_date(" ".join(day), today) if name else None
        if on is None or read_hours(hours, on, work.zone) is None:
            continue
        found = named(_able(act), " ".join(name))
        if len(found) != 1:
            raise NotPossible("cases.refused.no_such_officer")
        return found[0], on, hours
    raise NotPossible("officers.duty.how")


def _able(act: GroupAct) -> list[RosterOfficer]:
    work = act.work
    roster = all_officers(work.session, work.vault, work.organisation.id or 0)
    return [officer for officer in roster if officer.may_act]


def _meant(act: GroupAct, officer_id: str) -> RosterOfficer:
    found = next((one for one in _able(act) if str(one.id) == officer_id), None)
    if found is None:
        raise NotPossible("cases.refused.no_such_officer")
    return found
