"""Days and hours in the forms of the stages: read, offered, told, and reminded of.

A first meeting or hearing that lies ahead becomes an appointment, as if noted with ``/janji``.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from bot.cases.act import Act
from bot.cases.appointments import EVIDENCE_HOUR, make, upcoming
from bot.cases.dates import long_date, read_date
from bot.cases.form_fields import Answers
from bot.cases.stages import NotPossible

HOUR = "hour"
"""The answer that is an hour, as ``09:00``; empty while it is not known."""
TODAY = "today"
"""Among the answers of a form: the day on which it began."""


def moment_ahead(act: Act, answers: Answers, day: str) -> datetime | None:
    """When the meeting or hearing begins, if it lies ahead."""
    if not answers.get(day):
        return None
    hour = answers.get(HOUR)
    begins = time.fromisoformat(hour) if hour else EVIDENCE_HOUR
    at = datetime.combine(date.fromisoformat(answers[day]), begins, act.work.zone)
    return at if at > act.work.now else None


def remind(act: Act, answers: Answers, kind: str, day: str, done: str) -> str:
    """Note the appointment, unless it was noted by hand; she knows of it by the news already."""
    work, case = act.work, act.case
    at = moment_ahead(act, answers, day)
    if at is None:
        return done
    noted = (one.at.astimezone(work.zone).date() for one in upcoming(work, case)
             if one.kind == kind)  # fmt: skip
    if at.date() not in noted:
        make(work, case, kind, at, has_hour=bool(answers.get(HOUR)), officer_id=act.officer.id,
             tells=False)  # fmt: skip
    when = day_and_hour(act, answers, day)
    return f"{done} {work.texts('officers.done.reminds', when=when)}"


def reminded_line(act: Act, at: datetime | None) -> str:
    """That she will be reminded, for the news of the stage."""
    return act.work.texts("cases.further.reminded") if at else ""


def day_and_hour(act: Act, answers: Answers, day: str) -> str:
    """The day in full, with the hour if it is known."""
    on, hour = long_date(date.fromisoformat(answers[day])), answers.get(HOUR)
    if not hour:
        return on
    return act.work.texts("cases.appointment.when", date=on, hour=hour.replace(":", "."))


def meets_ahead(answers: Answers) -> bool:
    """Whether the first meeting is today or later: only then its hour matters."""
    return answers["meeting"] >= answers.get(TODAY, "")


def is_heard_ahead(answers: Answers) -> bool:
    """The same of the first hearing, which may be unknown."""
    return bool(answers["hearing"]) and answers["hearing"] >= answers.get(TODAY, "")


def read_day(act: Act, text: str) -> str:
    """A typed day, as ``2026-12-03``."""
    on = read_date(text, today(act))
    if on is None:
        raise NotPossible("officers.form.no_date")
    return on.isoformat()


def _days(act: Act, *ahead: int) -> Mapping[str, str]:
    names = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    label = act.work.texts.label
    return {
        (today(act) + timedelta(days=days)).isoformat(): label(f"officers.day.{names[days]}")
        for days in ahead
    }


def soon(act: Act) -> Mapping[str, str]:
    """Today and tomorrow, to tap."""
    return _days(act, 0, 1)


def just_now(act: Act) -> Mapping[str, str]:
    """Today and yesterday, to tap."""
    return _days(act, 0, -1)


def today(act: Act) -> date:
    """Which day it is where the officers are."""
    return act.work.now.astimezone(act.work.zone).date()
