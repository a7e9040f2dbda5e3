"""A reporter says that evidence will follow: "nanti saya kirim slipnya". She is reminded of it.

Only short messages are read: in a long story somebody else may have promised to send something.
"""

import re
from datetime import date, timedelta

from bot.cases.appointments import make, upcoming, when
from bot.cases.dates import read_date
from bot.cases.reminder_times import EVIDENCE, evidence_moment
from bot.cases.work import Work
from storage.tables import Case

_MOST_WORDS = 14
_LATER_DAYS = 2
"""When she names no day."""

_SENDS = re.compile(
    r"\b(?:(?:saya|sy|sya|aku|kami|tak|akan|mau|bakal|nanti|nnti|ntar|besok|bsk|lusa)\s+"
    r"(?:\w+\s+)?(?:kirim|kirimin|kirimkan|krm|krim|upload|susulkan|susulin|fotoin|fotokan)"
    r"|(?:menyusul|nyusul|susulan))\b"
)
_LATER = re.compile(
    r"\b(?:nanti|nnti|ntar|menyusul|nyusul|susul\w*|besok|bsk|besuk|lusa|minggu depan"
    r"|(?:senin|selasa|rabu|kamis|jumat|sabtu)|(?:tgl|tanggal)\s+\d{1,2})\b"
)
_NOT = re.compile(
    r"\b(?:jangan|sudah|udah|udh|tadi|(?:tidak|tdk|gak|ga|nggak|enggak) (?:bisa|mau|akan|jadi))\b"
)
_NAMED = re.compile(
    r"\b(?P<day>besok|besuk|lusa|minggu depan|(?:tgl|tanggal)\s+\d{1,2}(?:\s+[a-z]{3,9})?"
    r"|(?:senin|selasa|rabu|kamis|jumat|sabtu))\b"
)


def note_promise(work: Work, case: Case, text: str) -> None:
    """Let her be reminded when she promised evidence; the officers see it in the topic."""
    today = work.now.astimezone(work.zone).date()
    on = promised_day(text, today)
    if on is None or any(one.kind == EVIDENCE for one in upcoming(work, case)):
        return
    at = evidence_moment(work, on)
    make(work, case, EVIDENCE, at, has_hour=False, tells=False)
    made = next(one for one in upcoming(work, case) if one.kind == EVIDENCE)
    text = work.texts("officers.appointment.promised", when=when(work, case, made))
    work.write.post(case, text, silent=True)


def promised_day(text: str, today: date) -> date | None:
    """The day on which she is to be reminded of evidence; None when she promised none."""
    said = " ".join(text.casefold().replace(",", " ").replace(".", " ").split()).strip(" !?")
    if len(said.split()) > _MOST_WORDS or _NOT.search(said) or "?" in text:
        return None
    if not (_SENDS.search(said) and _LATER.search(said)):
        return None
    named = _NAMED.search(said.replace("bsk", "besok"))
    on = _day(named["day"], today) if named else None
    return on if on is not None and on > today else today + timedelta(days=_LATER_DAYS)


def _day(words: str, today: date) -> date | None:
    on = read_date(words, today)
    return on if on is not None else read_date(f"{words} depan", today)
