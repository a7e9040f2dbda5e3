"""Which words drove a decision: a word matters as far as the label loses without it.

Occlusion (Zeiler and Fergus 2014) in rounds, so that a long story costs no more than a few dozen
scores: first stretches of neighbouring words are left out, then shorter ones of those that
mattered most, at last each of their words. Works for every model, and shows what the model
really went by.
"""

import re
from collections.abc import Sequence

import numpy as np

from nlp.features import capped
from nlp.heads import GROUPS, Floats, split
from nlp.scorer import Scorer

MOST_REASONS = 5
SHORTEST_WORD = 3
STRETCHES = 12
LOOKED_INTO = 3
FEWEST_IN_A_STRETCH = 3
MOST_IN_A_STRETCH = 8
"""Longer ones are divided once more before single words are left out."""
WORTH_SAYING = 0.25
"""A word is told if it matters at least this much as the one that matters most."""

_WORD = re.compile(r"\w+")

Span = tuple[int, int]


def reasons(scorer: Scorer, text: str, label: str, group: str = "categories") -> tuple[str, ...]:
    """At most five words of the text, as written, those that speak most for the label first.

    Empty for a text without words, and where no word speaks for it. ``group`` is one of
    ``nlp.heads.GROUPS`` whose labels exclude each other.
    """
    place = GROUPS.index(group), scorer.heads[GROUPS.index(group)].labels.index(label)
    read = capped(text)
    words = [match.span() for match in _WORD.finditer(read)]
    if not words:
        return ()
    while True:
        size = max(FEWEST_IN_A_STRETCH, -(-len(words) // STRETCHES))
        stretches = [words[start : start + size] for start in range(0, len(words), size)]
        losses = _losses(scorer, read, stretches, place)
        deepest = sorted(range(len(stretches)), key=lambda number: -losses[number])[:LOOKED_INTO]
        words = [span for number in sorted(deepest) for span in stretches[number]]
        if size <= MOST_IN_A_STRETCH:
            break
    candidates = [
        span
        for span in words
        if span[1] - span[0] >= SHORTEST_WORD and not read[slice(*span)].isdigit()
    ]
    if not candidates:
        return ()
    lost = _losses(scorer, read, [[span] for span in candidates], place)
    least = max(float(lost.max()) * WORTH_SAYING, 0.0)
    ranked = sorted(zip(lost, candidates, strict=True), key=lambda pair: -pair[0])
    told = [read[slice(*span)] for loss, span in ranked if loss > least or loss == lost.max() > 0]
    return tuple({word.casefold(): word for word in reversed(told)}.values())[::-1][:MOST_REASONS]


def _losses(
    scorer: Scorer, text: str, left_out: Sequence[Sequence[Span]], place: tuple[int, int]
) -> Floats:
    """How much of the label's log probability the text loses without each."""
    variants = [_without(text, spans) for spans in left_out]
    head, label = place
    logits = split(scorer.logits_of([text, *variants]), scorer.heads)[head]
    chances = (logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))[:, label]
    return np.asarray(chances[0] - chances[1:], dtype=np.float32)


def _without(text: str, spans: Sequence[Span]) -> str:
    start, end = spans[0][0], spans[-1][1]
    return text[:start] + text[end:]
