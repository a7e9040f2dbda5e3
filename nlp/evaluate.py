"""Figures that tell how good a classifier is on messages with known labels. Numpy only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.corpus import Example
from nlp.prediction import Prediction

ECE_BINS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; all shares from 0 to 1.

    Attributes:
        messages: how many messages were judged.
        category_accuracy: the first category is the main one.
        category_accepted: the first category is the main one or one of the further ones.
        category_top3: the main category is among the three candidates.
        category_macro_f1: mean F1 of the categories.
        kind_macro_f1: mean F1 of the kinds.
        urgency_macro_f1: mean F1 of the urgencies.
        darurat_recall: share of the emergencies that were seen.
        darurat_precision: share of the alarms that were emergencies.
        tag_micro_f1: F1 over all tags of all messages.
        ece: expected calibration error of the first category's probability, ten bins.
        abstained: share of messages whose category was left open.
        accepted_when_sure: ``category_accepted`` among the others.
    """

    messages: int
    category_accuracy: float
    category_accepted: float
    category_top3: float
    category_macro_f1: float
    kind_macro_f1: float
    urgency_macro_f1: float
    darurat_recall: float
    darurat_precision: float
    tag_micro_f1: float
    ece: float
    abstained: float
    accepted_when_sure: float


def figures(examples: Sequence[Example], predictions: Sequence[Prediction]) -> Figures:
    """The figures of these predictions; both sequences in the same order, not empty."""
    pairs = list(zip(examples, predictions, strict=True))
    right = np.array([e.category == p.category for e, p in pairs])
    accepted = np.array([p.category in (e.category, *e.also) for e, p in pairs])
    top3 = [e.category in {c.category for c in p.candidates} for e, p in pairs]
    sure = np.array([not p.abstain for _, p in pairs])
    alarms = np.array([p.urgency == "darurat" for _, p in pairs])
    emergencies = np.array([e.urgency == "darurat" for e, _ in pairs])
    confidence = np.array([p.candidates[0].probability for _, p in pairs])
    return Figures(
        messages=len(pairs),
        category_accuracy=float(right.mean()),
        category_accepted=float(accepted.mean()),
        category_top3=float(np.mean(top3)),
        category_macro_f1=macro_f1([(e.category, p.category) for e, p in pairs]),
        kind_macro_f1=macro_f1([(e.kind, p.kind) for e, p in pairs]),
        urgency_macro_f1=macro_f1([(e.urgency, p.urgency) for e, p in pairs]),
        darurat_recall=_share(emergencies & alarms, emergencies),
        darurat_precision=_share(emergencies & alarms, alarms),
        tag_micro_f1=_micro_f1([(set(e.tags), set(p.tags)) for e, p in pairs]),
        ece=calibration_error(confidence, right),
        abstained=float(1 - sure.mean()),
        accepted_when_sure=_share(accepted & sure, sure),
    )


def f1_by_label(pairs: Sequence[tuple[str, str]]) -> Mapping[str, float]:
    """F1 of each label that is true at least once; pairs are (true, predicted)."""
    result: dict[str, float] = {}
    for label in sorted({true for true, _ in pairs}):
        hits = sum(true == label == guess for true, guess in pairs)
        told = sum(true == label for true, _ in pairs) + sum(guess == label for _, guess in pairs)
        result[label] = 2 * hits / told
    return result


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean of ``f1_by_label``."""
    return float(np.mean(list(f1_by_label(pairs).values())))


def calibration_error(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error: how far confidence and hit rate lie apart, bin by bin."""
    bins = np.minimum((confidence * ECE_BINS).astype(int), ECE_BINS - 1)
    gaps = [
        abs(float(confidence[bins == b].mean()) - float(right[bins == b].mean()))
        * int((bins == b).sum())
        for b in range(ECE_BINS)
        if (bins == b).any()
    ]
    return sum(gaps) / len(confidence)


def _share(part: npt.NDArray[np.bool_], whole: npt.NDArray[np.bool_]) -> float:
    """Share of ``whole`` that is in ``part``; 1 where there was nothing to find."""
    return float(part.sum() / whole.sum()) if whole.any() else 1.0


def _micro_f1(pairs: Sequence[tuple[set[str], set[str]]]) -> float:
    hits = sum(len(true & guess) for true, guess in pairs)
    told = sum(len(true) + len(guess) for true, guess in pairs)
    return 2 * hits / told if told else 1.0
