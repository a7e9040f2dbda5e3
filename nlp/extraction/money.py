"""Amounts of money in a story: "Rp 1.500.000", "1,5 juta", "500rb"."""

import re
from dataclasses import dataclass

from nlp.extraction.numbers import WORDS, number_of

_UNITS = {
    "rb": 1_000, "rbu": 1_000, "rebu": 1_000, "ribu": 1_000, "k": 1_000, "ewu": 1_000,
    "jt": 1_000_000, "jta": 1_000_000, "juta": 1_000_000, "yuta": 1_000_000,
    "m": 1_000_000_000, "miliar": 1_000_000_000, "milyar": 1_000_000_000,
}  # fmt: skip
_NUMBER = r"\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<rp>rp\.?\s?)?(?P<number>{_NUMBER})(?:\s?(?P<unit>rbu?|rebu|ribu|k|ewu|jta?|juta"
    r"|yuta|miliar|milyar|m))?(?![\w])(?:,-)?",
    re.IGNORECASE,
)
_NO_COUNT = r"(?!\s*(?:orang|org|hari|bulan|bln|tahun|thn|jam|kali|x)\b)"
_IN_WORDS = re.compile(
    rf"\b(?:(?P<number>{WORDS})\s*(?P<unit>ribu|juta|ewu|yuta|miliar|milyar)|(?P<one>sejuta)"
    r"|seribu\s+(?:rupiah|perak))\b"
    rf"(?:\s+(?P<half>setengah|stengah)\b|\s+(?P<rest>{WORDS})(?:\s*ribu)?\b{_NO_COUNT})?",
    re.IGNORECASE,
)
_CHAT = re.compile(r"\b(?:seceng|goceng|ceban|noban|goban)\b", re.IGNORECASE)
_CHAT_AMOUNTS = {
    "seceng": 1_000, "goceng": 5_000, "ceban": 10_000, "noban": 20_000, "goban": 50_000,
}  # fmt: skip
_COINS = re.compile(r"(?<![\w.,])(?P<number>\d{2,4})\s?(?:rupiah|perak)\b", re.IGNORECASE)
_PIECES = re.compile(
    r"\s*(?:biji|pcs|buah|pasang|lembar|janjang|kilo|kg|butir|ekor|paket|koli|karton|orang|org"
    r"|karyawan|buruh)\b",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_HALF = re.compile(r"\s?(setengah|stengah)\b", re.IGNORECASE)
_FEWEST_THOUSANDS = 10
SMALLEST_BARE = 10_000
"""A number with thousands separators but no "Rp" is money only from here on."""
LARGEST = 1_000_000_000_000
_LONGEST = len("1.000.000.000.000,00")  # characters of a number; a longer one is no amount


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in rupiah, as read from the words at ``start`` to ``end``."""

    words: str
    start: int
    end: int
    rupiah: int


def find_money(text: str) -> tuple[Money, ...]:
    """All amounts that are surely money, in order."""
    found = []
    for match in _AMOUNT.finditer(text):
        rupiah, end = _rupiah(match, text)
        if rupiah is not None:
            found.append(Money(text[match.start() : end], match.start(), end, rupiah))
    for pattern, amount in ((_IN_WORDS, _in_words), (_CHAT, _in_chat), (_COINS, _coins)):
        found += [
            Money(match[0], *match.span(), rupiah)
            for match in pattern.finditer(text)
            if (rupiah := amount(match)) and not any(_overlap(match, money) for money in found)
        ]
    return tuple(sorted(found, key=lambda money: money.start))


def _overlap(match: re.Match[str], money: Money) -> bool:
    return match.start() < money.end and money.start < match.end()


def _in_chat(match: re.Match[str]) -> int:
    return _CHAT_AMOUNTS[match[0].lower()]


def _coins(match: re.Match[str]) -> int:
    return int(match["number"])


def _in_words(match: re.Match[str]) -> int:
    """The amount; a rest such as "dua ratus" after "juta" counts thousands.

    "seribu" without "rupiah" may be anything and is no amount.
    """
    unit = _UNITS["juta" if match["one"] else (match["unit"] or "ribu").lower()]
    number = number_of(match["number"]) if match["number"] else 1
    if match["half"]:
        return number * unit + unit // 2
    if not match["rest"]:
        return number * unit
    rest = number_of(match["rest"])
    if rest < _FEWEST_THOUSANDS:  # "sejuta dua": a million and two hundred thousand
        rest *= 100
    return number * unit + rest * (_UNITS["ribu"] if unit > _UNITS["ribu"] else 1)


def _rupiah(match: re.Match[str], text: str) -> tuple[int | None, int]:
    """The amount and where it ends; None where the number may be something else."""
    if len(match["number"]) > _LONGEST:
        return None, match.end()
    unit = (match["unit"] or "").lower()
    half = _HALF.match(text, match.end()) if unit else None
    value = _value(match["number"]) + (0.5 if half else 0.0)
    amount = round(value * _UNITS.get(unit, 1))
    sure = match["rp"] is not None or (
        unit != "m" if unit else _is_grouped(match["number"]) and amount >= SMALLEST_BARE
    )
    if match["rp"] is None and amount < _UNITS["juta"] and _PIECES.match(text, match.end()):
        sure = False  # "4 ribu biji"
    end = half.end() if half else match.end()
    return (amount if sure and 0 < amount <= LARGEST else None), end


def _value(number: str) -> float:
    """The number, its dots and commas read as thousands where groups of three follow."""
    if _is_grouped(number):
        return float(re.sub(r"[.,]", "", number))
    return float(number.replace(",", "."))


def _is_grouped(number: str) -> bool:
    return _THOUSANDS.fullmatch(number) is not None
