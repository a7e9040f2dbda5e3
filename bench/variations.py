"""What each part of the training is worth: ``python -m bench.variations BASE``.

Trains small members on some thousand messages of the corpus, once for each seed, and judges
them on the development set: the linear model, the encoder with and without each part of its
training, both together, and a student of the built-in model. The seed chooses the writers who
are learned from, those who set temperatures and limits, those whose labels are guessed, and the
order of learning. Phrasings of rights questions and plain phrases are left out.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
STUDENT_LAYERS = 2

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
class Bench:
    """What all rows share, and the figures of each row, one for each seed so far."""

    base: str
    layers: int
    taxonomy: Taxonomy
    development: Sequence[Example]
    console: Console
    rows: dict[str, list[Figures]] = field(default_factory=dict)

    def run(self, parts: Parts, settings: Settings) -> None:
        """Train and judge all rows of one seed."""
        words = self.row("linear", parts, self.linear)
        encoder = self.row("encoder", parts, lambda p: self.encoder(p, settings))
        both = self.row("both", parts, lambda p: self.together(words, encoder, p))
        with chat_words_as_written():
            self.row("linear, chat words as written", parts, self.linear)
            self.row("encoder, chat words as written", parts, lambda p: self.encoder(p, settings))
        focal, main_only = replace(settings, focus=FOCUS), replace(settings, also=0.0)
        self.row("encoder, focal loss", parts, lambda p: self.encoder(p, focal))
        self.row("encoder, main category alone", parts, lambda p: self.encoder(p, main_only))
        guessed = map(
            relabelled, parts.unlabelled, self.predictions(both, parts, parts.unlabelled)
        )
        more = replace(parts, learn=(*parts.learn, *guessed))
        self.row("linear, guessed labels too", more, self.linear)
        self.row("encoder, guessed labels too", more, lambda p: self.encoder(p, settings))
        self.row("student", parts, lambda p: self.encoder(p, settings, STUDENT_LAYERS))
        taught = shipped_logits(parts.learn)
        self.row(
            "student, taught by the built-in model",
            parts,
            lambda p: self.encoder(p, settings, STUDENT_LAYERS, taught),
        )

    def row(self, name: str, parts: Parts, make: Callable[[Parts], Judge]) -> Judge:
        """Train a model, note its figures on the development set, and return it."""
        started = time.monotonic()
        judge = make(parts)
        measured = figures(self.development, self.predictions(judge, parts, self.development))
        self.rows.setdefault(name, []).append(measured)
        told = ", ".join(f"{word} {getattr(measured, c):.3f}" for c, word in COLUMNS.items())
        self.console.print(f"{name}: {told} ({time.monotonic() - started:.0f} s)")
        return judge

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

    def linear(self, parts: Parts) -> Judge:
        """The linear model."""
        learn = material(parts.learn, self.taxonomy)
        return fit_linear(learn.texts, learn.task, 1, "variation").logits_of

    def encoder(
        self,
        parts: Parts,
        settings: Settings,
        layers: int | None = None,
        taught: Floats | None = None,
    ) -> Judge:
        """The encoder, fine-tuned."""
        base = load_base(self.base, layers or self.layers)
        learn = replace(material(parts.learn, self.taxonomy), taught=taught)
        held_out = material(parts.held_out, self.taxonomy)
        with tempfile.TemporaryDirectory() as work, Progress(transient=True) as bar:
            task = bar.add_task("learning")
            tuned = fine_tune(
                base, learn, held_out, settings, Path(work),
                lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
        return lambda texts: logits_of(
            tuned.network, tokenised(tuned.tokenizer, list(texts)), tuned.padding
        )

    def together(self, words: Judge, meaning: Judge, parts: Parts) -> Judge:
        """Both weighed as ``model export`` weighs them."""
        task = material(parts.held_out, self.taxonomy).task
        texts = [example.text for example in parts.held_out]
        weighed = blended(words(texts), meaning(texts), task)
        return lambda texts: blend(
            at_temperature(words(texts), weighed.word_heads),
            at_temperature(meaning(texts), weighed.meaning_heads),
            task.heads,
            weighed.shares,
        )

    def table(self, title: str) -> Table:
        """Mean and half the range over the seeds; the last column compares seed by seed."""
        table = Table("what", *COLUMNS.values(), "accepted, difference", title=title)
        for name, measured in self.rows.items():
            cells = [spread([getattr(one, column) for one in measured]) for column in COLUMNS]
            pairs = zip(measured, self.rows[name.partition(",")[0]], strict=True)
            apart = [one.category_accepted - usual.category_accepted for one, usual in pairs]
            table.add_row(name, *cells, spread(apart, "+.3f") if "," in name else "")
        return table


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


@contextmanager
def chat_words_as_written() -> Iterator[None]:
    """Within, no chat word is written out, as if the table of chat words were empty."""
    with patch("nlp.normalise.slang", dict):
        yield


def main() -> None:
    """Train, judge and print; the table so far after every seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", help="folder of an encoder, as nlp.training.e5 writes it")
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    taxonomy, console = load_taxonomy(), Console()
    corpus = load_corpus(taxonomy=taxonomy)
    bench = Bench(
        options.base, options.layers, taxonomy, load_corpus(DEVELOPMENT, taxonomy), console
    )
    for seed in range(1, options.seeds + 1):
        console.print(f"seed {seed}")
        settings = Settings(epochs=options.epochs, seed=seed)
        bench.run(parts_of(corpus, seed, options.messages), settings)
        shape = f"{options.messages} messages, {options.layers} layers, {options.epochs} epochs"
        console.print(bench.table(f"{shape}, seeds 1 to {seed}: mean ± half range"))


if __name__ == "__main__":
    main()
