"""The kabupaten or kota of the workplace, where a story names it."""

import re
from dataclasses import dataclass

from nlp.regions import Mention, RegionMatch, mentions

_WORK = (
    r"kerja|bekerja|gawe|pabrik\w*|pt|cv|perusahaan|gudang|kebun|perkebunan|proyek|toko|mess|mes"
    r"|cabang|outlet|kawasan|industri|site|plant|konveksi|tambang|garmen|kantor|workshop|lokasi"
    r"|rumah sakit|restoran|hotel|bengkel|spbu|minimarket|estate|kapal"
)
_QUALIFIER = r"(?:daerah |wilayah |area |kawasan(?: industri)? |kab\.? |kabupaten |kota |kec\.? )*"
_LEAD = re.compile(rf"\b(?:di |daerah |kawasan |wilayah |area ){_QUALIFIER}$", re.IGNORECASE)
_ATTACHED = re.compile(rf"\b(?:{_WORK})\s+{_QUALIFIER}$", re.IGNORECASE)
_WORK_BEFORE = re.compile(rf"\b(?:{_WORK})\b", re.IGNORECASE)
_HOME = re.compile(
    r"\b(?:tinggal|rumah(?! sakit)|kos|kosan|ngekos|kontrakan|kampung|asal|orang|ortu|keluarga"
    r"|mudik|pulang|lahir|sekolah|dirawat|rs|rsud|dulu|pindah|dipindah\w*|dimutasi\w*|mutasi"
    r"|pusat|istri|suami|anak|ibu|bapak|mamak|adik|kakak|saudara|sodara|sepupu|teman|temen|kawan|disnaker|demo|sidang|tujuan|kirim)\b"
    r"(?:\W+\w+){0,4}\W*$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.!?;,\n]")


@dataclass(frozen=True, slots=True)
class Place:
    """A region named in the story; to be asked where ``match`` says ``choose``."""

    words: str
    start: int
    end: int
    match: RegionMatch


def find_place(text: str) -> Place | None:
    """The region of the workplace; None where none is named, or two different ones."""
    found: list[Place] = [
        Place(text[m.start : m.end], m.start, m.end, m.match)
        for m in mentions(text)
        if m.match.candidates and _is_workplace(m, text)
    ]
    certain = {p.match.candidates[0].code for p in found if p.match.decision == "certain"}
    if len(certain) > 1:
        return None
    if certain:
        (code,) = certain
        others = [p for p in found if code not in {r.code for r in p.match.candidates}]
        return None if others else next(p for p in found if p.match.decision == "certain")
    if len({p.match for p in found}) != 1:
        return None
    return found[0]


def _is_workplace(mention: Mention, text: str) -> bool:
    """Whether the words before say that people work there, not live or stem from there."""
    clause = _CLAUSE_END.split(text[max(mention.start - 90, 0) : mention.start])[-1]
    if _HOME.search(clause):
        return False
    if _ATTACHED.search(clause):
        return True
    return _LEAD.search(clause) is not None and _WORK_BEFORE.search(clause) is not None
