"""Trains the built-in model: ``python -m nlp.train --out nlp/models/bawaan [--seed 1]``.

Measures first, on writers whose messages the model has not seen, then fits the model that is
shipped on everything. Needs scikit-learn (``pip install 'kawan-buruh[train]'``). The same
corpus and seed give the same files.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from nlp.classifier import BUILT_IN_FOLDER, ScoringClassifier
from nlp.corpus import (
    DEVELOPMENT,
    WRITERS,
    CorpusError,
    Example,
    find_duplicates,
    load_corpus,
    load_plain,
)
from nlp.evaluate import Figures, f1_by_label, figures
from nlp.fit import Matrix, calibrated, fit, labels_of
from nlp.linear import LinearModel, save_linear
from nlp.model_card import Training, write_model_card
from nlp.prediction import Prediction
from nlp.taxonomy import Taxonomy, load_taxonomy

FEWEST_MESSAGES = 600
MOST_FOLDS = 8
FEWEST_WRITERS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """A cross-validation: figures, F1 by category, how the folds were cut, raw scores."""

    figures: Figures
    f1_by_category: dict[str, float]
    by_writer: bool
    folds: int
    logits: Matrix


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, print the figures, write the model and its card; 2 when the corpus is unfit."""
    parser = argparse.ArgumentParser(prog="python -m nlp.train", description=__doc__)
    parser.add_argument("--out", type=Path, default=BUILT_IN_FOLDER, help="folder of the model")
    parser.add_argument("--corpus", type=Path, default=WRITERS, help="folder of *.jsonl")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--few", action="store_true", help=f"train on fewer than {FEWEST_MESSAGES} messages"
    )
    options = parser.parse_args(arguments)
    console = Console()
    taxonomy = load_taxonomy()
    try:
        examples = without_duplicates(load_corpus(options.corpus, taxonomy))
    except CorpusError as error:
        console.print(f"corpus: {error}", style="red", markup=False, soft_wrap=True)
        return 2
    if len(examples) < FEWEST_MESSAGES and not options.few:
        console.print(
            f"{len(examples)} messages in {options.corpus}, at least {FEWEST_MESSAGES} are "
            "needed for a model that people rely on; --few trains one for trials.",
            soft_wrap=True,
        )
        return 2
    ours = options.corpus == WRITERS
    plain = load_plain(taxonomy=taxonomy) if ours else ()
    development = load_corpus(DEVELOPMENT, taxonomy) if ours else ()
    train(examples, taxonomy, options.out, options.seed, console, plain, development)
    return 0


def train(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    out: Path,
    seed: int,
    console: Console,
    plain: Sequence[tuple[str, str]] = (),
    development: Sequence[Example] = (),
) -> LinearModel:
    """Measure, fit on all examples, calibrate, and write model and card to ``out``.

    ``plain`` are phrases that are learned from in every fold and measured in none;
    ``development`` are messages that only the finished model is measured on.
    """
    measured = cross_validate(examples, taxonomy, seed, console, plain)
    task = labels_of(examples, taxonomy)
    console.print("fitting the model on all messages")
    model = calibrated(
        fit(examples, task, seed, plain), measured.logits, task, [_accepted(e) for e in examples]
    )
    save_linear(model, out)
    training = Training(
        name=model.name,
        messages=len(examples),
        writers=len({e.writer for e in examples}),
        by_writer=measured.by_writer,
        folds=measured.folds,
        seed=seed,
        thresholds=model.thresholds,
        figures=measured.figures,
        f1_by_category=measured.f1_by_category,
        development=len(development),
        on_development=_figures_of(model, taxonomy, development) if development else None,
    )
    write_model_card(training, out.parent / "MODEL_CARD.md")
    console.print(_figures_table(measured))
    console.print(f"model in {out}, card in {out.parent / 'MODEL_CARD.md'}", soft_wrap=True)
    return model


def _figures_of(model: LinearModel, taxonomy: Taxonomy, examples: Sequence[Example]) -> Figures:
    classifier = ScoringClassifier(model, taxonomy)
    return figures(examples, [classifier.classify(example.text) for example in examples])


def without_duplicates(examples: Sequence[Example]) -> tuple[Example, ...]:
    """The examples without the later one of each pair that says the same."""
    again = {duplicate.second.place for duplicate in find_duplicates(examples)}
    return tuple(example for example in examples if example.place not in again)


def cross_validate(
    examples: Sequence[Example],
    taxonomy: Taxonomy,
    seed: int,
    console: Console,
    plain: Sequence[tuple[str, str]] = (),
) -> Measured:
    """How well models do on folds they have not seen, each fold other writers.

    With fewer than three writers the folds mix them, and the figures flatter. Temperatures
    and thresholds for a fold come from the other folds.
    """
    folds = _folds(examples, seed)
    task = labels_of(examples, taxonomy)
    logits = np.zeros((len(examples), sum(len(head.labels) for head in task.heads)))
    models: list[LinearModel] = []
    numbers = range(int(folds.max()) + 1)
    for fold in track(numbers, description="measuring, fold by fold", console=console):
        known = folds != fold
        seen = [e for e, k in zip(examples, known, strict=True) if k]
        part = type(task)(task.heads, tuple(target[known] for target in task.targets))
        models.append(fit(seen, part, seed, plain))
        for row in map(int, np.flatnonzero(~known)):
            logits[row] = models[fold].logits(examples[row].text)[0]
    predictions: dict[int, Prediction] = {}
    for fold in numbers:
        others = folds != fold
        part = type(task)(task.heads, tuple(target[others] for target in task.targets))
        accepted = [_accepted(e) for e, o in zip(examples, others, strict=True) if o]
        judge = ScoringClassifier(
            calibrated(models[fold], logits[others], part, accepted), taxonomy
        )
        for row in map(int, np.flatnonzero(~others)):
            predictions[row] = judge.classify(examples[row].text)
    ordered = [predictions[row] for row in range(len(examples))]
    pairs = [(e.category, p.category) for e, p in zip(examples, ordered, strict=True)]
    return Measured(
        figures=figures(examples, ordered),
        f1_by_category=dict(f1_by_label(pairs)),
        by_writer=_writers(examples) >= FEWEST_WRITERS,
        folds=len(models),
        logits=logits,
    )


def _writers(examples: Sequence[Example]) -> int:
    return len({example.writer for example in examples})


def _folds(examples: Sequence[Example], seed: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The fold of each example: whole writers, the largest first into the smallest fold."""
    if _writers(examples) < FEWEST_WRITERS:
        return np.random.default_rng(seed).permutation(len(examples)) % 5
    sizes: dict[str, int] = {}
    for example in examples:
        sizes[example.writer] = sizes.get(example.writer, 0) + 1
    filled = [0] * min(MOST_FOLDS, len(sizes))
    fold_of: dict[str, int] = {}
    for writer in sorted(sizes, key=lambda w: (-sizes[w], w)):
        fold_of[writer] = filled.index(min(filled))
        filled[fold_of[writer]] += sizes[writer]
    return np.array([fold_of[example.writer] for example in examples])


def _accepted(example: Example) -> tuple[str, ...]:
    return (example.category, *example.also)


def _figures_table(measured: Measured) -> Table:
    how = "unseen writers" if measured.by_writer else "folds that mix writers"
    table = Table("figure", "value", title=f"{measured.folds} folds, {how}")
    for name, value in asdict(measured.figures).items():
        table.add_row(name, f"{value:.3f}" if isinstance(value, float) else str(value))
    return table


if __name__ == "__main__":
    raise SystemExit(main())
