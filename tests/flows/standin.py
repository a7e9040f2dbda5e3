"""A stand-in for the classifier and the readers: plain keywords, the same on every machine.

Labels follow docs/taxonomy; what the real classifier makes of real messages is tested in
tests/nlp. Here only the way a conversation takes from it matters.
"""

import re

from bot.flows.knowledge import Candidate, Match, Option, Understanding

_CATEGORIES = {
    "pelecehan_kekerasan": "dilecehkan melecehkan diraba pegang pukul dipukul mukul maki dimaki",
    "upah": "gaji gajian upah thr bonus slip umk dipotong potongan premi",
    "lembur_jam_kerja": "lembur lemburan shift jam",
    "phk_pesangon": "phk dipecat pesangon dirumahkan pecat",
    "kontrak_status": "kontrak outsourcing magang pkwt",
    "jaminan_sosial": "bpjs jht jkk",
    "k3": "kecelakaan mesin apd kebakaran kimia terjepit",
    "cuti_istirahat": "cuti haid istirahat",
    "fasilitas": "mess makan jemputan laktasi",
}
_DANGERS = ("terjepit mesin", "dikunci dari luar", "lagi dipukul", "kebakaran", "diperkosa")
_QUESTION = re.compile(r"\b(apakah|berapa|gimana|bagaimana|boleh (gak|tidak|ga))\b")
_WISH = re.compile(r"\b(usul|saran|semoga|terima kasih|makasih|harapan|mohon diadakan)\b")
_WORKPLACE = re.compile(r"\b(?i:pt)\.? ?((?:[A-Z]\w+ ?){1,3})")
_SINCE = re.compile(r"\b(sejak \w+|kemarin|tadi (?:pagi|malam)|udah \w+ bulan|bulan lalu)\b")
_AFFECTED = re.compile(r"\b(\d+ (?:orang|buruh|karyawan))\b")

COMPANIES = {
    "1": "PT Maju Jaya Garmen",
    "2": "PT Maju Jaya Sepatu",
    "3": "PT Sinar Abadi",
}
REGIONS = {
    "3216": "Kabupaten Bekasi",
    "3275": "Kota Bekasi",
    "3173": "Jakarta Barat",
    "2171": "Kota Batam",
    "3211": "Kabupaten Sumedang",
}


def understand(text: str) -> Understanding:
    """Kind, category and facts by keywords."""
    small = text.casefold()
    words = re.findall(r"\w+", small)
    counts = {
        slug: sum(word in keys.split() for word in words) for slug, keys in _CATEGORIES.items()
    }
    ranked = sorted(counts, key=lambda slug: -counts[slug])
    total = sum(counts.values())
    candidates = tuple(
        Candidate(slug, round(counts[slug] / total, 2) if total else 0.1) for slug in ranked[:3]
    )
    danger = tuple(phrase for phrase in _DANGERS if phrase in small)
    place = next((label for label in REGIONS.values() if label.casefold() in small), "")
    workplace = _WORKPLACE.search(text)
    return Understanding(
        kind=_kind(small),
        category=ranked[0] if total else "lainnya",
        candidates=candidates,
        tags=("thr",) if "thr" in words else (),
        urgency="darurat" if danger else "normal",
        abstain=not total,
        danger=danger,
        workplace=f"PT {workplace[1].strip()}" if workplace else "",
        region_name=place,
        region_code=next((code for code, label in REGIONS.items() if label == place), ""),
        happened=_first(_SINCE, small),
        affected=_first(_AFFECTED, small),
    )


def find_company(text: str) -> Match:
    """Companies whose first words were named."""
    return _find(COMPANIES, re.sub(r"^pt\.? ?", "", text.casefold().strip()))


def find_region(text: str) -> Match:
    """Regencies and cities of that name."""
    return _find(REGIONS, text.casefold().strip())


def _find(names: dict[str, str], said: str) -> Match:
    options = tuple(
        Option(i, name) for i, name in names.items() if said and said in name.casefold()
    )
    whole = [option for option in options if option.label.casefold().endswith(said)]
    if len(options) == 1 and whole:
        return Match(certain=options[0])
    return Match(options=options)


def _kind(text: str) -> str:
    if _QUESTION.search(text):
        return "pertanyaan"
    return "aspirasi" if _WISH.search(text) else "pengaduan"


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""
