"""Amounts of money in a story: "Rp 1.500.000", "1,5 juta", "500rb"."""

import re
from dataclasses import dataclass

_UNITS = {
    "rb": 1_000, "rbu": 1_000, "ribu": 1_000, "k": 1_000, "ewu": 1_000,
    "jt": 1_000_000, "jta": 1_000_000, "juta": 1_000_000, "yuta": 1_000_000,
    "m": 1_000_000_000, "miliar": 1_000_000_000, "milyar": 1_000_000_000,
}  # fmt: skip
_NUMBER = r"\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?P<rp>rp\.?\s?)?(?P<number>{_NUMBER})(?:\s?(?P<unit>rbu?|ribu|k|ewu|jta?|juta"
    r"|yuta|miliar|milyar|m))?(?![\w])(?:,-)?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_HALF = re.compile(r"\s?(setengah|stengah)\b", re.IGNORECASE)
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
    return tuple(found)


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
    end = half.end() if half else match.end()
    return (amount if sure and 0 < amount <= LARGEST else None), end


def _value(number: str) -> float:
    """The number, its dots and commas read as thousands where groups of three follow."""
    if _is_grouped(number):
        return float(re.sub(r"[.,]", "", number))
    return float(number.replace(",", "."))


def _is_grouped(number: str) -> bool:
    return _THOUSANDS.fullmatch(number) is not None
