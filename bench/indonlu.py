"""The training pipeline against a published yardstick: ``python -m bench.indonlu FOLDER BASE``.

Fine-tunes BASE with the code that makes our models on the training part of IndoNLU's EmoT and
SmSA (Wilie et al. 2020) and judges the validation part, macro-F1, beside Table 5 of the paper
(which judges the test part). FOLDER holds ``emot_train_preprocess.csv`` and its like.
"""

import argparse
import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from nlp.evaluate import macro_f1
from nlp.heads import Head, Heads, split
from nlp.training.finetune import Material, Settings, fine_tune
from nlp.training.network import load_base, logits_of, tokenised
from nlp.training.task import UNKNOWN, Task

PUBLISHED = {
    "small transformer from scratch": (57.31, 67.35),
    "fastText-indo4b": (69.23, 82.13),
    "mBERT": (67.30, 84.14),
    "XLM-R base": (71.15, 91.39),
    "IndoBERT-lite base": (73.88, 90.85),
    "IndoBERT base": (75.48, 87.73),
    "IndoBERT large, phase two": (79.47, 92.03),
}
_HELD_OUT = 20
"""One message of so many is kept from the training part to tell when to stop."""

Labelled = list[tuple[str, str]]


def main() -> None:
    """Fine-tune on both and print them beside the published figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("base")
    parser.add_argument("--layers", type=int)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    settings = [Settings(epochs=options.epochs, seed=seed + 1) for seed in range(options.seeds)]
    console, ours = Console(), []
    for name, read in (("emot", read_emot), ("smsa", read_smsa)):
        learn, judge = (read(options.folder, part) for part in ("train", "valid"))
        scores = []
        for one in settings:
            scores.append(100 * score(options.base, options.layers, learn, judge, one, name))
            console.print(f"{name}, seed {one.seed}: {scores[-1]:.2f}")
        ours.append(f"{np.mean(scores):.2f} ± {np.std(scores):.2f}")
    table = Table("model", "EmoT", "SmSA", title="macro-F1")
    for model, (emot, smsa) in PUBLISHED.items():
        table.add_row(model, f"{emot:.2f}", f"{smsa:.2f}")
    layers = f", {options.layers} layers" if options.layers else ""
    table.add_row(f"this pipeline, {options.base}{layers}, {options.seeds} seeds", *ours)
    console.print(table)


def read_emot(folder: Path, part: str) -> Labelled:
    """Tweets and their emotion."""
    with (folder / f"emot_{part}_preprocess.csv").open(encoding="utf-8", newline="") as file:
        return [(row["tweet"], row["label"]) for row in csv.DictReader(file)]


def read_smsa(folder: Path, part: str) -> Labelled:
    """Comments and reviews and their sentiment."""
    lines = (folder / f"smsa_{part}_preprocess.tsv").read_text(encoding="utf-8").splitlines()
    return [(text, label) for text, _, label in (line.rpartition("\t") for line in lines)]


def score(
    base: str,
    layers: int | None,
    learn: Labelled,
    judge: Labelled,
    settings: Settings,
    name: str,
) -> float:
    """Macro-F1 on ``judge`` of a model that learned from ``learn``."""
    labels = tuple(sorted({label for _, label in learn}))
    nothing = Head(("-",), 1.0)
    heads = (Head(labels, 1.0), nothing, nothing, nothing)
    held_out, rest = learn[::_HELD_OUT], [x for n, x in enumerate(learn) if n % _HELD_OUT]
    with tempfile.TemporaryDirectory() as work, Progress(transient=True) as bar:
        row = bar.add_task(f"{name}, seed {settings.seed}")
        tuned = fine_tune(
            load_base(base, layers),
            _material(rest, heads),
            _material(held_out, heads),
            settings,
            Path(work),
            lambda done, total: bar.update(row, completed=done, total=total),
        )
    texts = [text for text, _ in judge]
    logits = logits_of(tuned.network, tokenised(tuned.tokenizer, texts), tuned.padding)
    said = [labels[number] for number in split(logits, heads)[0].argmax(axis=1)]
    return macro_f1([(label, guess) for (_, label), guess in zip(judge, said, strict=True)])


def _material(rows: Sequence[tuple[str, str]], heads: Heads) -> Material:
    """The rows as a task of one head; the others have nothing to learn."""
    labels = heads[0].labels
    right = np.array([labels.index(label) for _, label in rows])
    unknown = np.full(len(rows), UNKNOWN)
    task = Task(
        heads=heads,
        categories=right,
        kinds=unknown,
        urgencies=unknown,
        tags=unknown[:, np.newaxis],
        accepted=np.eye(len(labels), dtype=np.float32)[right],
    )
    return Material([text for text, _ in rows], task)


if __name__ == "__main__":
    main()
