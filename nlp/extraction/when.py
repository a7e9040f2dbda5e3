"""When it happened, as far as a story says so."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nlp.extraction.numbers import number_of
from nlp.extraction.time_words import (
    ALREADY,
    FEAST,
    LAST,
    LONG_UNIT,
    MONTH,
    MONTHS,
    NUMBER,
    OWED,
    PROBLEM,
    SERVICE,
    SINCE,
    SPAN,
    STOPPED,
    SUPPOSED,
    UNIT,
    WEEKDAYS,
)

_FULL_DATE = re.compile(
    rf"\b(?:(?:tgl|tanggal|tngl|hari \w+,?)\s*)?(?P<day>[0-3]?\d)\s+(?P<month>{MONTH})\b"
    r"(?:\s+(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"\b(?P<day>[0-3]?\d)[/.-](?P<month>[01]?\d)[/.-](?P<year>20\d\d|\d\d)\b")
_DAY = re.compile(
    r"\b(?P<lead>(?:pada|sejak|per|dari|hari \w+,?)\s+)?(?:tgl|tanggal|tngl|tggl)\s*\.?\s*"
    rf"(?P<day>[0-3]?\d)\b(?![/.-]\d)(?!\s+(?:{MONTH})\b)"
    rf"(?P<tail>\s+(?:bulan )?(?:{LAST}|ini)\b)?",
    re.IGNORECASE,
)
_DAYS_AGO = re.compile(
    rf"\b(?P<n>{NUMBER})\s*(?P<unit>hari|hr)\s*(?:yang |yg )?(?:lalu|kemarin|kmrn)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:hari )?(?P<weekday>senin|selasa|rabu|kamis|jum'?aa?t|sabtu|ahad)\s*"
    rf"(?:pagi |siang |sore |malam |malem )?(?:{LAST})\b|\bhari minggu (?:{LAST})\b",
    re.IGNORECASE,
)
_TODAY = re.compile(
    r"\b(?:(?<!\d )hari ini|barusan|baru saja|baru aja|(?:tadi|td) (?:pagi|siang|sore|subuh)"
    r"|(?:pagi|siang|sore) (?:ini|tadi))\b",
    re.IGNORECASE,
)
_YESTERDAY = re.compile(
    r"\b(?:kemarin|kemaren|kmrn|kmrin) (?:pagi|siang|sore|malam|malem)\b", re.IGNORECASE
)
_BEFORE_YESTERDAY = re.compile(r"\b(?:kemarin lusa|kemaren lusa|kemarin dulu)\b", re.IGNORECASE)
_LOOSE = re.compile(
    rf"\b(?:{SINCE})\s+(?:bulan |tahun |habis |abis |sebelum |sesudah |awal |akhir |minggu "
    rf"|tanggal |hari |zaman |jaman |waktu )*(?:{FEAST}|{MONTH}|20\d\d|{LAST})\b"
    rf"(?:\s+(?:20\d\d|{LAST}))?"
    r"|\b(?:sejak|sjk|dari|dr)\s+(?:hari )?(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu)\b"
    rf"|\b(?:{SINCE})\s+{SPAN}\s*(?:yang |yg )?lalu\b"
    rf"|\b(?:sebelum|habis|abis|setelah|sesudah)\s+(?:{FEAST})\b"
    rf"|\b(?:awal |akhir |pertengahan )?bulan (?:{MONTH})\b(?:\s+20\d\d)?"
    rf"|\b(?:{MONTH}) (?:20\d\d|{LAST})\b"
    r"|\b(?:tadi malam|td malam|tadi malem|semalam|semalem)\b"
    rf"|\b(?:{SINCE}) (?:bulan|bln) \d\d?\b"
    rf"|\b(?:{SINCE}) (?:awal|akhir|pertengahan) tahun\b"
    r"|(?:^|(?<=[.!?,;\n] )|(?<=\n))(?:kemarin|kemaren|kmrn|kmrin|wingi|kamari|tadi)\b"
    r"|(?<!merah )(?<!yang )(?<!yg )(?<!bulan )(?<!minggu )(?<!tahun )(?<!hari )(?<!thn )"
    r"\b(?:kemarin|kemaren|kmrn|kmren|wingi|kamari)\b(?=\s*(?:[.,!?\n]|$)|\s+(?:saya|sy|aku|gw|gue|kami|kita|dia|mandor|bos"
    r"|hrd|spv|supervisor|ada|waktu|pas|sempat|sempet|jatuh|malah|bilang|hampir"
    r"|di-?[a-z]{4,}|ke[a-z]{4,})\b)"
    r"|\b(?:tadi|td)\b(?=\s*(?:[.,!?\n]|$))",
    re.IGNORECASE,
)
_AGO = re.compile(
    rf"\b{SPAN}\s*(?:yang |yg )?lalu\b|\b(?:minggu|bulan|tahun|mgg|bln|thn|th)\s*(?:{LAST})\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    rf"\b(?:{STOPPED})\s+(?:iuran |gaji |upah |bayar )?"
    rf"(?:sudah |udah |sampai |hampir |selama )?{SPAN}\b"
    rf"|\b(?:{NUMBER}|setengah)\s*(?:minggu|mgg|bulan|bln)\s*(?:ini\s*)?(?={OWED}\b)"
    rf"|\b(?:{NUMBER})\s*(?:{LONG_UNIT}) (?:ini|terakhir)\b"
    rf"|\b(?:belum|blm|ga|gak|tidak|tdk|tak|ndak|nggak)\s+\w+\s+{SPAN}\b(?! lagi)"
    rf"|\b(?:{ALREADY})\s+(?:hampir |lebih dari |masuk |jalan )?{SPAN}\b(?: lebih\b| ini\b)?",
    re.IGNORECASE,
)
_BROKEN_OFF = re.compile(rf"(?:{STOPPED})\b", re.IGNORECASE)
_OF_MY_YEARS = re.compile(
    r"(?<!gaji )(?<!upah )\b(?:saya|aku|sy) (?:sudah |udah |sdh )?[\w ]{1,12}(?:tahun|thn|taun)$",
    re.IGNORECASE,
)

_NOT_THE_EVENT = re.compile(
    r"\b(?:tiap|setiap|biasa\w*|(?<!belum )(?<!blm )gajian|paling lambat|paling lama"
    r"|sampai|sampe|besok|nanti|deadline"
    r"|habis|berakhir|jatuh tempo|jadwal|rencana|kerja|bekerja|masuk|gabung|bergabung|diangkat"
    r"|lahir|hamil|menikah|nikah|umur|usia|masa|kontrak|karyawan|magang|mengabdi|jadi|janji\w*"
    r"|tiap2|dijanji\w*|kelas|anak|sebelum"
    r"|harusnya|seharusnya|mestinya|hpl|operator|training)"
    r"(?:\W+\w+){0,2}\W*$",
    re.IGNORECASE,
)
_TENURE = re.compile(
    r"\b(?:kerja|bekerja|gawe|gabung|bergabung|karyawan|jadi|menjadi|anggota|mengabdi|masuk)\b",
    re.IGNORECASE,
)
_EMPLOYED = re.compile(
    r"\b(?:kerja|bekerja|gawe|gabung|bergabung|karyawan|mengabdi|masuk kerja|diangkat|lahir\w*"
    r"|menikah|nikah|anak|training|lulus|disetujui|seperti|kayak|sampai|sampe|kalau|kalo)\b",
    re.IGNORECASE,
)
_TENURE_AFTER = re.compile(
    r"\W*(?:saya |kami |aku )?(?:kerja|bekerja|jadi|mengabdi|di ?sini|disini|ikut|kontrak|masa"
    r"|ngabdi|lebih (?:saya )?kerja|lagi|ke depan|kedepan|hamil|menikah)\b",
    re.IGNORECASE,
)
_TO_COME = re.compile(
    rf"\W{{0,3}}(?:{NUMBER})\s*(?:{UNIT}) lagi\b|\W{{1,3}}(?:nanti|besok)\b", re.IGNORECASE
)
_YEAR = re.compile(r"20\d\d")
_FROM_THEN_ON = re.compile(r"\b(?:per|mulai|sampai|hingga)\s+$", re.IGNORECASE)
_REPEATED = re.compile(r"^[ -]*(?:kemarin|kemaren|2)\b", re.IGNORECASE)


_NEAR = 8
_WINDOW = 200
"""Characters before and after a finding that may say what it is."""

DayOf = Callable[[re.Match[str], date], date | None]


@dataclass(frozen=True, slots=True)
class When:
    """The reporter's words for the time; ``on`` is a date only where they leave no doubt."""

    words: str
    start: int
    end: int
    on: date | None


