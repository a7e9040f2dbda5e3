"""Writes the model card: what the built-in model is, what was measured, what it cannot do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nlp.evaluate import Figures
from nlp.scores import Thresholds


@dataclass(frozen=True, slots=True)
class Training:
    """All that the card reports."""

    name: str
    messages: int
    writers: int
    by_writer: bool
    folds: int
    seed: int
    thresholds: Thresholds
    figures: Figures
    f1_by_category: Mapping[str, float]
    development: int = 0
    on_development: Figures | None = None


MEANING = {
    "category_accuracy": "the first category is the main one",
    "category_accepted": "the first category is the main one or a further one of the message",
    "category_top3": "the main category is among the three that are offered",
    "category_macro_f1": "mean over the categories, rare ones count as much as common ones",
    "kind_macro_f1": "complaint, wish or question",
    "urgency_macro_f1": "normal, pressing or emergency",
    "darurat_recall": "share of the emergencies that were seen, model and expressions together",
    "darurat_precision": "share of the alarms that were emergencies",
    "tag_micro_f1": "all tags of all messages",
    "ece": "mean distance between stated probability and hit rate; 0 is perfect",
    "abstained": "share of messages whose category the model leaves open",
    "accepted_when_sure": "accepted among the messages where it does not",
}

TEMPLATE = """\
# Model card: {name}

A linear model over hashed word and letter features ({messages} messages by {writers} writers,
seed {seed}), made by `python -m nlp.train`. It labels a worker's message with kind, category,
tags and urgency. It suggests; people decide.

## Measured

{folds} folds; {how} Temperatures and thresholds of a fold come from the other folds.
{development}
| figure | folds | development | meaning |
|---|---|---|---|
{rows}

F1 by category: {categories}.

Limits in use, chosen on the same messages: category certain from {category:.2f}, emergency
from {darurat:.2f}, pressing from {tinggi:.2f}, tag from {tag:.2f}.

## What the figures mean

- The messages are written for this purpose by people who imagine workers; they are no real
  complaints. Expect somewhat lower figures on real ones until corrections by workers and
  officers are part of the training.
- A wrong first category costs one more tap: the three best are shown in words, certain ones
  only in the review.
- `darurat` also follows from the expressions in `nlp/danger.toml`, which do not depend on the
  model. Neither sees danger that is told in words nobody thought of: officers read every
  message. Some expressions were written after reading messages of this corpus, which flatters
  `darurat_recall` a little.

## Not for

Deciding a case, judging a person, languages other than Indonesian and what is mixed into it
in workers' chats, or texts longer than 4,000 characters (the first 3,000 and the last 1,000
are read).
"""


def write_model_card(training: Training, path: Path) -> None:
    """Write the card in Markdown."""
    values = training.figures
    rows = [
        f"| {name} | {getattr(values, name):.3f} | {_held_out(training, name)} | {text} |"
        for name, text in MEANING.items()
    ]
    best_first = sorted(training.f1_by_category.items(), key=lambda item: -item[1])
    how = (
        "each fold holds writers whose messages the model had not seen."
        if training.by_writer
        else "too few writers to separate them, so the figures flatter."
    )
    card = TEMPLATE.format(
        name=training.name,
        messages=training.messages,
        writers=training.writers,
        seed=training.seed,
        folds=training.folds,
        how=how,
        development=_development(training),
        rows="\n".join(rows),
        categories=", ".join(f"{slug} {value:.2f}" for slug, value in best_first),
        category=training.thresholds.category,
        darurat=training.thresholds.darurat,
        tinggi=training.thresholds.tinggi,
        tag=training.thresholds.tag,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(card, encoding="utf-8")


def _development(training: Training) -> str:
    if training.on_development is None:
        return ""
    return (
        f"The development set ({training.development} messages, writers who wrote nothing else) "
        "was kept out of training; the finished model was measured on it.\n"
    )


def _held_out(training: Training, name: str) -> str:
    if training.on_development is None:
        return "-"
    return f"{getattr(training.on_development, name):.3f}"
