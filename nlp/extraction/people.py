"""How many people a story says are affected."""

import re
from dataclasses import dataclass

from nlp.extraction.numbers import WORDS, number_of

_VAGUE = r"(?:belasan|puluhan|ratusan|ribuan)"
_COUNTED = rf"(?P<n>\d{{1,5}}|{WORDS}|{_VAGUE})(?P<about>\s?-?an\b)?\s*(?P<more>lebih\s*)?"
_WE = r"kami|kmi|kita|kt|katong|torang|kitong|awak"
_PERSON = (
    r"orang|org|wong|urang|uwong|jiwa|karyawan|karyawati|buruh|pekerja|pegawai|operator|anggota"
    r"|teman|temen|tmn|kawan|rekan|siswa|guru|perawat|bidan|cewek|cewe|perempuan|ibu-ibu|ibu2"
    r"|penjahit|pemanen|anak2|sopir|supir|satpam|kru|abk|tukang|kuli|spg|ojol|driver|kurir"
)
_HURT = (
    r"belum|blm|blom|belom|durung|tidak|gak|ga|nggak|ngga|enggak|tak|tdk|dak|ora|tanpa|kena|semua"
    r"|pada|terancam|juga|udah|sudah|so|su|wis|masih|(?:mau )?di-?[a-z]{3,}|ter[a-z]{3,}"
    r"|ber[a-z]{4,}|ketipu|ke[a-z]{3,}an|mencret|hilang|pingsan|muntah\w*|keracunan|luka\w*|tewas|meninggal|jatuh|sesak|lemes|mual|sakit|patah"
    r"|pake|pakai|antri|nganggur|nunggu|menunggu|yang (?:belum|tidak|kena|di[a-z]+|nasib\w*)"
    r"|yg (?:blm|belum|gak|ga|tdk|kena|di[a-z]+|nasib\w*)|di rumah|di dalam|didalam|didalem"
    r"|di dalem|di kapal|di lubang|di atas|di bawah|dibawah|terjebak|kejebak"
    r"|ketimpa\w*|kejepit\w*|ketindih\w*|eks|mantan"
)

_OF_US = re.compile(
    rf"\b(?:{_WE})\s*(?:\w+\s+){{0,4}}?"
    r"(?:(?:ada|sekitar|kurang lebih|kira2|total|semua\w*|ini)\s+)*"
    rf"{_COUNTED}(?:{_PERSON})\b",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    rf"\b(?:{_WE})\s*(?:(?:ini|semua|perempuan|cewek|pekerja|cuma)\s*)?(?:ber-?\s?(?P<n>\d{{1,3}}|{WORDS})(?P<about>\s?an\b)?"
    r"(?!\s*(?:pcs|kamar|shift|lantai|hari|bulan|tahun|kali|jam|menit|ton|kilo|juta|ribu))"
    r"|ber-?\s?(?P<about_n>\d{1,3})(?=\s*an\b))",
    re.IGNORECASE,
)
_AND_I = re.compile(
    rf"\b(?:saya|sy|aku|gw|gue)\s*(?:dan|sama|dn|sm|\+)\s*(?P<n>\d{{1,4}}|{WORDS})\s*(?:orang\s*)?"
    r"(?:teman|temen|tmn|kawan|rekan)\w*",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:total\w*|jumlah\w*|korban\w*|sebanyak|sejumlah|mewakili|rombongan|ketimpa"
    r"|tertimpa|ketimbun|tertimbun|kejepit|terjepit|ketindih"
    r"|yang kena|yg kena)"
    rf"\s*(?:kami|kita|nya)?\s*(?:ada\s*)?{_COUNTED}(?:(?:{_PERSON})\b|(?=\s*(?:[.!?,\n]|$)))",
    re.IGNORECASE,
)
_HARMED = re.compile(
    rf"\b{_COUNTED}(?:(?:orang|org|wong)\s*)?(?:{_PERSON})\b"
    rf"(?=\s*(?:(?:\w+\s+){{0,3}}?(?:{_HURT})\b))",
    re.IGNORECASE,
)
_ON_ITS_OWN = re.compile(
    r"(?:[.!?\n,]\s*(?:ada\s+)?|^)"
    r"(?:(?:sekitar|kira-kira|kira2|kurang lebih|total|cuma|semuanya)\s+)?"
    rf"(?P<span>{_COUNTED}(?:{_PERSON})\b(?: (?:{_PERSON})\b)?)"
    r"(?:\s+(?:pak|bu|bang|kak|min|mas|mbak|semua\w*|lebih))?"
    r"(?=\s*(?:[.!?,\n]|$))",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r"\b(?:untuk|buat|utk|bagi|gantian|ibu-ibu|ibu ibu|ibu2|bapak-bapak|teman-teman"
    rf"|temen2|anak2|karyawan|karyawati|buruh|pekerja"
    rf"|(?:satu|1|sak|se) ?(?:pabrik|line|gudang|kapal|shift|regu|toko|kantor))"
    rf"\s+(?P<span>{_COUNTED}(?:{_PERSON}))\b",
    re.IGNORECASE,
)
_FIRST = re.compile(
    rf"(?:^|[.!?\n]\s+)(?P<span>{_COUNTED}(?:{_PERSON}))\b(?! (?:yang|yg)\b)", re.IGNORECASE
)
_WHOLE = re.compile(
    r"\b(?:(?:satu|1|sak|se)[ -]?(?:line|bagian|divisi|shift|sif|pabrik|kantor|departemen|gudang"
    r"|kebun|afdeling|mess|regu|grup|toko)|semua (?:karyawan|buruh|pekerja|operator|orang"
    r"|anak produksi)|seluruh (?:karyawan|buruh|pekerja)|kami semua|kita semua)\b"
    rf"\s*(?:juga\s*|pada\s*)?(?=(?:{_HURT})\b)",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\b(?:cuma|cuman|hanya) (?:saya|aku|sy) (?:sendiri(?:an)?|doang|(?=yg |yang ))"
    r"|(?<!bukan )(?<!bkn )\b(?:saya|aku|sy) (?:sendirian|doang)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:preman|satpam|security|hrd|polisi|asing|leader|mandor|ormas|butuh|minimal"
    r"|kurang(?! lebih)"
    r"|maksimal|per|tiap|setiap|target|sekamar|kamar|rekrut|dulu|dulunya|dari(?=\W*$)|usia|umur|depan"
    r"|dpn|didenger|didengar|ditonton|disaksikan|dilihat|bukan|selain|cuma|hanya|terdaftar\w*"
    r"|didaftar\w*|yg (?:ga|gak|tidak)|satu kamar|muat|kapasitas|penumpang|rumah|mess|kali|antara"
    r"|pengawas|ustad|dokter|bos|atasan|pengganti|baru|cukup|dikelilingi|dikepung|dikeroyok|dinilai|grup|group|oleh|harusnya|seharusnya|biasa\w*|idealnya)"
    r"\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_OTHERS_AFTER = re.compile(
    r"\s*(?:\w+\s+)?(?:preman|satpam|security|hrd|polisi|asing|ormas|tamu|bule|minat|lanjut"
    r"|sekamar|per|sehari|penumpang|pelanggan|tetap|dilanjut|diangkat|lolos|selamat|gaib)\b",
    re.IGNORECASE,
)
_OR_MORE = re.compile(r"\s*lebih\b", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:sekitar|kurang lebih|kira2|kira-kira|hampir|lebih dari)\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class People:
    """Who is affected, in the reporter's words.

    Attributes:
        count: how many; None where they say no number ("ratusan karyawan", "satu line").
        approximate: the number is a rough one ("30an orang", "90 orang lebih").
    """

    words: str
    start: int
    end: int
    count: int | None
    approximate: bool = False