def find_when(text: str, today: date) -> When | None:
    """When it happened or since when; None where the story says nothing sure.

    Exact dates count before days, days before "sejak lebaran", these before "sudah 3 bulan".
    Pay days, length of service and dates to come are left out. Two different dates
    or days leave the question open.
    """
    exact = _dated(text, today, ((_FULL_DATE, _of_date), (_NUMERIC, _of_date), (_DAY, _of_day)))
    days = exact or _dated(
        text,
        today,
        (
            (_DAYS_AGO, _days_ago),
            (_WEEKDAY, _weekday),
            (_BEFORE_YESTERDAY, lambda _, now: now - timedelta(days=2)),
            (_YESTERDAY, lambda _, now: now - timedelta(days=1)),
            (_TODAY, lambda _, now: now),
        ),
    )
    if days:
        return days[0] if len({when.on for when in days}) == 1 else None
    loose = [when for when in _undated(text, _LOOSE) if not _is_tenure(when, text)]
    loose = [when for when in loose if not _is_wished(when, text)]
    loose += [_when(match, None) for match in _AGO.finditer(text) if _is_past(match, text)]
    loose = loose or [
        _when(match, None) for match in _DURATION.finditer(text) if _is_trouble(match, text)
    ]
    loose = [when for when in loose if _year(when) <= today.year]
    return min(loose, key=lambda when: when.start) if loose else None


