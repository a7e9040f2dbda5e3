"""Who is on duty (piket): the list, and the line that names them when something is urgent.

Names stand as plain words: nobody is called by a mention that Telegram would ring at night.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from bot.cases.dates import read_date, read_hours, short_date
from bot.cases.group_act import GroupAct
from bot.cases.handover import named
from bot.cases.markup import escaped
from bot.cases.ownership import plain_name
from bot.cases.roster import RosterOfficer, all_officers, officer_by_id
from bot.cases.stages import NotPossible
from bot.cases.taps import button
from bot.cases.work import Work
from bot.commands import Choice
from storage.tables import Case, Duty

_LISTED = 10
_DATE_WORDS = (3, 2, 1)  # "3 desember 2026", "senin depan", "besok"


def show_duties(act: GroupAct) -> None:
    """``/piket``: who is on duty now and next; ``tambah`` and ``hapus`` are for coordinators."""
    word, _, rest = act.words.partition(" ")
    match word.casefold():
        case "":
            _list(act)
        case "tambah":
            _must_coordinate(act)
            _add(act, rest)
        case "hapus":
            _must_coordinate(act)
            _offer_removal(act)
        case _:
            raise NotPossible("officers.duty.how")


def remove(act: GroupAct) -> str:
    """Take one entry off the list; its question gives way to the list as it is now."""
    _must_coordinate(act)
    work = act.work
    duty = work.session.get(Duty, int(act.words)) if act.words.isdecimal() else None
    if duty is None or duty.organisation_id != work.organisation.id:
        raise NotPossible("officers.duty.gone")
    work.session.delete(duty)
    work.session.flush()
    _list(act)
    return work.texts("officers.duty.removed")


def on_duty(work: Work) -> list[RosterOfficer]:
    """Who is on duty now and still on the roster, each once."""
    now = [duty.officer_id for duty in _duties(work) if duty.since <= work.now]
    on_roster = all_officers(work.session, work.vault, work.organisation.id or 0)
    return [officer for officer in on_roster if officer.id in now]


def with_duty(work: Work, text: str) -> str:
    """The text with a line that names who is on duty, if anybody is."""
    line = _duty_line(work)
    return f"{text}\n{line}" if line else text


def call_duty(work: Work, case: Case) -> None:
    """Name who is on duty in the topic of a new urgent case; an emergency has its own page."""
    line = _duty_line(work) if case.urgency == "tinggi" else ""
    if line:
        work.write.post(case, line)


def _duty_line(work: Work) -> str:
    names = ", ".join(escaped(officer.name) for officer in on_duty(work))
    return work.texts("officers.duty.now_line", names=names) if names else ""


def _list(act: GroupAct) -> None:
    work = act.work
    duties = _duties(work)
    if not duties:
        lines = [work.texts("officers.duty.none")]
    else:
        lines = [work.texts("officers.duty.title")]
        lines += [_line(work, duty) for duty in duties[:_LISTED]]
    if act.officer.is_coordinator:
        lines.append(work.texts("officers.duty.how"))
    act.answer("\n".join(lines))


def _line(work: Work, duty: Duty) -> str:
    officer = officer_by_id(work.session, work.vault, duty.officer_id)
    key = "now" if duty.since <= work.now else "next"
    name = escaped(officer.name) if officer else "-"
    return work.texts(f"officers.duty.{key}", name=name, hours=_hours(work, duty))


def _hours(work: Work, duty: Duty) -> str:
    since, until = (at.astimezone(work.zone) for at in (duty.since, duty.until))
    return f"{short_date(since.date())} {since:%H.%M}-{until:%H.%M}"


def _add(act: GroupAct, said: str) -> None:
    work = act.work
    officer, since, until = _read(act, said)
    if until <= work.now:
        raise NotPossible("officers.duty.past")
    same = select(Duty.id).where(
        Duty.officer_id == officer.id, Duty.since == since, Duty.until == until
    )
    if work.session.exec(same).first() is None:
        work.session.add(
            Duty(
                organisation_id=work.organisation.id or 0,
                officer_id=officer.id,
                since=since,
                until=until,
            )
        )
        work.session.flush()
    _list(act)


def _read(act: GroupAct, said: str) -> tuple[RosterOfficer, datetime, datetime]:
    """Name, day and hours from "Joko 3 desember 18.00-22.00"; the day takes what it can."""
    work = act.work
    *words, hours = said.split() or [""]
    today = work.now.astimezone(work.zone).date()
    for length in _DATE_WORDS:
        name, day = words[:-length], words[-length:]
        on = read_date(" ".join(day), today) if name else None
        times = read_hours(hours, on, work.zone) if on is not None else None
        if times is None:
            continue
        officers = [
            officer
            for officer in all_officers(work.session, work.vault, work.organisation.id or 0)
            if officer.may_act
        ]
        found = named(officers, " ".join(name))
        if len(found) != 1:
            raise NotPossible("cases.refused.no_such_officer")
        return found[0], *times
    raise NotPossible("officers.duty.how")


def _offer_removal(act: GroupAct) -> None:
    work = act.work
    duties = _duties(work)[:_LISTED]
    if not duties:
        raise NotPossible("officers.duty.none")

    def entry(duty: Duty) -> Choice:
        officer = officer_by_id(work.session, work.vault, duty.officer_id)
        label = f"{plain_name(officer)}, {_hours(work, duty)}"
        return button(work, None, label, "duty_remove", str(duty.id))

    act.answer(work.texts("officers.duty.which"), tuple(map(entry, duties)))


def _duties(work: Work) -> Sequence[Duty]:
    """What is not over yet, the earliest first."""
    query = select(Duty).where(
        Duty.organisation_id == work.organisation.id, col(Duty.until) > work.now
    )
    return work.session.exec(query.order_by(col(Duty.since), col(Duty.id))).all()


def _must_coordinate(act: GroupAct) -> None:
    if not act.officer.is_coordinator:
        raise NotPossible("cases.refused.coordinators_only")