def find_people(text: str) -> People | None:
    """The number of people affected; None where the story says none, or two different ones."""
    found: list[People] = []
    for pattern in (_OF_US, _TOGETHER, _AND_I, _TOTAL, _HARMED, _ON_ITS_OWN, _SHARE, _FIRST):
        found += [
            people
            for match in pattern.finditer(text)
            if (pattern is _TOGETHER or not _is_of_others(match, text))
            and not _overlaps((people := _people(match, text)), found)
        ]
    found = [people for people in found if people.count != 1]
    found += [_spanned(text, *match.span(), 1) for match in _ALONE.finditer(text)]
    if not found:
        found = [_spanned(text, *match.span(), None) for match in _WHOLE.finditer(text)]
    if len({people.count for people in found}) != 1:
        return None
    return min(found, key=lambda people: people.start)


def _people(match: re.Match[str], text: str) -> People:
    groups = match.groupdict()
    words = groups.get("n") or groups["about_n"]
    count = None if re.fullmatch(_VAGUE, words, re.IGNORECASE) else number_of(words)
    if match.re is _AND_I and count is not None:
        count += 1
    about = bool(
        count is None
        or groups.get("about")
        or groups.get("about_n")
        or groups.get("more")
        or _ABOUT.search(text[: match.start("n" if groups.get("n") else "about_n")])
        or _OR_MORE.match(text, match.end("span" if "span" in groups else 0))
    )
    start, end = match.span("span") if "span" in groups else match.span()
    return _spanned(text, start, end, count, approximate=about)


def _overlaps(people: People, found: list[People]) -> bool:
    return any(people.start < other.end and other.start < people.end for other in found)


def _spanned(
    text: str, start: int, end: int, count: int | None, *, approximate: bool = False
) -> People:
    words = text[start:end].rstrip()
    return People(words, start, start + len(words), count, approximate)


def _is_of_others(match: re.Match[str], text: str) -> bool:
    clause = re.split(r"[.!?;,\n]", text[max(match.start() - 200, 0) : match.start()])[-1]
    if match.re is _SHARE:  # "cuma 2 kartu buat 50 orang"
        clause = clause.replace("cuma", "")
    return _OTHERS.search(clause) is not None or _OTHERS_AFTER.match(text, match.end()) is not None
