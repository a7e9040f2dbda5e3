"""The confusion of a model and how far its probabilities can be believed, as one picture."""

from pathlib import Path

import matplotlib as mpl
import numpy as np

from nlp.report import Evaluation
from nlp.taxonomy import Taxonomy

mpl.use("Agg")

from matplotlib import pyplot as plt


def draw_evaluation(evaluation: Evaluation, taxonomy: Taxonomy, path: Path) -> None:
    """Write a PNG: rows are what messages are, columns what the model calls them."""
    slugs = [c.slug for c in taxonomy.categories]
    labels = [c.label for c in taxonomy.categories]
    counts = np.array([[evaluation.confusion[true, said] for said in slugs] for true in slugs])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(15, 8), width_ratios=(3, 2), layout="constrained"
    )
    left.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    left.set_xticks(range(len(slugs)), labels, rotation=60, ha="right")
    left.set_yticks(range(len(slugs)), labels)
    left.set_xlabel("kata model")
    left.set_ylabel("kata manusia")
    for row, column in zip(*np.nonzero(counts), strict=True):
        dark = shares[row, column] > 0.5  # noqa: PLR2004 - half way between white and blue
        left.text(column, row, counts[row, column], ha="center", va="center",
                  fontsize=8, color="white" if dark else "black")  # fmt: skip
    left.set_title(f"{evaluation.model}: {evaluation.figures.messages} pesan")
    right.plot([0, 1], [0, 1], color="grey", linewidth=1)
    right.plot([b.confidence for b in evaluation.calibration],
               [b.right for b in evaluation.calibration], marker="o")  # fmt: skip
    for part in evaluation.calibration:
        right.annotate(str(part.messages), (part.confidence, part.right), fontsize=8,
                       textcoords="offset points", xytext=(6, -8))  # fmt: skip
    right.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="keyakinan model",
              ylabel="bagian yang benar",
              title=f"kalibrasi (ECE {evaluation.figures.ece:.3f})")  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)
