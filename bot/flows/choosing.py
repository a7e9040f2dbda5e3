"""Which of the offered choices a typed answer means: by number, by label, by a near miss."""

import re

from rapidfuzz.distance import OSA

from bot.commands import Choice
from bot.flows.words import NO, NOT_YET, YES, fold, squeeze


def _words(row: str) -> frozenset[str]:
    return frozenset(row.split())


_UNDERSTOOD = frozenset(
    {"jelas", "paham", "faham", "mengerti", "ngerti", "dimengerti", "cukup", "sudah", "udah"}
    | {"dah", "gitu", "begitu", "oke", "ok", "okey", "oh", "sip", "siap", "baik", "makasih"}
    | {"mksh", "makasi", "trims", "terimakasih", "terima", "kasih", "banyak", "nuwun", "suwun"}
    | {"tidak ada", "gak ada", "ga ada", "nggak ada", "gak ada lagi", "tidak ada lagi"}
    | {"iya makasih", "iya sudah", "iya jelas", "iya paham", "itu aja", "itu saja"}
)
_ASK_A_PERSON = frozenset(
    {"tanya", "tanyakan", "tanyain", "teruskan", "ke petugas", "tanya orang"}
)

ALSO: dict[str, frozenset[str]] = {
    "agree": YES | {"menyetujui", "menyetujuinya", "setuju sekali"},
    "decline": NO - NOT_YET,
    "clear": NO - NOT_YET | _UNDERSTOOD,
    "person": _ASK_A_PERSON,
    "pass_on": YES | _ASK_A_PERSON,
    "report": frozenset({"laporkan", "lapor", "dilaporkan", "laporin", "mau lapor"}),
    "also": frozenset({"atau", "yang satunya", "satunya", "yang itu"}),
    "named": frozenset({"nama", "nama asli", "terbuka", "pakai nama saya"}),
    "secret": frozenset({"rahasia", "rahasiakan", "rahasiain", "anonim", "tanpa nama", "umpetin"}),
    "member": YES | {"anggota serikat", "sudah anggota", "sudah"},
    "not_member": NO | {"belum jadi anggota", "bukan anggota", "non anggota"},
    "send": YES - {"lanjut"} | {"kirimkan", "kirim", "kirim skrg", "kirim sekarang", "gaskan"},
    "more": frozenset({"lengkapi", "isi", "lanjut"}),
    "change": frozenset({"ganti", "rubah", "ubah dulu", "salah", "ada yang salah", "koreksi"}),
    "delete": frozenset({"ya", "iya", "y", "yakin", "hapus", "hapus aja", "ya hapus", "betul"}),
    "save": frozenset({"simpan", "simpan aja", "simpan dulu"}),
    "go_on": NO | {"lanjut", "lanjutkan", "gak jadi", "tidak jadi"},
    "resume": YES | {"lanjut", "lanjutin", "terus"},
    "yes": YES,
    "no": NO,
    "other": NO | {"lain", "bukan itu", "bukan semua", "yang lain", "lainnya"},
    "skip": frozenset({"lewat", "skip", "nanti", "rahasia"}),
}
"""What else people type for an option, by the option's name."""

_ORDINALS = (
    {"1", "satu", "siji", "pertama", "kesatu", "a"},
    {"2", "dua", "loro", "kedua", "b"},
    {"3", "tiga", "telu", "ketiga", "c"},
    {"4", "empat", "papat", "keempat", "d"},
    {"5", "lima", "limo", "kelima", "e"},
    {"6", "enam", "nem", "keenam"},
    {"7", "tujuh", "pitu", "ketujuh"},
    {"8", "delapan", "wolu", "kedelapan"},
    {"9", "sembilan", "songo", "kesembilan"},
    {"10", "sepuluh", "kesepuluh"},
)
_BEFORE_A_NUMBER = r"^(?:(?:yang|yg|no|nomor|nomer|nmr|pilih|pilihan|opsi)\s+)+"

_FILLERS = _words("""
    aja saja dong deh ya yaa sih nih lah kok kak min pak bu mas mbak bang saya aku sy mau
    pilih yang yg tolong itu ini dulu kalau klo""")
_NEGATIONS = _words("jangan tidak tdk gak ga gk nggak ngga enggak ndak bukan belum blm")

_JOINING = frozenset({"dan", "atau"})

_SHORTEST_NEAR_MISS = 4
_NEAR = 0.75
"""How alike a mistyped label must be, from 0 to 1."""
_WORDS_AROUND = 3
"""A label still counts as the answer with so many further words beside it."""


def chosen(text: str, choices: tuple[Choice, ...], *, whole: bool = False) -> Choice | None:
    """The one choice that this answer means; None when it means none, or several.

    With ``whole`` the answer must be nothing else: a label inside a sentence decides nothing.
    """
    said = fold(text)
    short = _without_fillers(said)
    if not said:
        return None
    return (
        _by_number(said, choices)
        or _by_words(said, choices)
        or _by_words(short, choices)
        or (None if whole else _by_label_within(said, choices))
        or (None if whole else _by_part_of_label(short, choices))
        or _by_near_miss(short, choices)
    )


def _by_number(said: str, choices: tuple[Choice, ...]) -> Choice | None:
    said = re.sub(_BEFORE_A_NUMBER, "", said)
    numbered = zip(_ORDINALS, choices, strict=False)
    return next((choice for numbers, choice in numbered if said in numbers), None)


def _by_words(said: str, choices: tuple[Choice, ...]) -> Choice | None:
    if not said:
        return None
    short = squeeze(said)
    for choice in choices:
        if said == fold(choice.label) or said in map(fold, choice.also):
            return choice
        if all(word in choice.also for word in said.split()):
            return choice
    meant = (c for c in choices if any(short == squeeze(fold(w)) for w in (c.label, *c.also)))
    return next(meant, None)


def _by_label_within(said: str, choices: tuple[Choice, ...]) -> Choice | None:
    """The label stands in the answer, with few words around it and none that denies it."""
    words = said.split()
    found = []
    for choice in choices:
        label = fold(choice.label).split()
        rest = [word for word in words if word not in label]
        if (
            all(word in words for word in label)
            and len(rest) <= _WORDS_AROUND
            and not _NEGATIONS.intersection(rest)
        ):
            found.append(choice)
    return found[0] if len(found) == 1 else None


def _by_part_of_label(said: str, choices: tuple[Choice, ...]) -> Choice | None:
    """Words that stand in one label only: "lembur" for "Lembur dan jam kerja"."""
    words = set(said.split()) - _JOINING
    found = [choice for choice in choices if words and words <= set(fold(choice.label).split())]
    return found[0] if len(found) == 1 else None


def _by_near_miss(said: str, choices: tuple[Choice, ...]) -> Choice | None:
    if len(said) < _SHORTEST_NEAR_MISS:
        return None
    scores = sorted(
        ((OSA.normalized_similarity(said, fold(choice.label)), choice) for choice in choices),
        key=lambda scored: scored[0],
        reverse=True,
    )
    if not scores or scores[0][0] < _NEAR:
        return None
    is_tie = len(scores) > 1 and scores[0][0] == scores[1][0]
    return None if is_tie else scores[0][1]


def _without_fillers(said: str) -> str:
    return " ".join(word for word in said.split() if word not in _FILLERS)
