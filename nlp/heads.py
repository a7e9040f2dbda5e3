"""What every model answers with: four groups of labels, their logits side by side.

``categories``, ``kinds`` and ``urgencies`` exclude each other within their group; ``tags`` are
independent. A temperature for each group turns logits into probabilities that can be believed
(Guo et al. 2017).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.scores import Scores

GROUPS = ("categories", "kinds", "urgencies", "tags")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """One group of labels: their slugs and the temperature that calibrates them."""

    labels: tuple[str, ...]
    temperature: float


Heads = tuple[Head, ...]
"""One head a group, in the order of ``GROUPS``."""


def width(heads: Sequence[Head]) -> int:
    """How many logits the heads have together."""
    return sum(len(head.labels) for head in heads)


def split(logits: npt.NDArray[Any], heads: Sequence[Head]) -> list[npt.NDArray[Any]]:
    """The logits of each head; the last axis is the one of the labels."""
    borders = np.cumsum([len(head.labels) for head in heads])[:-1]
    return np.split(logits, borders, axis=-1)


def scores_of(logits: Floats, heads: Sequence[Head], *, informed: bool) -> Scores:
    """Calibrated probabilities from the raw logits of one text."""
    parts: dict[str, dict[str, float]] = {}
    for group, head, part in zip(GROUPS, heads, split(logits, heads), strict=True):
        scaled = part / head.temperature
        chances = sigmoid(scaled) if group == "tags" else softmax(scaled)
        parts[group] = dict(zip(head.labels, map(float, chances), strict=True))
    return Scores(**parts, informed=informed)


def heads_as_json(heads: Sequence[Head]) -> dict[str, Any]:
    """The heads as they stand in a ``model.json``."""
    return dict(zip(GROUPS, map(asdict, heads), strict=True))


def heads_from_json(content: Mapping[str, Any]) -> Heads:
    """The heads of a ``model.json``.

    Raises:
        KeyError, TypeError, ValueError: they are not written as ``heads_as_json`` does.
    """
    parts = (content[group] for group in GROUPS)
    return tuple(Head(tuple(p["labels"]), float(p["temperature"])) for p in parts)


def softmax(logits: npt.NDArray[np.floating[Any]]) -> Floats:
    """Probabilities that add up to 1."""
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)


def sigmoid(logits: npt.NDArray[np.floating[Any]]) -> Floats:
    """Probabilities that are independent of each other."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), dtype=np.float32)
