"""What a model does on labelled messages, in the detail that shows where it errs."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from nlp.classifier import Classifier
from nlp.corpus import Example
from nlp.evaluate import ECE_BINS, Figures, figures
from nlp.prediction import Prediction


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """How one category fares: ``messages`` have it, and shares from 0 to 1."""

    slug: str
    messages: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Messages whose probability fell between two tenths: how sure, and how often right."""

    messages: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that ``model evaluate`` shows.

    Attributes:
        confusion: how often a main category (first) was called another (second).
        milliseconds: time a message at the 50th and the 99th percentile.
    """

    model: str
    figures: Figures
    categories: tuple[LabelFigures, ...]
    confusion: Counter[tuple[str, str]]
    calibration: tuple[Bin, ...]
    milliseconds: tuple[float, float]


def evaluate(
    classifier: Classifier,
    examples: Sequence[Example],
    progress: Callable[[int], None] = lambda _done: None,
) -> Evaluation:
    """Classify every example and compare.

    Args:
        classifier: what is measured, rules included.
        examples: messages with known labels.
        progress: told how many are done.
    """
    predictions: list[Prediction] = []
    times: list[float] = []
    for done, example in enumerate(examples, start=1):
        started = perf_counter()
        predictions.append(classifier.classify(example.text))
        times.append(1000 * (perf_counter() - started))
        progress(done)
    pairs = [(e.category, p.category) for e, p in zip(examples, predictions, strict=True)]
    p50, p99 = np.percentile(times, (50, 99))
    return Evaluation(
        model=classifier.model,
        figures=figures(examples, predictions),
        categories=tuple(_label(slug, pairs) for slug in sorted({true for true, _ in pairs})),
        confusion=Counter(pairs),
        calibration=_calibration(examples, predictions),
        milliseconds=(float(p50), float(p99)),
    )


def _label(slug: str, pairs: Sequence[tuple[str, str]]) -> LabelFigures:
    hits = sum(true == slug == guess for true, guess in pairs)
    messages = sum(true == slug for true, _ in pairs)
    called = sum(guess == slug for _, guess in pairs)
    return LabelFigures(
        slug=slug,
        messages=messages,
        precision=hits / called if called else 0.0,
        recall=hits / messages,
        f1=2 * hits / (messages + called),
    )


def _calibration(
    examples: Sequence[Example], predictions: Sequence[Prediction]
) -> tuple[Bin, ...]:
    confidence = np.array([p.candidates[0].probability for p in predictions])
    right = np.array(
        [e.category == p.category for e, p in zip(examples, predictions, strict=True)]
    )
    numbers = np.minimum((confidence * ECE_BINS).astype(int), ECE_BINS - 1)
    return tuple(
        Bin(
            int((numbers == number).sum()),
            float(confidence[numbers == number].mean()),
            float(right[numbers == number].mean()),
        )
        for number in range(ECE_BINS)
        if (numbers == number).any()
    )
