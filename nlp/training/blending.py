"""Puts a fine-tuned encoder and a linear model together, judged on writers neither has seen."""

from dataclasses import dataclass

import numpy as np

from nlp.blend import at_temperature, blend
from nlp.heads import Floats, Heads, split
from nlp.scores import Thresholds
from nlp.training.calibration import head_targets, log_loss, temperatures, thresholds
from nlp.training.task import Task

_SHARES = tuple(round(0.05 * step, 2) for step in range(21))


@dataclass(frozen=True, slots=True)
class Weighed:
    """How two models judge together.

    Attributes:
        word_heads, meaning_heads: the heads of each, with its temperatures.
        shares: the second's part, head by head.
        heads, thresholds: those of the two together.
    """

    word_heads: Heads
    meaning_heads: Heads
    shares: tuple[float, ...]
    heads: Heads
    thresholds: Thresholds


def blended(by_words: Floats, by_meaning: Floats, task: Task) -> Weighed:
    """How to weigh two models whose logits of held-out messages are given."""
    word_heads, meaning_heads = temperatures(by_words, task), temperatures(by_meaning, task)
    words = at_temperature(by_words, word_heads)
    meaning = at_temperature(by_meaning, meaning_heads)
    shares = _best_shares(words, meaning, task)
    mixed = blend(words, meaning, task.heads, shares)
    heads = temperatures(mixed, task)
    return Weighed(word_heads, meaning_heads, shares, heads, thresholds(mixed, heads, task))


def _best_shares(words: Floats, meaning: Floats, task: Task) -> tuple[float, ...]:
    """For each head the share with the lowest loss."""
    shares = []
    for left, right, (target, independent) in zip(
        split(words, task.heads), split(meaning, task.heads), head_targets(task), strict=True
    ):
        losses = [
            log_loss((1 - s) * left + s * right, target, independent=independent) for s in _SHARES
        ]
        shares.append(_SHARES[int(np.argmin(losses))])
    return tuple(shares)
