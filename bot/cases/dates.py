"""Dates and hours as officers type them: "3 desember", "besok", "3/12", "18.00-22.00"."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nlp.extraction.numbers import WORDS, number_of
from nlp.extraction.time_words import MONTH, MONTHS, WEEKDAYS

_DAYS = {
    "hari ini": 0, "sekarang": 0, "besok": 1, "besuk": 1, "lusa": 2, "kemarin": -1, "kemaren": -1,
    "kemarin lusa": -2, "kemarin dulu": -2, "minggu depan": 7, "minggu lalu": -7,
}  # fmt: skip
_COUNTED = re.compile(rf"(?P<n>\d{{1,3}}|{WORDS}) hari (?P<way>lagi|lalu|yang lalu|yg lalu)")
_WEEKDAY = re.compile(rf"(?P<day>{'|'.join(WEEKDAYS)}) (?P<way>depan|besok|lalu|kemarin)")
_NAMED = re.compile(rf"(?P<day>\d{{1,2}}) (?P<month>{MONTH})(?: (?P<year>\d{{4}}|\d\d))?")
_NUMERIC = re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{4}|\d\d))?")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")
_BEFORE = re.compile(
    rf"^(?:pada )?(?:hari )?(?:(?P<weekday>{'|'.join(WEEKDAYS)})[, ]+)?"
    r"(?:(?:tgl|tanggal|tggl)\b\.? *)?(?=\d)"
)
_HOURS = re.compile(
    r"(?:jam |pukul )?(\d{1,2})(?:[.:](\d\d))? ?(?:-|\u2013|s/d|sd|sampai) ?"
    r"(\d{1,2})(?:[.:](\d\d))?"
)
_FARTHEST = timedelta(days=3 * 365)
_CENTURY = 2000
_MIDNIGHT = 24
_MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
_WEEKDAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu"


def read_date(text: str, today: date) -> date | None:
    """The one day that the words mean; None where they leave a doubt.

    Without a year it is the nearest such day, before or after today. A weekday alone may be the
    last or the next one, so it is no answer; neither is a weekday that the day does not fall on,
    nor a day more than three years away.
    """
    said = " ".join(text.casefold().replace(",", ", ").strip(" .!?").split())
    on = _relative(said, today) or _calendar(_BEFORE.sub("", said), today)
    named = _BEFORE.match(said)
    if on is None or abs(on - today) > _FARTHEST:
        return None
    if named and named["weekday"] and WEEKDAYS[named["weekday"]] != on.weekday():
        return None
    return on


def read_hours(text: str, on: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """From when to when: "18.00-22.00", "18-22", "jam 20 sampai 6" (ends on the next day)."""
    match = _HOURS.fullmatch(" ".join(text.casefold().split()))
    if match is None:
        return None
    hours = [int(match[1]), int(match[3])]
    minutes = [int(match[2] or 0), int(match[4] or 0)]
    if max(hours) > _MIDNIGHT or max(minutes) >= 60:  # noqa: PLR2004 - minutes of an hour
        return None
    midnight = datetime.combine(on, time(), zone)
    since, until = (
        midnight + timedelta(hours=hour, minutes=minute)
        for hour, minute in zip(hours, minutes, strict=True)
    )
    return since, until if until > since else until + timedelta(days=1)


def long_date(on: date) -> str:
    """A day in full: ``Kamis, 3 Desember 2026``."""
    return f"{_WEEKDAYS.split()[on.weekday()]}, {on.day} {_MONTHS.split()[on.month - 1]} {on.year}"


def told_day(kept: str) -> str:
    """The same of a day as answers keep it, ``2026-12-03``."""
    return long_date(date.fromisoformat(kept))


def told_hour(kept: str) -> str:
    """An hour as answers keep it, ``09:00``, as people write it."""
    return kept.replace(":", ".")


def short_date(on: date) -> str:
    """A day for a line of the card: ``3 Des 2026``."""
    return f"{on.day} {_MONTHS.split()[on.month - 1][:3]} {on.year}"


def _relative(said: str, today: date) -> date | None:
    if said in _DAYS:
        return today + timedelta(days=_DAYS[said])
    if match := _COUNTED.fullmatch(said):
        days = number_of(match["n"])
        return today + timedelta(days=days if match["way"] == "lagi" else -days)
    if match := _WEEKDAY.fullmatch(said.removeprefix("hari ")):
        ahead = (WEEKDAYS[match["day"]] - today.weekday()) % 7
        if match["way"] in {"depan", "besok"}:
            return today + timedelta(days=ahead or 7)
        return today - timedelta(days=(7 - ahead) % 7 or 7)
    return None


def _calendar(said: str, today: date) -> date | None:
    for pattern in (_NAMED, _ISO, _NUMERIC):
        match = pattern.fullmatch(said)
        if match is None:
            continue
        month = match["month"]
        number = int(month) if month.isdigit() else MONTHS[month[:3]]
        if match["year"]:
            year = int(match["year"])
            return _day(year if year > 99 else year + _CENTURY, number, int(match["day"]))  # noqa: PLR2004 - two digits
        days = [_day(today.year + more, number, int(match["day"])) for more in (-1, 0, 1)]
        return min((day for day in days if day), key=lambda day: abs(day - today), default=None)
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
