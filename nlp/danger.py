"""Says whether a message tells of danger now: reviewed expressions, no statistics.

They stand in ``danger.toml``, where people who know the work can read and change them. They
are made to miss little; ``nlp.classifier`` raises the urgency whatever the model says.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nlp.normalise import normalise

DANGER_PATH = Path(__file__).parent / "danger.toml"

_SENTENCE_END = re.compile(r"[.!?;\n]+(?=\s|$)|\n")
_LONGEST_SENTENCE = 1_000
_WINDOW = 24
"""How many characters before an expression a negation still belongs to it."""

_NEGATION = re.compile(
    r"\b(tidak ada (yang|korban)|tidak (sampai|pernah|jadi)|belum (ada|pernah|sampai)|bukan"
    r"|(jangan(lah)?( sampai)?|supaya tidak|biar tidak|agar tidak)( ada)?( lagi)?( yang| orang)?"
    r"|untung(nya)? tidak|tanpa"
    r"|mencegah|cegah|anti|bebas|alat pemadam|pemadam|asuransi|alarm|apar|jalur)\W*$"
)
_PAST = re.compile(
    r"\b((tahun|bulan|minggu) (lalu|kemarin|yang lalu)|(\w+ )?(tahun|bulan|minggu) yang lalu"
    r"|\d+ (tahun|bulan|minggu) lalu|pernah|zaman|jaman|waktu (itu|kecil)"
    r"|dulunya|dulu (ada|waktu|saya)|sudah sembuh|sudah (ditangani|selesai|beres|aman)"
    r"|tahun (19|20)\d\d)\b"
)
_NOW = re.compile(
    r"\b(sekarang|barusan|baru saja|tadi|masih|lagi|sampai (hari )?ini|hari ini|malam ini"
    r"|saat ini|detik ini|setiap (hari|malam)|tolong|sering|selalu)\b"
)
_DRILL = re.compile(
    r"\b(simulasi|latihan|pelatihan|training|drill|gladi|lomba|film|sinetron|drakor|berita"
    r"|poster|sosialisasi|penyuluhan|cerita nya|novel|tiktok|youtube|mimpi|seminar|edukasi)\b"
)
_HYPOTHETICAL = re.compile(
    r"\b(kalau|andai\w*|misal\w*|seumpama|jika|apabila|takut|khawatir|kuatir|rawan|bisa"
    r"|potensi|berpotensi|beresiko|berisiko|risiko|resiko|bahaya|nyaris|hampir|usul|mohon|nanti"
    r"|sebelum|antisipasi|darurat|hindari)\b[^,]*$"
)
_SPLIT_PASSIVE = re.compile(
    r"\bdi (?=(pukul|tusuk|bacok|kunci|perkosa|bunuh|ancam|sekap|keroyok|tampar|tendang|kurung"
    r"|gembok|siksa|injak|cekik|remas|raba|jual|kejar|seret|aniaya|lecehkan|bakar|tembak)\w*\b)"
)
"""People write "di pukul" for "dipukul"."""
_GUARDS = ("negation", "past", "drill", "hypothetical")


class DangerError(ValueError):
    """The file of expressions cannot be used."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """An expression that was found: the rule's name and the words, normalised."""

    rule: str
    words: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One group of expressions and what silences them."""

    name: str
    pattern: re.Pattern[str]
    guards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expressions:
    """All rules, and the idioms that are taken out of a text first."""

    idioms: re.Pattern[str]
    rules: tuple[Rule, ...]


def find_danger(text: str) -> tuple[Trigger, ...]:
    """What in the message speaks of danger now; empty where nothing does.

    Looks at each sentence by itself, so that "tahun lalu" in one does not hide "tolong,
    kebakaran" in the next.
    """
    expressions = _expressions()
    found: list[Trigger] = []
    for part in _SENTENCE_END.split(text):
        for start in range(0, len(part), _LONGEST_SENTENCE):
            piece = normalise(part[start : start + _LONGEST_SENTENCE])
            sentence = expressions.idioms.sub("_", _SPLIT_PASSIVE.sub("di", piece))
            for rule in expressions.rules:
                words = _unguarded(rule, sentence)
                if words is not None:
                    found.append(Trigger(rule.name, words))
    return tuple(dict.fromkeys(found))


def load_expressions(path: Path) -> Expressions:
    """Read a file of expressions.

    Raises:
        DangerError: a rule has no pattern, one that is no regular expression, or an unknown
            guard.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = tuple(_rule(path, table) for table in content["rule"])
    return Expressions(_pattern(path, "idioms", content["idioms"]), rules)


@cache
def _expressions() -> Expressions:
    return load_expressions(DANGER_PATH)


def _rule(path: Path, table: Mapping[str, Any]) -> Rule:
    name = table["name"]
    for guard in table["guards"]:
        if guard not in _GUARDS:
            raise DangerError(f"{path}: rule {name!r} has the unknown guard {guard!r}")
    return Rule(name, _pattern(path, name, table["patterns"]), tuple(table["guards"]))


def _pattern(path: Path, name: str, expressions: list[str]) -> re.Pattern[str]:
    if not expressions:
        raise DangerError(f"{path}: {name!r} has no expressions")
    try:
        return re.compile("|".join(f"(?:{expression})" for expression in expressions))
    except re.error as error:
        raise DangerError(f"{path}: an expression of {name!r} is wrong: {error}") from error


def _unguarded(rule: Rule, sentence: str) -> str | None:
    """The first words of the rule that no guard silences."""
    for match in rule.pattern.finditer(sentence):
        if not any(_silences(guard, sentence, match) for guard in rule.guards):
            return match[0].strip()
    return None


def _silences(guard: str, sentence: str, match: re.Match[str]) -> bool:
    before = sentence[: match.start()]
    match guard:
        case "negation":
            return _NEGATION.search(before[-_WINDOW:]) is not None
        case "past":
            return _PAST.search(sentence) is not None and _NOW.search(sentence) is None
        case "drill":
            return _DRILL.search(sentence) is not None
        case _:
            return _HYPOTHETICAL.search(before[-40:]) is not None
