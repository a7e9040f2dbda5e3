"""Brings a message into one plain form before it is compared or classified.

For machines only: what a person reads is never changed. ``clean`` keeps the length of most
texts but not of all, so character spans are always taken on the original text.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SLANG_PATH = Path(__file__).parent / "slang.toml"

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_REPEATED_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w+")


_ADDRESS = re.compile(
    r"(?<!\w)(?:min|mimin|admin|kak|pak|bu|mas|mbak|bang|bro|sis|gan)(?!\w)[,.]?\s*", re.IGNORECASE
)
_FEWEST_LEFT = 2
"""So many words must be left when the words of address are taken out."""


class SlangError(ValueError):
    """The slang table cannot be used."""


def clean(text: str) -> str:
    """The text in NFKC and lower case, without invisible characters, spaces squeezed.

    Zero-width and bidirectional controls are removed, a letter said three times or more
    ("tolooong") stands once, digits stay as they are (``10000`` is an amount).
    """
    visible = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).lower()
    visible = _INVISIBLE.sub("", visible)
    return _SPACE.sub(" ", _REPEATED_LETTER.sub(r"\1", visible)).strip()


def normalise(text: str) -> str:
    """``clean`` with chat words written out: "gajiku blm dibayar" -> "gaji saya belum …"."""
    table = slang()
    return _WORD.sub(lambda word: table.get(word[0], word[0]), clean(text))


def without_address(text: str) -> str:
    """The text without "kak", "min", "pak" and their like, which say nothing of the matter.

    People who write at length say "min" mostly when they ask; a model that learned from them
    takes "kami dipecat semua min" for a question.
    """
    left = _ADDRESS.sub("", text)
    return left if len(_WORD.findall(left)) >= _FEWEST_LEFT else text


@cache
def slang() -> Mapping[str, str]:
    """The chat words and what they stand for, from ``slang.toml``."""
    return load_slang(SLANG_PATH)


def load_slang(path: Path) -> Mapping[str, str]:
    """Read a slang table: groups of ``word = ["spelling", …]``, turned into spelling -> word.

    Raises:
        SlangError: two words claim one spelling, or a spelling is not lower case.
    """
    table: dict[str, str] = {}
    for group in tomllib.loads(path.read_text(encoding="utf-8")).values():
        for word, spellings in group.items():
            for spelling in spellings:
                if not _WORD.fullmatch(spelling) or spelling != clean(spelling):
                    raise SlangError(f"{path}: {spelling!r} is not one word in lower case")
                if spelling in table:
                    raise SlangError(f"{path}: {spelling!r} stands there twice")
                table[spelling] = word
    return table
