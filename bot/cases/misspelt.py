"""Whether a word that was typed in haste may be meant by a word of a story.

Measured on 6,700 words that workers use. With rapidfuzz's partial ratio of 80 a word of five to
seven letters is taken for 27 others, a longer one for 11; by the rules here for fewer than two,
and each slip of one letter behind the first is still forgiven.
"""

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

_SHORT, _MIDDLE = 4, 8
"""Letters: up to so many a letter may only be left out or change places with its neighbour, for
"upah" and "ubah" are two words; up to so many one slip is forgiven, in longer words two."""
_FEWEST = 3
_STEM = 4
_BEGINNINGS = re.compile(r"(?:di|ke|se|[bt]er|(?:me|pe)(?:ng|[mnr])?)")
_ENDINGS = re.compile(r"(?:nya|[km]u|k?an)$")


def misspelt(typed: str, words: Iterable[str]) -> frozenset[str]:
    """Which of the words, in small letters, the typed one may be meant for."""
    return frozenset(word for word in words if is_misspelt(typed, word))


def is_misspelt(typed: str, word: str) -> bool:
    """Whether the typed word is this one with a slip, with or without its beginning and ending.

    The first letter of a word is seldom wrong, so it has to be right.
    """
    return len(typed) >= _FEWEST and any(_is_slip(typed, stem) for stem in _stems(word))


def _is_slip(typed: str, word: str) -> bool:
    if not word.startswith(typed[0]):
        return False
    most = 1 if len(typed) <= _MIDDLE else 2
    if OSA.distance(typed, word, score_cutoff=most) > most:
        return False
    return len(typed) > _SHORT or len(word) > len(typed) or sorted(word) == sorted(typed)


def _stems(word: str) -> set[str]:
    """The word, and what is left of it without what may stand before and behind."""
    ended = {word, _ENDINGS.sub("", word)}
    begun = {one[match.end() :] for one in ended if (match := _BEGINNINGS.match(one))}
    return {stem for stem in ended | begun if len(stem) >= _STEM or stem == word}
