"""When it happened, as far as a story says so."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "mei": 5, "jun": 6, "jul": 7, "agu": 8, "ags": 8,
    "sep": 9, "okt": 10, "nov": 11, "nop": 11, "des": 12,
}  # fmt: skip
_WEEKDAYS = {
    "senin": 0, "selasa": 1, "rabu": 2, "kamis": 3, "jumat": 4, "jum'at": 4, "jumaat": 4,
    "sabtu": 5, "minggu": 6, "ahad": 6,
}  # fmt: skip
_MONTH = (
    r"jan(?:uari)?|feb(?:ruari)?|mar(?:et)?|apr(?:il)?|mei|juni?|juli?|agu(?:stus)?|ags|agst"
    r"|sept?(?:ember)?|okt(?:ober)?|no[vp](?:ember)?|des(?:ember)?"
)
_NUMBER_WORDS = (
    "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh",
)  # fmt: skip
_NUMBER = rf"\d{{1,3}}|{'|'.join(_NUMBER_WORDS)}"
_UNIT = r"hari|hr|minggu|mgg|bulan|bln|tahun|thn|th"
_FEAST = r"lebaran|idul ?fitri|idul ?adha|natal|puasa|ramadhan?|covid|corona|pandemi|imlek"
_LAST = r"lalu|kemarin|kemaren|kmrn|kmrin"
_OWED = (
    r"(?:gaji|upah|lembur\w*|thr|insentif|bonus|iuran|bpjs)?\s*(?:saya |kami )?"
    r"(?:belum|blm|blum|belom|tidak|gak|ga|nggak|ngga|tdk|nunggak|telat|terlambat|ditahan"
    r"|ngga|mandek|macet)"
)

_FULL_DATE = re.compile(
    rf"\b(?:(?:tgl|tanggal|tngl|hari \w+,?)\s*)?(?P<day>[0-3]?\d)\s+(?P<month>{_MONTH})\b"
    r"(?:\s+(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"\b(?P<day>[0-3]?\d)[/.-](?P<month>[01]?\d)[/.-](?P<year>20\d\d|\d\d)\b")
_DAY = re.compile(
    r"\b(?P<lead>(?:pada|sejak|per|dari|hari \w+,?)\s+)?(?:tgl|tanggal|tngl|tggl)\s*\.?\s*"
    rf"(?P<day>[0-3]?\d)\b(?![/.-]\d)(?!\s+(?:{_MONTH})\b)"
    rf"(?P<tail>\s+(?:bulan )?(?:{_LAST}|ini)\b)?",
    re.IGNORECASE,
)
_DAYS_AGO = re.compile(
    rf"\b(?P<n>{_NUMBER})\s*(?P<unit>hari|hr)\s*(?:yang |yg )?(?:lalu|kemarin|kmrn)\b",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\b(?:hari )?(?P<weekday>senin|selasa|rabu|kamis|jum'?aa?t|sabtu|ahad)\s*"
    rf"(?:pagi |siang |sore |malam |malem )?(?:{_LAST})\b|\bhari minggu (?:{_LAST})\b",
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
    rf"\b(?:sejak|sjk|dari|mulai|semenjak)\s+(?:bulan |tahun |habis |sebelum |sesudah |awal "
    rf"|akhir |minggu |tanggal |hari )*(?:{_FEAST}|{_MONTH}|20\d\d|{_LAST})\b"
    rf"(?:\s+(?:20\d\d|{_LAST}))?"
    rf"|\b(?:sejak|sjk|dari|mulai)\s+(?:{_NUMBER})\s*(?:{_UNIT})\s*(?:yang |yg )?lalu\b"
    rf"|\b(?:{_NUMBER})\s*(?:minggu|mgg|bulan|bln|tahun|thn)\s*(?:yang |yg )?lalu\b"
    rf"|\b(?:minggu|bulan|tahun|mgg|bln|thn)\s*(?:{_LAST})\b"
    r"|\b(?:tadi malam|td malam|tadi malem|semalam|semalem)\b"
    r"|(?:^|(?<=[.!?,;\n] )|(?<=\n))(?:kemarin|kemaren|kmrn|kmrin|tadi)\b",
    re.IGNORECASE,
)
_DURATION = re.compile(
    rf"\b(?:telat|terlambat|nunggak|ditunggak|ditahan)\s+(?:{_NUMBER})\s*(?:{_UNIT})\b"
    rf"|\b(?:{_NUMBER})\s*(?:bulan|bln|minggu|mgg)\s*(?:ini\s*)?(?={_OWED}\b)",
    re.IGNORECASE,
)

_NOT_THE_EVENT = re.compile(
    r"\b(?:tiap|setiap|biasa\w*|gajian|paling lambat|paling lama|sampai|sampe|besok|nanti|deadline"
    r"|habis|berakhir|jatuh tempo|jadwal|rencana|kerja|bekerja|masuk|gabung|bergabung|diangkat"
    r"|lahir\w*|hamil|menikah|nikah|umur|usia|masa|kontrak|karyawan|magang|mengabdi|jadi|janji\w*"
    r"|sekarang|skrg|skr|tiap2|dijanji\w*|kelas|anak|sebelum|minta"
    r"|harusnya|seharusnya|mestinya|hpl|operator|training|sudah|udah)"
    r"(?:\W+\w+){0,2}\W*$",
    re.IGNORECASE,
)
_TENURE = re.compile(
    r"\b(?:kerja|bekerja|gawe|gabung|bergabung|karyawan|jadi|menjadi|anggota|mengabdi|masuk)\b",
    re.IGNORECASE,
)
_TENURE_AFTER = re.compile(
    r"\W*(?:saya |kami |aku )?(?:kerja|bekerja|jadi|mengabdi|di ?sini|disini|ikut|kontrak|masa"
    r"|ngabdi|lebih (?:saya )?kerja|lagi|ke depan|kedepan|hamil|menikah)\b",
    re.IGNORECASE,
)
_REPEATED = re.compile(r"^[ -]*(?:kemarin|kemaren|2)\b", re.IGNORECASE)


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
    loose = loose or _undated(text, _DURATION)
    return loose[0] if loose else None


def _is_tenure(when: When, text: str) -> bool:
    """Whether "sejak 2011" tells the length of service: its clause speaks of being employed."""
    return _TENURE.search(re.split(r"[.!?;,\n]", text[: when.start])[-1]) is not None


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
        or _REPEATED.match(text[match.end() :]) is not None
    )


def _of_date(match: re.Match[str], today: date) -> date | None:
    """The date, without a year the last one that is not to come."""
    month = match["month"].lower()
    number = int(month) if month.isdigit() else _MONTHS[month[:3]]
    year = int(match["year"] or today.year)
    day = _date(year + 2000 if year < 100 else year, number, int(match["day"]))  # noqa: PLR2004
    if day is not None and day > today and match["year"] is None:
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
    number = match["n"].lower()
    days = int(number) if number.isdigit() else _NUMBER_WORDS.index(number) + 1
    return today - timedelta(days=days)


def _weekday(match: re.Match[str], today: date) -> date:
    wanted = _WEEKDAYS[(match["weekday"] or "minggu").lower()]
    return today - timedelta(days=(today.weekday() - wanted) % 7 or 7)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
