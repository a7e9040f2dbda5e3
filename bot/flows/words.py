"""What short messages mean: command words, greetings, "kenapa ditanya?", "sudah", "lewati".

Everything here judges a whole message, never a word inside a sentence: "saya mau berhenti
kerja" is a story, "berhenti" alone is a command. Choosing among offered answers is in
``bot.flows.choosing``.
"""

import re
import unicodedata
from enum import StrEnum
from itertools import groupby, pairwise

from rapidfuzz.distance import OSA


def _words(row: str) -> frozenset[str]:
    return frozenset(row.split())


class Word(StrEnum):
    """A command that works at every step."""

    MENU = "menu"
    CANCEL = "cancel"
    BACK = "back"
    HELP = "help"
    STATUS = "status"
    OFFICER = "officer"
    STOP = "stop"
    START = "start"
    COPY = "copy"
    ERASE = "erase"
    WITHDRAW = "withdraw"
    NEW = "new"
    RESUME = "resume"
    LOOK = "look"


_SPELLINGS = {
    "menu": Word.MENU,
    "menu utama": Word.MENU,
    "batal": Word.CANCEL,
    "batalin": Word.CANCEL,
    "batalkan": Word.CANCEL,
    "cancel": Word.CANCEL,
    "kembali": Word.BACK,
    "balik": Word.BACK,
    "back": Word.BACK,
    "bantuan": Word.HELP,
    "help": Word.HELP,
    "status": Word.STATUS,
    "cek status": Word.STATUS,
    "status laporan": Word.STATUS,
    "status laporan saya": Word.STATUS,
    "petugas": Word.OFFICER,
    "hubungi petugas": Word.OFFICER,
    "bicara dengan petugas": Word.OFFICER,
    "berhenti": Word.STOP,
    "stop": Word.STOP,
    "mulai": Word.START,
    "data saya": Word.COPY,
    "hapus data": Word.ERASE,
    "hapus data saya": Word.ERASE,
    "cabut izin": Word.WITHDRAW,
    "cabut persetujuan": Word.WITHDRAW,
    "lapor baru": Word.NEW,
    "laporan baru": Word.NEW,
    "lanjutkan": Word.RESUME,
    "lanjutkan laporan": Word.RESUME,
    "lihat": Word.LOOK,
    "liat": Word.LOOK,
    "lihat kabar": Word.LOOK,
    "lihat pesan": Word.LOOK,
    "mau lihat": Word.LOOK,
    "balas lihat": Word.LOOK,
}

_NOT_TYPOS = _words("batam batas batang betul botol balok mulia mula stok lahat")
"""Words in their own right that look like a mistyped command."""

_FORGIVING_LENGTH = 6
"""From this length on any one slip is forgiven; shorter words must keep their consonants."""

_ADDRESSING = _words("kak ka kakak min admin bang abang pak bapak bu ibu mas mbak mba")

_GREETINGS = _ADDRESSING | _words("""
    halo hallo hai hay hei hi hello helo p ping permisi misi punten assalamualaikum
    asalamualaikum assalamu asalamu alaikum ass aslm askum wr wb warahmatullahi wabarakatuh
    selamat met pagi siang sore malam malem salam shalom om swastiastu tes test start""")

_TIMES_OF_DAY = _words("pagi siang sore malam malem") | _ADDRESSING | {"saya", "aku", "ada"}

_COURTESIES = _GREETINGS | _words("""
    teh sis bro gan bos dong deh ya yaa nih sih kok aja saja mohon maaf mau ingin pengen
    bisa boleh izin saya aku sy disini sini di ini lapor ngelapor melapor tanya nanya bertanya
    ada orang kawan buruh serikat""")

PARTICLES = _ADDRESSING | _words("dong deh ya yaa nih sih kok aja saja itu lah dulu")
"""Words that change nothing about what is said beside them."""

_WHY = _words("kenapa knp knapa napa mengapa ngapain")
_WHAT_FOR = frozenset(
    f"{purpose} {what}" for purpose in ("buat", "bwt", "untuk", "utk") for what in ("apa", "apan")
)
_IN_SUCH_A_QUESTION = (
    _WHY
    | PARTICLES
    | _words("""buat bwt untuk utk apa apan ditanya ditanyain tanya nanya nanyain harus perlu
        butuh minta diminta emang emangnya memang memangnya mesti pakai pake tau tahu mau
        begitu gitu ini datanya data nya kalian maksud maksudnya gimana gmn""")
)
_MEANING = _words("maksud maksudnya")

