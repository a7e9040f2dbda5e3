"""How many people a story says are affected."""

import re
from dataclasses import dataclass

_WORD_NUMBERS = {
    "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8,
    "sembilan": 9, "sepuluh": 10, "sebelas": 11, "belasan": None, "puluhan": None,
    "ratusan": None, "ribuan": None, "satu": 1, "seorang": 1,
}  # fmt: skip
_NUMBER = r"\d{1,5}|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas"
_VAGUE = r"belasan|puluhan|ratusan|ribuan"
_WE = r"kami|kita|kmi|kt"
_PERSON = r"karyawan|karyawati|buruh|pekerja|operator|anggota|teman|temen|kawan|orang|org|wong"
_HURT = (
    r"belum|blm|tidak|gak|ga|nggak|ngga|tdk|di[a-z]{3,}|kena|semua|belom|terancam|mau di[a-z]+"
    r"|yang (?:belum|tidak|kena|di[a-z]+)|yg (?:blm|belum|gak|ga|tdk|kena|di[a-z]+)"
)

_COUNT = re.compile(
    rf"\b(?:{_WE})\s*(?:semua\w*\s*|ada\s*|sekitar\s*|kurang lebih\s*)?(?P<a>{_NUMBER}|{_VAGUE})"
    rf"\s*(?:{_PERSON})\b"
    rf"|\b(?:{_WE})\s*(?:ini\s*)?ber-?\s?(?P<b>\d{{1,3}}|dua|tiga|empat|lima|enam|tujuh|delapan"
    r"|sembilan|sepuluh)\b"
    rf"|\b(?:saya|sy|aku|gw|gue)\s*(?:dan|sama|dn|sm|\+)\s*(?P<c>{_NUMBER})\s*(?:orang\s*)?"
    r"(?:teman|temen|tmn|kawan|rekan)\w*"
    rf"|\b(?P<d>{_NUMBER}|{_VAGUE})\s*(?:orang|org)?\s*(?:karyawan|karyawati|buruh|pekerja"
    rf"|operator|anggota|teman|temen|kawan)\w*(?=\s*(?:saya\s*|kami\s*)?(?:{_HURT})\b)"
    rf"|\b(?P<e>{_NUMBER}|{_VAGUE})\s*(?:orang|org|wong)(?=\s*(?:{_HURT})\b)",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:(?:satu|1|sak|se)[ -]?(?:line|bagian|divisi|shift|sif|pabrik|kantor|departemen|gudang"
    r"|kebun|afdeling|mess|regu|grup|toko)|semua (?:karyawan|buruh|pekerja|operator|orang"
    r"|anak produksi)|seluruh (?:karyawan|buruh|pekerja)|kami semua|kita semua)\b"
    rf"\s*(?:juga\s*|pada\s*)?(?=(?:{_HURT})\b)",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\b(?:cuma|cuman|hanya) (?:saya|aku|sy) (?:sendiri(?:an)?|doang)\b"
    r"|(?<!bukan )(?<!bkn )\b(?:saya|aku|sy) (?:sendirian|doang)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:preman|satpam|security|hrd|polisi|asing|leader|mandor|ormas|butuh|kurang|minimal"
    r"|maksimal|per|tiap|setiap|target|sekamar|kamar|rekrut|dulu|dulunya|dari|total|usia|umur)"
    r"\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_OTHERS_AFTER = re.compile(
    r"\W*(?:\w+\W+)?(?:preman|satpam|security|hrd|polisi|asing|ormas|tamu|bule)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class People:
    """Who is affected, in the reporter's words; ``count`` is None where they say no number."""

    words: str
    start: int
    end: int
    count: int | None


def find_people(text: str) -> People | None:
    """The number of people affected; None where the story says none, or two different ones."""
    found = [
        _people(match, _number(match))
        for match in _COUNT.finditer(text)
        if not _is_of_others(match, text)
    ]
    found += [_people(match, 1) for match in _ALONE.finditer(text)]
    if not found:
        found = [_people(match, None) for match in _WHOLE.finditer(text)]
    if len({people.count for people in found}) != 1:
        return None
    return found[0]


def _people(match: re.Match[str], count: int | None) -> People:
    return People(match[0].rstrip(), match.start(), match.start() + len(match[0].rstrip()), count)


def _number(match: re.Match[str]) -> int | None:
    name = str(match.lastgroup)
    word = match[name].lower()
    count = int(word) if word.isdigit() else _WORD_NUMBERS[word]
    return count + 1 if name == "c" and count is not None else count


def _is_of_others(match: re.Match[str], text: str) -> bool:
    return (
        _OTHERS.search(text[: match.start()]) is not None
        or _OTHERS_AFTER.match(text, match.end()) is not None
    )
