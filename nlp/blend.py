"""A linear model and a BERT encoder that judge together: they err in other places.

A folder with ``model.json`` (shares, temperatures, thresholds) and the two members in
``linear/`` and ``bert/``, each a model of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp import bert, linear
from nlp.bert import BertModel
from nlp.heads import Floats, Head, Heads, heads_from_json, scores_of, split
from nlp.linear import LinearModel
from nlp.scores import ModelError, Scores, Thresholds

FORMAT = "blend-1"


@dataclass(frozen=True, slots=True)
class Blend:
    """Weighs the calibrated logits of both; ``shares`` is the encoder's part, head by head."""

    name: str
    heads: Heads
    thresholds: Thresholds
    linear: LinearModel
    bert: BertModel
    shares: tuple[float, ...]

    def logits(self, text: str) -> tuple[Floats, bool]:
        """The blended scores of all labels, and whether the text has any word."""
        by_words, informed = self.linear.logits(text)
        by_meaning, _ = self.bert.logits(text)
        return self._blended(by_words, by_meaning), informed

    def logits_of(self, texts: Sequence[str]) -> Floats:
        """The blended scores of several texts, one row each."""
        return self._blended(self.linear.logits_of(texts), self.bert.logits_of(texts))

    def embed(self, text: str) -> Floats:
        """Where the text lies by meaning, from the encoder."""
        return self.bert.embed(text)

    def score(self, text: str) -> Scores:
        """Calibrated probabilities for any text."""
        logits, informed = self.logits(text)
        return scores_of(logits, self.heads, informed=informed)

    def _blended(self, by_words: Floats, by_meaning: Floats) -> Floats:
        words = at_temperature(by_words, self.linear.heads)
        return blend(words, at_temperature(by_meaning, self.bert.heads), self.heads, self.shares)


def at_temperature(logits: Floats, heads: Sequence[Head]) -> Floats:
    """Each head's logits divided by its temperature; the last axis is that of the labels."""
    parts = zip(split(logits, heads), heads, strict=True)
    return np.concatenate([part / head.temperature for part, head in parts], axis=-1)


def blend(
    by_words: Floats, by_meaning: Floats, heads: Sequence[Head], shares: Sequence[float]
) -> Floats:
    """Both members' calibrated logits added up; ``shares`` are those of the second, by head."""
    parts = zip(split(by_words, heads), split(by_meaning, heads), shares, strict=True)
    mixed = [(1 - share) * words + share * meaning for words, meaning, share in parts]
    return np.concatenate(mixed, axis=-1).astype(np.float32)


def load_blend(folder: Path, description: dict[str, Any]) -> Blend:
    """Read a model made of two.

    Raises:
        ModelError: it or one of its members cannot be read.
    """
    try:
        words = _description(folder / "linear", linear.FORMAT)
        meaning = _description(folder / "bert", bert.FORMAT)
        name = str(description["name"])
        heads = heads_from_json(description["heads"])
        thresholds = Thresholds(**description["thresholds"])
        shares = tuple(float(share) for share in description["shares"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise ModelError(
            f"the model in {folder} cannot be read ({type(error).__name__}); put back its "
            "files, or make it again with admin_cli.py model export"
        ) from error
    members = (
        linear.load_linear(folder / "linear", words),
        bert.load_bert(folder / "bert", meaning),
    )
    if any([h.labels for h in member.heads] != [h.labels for h in heads] for member in members):
        raise ModelError(
            f"the two models in {folder} do not know the same labels; "
            "make it again with admin_cli.py model export"
        )
    return Blend(name, heads, thresholds, *members, shares)


def _description(folder: Path, wanted: str) -> dict[str, Any]:
    content = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    if content["format"] != wanted:
        raise ValueError(content["format"])
    return dict(content)