_DONE = frozenset(
    {"sudah", "udah", "udh", "sdh", "dah", "cukup", "sudah cukup", "udah cukup", "sudah semua"}
    | {"selesai", "sudah selesai", "udah selesai", "beres", "segitu", "segini", "cukup segitu"}
    | {"sekian", "done", "tidak ada lagi", "gak ada lagi", "ga ada lagi", "itu aja", "itu saja"}
    | {"sudah itu aja", "udah itu aja", "sudah itu saja", "itu dulu"}
)

_OPENINGS = _COURTESIES | _words("""
    tapi tp takut takutnya ragu bingung curhat cerita ceritain bercerita curcol soal tentang
    masalah kerja kerjaan pekerjaan tempat atasan bos mandor hrd pabrik perusahaan kantor banget
    sekali sesuatu tolong bantu bantuin minta gimana bagaimana caranya cara sedikit dikit""")

_THANKS = _words("""
    makasih makasi mksh mkasih terimakasih trimakasih trims tengkyu thanks thank thx tq suwun
    nuwun hatur kasih""")
_WITH_THANKS = PARTICLES | _words("""
    terima trima matur you banyak atas buat untuk bantuan bantuannya info infonya informasinya
    sudah udah dibantu membantu semua siap ok oke baik sekali banget ditunggu kabarnya""")

_SECRET = _words("rahasia rahasiakan rahasiain dirahasiakan dirahasiain anonim samaran")
_WORDS_OF_A_CHANGED_MIND = 6

_UNWILLING = _words("mau usah perlu bisa berani")
_WORDS_OF_A_REFUSAL = 4

_SKIP = frozenset(
    {"lewati", "lewat", "lewatin", "skip", "next", "lanjut", "kosong", "nanti", "rahasia"}
    | {"tidak", "tdk", "gak", "ga", "gk", "nggak", "ngga", "enggak", "ndak", "nda"}
    | {
        f"{no} {what}"
        for no in ("tidak", "tdk", "gak", "ga", "gk", "nggak", "ngga", "ndak", "ora", "mboten")
        for what in ("tahu", "tau", "ada", "ingat", "inget", "punya", "mau", "ngerti", "paham")
    }
    | {"ora", "mboten", "mboten wonten", "mboten ngertos", "ora weruh", "ora ono", "dereng"}
    | {"terserah", "gak yakin", "ga yakin", "tidak yakin", "bingung"}
    | {"gatau", "gak tau", "lupa", "belum ada", "blm ada", "belum tahu", "blm tau", "kurang tau"}
)

YES = frozenset(
    {"ya", "iya", "y", "yes", "yoi", "yup", "yap", "he eh", "oke", "ok", "okey", "okeh", "okay"}
    | {"sip", "siap", "boleh", "baik", "bersedia", "setuju", "mau", "lanjut", "gas", "nggih"}
    | {"inggih", "enggih", "benar", "bener", "betul", "yakin", "silakan", "silahkan", "gpp"}
    | {"leres", "nggih leres"}
)
NO = frozenset(
    {"tidak", "tdk", "gak", "ga", "gk", "nggak", "ngga", "enggak", "engga", "ndak", "nda"}
    | {"no", "n", "jangan", "ogah", "moh", "mboten", "gak mau", "ga mau", "tidak mau"}
    | {"tidak setuju", "gak setuju", "ga setuju", "bukan", "belum", "blm", "gak jadi"}
    | {"ora", "mboten wonten", "dereng", "tidak boleh", "gak boleh", "ga boleh"}
)
NOT_YET = frozenset({"belum", "blm", "dereng"})
"""Words of agreement and refusal, also from Javanese and in the short forms of chats."""