def _year(when: When) -> int:
    named = _YEAR.search(when.words)
    return int(named[0]) if named else 0


def _is_tenure(when: When, text: str) -> bool:
    """Whether "sejak 2011" tells the length of service: its clause speaks of being employed."""
    return (
        _TENURE.search(re.split(r"[.!?;,\n]", text[max(when.start - _WINDOW, 0) : when.start])[-1])
        is not None
    )


def _is_wished(when: When, text: str) -> bool:
    """Whether "sebelum puasa" tells by when something should be done."""
    sentence = re.split(r"[.!?\n]", text[max(when.start - _WINDOW, 0) : when.start])[-1]
    may_come = when.words.lower().startswith(("sebelum", "habis", "abis", "setelah", "bulan"))
    return may_come and SUPPOSED.search(sentence) is not None


def _is_past(match: re.Match[str], text: str) -> bool:
    """Whether "4 bulan lalu" may tell when it happened, not since when someone is employed."""
    clause = _last_words(
        re.split(r"[.!?;,\n]", text[max(match.start() - _WINDOW, 0) : match.start()])[-1]
    )
    return _EMPLOYED.search(clause) is None and _TENURE_AFTER.match(text, match.end()) is None


def _is_trouble(match: re.Match[str], text: str) -> bool:
    """Whether "sudah 3 bulan" tells how long something goes wrong, not a length of service."""
    before = _last_words(
        re.split(r"[.!?;,\n]", text[max(match.start() - _WINDOW, 0) : match.start()])[-1]
    )
    after = re.split(r"[.!?;,\n]", text[match.end() : match.end() + _WINDOW])[0]
    if SUPPOSED.search(before) or _TENURE_AFTER.match(text, match.end()):
        return False
    if _BROKEN_OFF.match(match[0]):
        return True
    if SERVICE.search(before) or _OF_MY_YEARS.search(before + match[0]):
        return False
    return PROBLEM.search(f"{before} {match[0]} {after}") is not None


def _last_words(clause: str) -> str:
    """What still belongs together where someone writes without a full stop."""
    return " ".join(clause.rsplit(maxsplit=_NEAR)[-_NEAR:]) + " "


def _dated(text: str, today: date, rules: Sequence[tuple[re.Pattern[str], DayOf]]) -> list[When]:
    """What the rules find that leads to a day not to come, in order."""
    found = [
        _when(match, on)
        for pattern, day_of in rules
        for match in pattern.finditer(text)
        if not _is_something_else(match, text)
        and (on := day_of(match, today)) is not None
        and on <= today
    ]
    return sorted(found, key=lambda when: when.start)


def _undated(text: str, pattern: re.Pattern[str]) -> list[When]:
    return [
        _when(match, None)
        for match in pattern.finditer(text)
        if not _is_something_else(match, text)
    ]


def _when(match: re.Match[str], on: date | None) -> When:
    words = match[0].strip()
    start = match.start() + match[0].index(words)
    return When(words, start, start + len(words), on)


def _is_something_else(match: re.Match[str], text: str) -> bool:
    before = text[max(match.start() - 40, 0) : match.start()]
    clause = re.split(r"[.!?;,\n]", before)[-1]
    return (
        _NOT_THE_EVENT.search(clause) is not None
        or _TENURE_AFTER.match(text, match.end()) is not None
        or _REPEATED.match(text[match.end() : match.end() + _WINDOW]) is not None
        or _TO_COME.match(text, match.end()) is not None
    )


def _of_date(match: re.Match[str], today: date) -> date | None:
    """The date, without a year the last one; None for "per 1 Desember"."""
    month = match["month"].lower()
    number = int(month) if month.isdigit() else MONTHS[month[:3]]
    year = int(match["year"] or today.year)
    day = _date(year + 2000 if year < 100 else year, number, int(match["day"]))  # noqa: PLR2004
    if day is not None and day > today and match["year"] is None:
        if _FROM_THEN_ON.search(match.string[: match.start()]):
            return None
        return _date(today.year - 1, number, int(match["day"]))
    return day


def _of_day(match: re.Match[str], today: date) -> date | None:
    """The last such day of a month; None where it may be a pay day or one to come."""
    if match["lead"] is None and match["tail"] is None:
        return None
    day = int(match["day"])
    this_month = _date(today.year, today.month, day)
    if this_month is not None and this_month <= today:
        return this_month
    if (match["tail"] or "").lower().endswith("ini"):
        return None
    last = today.replace(day=1) - timedelta(days=1)
    return _date(last.year, last.month, day)


def _days_ago(match: re.Match[str], today: date) -> date:
    return today - timedelta(days=number_of(match["n"]))


def _weekday(match: re.Match[str], today: date) -> date:
    wanted = WEEKDAYS[(match["weekday"] or "minggu").lower()]
    return today - timedelta(days=(today.weekday() - wanted) % 7 or 7)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
