"""What she asks us before she answers: who reads this, is it safe, is it real, what does it cost.

Only a short message that asks nothing else: "thr itu wajib gak?" is a story.
"""

from bot.commands import Choice
from bot.flows.words import fold


def _words(row: str) -> frozenset[str]:
    return frozenset(row.split())


_READING = _words("siapa sapa sp baca bacanya membaca dibaca lihat liat dilihat diliat")
_BOSSES = _words("bos boss atasan perusahaan pabrik hrd mandor majikan manajemen")
_KNOWING = _words("tau tahu dikasih diberi")
_SAFETY = _words("aman amankah rahasia dirahasiakan bocor ketahuan kebongkar disebar")
_DECEIT = _words("penipuan nipu menipu tipu tipuan bohong bohongan scam modus asli resmi hoax")
_COST = _words("bayar berbayar gratis biaya biayanya bayarnya")

_MARKS = _words("""
    apa apakah siapa sapa sp gimana gmn bagaimana gak ga gk nggak ngga enggak ndak kan ya yaa kah
    amankah beneran""")
_AROUND = _words("""
    kak ka min admin bang pak bu mas mbak ini itu tu yg yang bakal akan bisa tidak tdk nanti ntar
    kalau kalo klo saya aku sy kita kami sih dong deh nih lah emang memang kalian kamu anda bot
    ada harus cerita ceritanya data datanya pesan pesannya nama namaku namanya sama oleh dari kok
    di sini disini takut lapor laporan bukan betul benar bener orang lain aja saja dapat""")
_VOCABULARY = _READING | _BOSSES | _KNOWING | _SAFETY | _DECEIT | _COST | _MARKS | _AROUND

_ASKING = _words("""
    apa apakah gimana gmn bagaimana siapa sapa kenapa knp knapa mengapa kapan berapa kalau kalo
    klo maksud maksudnya artinya""")


def is_question(text: str) -> bool:
    """Whether this asks something, as far as marks and words of asking tell."""
    return "?" in text or bool(_ASKING.intersection(fold(text).split()))


def asked_back(text: str) -> str:
    """Which question about us this is: ``who``, ``safe``, ``real``, ``cost``; empty for none."""
    words = frozenset(fold(text).split())
    asks = "?" in text or bool(words & _MARKS)
    if not asks or not words <= _VOCABULARY:
        return ""
    if words & _DECEIT:
        return "real"
    if words & _COST:
        return "cost"
    if words & _SAFETY:
        return "safe"
    return "who" if words & _READING or (words & _BOSSES and words & _KNOWING) else ""


def is_about(text: str, choices: tuple[Choice, ...]) -> bool:
    """Whether she asks what an offered answer would mean: "kalau saya setuju gimana?"."""
    words = frozenset(fold(text).split())
    labels = frozenset(word for choice in choices for word in fold(choice.label).split())
    return is_question(text) and bool(words & labels) and words - labels <= _AROUND | _ASKING
