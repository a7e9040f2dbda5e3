"""The seam between a model and the contract: probabilities of all labels for one text.

A model only scores. What follows from the scores (candidates, abstaining, danger,
recommendations) is decided once, in ``nlp.classifier``, for every model.
"""

from collections.abc import Mapping
from dataclasses import dataclass


class ModelError(ValueError):
    """A model cannot be used; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities by slug; those of tags are independent of each other.

    ``informed`` is false when the text gave the model nothing to go by.
    """

    categories: Mapping[str, float]
    kinds: Mapping[str, float]
    urgencies: Mapping[str, float]
    tags: Mapping[str, float]
    informed: bool


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a model's word counts, measured on unseen writers."""

    category: float
    darurat: float
    tinggi: float
    tag: float
