"""Turns a message into hashed word and letter features, the same way in training and use.

Words alone and in pairs, and groups of two to five letters inside a word, each hashed with
CRC-32 into its own range of buckets: no vocabulary to ship, and a misspelt word still shares
most of its letter groups with the right one.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from nlp.normalise import normalise

MAX_CHARACTERS = 4_000
"""Only so much of a message is looked at: the first 3,000 and the last 1,000 characters."""
_HEAD = 3_000

WORD_BUCKETS = 1 << 15
LETTER_BUCKETS = 1 << 16
BUCKETS = WORD_BUCKETS + LETTER_BUCKETS

_TOKEN = re.compile(r"\w+|[?!]")
_DIGIT = re.compile(r"\d")
_PAIR_SEED = crc32(b"pair")
_LETTER_SEED = crc32(b"letters")
_LENGTHS = (4, 8, 16, 32, 64)


@dataclass(frozen=True, slots=True)
class Counts:
    """Which buckets a message fills, ascending, and how often."""

    buckets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float32]


def capped(text: str) -> str:
    """The beginning and the end of a text longer than ``MAX_CHARACTERS``."""
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:_HEAD]} {text[-(MAX_CHARACTERS - _HEAD) :]}"


def tokens(text: str) -> list[str]:
    """The words of a message written out, digits as 0, with ``?`` and ``!`` kept."""
    return [_DIGIT.sub("0", token) for token in _TOKEN.findall(normalise(capped(text)))]


def count(text: str) -> Counts:
    """The features of a message; none at all for one without a single word."""
    words = tokens(text)
    found: Counter[int] = Counter()
    for word in words:
        found[_word_bucket(word)] += 1
        found.update(_letter_buckets(word))
    for first, second in pairwise(words):
        pair = f"{first} {second}".encode("utf-8", "replace")
        found[crc32(pair, _PAIR_SEED) % WORD_BUCKETS] += 1
    if words:
        length = sum(len(words) > limit for limit in _LENGTHS)
        found[_word_bucket(f"<{length}>")] += 1
    buckets = np.fromiter(sorted(found), dtype=np.int64, count=len(found))
    counts = np.fromiter((found[b] for b in buckets), dtype=np.float32, count=len(found))
    return Counts(buckets, counts)


def weigh(counted: Counts, idf: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """TF-IDF of the filled buckets; the word part and the letter part each of length 1."""
    values = ((1 + np.log(counted.counts)) * idf[counted.buckets]).astype(np.float32)
    border = int(np.searchsorted(counted.buckets, WORD_BUCKETS))
    return np.concatenate([_unit(values[:border]), _unit(values[border:])])


def _unit(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    length = np.float32(np.linalg.norm(values))
    return values / length if length > 0 else values


def _word_bucket(word: str) -> int:
    return crc32(word.encode("utf-8", "replace")) % WORD_BUCKETS


@lru_cache(maxsize=20_000)
def _letter_buckets(word: str) -> tuple[int, ...]:
    padded = f" {word[:40]} ".encode("utf-8", "replace")
    return tuple(
        WORD_BUCKETS + crc32(padded[start : start + size], _LETTER_SEED) % LETTER_BUCKETS
        for size in range(2, 6)
        for start in range(len(padded) - size + 1)
    )
