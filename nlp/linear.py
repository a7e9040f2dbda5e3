"""The linear model: one layer over hashed features, numpy only.

A model is a folder of ``model.json`` (labels, temperatures, thresholds) and ``weights.npz``
(one byte a weight, with a scale for each label). Nothing in it is executed on loading.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from nlp import features
from nlp.heads import Floats, Heads, heads_as_json, heads_from_json, scores_of, width
from nlp.scores import ModelError, Scores, Thresholds

FORMAT = "linear-1"


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights and labels; scores a text in well under a millisecond a hundred words.

    ``weights`` is (buckets, labels of all heads side by side, see ``nlp.heads``).
    """

    name: str
    heads: Heads
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

    def logits_of(self, texts: Sequence[str]) -> Floats:
        """The raw scores of several texts, one row each."""
        return np.stack([self.logits(text)[0] for text in texts])

    def score(self, text: str) -> Scores:
        """Calibrated probabilities for any text; the priors alone for an empty one."""
        logits, informed = self.logits(text)
        return scores_of(logits, self.heads, informed=informed)


def save_linear(model: LinearModel, folder: Path) -> None:
    """Write the model; the same model gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    description = {
        "format": FORMAT,
        "name": model.name,
        "buckets": features.BUCKETS,
        "heads": heads_as_json(model.heads),
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
        model = LinearModel(
            name=str(description["name"]),
            heads=heads_from_json(description["heads"]),
            thresholds=Thresholds(**description["thresholds"]),
            **arrays,
        )
    except (OSError, KeyError, ValueError, TypeError, EOFError, BadZipFile) as error:
        raise ModelError(
            f"the model in {folder} cannot be read ({type(error).__name__}); "
            "put back its files, or make it again with admin_cli.py model export"
        ) from error
    labels = width(model.heads)
    if model.weights.shape != (features.BUCKETS, labels) or model.bias.shape != (labels,):
        raise ModelError(
            f"the model in {folder} does not fit this version; "
            "make it again with admin_cli.py model export"
        )
    return model
