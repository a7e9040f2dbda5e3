"""What a classifier says about one message: the contract between model and bot."""

from dataclasses import dataclass
from typing import TypedDict


class CandidateJson(TypedDict):
    """One candidate as ``Prediction.as_json`` gives it."""

    category: str
    probability: float


class PredictionJson(TypedDict):
    """The form in which other programs read a prediction; names and order are fixed."""

    kind: str
    category: str
    candidates: list[CandidateJson]
    tags: list[str]
    urgency: str
    abstain: bool
    recommendations: list[str]
    model: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A category and how probable the model holds it, 0 to 1, calibrated."""

    category: str
    probability: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """The labels of one message.

    Attributes:
        kind: ``pengaduan``, ``aspirasi`` or ``pertanyaan``.
        category: the most probable category, also where the model abstains.
        candidates: the three most probable categories, the best first.
        tags: finer labels, the surest first; may be empty.
        urgency: ``normal``, ``tinggi`` or ``darurat``.
        abstain: true where the category is too unsure to act on without asking.
        recommendations: next steps for the officer, in Indonesian, the most pressing first.
        model: name and version of the model that judged.
        danger: the reviewed expressions that raised the urgency to ``darurat``; words of the
            message and not part of the JSON.
    """

    kind: str
    category: str
    candidates: tuple[Candidate, ...]
    tags: tuple[str, ...]
    urgency: str
    abstain: bool
    recommendations: tuple[str, ...]
    model: str
    danger: tuple[str, ...] = ()

    def as_json(self) -> PredictionJson:
        """The prediction as JSON-ready values, probabilities with four digits."""
        return {
            "kind": self.kind,
            "category": self.category,
            "candidates": [
                {"category": c.category, "probability": round(c.probability, 4)}
                for c in self.candidates
            ],
            "tags": list(self.tags),
            "urgency": self.urgency,
            "abstain": self.abstain,
            "recommendations": list(self.recommendations),
            "model": self.model,
        }
