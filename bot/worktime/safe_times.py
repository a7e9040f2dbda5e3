"""When it is safe to write to a reporter, read from her own words.

"malam setelah jam 8", "jam 12 siang", "pagi sebelum jam 7", "sabtu minggu sore". A part of the
answer that is not understood changes nothing; neither does an hour that may be two ("jam 7").
"""

import re
from dataclasses import dataclass

from nlp.extraction.numbers import WORDS, number_of
from nlp.extraction.time_words import WEEKDAYS

SLOT = 15
"""Minutes of a slot."""
SLOTS_A_DAY = 24 * 60 // SLOT
_WAKING = (8 * 60, 20 * 60)  # what is left when only something is excluded
_LONG = 60  # minutes that "jam 12 siang" stands for
_NOON, _MIDNIGHT = 12, 24
_PARTS = {
    "subuh": (5, 6), "pagi": (7, 10), "siang": (11, 14), "sore": (15, 18), "petang": (15, 18),
    "malam": (19, 22), "malem": (19, 22), "mlm": (19, 22),
}  # fmt: skip
_PART = "|".join(_PARTS)
_DAY = "|".join(WEEKDAYS)
_HOUR = (
    r"(?:(?P<jam{n}>jam|jm|pukul|pkl) ?)?(?P<hour{n}>\d{{1,2}}|{words})"
    r"(?:[.:](?P<minute{n}>\d\d))?(?: ?(?:wib|wita|wit))?(?: (?P<part{n}>{part}))?"
)
_AFTER = r"setelah|sesudah|stlh|habis|abis|di ?atas|mulai|lewat|selepas|dari"
_BEFORE = r"sebelum|sblm|sebelom|sampai|sampe|hingga"
_FIRST = _HOUR.format(n=1, words=WORDS, part=_PART)
_SECOND = _HOUR.format(n=2, words=WORDS, part=_PART)
_RANGE = re.compile(
    rf"(?<![\w.]){_FIRST} ?(?:-|sampai|sampe|s/d|sd|hingga|dan|ke) ?{_SECOND}(?![\w.]*\d)"
)
_ONE = re.compile(
    rf"(?:\b(?P<before>{_BEFORE}) |\b(?P<after>{_AFTER}) )?(?<![\w.]){_FIRST}"
    r"(?P<up> ke ?atas)?(?![\w.]*\d)"
)
_OFF_WORK = re.compile(
    r"\b(?:(?:pulang|habis|setelah|sesudah|selesai|abis|beres) (?:dari )?kerja|luar jam kerja)\b"
)
_AT_WORK = re.compile(r"\b(?:jam|waktu|saat|lagi|pas) kerja\b")
_EVENING = (18, 21)
_NOT = re.compile(r"\b(?:jangan|jgn|selain|kecuali|tidak|tdk|gak|ga|nggak|bukan|hindari)\b")
_CLAUSE = re.compile(r"[,;\n]|\.(?!\d)|\b(?:tapi|tetapi|asal|yang penting)\b|(?=\b(?:jangan|jgn|"
                     r"selain|kecuali)\b)")  # fmt: skip
_WEEKEND = re.compile(r"\b(?:weekend|akhir pekan)\b")
_DAYS = re.compile(rf"\b(?P<first>{_DAY}) ?(?:-|sampai|sampe|s/d|sd|hingga) ?(?P<last>{_DAY})\b")
_SUNDAY = re.compile(
    rf"\b(?:(?:hari|tiap|setiap) minggu|sabtu(?: ?[,/&-] ?| dan | atau | )minggu"
    rf"|minggu (?:{_PART}))\b"
)
_OTHER_DAY = re.compile(rf"\b(?:{'|'.join(day for day in WEEKDAYS if day != 'minggu')})\b")
_WEEK = frozenset(range(7))

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SafeTimes:
    """The quarters of an hour of a week that are safe; the first is Monday 00.00."""

    slots: frozenset[int]

    def allows(self, weekday: int, minute: int) -> bool:
        """Whether a minute of a day is safe; Monday is 0."""
        return weekday * SLOTS_A_DAY + minute // SLOT in self.slots


def read_safe_times(words: str) -> SafeTimes | None:
    """What a reporter said of safe times; None where nothing of it was understood."""
    said = " ".join(words.casefold().replace("\u2013", "-").split())
    safe: set[int] = set()
    unsafe: set[int] = set()
    for clause in _CLAUSE.split(said):
        denied = _NOT.search(clause) is not None
        (unsafe if denied else safe).update(_slots(clause, denied=denied))
    if not (safe or unsafe):
        return None
    left = (safe or _cells([_WAKING], _WEEK)) - unsafe
    return SafeTimes(frozenset(left)) if left else None


