"""Temperatures and thresholds, from what a model says of messages it has not seen."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from nlp.heads import Floats, Head, Heads, sigmoid, split
from nlp.scores import Thresholds
from nlp.training.task import Targets, Task

TRUE_ALARMS = 0.6
"""Share of the classifier's alarms that must be true, on writers it has not seen."""
SURE_IS_ACCEPTED = 0.95
"""A category counts as certain from where this share of such calls was accepted."""
UNDECIDED = Thresholds(category=0.5, darurat=0.5, tinggi=0.5, tag=0.5)

Chances = npt.NDArray[np.floating[Any]]


def temperatures(logits: Floats, task: Task) -> Heads:
    """The heads, each with the temperature under which the right labels are most probable.

    ``logits`` has one row a message, by a model that had not seen its writer.
    """
    heads = []
    for head, block, (target, independent) in zip(
        task.heads, split(logits, task.heads), head_targets(task), strict=True
    ):

        def loss(
            log_temperature: float,
            block: Floats = block,
            target: Targets = target,
            *,
            independent: bool = independent,
        ) -> float:
            return log_loss(block / np.exp(log_temperature), target, independent=independent)

        best = minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded")
        heads.append(Head(head.labels, round(float(np.exp(best.x)), 4)))
    return tuple(heads)


def head_targets(task: Task) -> tuple[tuple[Targets, bool], ...]:
    """What each head should say, and whether its labels are independent of each other."""
    return (
        (task.categories, False),
        (task.kinds, False),
        (task.urgencies, False),
        (task.tags, True),
    )


def log_loss(logits: npt.NDArray[Any], target: Targets, *, independent: bool) -> float:
    """Mean negative log probability of the right labels."""
    if independent:
        return float(np.mean(np.logaddexp(0, logits) - target * logits))
    right = logits[np.arange(len(target)), target]
    return float(np.mean(np.logaddexp.reduce(logits, axis=1) - right))


def thresholds(logits: Floats, heads: Heads, task: Task) -> Thresholds:
    """When a model with these temperatures counts as certain, raises an alarm, sets a tag."""
    category, _, urgency, tag = (
        block / head.temperature for block, head in zip(split(logits, heads), heads, strict=True)
    )
    chances = _softmax_rows(category)
    first = chances.argmax(axis=1)
    hits = task.accepted[np.arange(len(first)), first] > 0
    pressing = heads[2].labels
    normal, danger = pressing.index("normal"), pressing.index("darurat")
    urgent = _softmax_rows(urgency)
    return Thresholds(
        category=_sure_from(chances.max(axis=1), hits),
        darurat=_most_recall(urgent[:, danger], task.urgencies == danger),
        tinggi=_best_f(1 - urgent[:, normal], task.urgencies != normal),
        tag=_best_f(sigmoid(tag).ravel(), task.tags.ravel() == 1),
    )


def _softmax_rows(logits: npt.NDArray[Any]) -> Chances:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _sure_from(confidence: Chances, hits: npt.NDArray[np.bool_]) -> float:
    """The lowest confidence from which on ``SURE_IS_ACCEPTED`` of the calls were accepted."""
    for limit in np.arange(0.2, 0.9, 0.01):
        above = confidence >= limit
        if not above.any() or hits[above].mean() >= SURE_IS_ACCEPTED:
            return round(float(limit), 2)
    return 0.9


def _most_recall(scores: Chances, truth: npt.NDArray[np.bool_]) -> float:
    """The lowest limit at which three alarms of five are true: recall first, but not blindly.

    Officers who are woken for nothing too often stop looking.
    """
    limits = np.arange(0.05, 0.96, 0.01)
    precise = [
        limit
        for limit in limits
        if (scores >= limit).any() and truth[scores >= limit].mean() >= TRUE_ALARMS
    ]
    return round(float(min(precise, default=0.5)), 2)


def _best_f(chances: Chances, truth: npt.NDArray[np.bool_]) -> float:
    """The limit with the best F1."""
    best, best_limit = -1.0, 0.5
    for limit in np.arange(0.05, 0.95, 0.01):
        told = chances >= limit
        hits = (told & truth).sum()
        score = 2 * hits / max(truth.sum() + told.sum(), 1)
        if score > best:
            best, best_limit = float(score), round(float(limit), 2)
    return best_limit
