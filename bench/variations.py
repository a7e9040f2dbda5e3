"""What each part of the training is worth: ``python -m bench.variations BASE``.

Trains small members on some thousand messages of the corpus, once for each seed, and judges
them on the development set: the linear model and the encoder with and without each part of
their training, both together, and the encoder as a student of the built-in model. The seed
chooses the writers who are learned from, those who set temperatures and limits, those whose
labels are guessed, and the order of learning. Phrasings of rights questions and plain phrases
are left out.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from nlp.blend import at_temperature, blend, load_blend
from nlp.classifier import BUILT_IN_FOLDER, ScoringClassifier
from nlp.corpus import DEVELOPMENT, Example, load_corpus
from nlp.evaluate import Figures, figures
from nlp.heads import Floats, Heads, scores_of
from nlp.normalise import without_address
from nlp.prediction import Prediction
from nlp.scores import Scores, Thresholds
from nlp.taxonomy import Taxonomy, load_taxonomy
from nlp.training.blending import blended
from nlp.training.calibration import temperatures, thresholds
from nlp.training.finetune import Settings, fine_tune
from nlp.training.linear import fit_linear
from nlp.training.network import load_base, logits_of, tokenised
from nlp.training.pipeline import material

COLUMNS = {
    "category_accepted": "accepted",
    "category_macro_f1": "macro-F1",
    "kind_macro_f1": "kind",
    "urgency_macro_f1": "urgency",
    "tag_micro_f1": "tags",
}
HELD_OUT_PART = 0.2
"""Messages that set temperatures and limits, as a part of those learned from."""
FOCUS = 2.0

Judge = Callable[[Sequence[str]], Floats]
"""Gives the logits of texts, one row each."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Messages of different writers: to learn from, to calibrate on, to guess the labels of."""

    learn: tuple[Example, ...]
    held_out: tuple[Example, ...]
    unlabelled: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """The logits that a model gave for known texts, with its temperatures and limits."""

    heads: Heads
    thresholds: Thresholds
    logits: dict[str, Floats]
    name: str = "variation"

    def score(self, text: str) -> Scores:
        """The probabilities for a known text."""
        return scores_of(self.logits[text], self.heads, informed=True)

    def logits_of(self, texts: Sequence[str]) -> Floats:
        """The logits of known texts."""
        return np.stack([self.logits[text] for text in texts])