def fold(text: str) -> str:
    """The words of a text in small letters without marks, one space between them."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    seen = (c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join("".join(c if c.isalnum() else " " for c in seen).split())


def is_visible(text: str) -> bool:
    """Whether there is anything to see: a letter, a digit, a mark or an emoji."""
    return any(not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"} for c in text)


def length_in_words(text: str) -> int:
    """How many words a text has, greetings and forms of address not counted."""
    return sum(word not in _GREETINGS for word in fold(text).split())


def is_start(text: str) -> bool:
    """Telegram's ``/start``, whatever follows it."""
    return re.match(r"\s*/start(@\w+)?(\s|$)", text, re.IGNORECASE) is not None


def is_greeting(text: str) -> bool:
    """Whether a first message only says hello ("halo min, mau lapor")."""
    words = fold(text).split()
    return is_start(text) or (bool(words) and all(word in _COURTESIES for word in words))


def is_thanks(text: str) -> bool:
    """Whether she only says thank you ("makasih ya min")."""
    words = frozenset(fold(text).split())
    return bool(words & _THANKS) and words <= _THANKS | _WITH_THANKS


def is_opening(text: str) -> bool:
    """Whether she only says that there is something to tell ("mau lapor tapi takut")."""
    return all(word in _OPENINGS for word in fold(text).split())


def wants_secrecy(text: str) -> bool:
    """Whether a short answer asks to hide the name ("gak jadi, rahasia aja")."""
    words = fold(text).split()
    return len(words) <= _WORDS_OF_A_CHANGED_MIND and bool(_SECRET.intersection(words))


def is_hail(text: str) -> bool:
    """Whether she only calls out ("halo?", "p"); "malam" alone may be an answer."""
    return is_greeting(text) and not _TIMES_OF_DAY.issuperset(_core(text).split())


def is_why(text: str) -> bool:
    """Whether she asks why we ask, or what we mean: "buat apa?", "apa maksudnya?"."""
    words = _spoken(text)
    pairs = (f"{word} {following}" for word, following in pairwise(words))
    asks = any(word in _WHY | _MEANING for word in words) or any(p in _WHAT_FOR for p in pairs)
    return asks and all(word in _IN_SUCH_A_QUESTION for word in words)


def is_denial(text: str) -> bool:
    """Whether she says that there is none of something: "tidak ada bukti"."""
    no, having, *what = [*_core(text).split(), "", ""]
    return no in NO - NOT_YET and having in {"ada", "punya", "wonten"} and any(what)


def is_done(text: str) -> bool:
    """Whether she says that this was all."""
    return _core(text) in _DONE


def is_skip(text: str) -> bool:
    """Whether she passes a question over, or cannot answer it ("gak mau sebut")."""
    words = _core(text).split()
    is_refusal = (
        1 < len(words) <= _WORDS_OF_A_REFUSAL and words[0] in NO and words[1] in _UNWILLING
    )
    return is_refusal or text.strip() in {"-", "--", "."} or _core(text) in _SKIP


def command(text: str) -> Word | None:
    """The command that this whole message is, small typos forgiven; None for anything else."""
    said = fold(re.sub(r"@\w+\s*$", "", text.strip().removeprefix("/")))
    if len(said) > max(map(len, _SPELLINGS)) + len("kakak "):
        return None
    words = [word for word in said.split() if word not in _ADDRESSING]
    said = " ".join(words)
    if said in _SPELLINGS:
        return _SPELLINGS[said]
    if said in _NOT_TYPOS:
        return None
    return next((w for spelling, w in _SPELLINGS.items() if _is_typo(said, spelling)), None)


def squeeze(text: str) -> str:
    """The text with repeated letters written once: "iyaaa" is "iya"."""
    return "".join(letter for letter, _ in groupby(text))


def _is_typo(said: str, meant: str) -> bool:
    if len(said) < len("mnu") or said[0] != meant[0]:
        return False
    if squeeze(said) == squeeze(meant):
        return True
    if OSA.distance(said, meant, score_cutoff=1) > 1:
        return False
    return len(meant) >= _FORGIVING_LENGTH or _consonants(said) == _consonants(meant)


def _consonants(text: str) -> str:
    return squeeze(re.sub("[aeiou ]", "", text))


def _spoken(text: str) -> list[str]:
    return [squeeze(word) if word not in PARTICLES else word for word in fold(text).split()]


def _core(text: str) -> str:
    """The words without particles and forms of address."""
    words = [word for word in fold(text).split() if word not in _ADDRESSING]
    return " ".join(word for word in words if word not in PARTICLES) or " ".join(words)
