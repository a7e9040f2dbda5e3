"""The contract ``classify(text) -> Prediction`` and the way from a setting to a classifier.

The model scores, this module decides: three candidates, when to abstain, danger before
everything, recommendations from the taxonomy. Loading needs no network.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from nlp import bert, blend, linear
from nlp.danger import find_danger
from nlp.normalise import without_address
from nlp.prediction import Candidate, Prediction
from nlp.reasons import reasons
from nlp.scorer import Embedder, Scorer
from nlp.scores import ModelError, Scores
from nlp.taxonomy import Taxonomy, load_taxonomy

BUILT_IN = "bawaan"
BUILT_IN_FOLDER = Path(__file__).parent / "models" / BUILT_IN

CANDIDATES = 3
COMPLAINT = "pengaduan"
"""What a message without words is taken for: a voice note or a photo is no question."""
MOST_TAGS = 5

Loader = Callable[[Path, dict[str, Any]], Scorer]
FORMATS: Mapping[str, Loader] = {
    linear.FORMAT: linear.load_linear,
    bert.FORMAT: bert.load_bert,
    blend.FORMAT: blend.load_blend,
}
"""How to load a model folder, by the ``format`` that its ``model.json`` names."""


class Classifier(Protocol):
    """Whatever turns a message into a prediction."""

    @property
    def model(self) -> str:
        """Name and version of the model behind it."""
        ...

    @property
    def folder(self) -> Path | None:
        """Where its model lies; none for one that was never written."""
        ...

    @property
    def embedder(self) -> Embedder | None:
        """The encoder behind it, if it has one."""
        ...

    def classify(self, text: str) -> Prediction:
        """The labels of a message; never fails for any text."""
        ...

    def reasons(self, text: str, label: str, group: str = "categories") -> tuple[str, ...]:
        """At most five words of the text that speak most for the label, best first."""
        ...


@dataclass(frozen=True, slots=True)
class ScoringClassifier:
    """A classifier made of a model, the danger expressions and the taxonomy."""

    scorer: Scorer
    taxonomy: Taxonomy
    folder: Path | None = None

    @property
    def model(self) -> str:
        """Name and version of the model behind it."""
        return self.scorer.name

    @property
    def embedder(self) -> Embedder | None:
        """The encoder behind it, if it has one."""
        return self.scorer if isinstance(self.scorer, Embedder) else None

    def classify(self, text: str) -> Prediction:
        """The labels of a message; never fails for any text.

        Danger expressions are looked for in the whole text; the model reads it without words
        of address, and of a long one the part that ``nlp.features.capped`` leaves.
        """
        scores = self.scorer.score(without_address(text))
        ranked = sorted(scores.categories.items(), key=lambda item: -item[1])
        category, probability = ranked[0]
        danger = tuple(trigger.words for trigger in find_danger(text))
        urgency = "darurat" if danger else self._urgency(scores)
        tags = self._tags(scores)
        steps = self.taxonomy.next_steps_for(category, tags=tags, urgency=urgency)
        return Prediction(
            kind=_likeliest(scores.kinds) if scores.informed else COMPLAINT,
            category=category,
            candidates=tuple(Candidate(slug, chance) for slug, chance in ranked[:CANDIDATES]),
            tags=tags,
            urgency=urgency,
            abstain=not scores.informed or probability < self.scorer.thresholds.category,
            recommendations=tuple(step.sentence for step in steps),
            model=self.model,
            danger=danger,
        )

    def reasons(self, text: str, label: str, group: str = "categories") -> tuple[str, ...]:
        """At most five words of the text that speak most for the label, best first.

        Costs a few dozen scores: for the moment a case is opened or an alarm raised, not for
        every message.
        """
        return reasons(self.scorer, text, label, group)

    def _urgency(self, scores: Scores) -> str:
        """The first urgency, most pressing first, whose probability reaches its limit."""
        limits = self.scorer.thresholds
        if not scores.informed:
            return "normal"
        if scores.urgencies.get("darurat", 0.0) >= limits.darurat:
            return "darurat"
        pressing = scores.urgencies.get("tinggi", 0.0) + scores.urgencies.get("darurat", 0.0)
        return "tinggi" if pressing >= limits.tinggi else "normal"

    def _tags(self, scores: Scores) -> tuple[str, ...]:
        if not scores.informed:
            return ()
        limit = self.scorer.thresholds.tag
        sure = [slug for slug, chance in scores.tags.items() if chance >= limit]
        return tuple(sorted(sure, key=lambda slug: -scores.tags[slug])[:MOST_TAGS])


def _likeliest(chances: Mapping[str, float]) -> str:
    return max(chances, key=lambda slug: chances[slug])


def load_classifier(choice: str = BUILT_IN, taxonomy: Taxonomy | None = None) -> Classifier:
    """The classifier that the setting ``CLASSIFIER`` names.

    Args:
        choice: ``bawaan`` for the built-in model, or the folder of a trained one.
        taxonomy: the labels in use; the shipped ones when left out.

    Raises:
        ModelError: no such model, or one that does not fit; the message says what to do.
    """
    labels = taxonomy or load_taxonomy()
    folder = BUILT_IN_FOLDER if choice == BUILT_IN else Path(choice)
    scorer = _load_scorer(folder, choice)
    _check_labels(scorer, labels, folder)
    return ScoringClassifier(scorer, labels, folder)


def _load_scorer(folder: Path, choice: str) -> Scorer:
    path = folder / "model.json"
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelError(
            f"CLASSIFIER={choice!r} names no model: {path} does not exist; "
            f"use {BUILT_IN!r} or the folder of a trained model"
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read as a model description") from error
    name = description.get("format") if isinstance(description, dict) else None
    loader = FORMATS.get(str(name))
    if loader is None:
        known = ", ".join(sorted(FORMATS))
        raise ModelError(f"{path} has the unknown format {name!r}; known: {known}")
    return loader(folder, description)


def _check_labels(scorer: Scorer, taxonomy: Taxonomy, folder: Path) -> None:
    """Refuse a model that speaks of labels which the taxonomy does not have."""
    scores = scorer.score("")
    groups = (
        (scores.categories, {c.slug for c in taxonomy.categories}),
        (scores.kinds, {k.slug for k in taxonomy.kinds}),
        (scores.urgencies, {u.slug for u in taxonomy.urgencies}),
        (scores.tags, set(taxonomy.tags)),
    )
    for found, known in groups:
        unknown = sorted(set(found) - known)
        if unknown:
            raise ModelError(
                f"the model in {folder} knows labels that the taxonomy lacks: "
                f"{', '.join(unknown)}; train it again or restore the labels"
            )
