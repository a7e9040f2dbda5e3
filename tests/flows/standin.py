"""A stand-in for the classifier: kind and category by keywords, the same on every machine.

The readers of danger, places, times and companies are the real ones. What the real classifier
makes of real messages is tested in tests/nlp; here only the way a conversation takes from it
matters.
"""

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from bot.flows.knowledge import Candidate, Match, Option, Understanding
from nlp.danger import find_danger
from nlp.extraction import extract
from nlp.matching import index_companies, match_company, match_region
from nlp.rights import RightsEntry, load_rights

_CATEGORIES = {
    "pelecehan_kekerasan": "dilecehkan melecehkan diraba pegang pukul dipukul mukul maki dimaki",
    "upah": "gaji gajian upah thr bonus slip umk dipotong potongan premi",
    "lembur_jam_kerja": "lembur lemburan jam",
    "phk_pesangon": "phk dipecat pesangon dirumahkan pecat",
    "kontrak_status": "kontrak outsourcing magang pkwt",
    "jaminan_sosial": "bpjs jht jkk",
    "k3": "kecelakaan mesin apd kebakaran kimia terjepit",
    "cuti_istirahat": "cuti haid istirahat",
    "fasilitas": "mess makan jemputan laktasi kantin kipas",
}
_QUESTION = re.compile(r"\b(apakah|berapa|kapan|gimana|bagaimana|boleh (gak|tidak|ga))\b")
_ANSWERS = {
    "thr_telat_dicicil": "dicicil nyicil denda",
    "thr_setelah_keluar": "resign",
    "potongan_upah": "dipotong",
}
_WISH = re.compile(r"\b(usul|saran|semoga|terima kasih|makasih|harapan|mohon diadakan)\b")

TODAY = date(2026, 11, 23)
COMPANIES = index_companies(["PT Maju Jaya Garmen", "PT Maju Jaya Sepatu", "PT Sinar Abadi"])


def understand(text: str) -> Understanding:
    """Kind and category by keywords, everything else as read by the real readers."""
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
    danger = tuple(trigger.words for trigger in find_danger(text))
    read = extract(text, COMPANIES, TODAY)
    place = read.place
    region = place.match.candidates[0] if place and place.match.decision == "certain" else None
    return Understanding(
        kind=_kind(small),
        category=ranked[0] if total else "lainnya",
        candidates=candidates,
        tags=("thr",) if "thr" in words else (),
        urgency="darurat" if danger else "normal",
        abstain=not total,
        danger=danger,
        alarmed_by=danger,
        workplace=read.workplace.words if read.workplace else "",
        region_name=region.name if region else place.words if place else "",
        region_code=region.code if region else "",
        happened=read.when.words if read.when else "",
        affected=read.people.words if read.people else "",
    )


def find_company(text: str) -> Match:
    """The company that a typed name means."""
    match = match_company(text, COMPANIES)
    options = tuple(Option(str(c.position), c.name) for c in match.candidates)
    return Match(options[0]) if match.decision == "preselected" else Match(options=options)


def find_region(text: str) -> Match:
    """The regency or city that a typed name means."""
    match = match_region(text)
    if match.decision == "certain":
        return Match(Option(match.candidates[0].code, match.candidates[0].name))
    return Match(options=tuple(Option(r.code, r.short_name) for r in match.candidates))


def find_rights(text: str) -> tuple[RightsEntry, ...]:
    """The answers of which a keyword stands in the text, at most two."""
    words = re.findall(r"\w+", text.casefold())
    found = [slug for slug, keys in _ANSWERS.items() if set(keys.split()) & set(words)]
    return tuple(_entries()[slug] for slug in found[:2])


@cache
def _entries() -> Mapping[str, RightsEntry]:
    return {entry.slug: entry for entry in load_rights()}


def _kind(text: str) -> str:
    if _QUESTION.search(text):
        return "pertanyaan"
    return "aspirasi" if _WISH.search(text) else "pengaduan"
