"""Which kabupaten or kota a person means, and what time it is there.

A name that a kabupaten and a kota share is never guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from nlp.normalise import clean
from nlp.region_names import (
    KABUPATEN,
    KECAMATAN,
    KOTA,
    Hit,
    Index,
    Region,
    hits,
    region_index,
)

__all__ = [
    "Mention",
    "Region",
    "RegionMatch",
    "match_region",
    "mentions",
    "region_of",
    "timezone_of",
]

ALIKE = 75.0
"""From this ratio (0-100) on a misspelt name is offered."""
SHOWN = 6
"""More possible regions than this are no help; the answer counts as not understood."""
SHOWN_ALIKE = 3
_NEARLY_SAME = 88.0
_LEADS_TO_DISTRICT = KECAMATAN | {"daerah", "kawasan", "wilayah"}
_INSIDE_NAME = re.compile(
    r"\b(?:(?!Di|Pabrik|Gudang|Toko|Kec|Daerah|Kebun|Hotel|Kantor)[A-Z][a-z]+ |(?:PT|CV|UD)\W+)$"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?\n:\"'(])\W*$")

_WORD = re.compile(r"\w+")
_PROVINSI = frozenset({"prov", "provinsi", "propinsi"})
_QUALIFIERS = KABUPATEN | KOTA | KECAMATAN | _PROVINSI
_FILLERS = frozenset({"di", "daerah", "wilayah", "kerja", "saya", "nya", "pabrik"})

Decision = Literal["certain", "choose", "unknown"]
Zone = Literal["WIB", "WITA", "WIT"]

_ZONES: Mapping[Zone, tuple[int, ...]] = {
    "WIB": (*range(11, 20), 21, *range(31, 37), 61, 62),
    "WITA": (51, 52, 53, 63, 64, 65, *range(71, 77)),
    "WIT": (81, 82, *range(91, 97)),
}


@dataclass(frozen=True, slots=True)
class RegionMatch:
    """What to do with a typed place.

    Attributes:
        decision: ``certain`` (one candidate), ``choose`` (ask which candidate, also where
            there is a single misspelt one) or ``unknown`` (no candidate).
        candidates: at most six, the likeliest first.
    """

    decision: Decision
    candidates: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name in a text: what it may mean and where it stands (character offsets)."""

    match: RegionMatch
    start: int
    end: int


def match_region(typed: str) -> RegionMatch:
    """The kabupaten or kota that an answer such as "cikarang", "kab bekasi" means.

    A district (kecamatan) leads to its kabupaten; a province alone is not enough.
    """
    index = region_index()
    words = _WORD.findall(clean(typed))
    named = hits(words, index)
    name = "".join(word for word in words if word not in _QUALIFIERS | _FILLERS)
    codes = _combined(named, words)
    if codes and not _is_misspelt_longer_name(name, named, index):
        return _match(codes, index)
    return RegionMatch("unknown", ()) if named and not codes else _alike(name, index)


def region_of(code: str) -> Region | None:
    """The region of a Kemendagri code such as ``32.16``; None for an unknown one."""
    return region_index().regions.get(code)


def mentions(text: str) -> tuple[Mention, ...]:
    """Every exactly written kabupaten, kota, industrial estate or kecamatan, in order.

    Without misspellings: in a story a false place is worse than none. Names that are also
    everyday words need a capital letter or "kab", "kota" before them; a kecamatan of one word
    a capital letter inside a sentence, or "kec", "daerah" before it.
    """
    index = region_index()
    found = list(_WORD.finditer(text))
    words = [match[0].lower() for match in found]
    result = []
    for hit in hits(words, index):
        start = found[hit.first].start()
        before = words[hit.first - 1] if hit.first else ""
        capital = found[hit.first][0].istitle()
        if hit.regencies:
            counts = capital or before in KABUPATEN | KOTA or hit.key not in index.everyday
        else:
            counts = before in _LEADS_TO_DISTRICT or (
                capital and not _SENTENCE_START.search(text[:start])
            )
            counts = bool(hit.districts) and (counts or hit.last > hit.first)
            counts = counts and not _INSIDE_NAME.search(text[:start])
        match = _match(_combined([hit], words), index)
        if counts and match.candidates:
            result.append(Mention(match, start, found[hit.last].end()))
    return tuple(result)


def timezone_of(region_code: str) -> Zone:
    """WIB, WITA or WIT by the province in front of a Kemendagri code.

    Raises:
        ValueError: no Indonesian province has this code.
    """
    province = region_code.split(".", maxsplit=1)[0]
    for zone, provinces in _ZONES.items():
        if province in map(str, provinces):
            return zone
    raise ValueError(f"{region_code!r} is no Kemendagri region code")


def _match(codes: Iterable[str], index: Index) -> RegionMatch:
    regions = tuple(index.regions[code] for code in sorted(codes))
    if len(regions) > SHOWN:
        return RegionMatch("unknown", ())
    return RegionMatch("certain" if len(regions) == 1 else "choose", regions)


def _combined(named: Sequence[Hit], words: Sequence[str]) -> frozenset[str]:
    """The regions that fit all names of an answer, the narrowest reading that is not empty."""
    regencies = [_qualified(hit, words) for hit in named if hit.regencies]
    districts = [hit.districts for hit in named if hit.districts and not hit.regencies]
    provinces = {hit.province for hit in named if hit.province and not hit.regencies}
    codes: frozenset[str] = frozenset()
    for group in (*regencies, *districts):
        codes = (codes & group) or (codes if codes and group in districts else codes | group)
    inside = frozenset(code for code in codes if code[:2] in provinces)
    return inside or codes


def _qualified(hit: Hit, words: Sequence[str]) -> frozenset[str]:
    """The codes left when "kab" or "kota" stands beside the name."""
    beside = set(words[max(hit.first - 1, 0) : hit.first]) | set(
        words[hit.last + 1 : hit.last + 2]
    )
    wanted = hit.regencies
    if beside & KABUPATEN:
        wanted = frozenset(code for code in hit.regencies if code[3] < "7")
    elif beside & KOTA:
        wanted = frozenset(code for code in hit.regencies if code[3] >= "7")
    return wanted or hit.regencies


def _is_misspelt_longer_name(name: str, named: Sequence[Hit], index: Index) -> bool:
    """Whether "padang sidimpuam" rather means Padangsidimpuan than Padang."""
    if len(named) != 1 or named[0].key == name:
        return False
    best = process.extractOne(
        name, list(index.regencies), scorer=fuzz.ratio, score_cutoff=_NEARLY_SAME
    )
    return best is not None and len(best[0]) > len(named[0].key)


def _alike(name: str, index: Index) -> RegionMatch:
    found = process.extract(
        name, list(index.regencies), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=SHOWN_ALIKE
    )
    codes = dict.fromkeys(code for key, _, _ in found for code in index.regencies[key])
    regions = tuple(index.regions[code] for code in codes)[:SHOWN]
    return RegionMatch("choose" if regions else "unknown", regions)