@dataclass(slots=True)
class Trial:
    """One seed: its messages, how it learns, and the models and figures so far by row."""

    parts: Parts
    settings: Settings
    judges: dict[str, Judge] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bench:
    """What all rows and seeds share."""

    base: str
    layers: int
    taxonomy: Taxonomy
    development: Sequence[Example]

    def rows(self) -> dict[str, Callable[[Trial], Judge]]:
        """How to make the model of each row, in an order in which each finds what it needs."""
        return {
            "linear": self.linear,
            "linear, chat words as written": as_written(self.linear),
            "encoder": self.encoder,
            "both": self.together,
            "encoder, taught by the built-in model": lambda t: self.encoder(t, shipped_logits),
            "encoder, main category alone": lambda t: self.encoder(changed(t, also=0.0)),
            "encoder, focal loss": lambda t: self.encoder(changed(t, focus=FOCUS)),
            "linear, guessed labels too": lambda t: self.linear(self.with_guesses(t)),
            "encoder, chat words as written": as_written(self.encoder),
            "encoder, guessed labels too": lambda t: self.encoder(self.with_guesses(t)),
        }

    def predictions(
        self, judge: Judge, parts: Parts, examples: Sequence[Example]
    ) -> list[Prediction]:
        """What the model says of the examples, calibrated on the writers held out."""
        task = material(parts.held_out, self.taxonomy).task
        held_out = judge([example.text for example in parts.held_out])
        heads = temperatures(held_out, task)
        texts = [without_address(example.text) for example in examples]
        answers = Answers(
            heads, thresholds(held_out, heads, task), dict(zip(texts, judge(texts), strict=True))
        )
        classifier = ScoringClassifier(answers, self.taxonomy)
        return [classifier.classify(example.text) for example in examples]

    def linear(self, trial: Trial) -> Judge:
        """The linear model."""
        learn = material(trial.parts.learn, self.taxonomy)
        return fit_linear(learn.texts, learn.task, trial.settings.seed, "variation").logits_of

    def encoder(
        self, trial: Trial, teacher: Callable[[Sequence[Example]], Floats] | None = None
    ) -> Judge:
        """The encoder, fine-tuned, with the logits of a teacher to imitate if there is one."""
        taught = teacher(trial.parts.learn) if teacher else None
        learn = replace(material(trial.parts.learn, self.taxonomy), taught=taught)
        held_out = material(trial.parts.held_out, self.taxonomy)
        with tempfile.TemporaryDirectory() as work, Progress(transient=True) as bar:
            task = bar.add_task("learning")
            tuned = fine_tune(
                load_base(self.base, self.layers), learn, held_out, trial.settings, Path(work),
                lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        return lambda texts: logits_of(
            tuned.network, tokenised(tuned.tokenizer, list(texts)), tuned.padding
        )

    def together(self, trial: Trial) -> Judge:
        """The usual two, weighed as ``model export`` weighs them."""
        words, meaning = trial.judges["linear"], trial.judges["encoder"]
        task = material(trial.parts.held_out, self.taxonomy).task
        texts = [example.text for example in trial.parts.held_out]
        weighed = blended(words(texts), meaning(texts), task)
        return lambda texts: blend(
            at_temperature(words(texts), weighed.word_heads),
            at_temperature(meaning(texts), weighed.meaning_heads),
            task.heads,
            weighed.shares,
        )

    def with_guesses(self, trial: Trial) -> Trial:
        """The trial with more messages, labelled by the usual two together."""
        parts = trial.parts
        said = self.predictions(trial.judges["both"], parts, parts.unlabelled)
        guessed = map(relabelled, parts.unlabelled, said)
        return replace(trial, parts=replace(parts, learn=(*parts.learn, *guessed)))


def changed(trial: Trial, **settings: float) -> Trial:
    """The trial with other settings."""
    return replace(trial, settings=replace(trial.settings, **settings))  # type: ignore[arg-type]


def as_written(make: Callable[[Trial], Judge]) -> Callable[[Trial], Judge]:
    """The same without writing out any chat word, as if the table of them were empty."""

    def judge(trial: Trial) -> Judge:
        with patch("nlp.normalise.slang", dict):
            made = make(trial)

        def logits(texts: Sequence[str]) -> Floats:
            with patch("nlp.normalise.slang", dict):
                return made(texts)

        return logits

    return judge


def cells(name: str, trials: Sequence[Trial]) -> list[str]:
    """The row of a table: mean and half the range over the seeds.

    The last cell compares with the usual training of the same member, seed by seed.
    """
    told = [
        spread([getattr(trial.figures[name], column) for trial in trials]) for column in COLUMNS
    ]
    usual = name.partition(",")[0]
    apart = [
        trial.figures[name].category_accepted - trial.figures[usual].category_accepted
        for trial in trials
    ]
    return [name, *told, spread(apart, "+.3f") if name != usual else ""]


def spread(values: Sequence[float], form: str = ".3f") -> str:
    """Mean ± half the range."""
    return f"{np.mean(values):{form}} ± {np.ptp(values) / 2:.3f}"


def parts_of(corpus: Sequence[Example], seed: int, messages: int) -> Parts:
    """The messages of writers in an order of chance, as many as asked for of each part."""
    order = np.random.default_rng(seed).permutation(sorted({e.writer for e in corpus}))
    waiting = [str(writer) for writer in order]
    parts = []
    for wanted in (messages, round(HELD_OUT_PART * messages), messages):
        part: list[Example] = []
        while waiting and len(part) < wanted:
            writer = waiting.pop()
            part += [example for example in corpus if example.writer == writer]
        parts.append(tuple(part[:wanted]))
    return Parts(*parts)


def relabelled(example: Example, said: Prediction) -> Example:
    """The example with the labels of a prediction, as if nobody had labelled it."""
    return replace(
        example,
        kind=said.kind,
        category=said.category,
        also=(),
        tags=said.tags,
        urgency=said.urgency,
    )


def shipped_logits(examples: Sequence[Example]) -> Floats:
    """The calibrated logits of the built-in model, which learned from these messages itself."""
    description = json.loads((BUILT_IN_FOLDER / "model.json").read_text(encoding="utf-8"))
    shipped = load_blend(BUILT_IN_FOLDER, description)
    logits = np.stack([shipped.logits(example.text)[0] for example in examples])
    return at_temperature(logits, shipped.heads)


def main() -> None:
    """Train, judge and print, each row as soon as all seeds have it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="folder of an encoder, as nlp.training.e5 writes it")
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    taxonomy, console = load_taxonomy(), Console()
    corpus = load_corpus(taxonomy=taxonomy)
    bench = Bench(options.base, options.layers, taxonomy, load_corpus(DEVELOPMENT, taxonomy))
    learning = {"epochs": options.epochs, "batch": options.batch}
    trials = [
        Trial(parts_of(corpus, seed, options.messages), Settings(**learning, seed=seed))
        for seed in range(1, options.seeds + 1)
    ]
    table = Table("what", *COLUMNS.values(), "accepted, difference", title="mean ± half range")
    for name, make in bench.rows().items():
        for trial in trials:
            started = time.monotonic()
            judge = trial.judges[name] = make(trial)
            said = bench.predictions(judge, trial.parts, bench.development)
            trial.figures[name] = figures(bench.development, said)
            seconds = time.monotonic() - started
            console.print(f"{name}, seed {trial.settings.seed}: {seconds:.0f} s")
        table.add_row(*cells(name, trials))
        console.print(*cells(name, trials), sep=" | ")
    console.print(table)


if __name__ == "__main__":
    main()
