"""The built-in model: one linear layer over hashed features, numpy only.

A model is a folder of ``model.json`` (labels, temperatures, thresholds) and ``weights.npz``
(one byte a weight, with a scale for each label). Nothing in it is executed on loading.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from nlp import features
from nlp.scores import ModelError, Scores, Thresholds

FORMAT = "linear-1"
HEADS = ("categories", "kinds", "urgencies", "tags")

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """One group of labels: their slugs and the temperature that calibrates them."""

    labels: tuple[str, ...]
    temperature: float


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights and labels; scores a text in well under a millisecond a hundred words.

    ``weights`` is (buckets, labels of all heads side by side in the order of ``HEADS``).
    """

    name: str
    heads: tuple[Head, ...]
    thresholds: Thresholds
    idf: Floats
    weights: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats

    def logits(self, text: str) -> tuple[Floats, bool]:
        """The raw scores of all labels, and whether the text has any feature."""
        counted = features.count(text)
        values = features.weigh(counted, self.idf)
        rows = self.weights[counted.buckets].astype(np.float32)
        return (values @ rows) * self.scale + self.bias, bool(counted.buckets.size)

    def score(self, text: str) -> Scores:
        """Calibrated probabilities for any text; the priors alone for an empty one."""
        logits, informed = self.logits(text)
        parts: dict[str, dict[str, float]] = {}
        start = 0
        for name, head in zip(HEADS, self.heads, strict=True):
            part = logits[start : start + len(head.labels)] / head.temperature
            chances = sigmoid(part) if name == "tags" else softmax(part)
            parts[name] = dict(zip(head.labels, map(float, chances), strict=True))
            start += len(head.labels)
        return Scores(**parts, informed=informed)


def softmax(logits: npt.NDArray[np.floating[Any]]) -> Floats:
    """Probabilities that add up to 1."""
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)


def sigmoid(logits: npt.NDArray[np.floating[Any]]) -> Floats:
    """Probabilities that are independent of each other."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), dtype=np.float32)


def save_linear(model: LinearModel, folder: Path) -> None:
    """Write the model; the same model gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    description = {
        "format": FORMAT,
        "name": model.name,
        "buckets": features.BUCKETS,
        "heads": dict(zip(HEADS, map(asdict, model.heads), strict=True)),
        "thresholds": asdict(model.thresholds),
    }
    text = json.dumps(description, ensure_ascii=False, indent=1)
    (folder / "model.json").write_text(f"{text}\n", encoding="utf-8")
    np.savez_compressed(
        folder / "weights.npz",
        idf=model.idf,
        weights=model.weights,
        scale=model.scale,
        bias=model.bias,
    )


def load_linear(folder: Path, description: dict[str, Any]) -> LinearModel:
    """Read a saved model.

    Args:
        folder: where ``weights.npz`` lies.
        description: the content of its ``model.json``.

    Raises:
        ModelError: a file is missing, damaged, or does not fit the other or this program.
    """
    try:
        with (
            (folder / "weights.npz").open("rb") as raw,
            np.load(raw, allow_pickle=False) as file,
        ):
            arrays = {key: file[key] for key in ("idf", "weights", "scale", "bias")}
        heads = tuple(
            Head(tuple(part["labels"]), float(part["temperature"]))
            for part in (description["heads"][name] for name in HEADS)
        )
        model = LinearModel(
            name=str(description["name"]),
            heads=heads,
            thresholds=Thresholds(**description["thresholds"]),
            **arrays,
        )
    except (OSError, KeyError, ValueError, TypeError, EOFError, BadZipFile) as error:
        raise ModelError(
            f"the model in {folder} cannot be read ({type(error).__name__}); "
            "put back the files of the release or train it again with python -m nlp.train"
        ) from error
    labels = sum(len(head.labels) for head in model.heads)
    if model.weights.shape != (features.BUCKETS, labels) or model.bias.shape != (labels,):
        raise ModelError(
            f"the model in {folder} does not fit this version; "
            "train it again with python -m nlp.train"
        )
    return model
