"""Days and hours in the forms of the stages: read, offered, told, and reminded of.

A first meeting or hearing that lies ahead becomes an appointment, as if noted with ``/janji``.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.cases.act import Act
from bot.cases.appointments import is_reminded_of, is_told_in_time, make, upcoming
from bot.cases.dates import long_date, read_date
from bot.cases.form_fields import Answers
from bot.cases.moments import as_she_reads_it, day_and_hour, her_zone
from bot.cases.pushes import post_untold, why_not
from bot.cases.reminder_times import EVIDENCE_HOUR, will_remind
from bot.cases.stages import NotPossible
from storage.tables import Appointment

HOUR = "hour"
"""The answer that is an hour, as ``09:00``; empty while it is not known."""
TODAY = "today"
"""Among the answers of a form: the day on which it began."""


def moment_ahead(act: Act, answers: Answers, day: str) -> datetime | None:
    """When the meeting or hearing begins, if it lies ahead."""
    if not answers.get(day):
        return None
    at = _begins(act, answers, day)
    return at if at > act.work.now else None


def _begins(act: Act, answers: Answers, day: str) -> datetime:
    hour = answers.get(HOUR)
    begins = time.fromisoformat(hour) if hour else EVIDENCE_HOUR
    return datetime.combine(date.fromisoformat(answers[day]), begins, act.work.zone)


def remind(act: Act, answers: Answers, kind: str, day: str, done: str) -> str:
    """Note the appointment, unless it was noted by hand; she knows of it by the news already."""
    work, case = act.work, act.case
    at = moment_ahead(act, answers, day)
    if at is None:
        return done
    if _noted(act, kind, at) is None:
        make(work, case, kind, at, has_hour=bool(answers.get(HOUR)), officer_id=act.officer.id,
             tells=False)  # fmt: skip
    post_untold(work, case, why_not(work, case), in_time=is_told_in_time(work, case, at))
    how = "reminds" if _is_reminded(act, answers, kind, at) else "reminds_not"
    told = work.texts(f"officers.done.{how}", when=_when(act, answers, day, work.zone))
    hers = as_she_reads_it(work, case, at) if answers.get(HOUR) else ""
    return " ".join(filter(None, (done, told, hers)))


def reminded_line(act: Act, answers: Answers, kind: str, day: str) -> str:
    """That she will be reminded, for the news of the stage; empty where she will not."""
    at = moment_ahead(act, answers, day)
    reminded = at is not None and _is_reminded(act, answers, kind, at)
    return act.work.texts("cases.further.reminded") if reminded else ""


def _is_reminded(act: Act, answers: Answers, kind: str, at: datetime) -> bool:
    noted = _noted(act, kind, at)
    if noted is not None:
        return is_reminded_of(act.work, act.case, noted)
    return will_remind(act.work, act.case, kind, at, has_hour=bool(answers.get(HOUR)))


def _noted(act: Act, kind: str, at: datetime) -> Appointment | None:
    """What was noted by hand, or a moment ago, for the same day."""
    return next((one for one in upcoming(act.work, act.case) if one.kind == kind
                 and one.at.astimezone(act.work.zone).date() == at.date()), None)  # fmt: skip


def when_she_comes(act: Act, answers: Answers, day: str) -> str:
    """The day in full for the reporter, with the hour where she is if it is known."""
    return _when(act, answers, day, her_zone(act.work, act.case))


def _when(act: Act, answers: Answers, day: str, zone: ZoneInfo) -> str:
    if not answers.get(HOUR):
        return long_date(date.fromisoformat(answers[day]))
    return day_and_hour(act.work, _begins(act, answers, day), zone)


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