def _slots(clause: str, *, denied: bool) -> set[int]:
    days = _days(clause)
    spans = _spans(clause, denied=denied)
    if not spans and not days:
        return set()
    all_day = [(0, 24 * 60)] if denied else [_WAKING]
    return _cells(spans or all_day, days or _WEEK)


def _cells(spans: list[Span], days: frozenset[int]) -> set[int]:
    cells = set()
    for since, until in spans:
        for cell in range(-(-since // SLOT), until // SLOT):
            cells |= {day * SLOTS_A_DAY + cell for day in days}
    return cells


def _days(clause: str) -> frozenset[int]:
    days: set[int] = set()
    for match in _DAYS.finditer(clause):
        first, last = WEEKDAYS[match["first"]], WEEKDAYS[match["last"]]
        days |= {(first + n) % 7 for n in range((last - first) % 7 + 1)}
    if _WEEKEND.search(clause):
        days |= {5, 6}
    if _SUNDAY.search(clause):
        days.add(6)
    days |= {WEEKDAYS[name] for name in _OTHER_DAY.findall(clause)}
    return frozenset(days)


def _spans(clause: str, *, denied: bool) -> list[Span]:
    parts = set(re.findall(rf"\b(?:{_PART})\b", clause))
    part = next(iter(parts)) if len(parts) == 1 else ""
    if match := _RANGE.search(clause):
        between = _between(match, part)
        return [between] if between else []
    named = [match for match in _ONE.finditer(clause) if _names_hour(match)]
    spans = [span for match in named if (span := _around(match, part))]
    if named:
        return spans
    if _OFF_WORK.search(clause) or (denied and _AT_WORK.search(clause)):
        hours = [(0, _EVENING[0]), (_EVENING[1], 24)] if denied else [_EVENING]
        return [(since * 60, until * 60) for since, until in hours]
    return [(_PARTS[name][0] * 60, _PARTS[name][1] * 60) for name in sorted(parts)]


def _names_hour(match: re.Match[str]) -> bool:
    """A number alone is no hour: "anak 2", "2 kali"."""
    return bool(match["jam1"] or match["minute1"] or match["part1"])


def _between(match: re.Match[str], part: str) -> Span | None:
    if not any(match[f"{name}{n}"] for name in ("jam", "minute", "part") for n in "12"):
        return None
    first = match["part1"] or (part if not match["part2"] else match["part2"])
    since = _minute(match["hour1"], match["minute1"], first)
    until = _minute(match["hour2"], match["minute2"], match["part2"] or first)
    if since is None or until is None or until <= since:
        return None
    return since, until


def _around(match: re.Match[str], part: str) -> Span | None:
    at = _minute(match["hour1"], match["minute1"], match["part1"] or part)
    if at is None:
        return None
    if match["after"] or match["up"]:
        ends = next((end for end in (20 * 60, 22 * 60) if at < end - 60), 24 * 60)
        return at, ends
    if match["before"]:
        return (8 * 60 if at > 9 * 60 else max(5 * 60, at - 3 * 60)), at
    return at, min(at + _LONG, 24 * 60)


def _minute(hour: str, minute: str | None, part: str) -> int | None:
    """The minute of the day; None for an hour that may be two, or is none."""
    number, minutes = number_of(hour), int(minute or 0)
    if number > _MIDNIGHT or minutes >= 60:  # noqa: PLR2004 - minutes of an hour
        return None
    clock = number if number >= _NOON else _of_part(number, part)
    if number == _NOON and part in {"malam", "malem", "mlm"}:
        clock = _MIDNIGHT
    return None if clock is None else min(clock * 60 + minutes, 24 * 60)


def _of_part(number: int, part: str) -> int | None:
    """An hour up to 11 on the clock of 24 hours, by the part of the day."""
    match part:
        case "subuh" | "pagi":
            return number
        case "siang":
            return number if number >= 9 else number + _NOON  # noqa: PLR2004 - nine in the morning
        case "sore" | "petang":
            return number + _NOON
        case "malam" | "malem" | "mlm":
            return number if number <= 4 else number + _NOON  # noqa: PLR2004 - after midnight
        case _:
            return None
