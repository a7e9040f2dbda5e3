"""The kabupaten or kota of the workplace, where a story names it."""

import re
from dataclasses import dataclass

from nlp.regions import Mention, RegionMatch, mentions

_SITE = (
    r"pabrik\w*|pt|cv|ud|perusahaan\w*|gudang|kebun|perkebunan|proyek|toko|mess|mes|cabang|outlet"
    r"|kawasan|industri|site|plant|konveksi|tambang|garmen|kantor|workshop|lokasi|rumah sakit"
    r"|restoran|resto|hotel|bengkel|spbu|minimarket|estate|klinik|kafe|cafe|galangan|pelabuhan"
    r"|bandara|stasiun|smelter|warung|salon|laundry|resort|vila|villa|showroom|pks|pltu|mall?|line"
)
_WORK = (
    rf"kerja\w*|bekerja|gawe|megawe|nyambut|{_SITE}|operator|buruh|karyawan|karyawati|pegawai"
    r"|satpam|security|guru|perawat|bidan|kasir|admin|teller|koki|cook|art|prt|pembantu|magang"
    r"|pemanen|penjahit|mandor|cleaning|staf|staff|tukang|kuli|helper|resepsionis|ditempatkan"
)
_IN = r"di|neng|nang|ning|nek|ing|dek|kat|pi|ka|daerah|kawasan(?: industri)?|wilayah|area|dr|dari"
_QUALIFIER = (
    r"(?:(?:daerah|wilayah|area|kawasan(?: industri)?|kab|kabupaten|kota|kec|kecamatan|cabang"
    r"|site|camp|km \d+|jl\.?|jln|jalan|raya)\.? )*"
)
_CALLED = re.compile(r"\b(?:kab|kabupaten|kec|kecamatan|kota)\.? $", re.IGNORECASE)
_LEAD = re.compile(rf"\b(?:{_IN}) {_QUALIFIER}$", re.IGNORECASE)
_ATTACHED = re.compile(rf"\b(?:{_SITE})\W(?:[\w.&-]+ ){{0,4}}{_QUALIFIER}$", re.IGNORECASE)
_WORK_BEFORE = re.compile(rf"\b(?:{_WORK})\b", re.IGNORECASE)
_WORK_AFTER = re.compile(rf"\W{{1,2}}(?:\w+ )?(?:{_WORK})\b", re.IGNORECASE)
_STANDS_FIRST = re.compile(r"^\W*(?:di|neng|nang) $", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:[.,;!\n]|$)")
_HOME = re.compile(
    r"\b(?:tinggal|rumah(?! sakit)|kos|kosan|ngekos|kontrakan|kampung|asal|orang|ortu|keluarga"
    r"|mudik|pulang|lahir|sekolah|dirawat|rs|rsud|dulu|dulunya|pindah|pindahan|dipindah\w*"
    r"|dimutasi\w*|mutasi|pusat|istri|suami|bojo\w*|anak|ibu|bapak|mamak|adik|adek|kakak|saudara"
    r"|sodara|sepupu|teman|temen|kawan|disnaker|demo|sidang|tujuan|kirim\w*|dikirim|lamar\w*"
    r"|serikat|dpc|puk|umk|ump|umr|lama saya|lama|jurusan|rute|trayek|antar|loker|lowongan|diklat"
    r"|pelatihan|penyuluhan|ke|menuju|tetangga|sebelah|resmi|bukan|hilang|ilang|dijanji\w*"
    r"|mau kerja|pernah|sampai|sampe|tiket|kapal|kapalnya|bpjs|kantor pos|blk|kantor cabang"
    r"|kelahiran|ktp|pemda)\b"
    r"(?:\W+\w+){0,4}\W*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"\b(?:dr|dari|saking|seko) (?:\w+ ){0,1}$", re.IGNORECASE)
_IN_NAME = re.compile(r"\b(?:pt|cv|ud)\.? ?$", re.IGNORECASE)
_ELSEWHERE_AFTER = re.compile(r" ?(?:-|ke |lebih |naik|udah naik|itu kampung)\w*", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"[!?;\n(),]|(?<![Pp][Tt])(?<![Cc][Vv])(?<![Uu][Dd])(?<![Kk]ec)(?<![Kk]ab)\.(?=\s+[A-Z]|\s*$)"
)


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
        if _is_workplace(m, text)
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
    before = text[max(mention.start - 120, 0) : mention.start]
    *earlier, clause = _CLAUSE_END.split(before)
    if _HOME.search(clause) or _ELSEWHERE_AFTER.match(text, mention.end):
        return False
    if _FROM.search(clause) or _IN_NAME.search(clause):
        return False
    if _ATTACHED.search(clause):
        return True
    if _STANDS_FIRST.search(before):
        return _ENDS.match(text, mention.end) is not None
    if _LEAD.search(clause) or _CALLED.search(clause):
        return (
            _WORK_BEFORE.search(clause) is not None
            or _WORK_AFTER.match(text, mention.end) is not None
        )
    previous = earlier[-1] if earlier and not clause.strip() else ""
    return (
        before.rstrip().endswith(",")
        and _WORK_BEFORE.search(previous) is not None
        and _HOME.search(previous) is None
    )
