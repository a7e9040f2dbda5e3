"""The employer that a story names."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from nlp.companies import CompanyIndex, CompanyMatch, match_company, normalise_company
from nlp.normalise import slang
from nlp.region_names import region_index
from nlp.regions import mentions

_LONGEST_NAME = 5
_FEWEST_PLAIN_WORDS = 2
_SHORTEST_PLAIN_WORD = 3
_LEAD = 30
"""Characters before "pt" that may lead to a name."""
_WORDS = Path(__file__).parent / "name_words.toml"
_LEGAL = re.compile(r"\b(?P<form>pt|cv|ud|p\.t|c\.v)\b\.?\s*", re.IGNORECASE)
_PLACE_OF_WORK = re.compile(
    r"\b(?:[Pp]abrik|[Kk]ebun|[Pp]erkebunan|[Pp]royek|[Tt]oko|[Rr]estoran|[Hh]otel|[Bb]engkel"
    r"|[Ss]walayan|[Mm]inimarket|[Kk]onveksi|[Kk]linik|[Yy]ayasan|[Kk]operasi|[Aa]potek|[Ss]alon"
    r"|[Rr]esort|[Rr]umah [Ss]akit|[Bb]ank|RS|RSU|RSUD|RSIA|PKS|PTPN|[Ee]state)\s+"
)
_SMALL_SITE = re.compile(
    r"\b(?:di|dari|dr|neng|nang|namanya|kerja(?: saya| kami)?) "
    r"(?P<site>toko|hotel|rs|rumah sakit|yayasan|koperasi|restoran"
    r"|resto|klinik|konveksi|apotek|swalayan|bengkel|salon|resort|warung|ud|kebun|pabrik) "
)
_AREA = re.compile(r"(?:Nusa Dua|Nusa Penida|Labuan Bajo|Tanah Lot|Gili \w+)\b")
_TOKEN = re.compile(r"[\w&'-]+")
_LEADS_TO_NAME = re.compile(
    r"(?:^|[.,;!?:\n(]|\b(?:di|dari|dr|neng|nang|namanya|nama|perusahaan|perusahaannya|pabrik"
    r"|pabriknya|karyawan|operator|buruh|pekerja|saya|kami|pks|vendor|kebun|hrd|bos|kerja))\s*$",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"(?:senin|selasa|rabu|kamis|jumat|sabtu|minggu|ahad|jan|feb|mar|apr|mei|jun|jul|agu|sep|okt|nov"
    r"|des)\w*",
    re.IGNORECASE,
)
_GAP = re.compile(r"\s+")
_PROPER = re.compile(r"[A-Z0-9][\w&'-]*")
_STOP = frozenset(
    """yang di ke dari dan atau dengan untuk karena tapi kalau juga saja ini itu ada tidak belum
    sudah akan bisa harus mau masih lagi terus sampai sejak pada oleh sebagai bagian daerah kab
    kota kabupaten kecamatan jalan kami saya kita mereka dia gaji upah kerja lembur kontrak phk
    kec kel kelurahan desa dusun
    tempat bulan tahun hari minggu tanggal jam orang karyawan buruh pabrik kawasan tbk persero
    sebelah lain baru lama besar kecil tersebut nya operator staf satpam sopir produksi gudang
    line shift katanya bilang tolong mohon selamat pak bu min kak bang mas mbak thr bpjs cuti
    penyalur penyedia outsourcing vendor alih subkon milik punya sendiri semua bayar dibayar
    menahan memotong dipotong tutup bangkrut pailit mem telat terlambat terletak cabang divisi
    jadi selama hanya sangat sekitar per tiap setiap lewat melalui apa mana siapa dulu sini situ
    """.split()  # noqa: SIM905  (a list of words reads best as text)
)


@dataclass(frozen=True, slots=True)
class Workplace:
    """A named employer, with what the list of known companies says about the name."""

    words: str
    start: int
    end: int
    match: CompanyMatch


def find_workplace(text: str, known: CompanyIndex) -> Workplace | None:
    """The employer; None where the story names none for sure, or several."""
    found = [
        *(_legal_name(match, text, known) for match in _LEGAL.finditer(text)),
        *(_proper_name(match, text, known) for match in _PLACE_OF_WORK.finditer(text)),
        *(_small_name(match, text, known) for match in _SMALL_SITE.finditer(text)),
        *_known_names(text, known),
    ]
    named = [w for w in found if w is not None and _is_sure(w, text)]
    meant = {_meaning(workplace) for workplace in named}
    if len(meant) != 1:
        return None
    return min(named, key=lambda workplace: workplace.start)


def _is_sure(workplace: Workplace, text: str) -> bool:
    """In a text all in capitals nothing shows where a name ends: only known ones count."""
    return not text.isupper() or workplace.match.decision == "preselected"


def _meaning(workplace: Workplace) -> str:
    if workplace.match.decision == "preselected":
        return normalise_company(workplace.match.candidates[0].name)
    return normalise_company(workplace.words)


def _legal_name(match: re.Match[str], text: str, known: CompanyIndex) -> Workplace | None:
    """The name after "PT", "CV": capitals as far as they go.

    Someone who writes "di pt sumber makmur gaji belum turun" uses no capitals at all: there
    the name ends at the first common word or at a region.
    """
    tokens = _following(text, match.end())
    proper = _capitals(tokens)
    if proper and not text.isupper():
        return _workplace(text, match.start(), proper[-1].end(), known)
    if (
        match["form"][0].isupper()
        or _LEADS_TO_NAME.search(text[max(match.start() - _LEAD, 0) : match.start()]) is None
    ):
        return None
    plain = _plain_words(tokens)
    if not 0 < len(plain) < _LONGEST_NAME or len(plain[0][0]) < _SHORTEST_PLAIN_WORD:
        return None
    return _workplace(text, match.start(), plain[-1].end(), known)


def _small_name(match: re.Match[str], text: str, known: CompanyIndex) -> Workplace | None:
    """The name after "di toko" in a story without capitals: two words, one usual in names."""
    plain = _plain_words(_following(text, match.end()))
    if not _FEWEST_PLAIN_WORDS <= len(plain) < _LONGEST_NAME:
        return None
    words = {token[0] for token in plain}
    if not words & _name_words()[1] or any(word.isdigit() for word in words):
        return None  # "toko roti enak", "hotel bintang 5"
    return _workplace(text, match.start("site"), plain[-1].end(), known)


def _plain_words(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """The leading words in small letters that are neither common nor a region after them."""
    usual = _name_words()[1]
    plain: list[re.Match[str]] = []
    for token, after in zip_longest(tokens, tokens[1:]):
        goes_on = after is not None and after[0] in usual  # "anugerah sepatu jaya"
        if (_is_common(token[0]) and not goes_on) or token[0] != token[0].lower():
            break
        plain.append(token)
    if len(plain) > 1 and plain[-1][0] in region_index().regencies:
        plain.pop()  # "pt nikomas gemilang serang"; the last word may be a common one
    if not plain:
        return []
    for mention in mentions(plain[0].string[plain[0].start() : plain[-1].end()]):
        if mention.start == 0:
            return []
        return [t for t in plain if t.end() <= plain[0].start() + mention.start]
    return plain


def _proper_name(match: re.Match[str], text: str, known: CompanyIndex) -> Workplace | None:
    """The capitalised name after "pabrik", "toko"; not a mere place name."""
    proper = _capitals(_following(text, match.end()))
    names = [token for token in proper if token[0].istitle() and not _CALENDAR.fullmatch(token[0])]
    if not names or text.isupper():
        return None
    name = text[proper[0].start() : proper[-1].end()]
    if any(mention.start == 0 for mention in mentions(name)) or _AREA.match(name):
        return None
    if len(names) == 1 and names[0][0].lower() not in _name_words()[1]:
        return None  # "hotel Senggigi": most single words are villages
    return _workplace(text, match.start(), proper[-1].end(), known)


def _known_names(text: str, known: CompanyIndex) -> list[Workplace]:
    """Known names of two words or more that stand in the text letter for letter."""
    words = list(_TOKEN.finditer(text))
    plain = [normalise_company(word[0]) for word in words]
    sentence = f" {' '.join(plain)} "
    starts: list[int] = []
    position = 0
    for word in plain:
        starts.append(position)
        position += len(word) + 1
    found = []
    for name in known.normalised:
        at = sentence.find(f" {name} ") if " " in name else -1
        if at >= 0 and at in starts:
            first = starts.index(at)
            last = first + name.count(" ")
            workplace = _workplace(text, words[first].start(), words[last].end(), known)
            found.append(workplace)
    return found


def _following(text: str, start: int) -> list[re.Match[str]]:
    """At most five words that follow each other with nothing but space between them."""
    tokens: list[re.Match[str]] = []
    while len(tokens) < _LONGEST_NAME:
        gap = _GAP.match(text, start) if tokens else None
        token = _TOKEN.match(text, gap.end() if gap else start)
        if token is None or (tokens and gap is None):
            break
        tokens.append(token)
        start = token.end()
    return tokens


def _capitals(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    """The leading words that begin with a capital letter or a digit and are no common words."""
    proper: list[re.Match[str]] = []
    for token in tokens:
        starts_name = token[0][0].isupper() if not proper else _PROPER.fullmatch(token[0])
        if not starts_name or (_is_common(token[0]) and not token[0].istitle()):
            break
        proper.append(token)
    return proper


def _is_common(word: str) -> bool:
    plain = word.lower()
    common, _ = _name_words()
    return slang().get(plain, plain) in _STOP or plain in slang() or plain in common


@cache
def _name_words() -> tuple[frozenset[str], frozenset[str]]:
    """Words that end a name, and words that names are made of."""
    words = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return frozenset(words["common"].split()), frozenset(words["names"].split())


def _workplace(text: str, start: int, end: int, known: CompanyIndex) -> Workplace:
    words = text[start:end]
    return Workplace(words, start, end, match_company(words, known))
