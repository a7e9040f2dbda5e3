"""Finds the rights answer that a question asks for, by meaning.

Each entry is known by the ways workers ask it; the question is compared with all of them in
the space of the classifier's encoder. Below the limit nothing is found: a person is better
than a wrong law.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.classifier import Classifier
from nlp.heads import Floats
from nlp.rights import RightsEntry
from nlp.scorer import Embedder

CLOSE_ENOUGH = 0.82
"""Cosine from which an entry answers the question; see the model card for how it was chosen."""
ALMOST_AS_CLOSE = 0.06
"""A second entry is offered when it lies at most so much further away."""
CACHE_FILE = "rights.npz"

NEAREST = 2
"""An entry is as close as the mean of its two nearest phrasings: one odd phrasing is luck."""
ALONE = 0.1
"""A single phrasing counts so much less, but counts: an entry may have only one that fits."""


@dataclass(frozen=True, slots=True)
class RightsFinder:
    """The entries with where their phrasings lie; finds nothing without an encoder.

    ``places`` has one unit vector a phrasing, ``owners`` the number of its entry.
    """

    entries: tuple[RightsEntry, ...]
    embedder: Embedder | None
    places: Floats
    owners: npt.NDArray[np.int64]

    def find(self, text: str) -> tuple[RightsEntry, ...]:
        """The entry that answers the question, with the runner-up if it is nearly as close.

        Empty when nothing is close enough, and for a text without words.
        """
        ranked = self.ranked(text)[:2]
        if not ranked or ranked[0][1] < CLOSE_ENOUGH:
            return ()
        best = ranked[0][1]
        return tuple(
            entry
            for entry, closeness in ranked
            if closeness >= max(CLOSE_ENOUGH, best - ALMOST_AS_CLOSE)
        )

    def ranked(self, text: str) -> list[tuple[RightsEntry, float]]:
        """All entries, the closest first, each with its cosine."""
        if self.embedder is None or not text.strip():
            return []
        cosines = self.places @ self.embedder.embed(text)
        closeness = [
            _closeness(np.sort(cosines[self.owners == number]))
            for number in range(len(self.entries))
        ]
        order = sorted(range(len(self.entries)), key=lambda number: -closeness[number])
        return [(self.entries[number], closeness[number]) for number in order]


def _closeness(ascending: Floats) -> float:
    return float(max(ascending[-NEAREST:].mean(), ascending[-1] - ALONE))


def load_rights_finder(classifier: Classifier, entries: Sequence[RightsEntry]) -> RightsFinder:
    """A finder that uses the classifier's own encoder.

    Args:
        classifier: a linear model has no encoder; then nothing is ever found. In the folder
            of the others ``save_places`` wrote where known phrasings lie; those that are new
            since then are read now, some milliseconds each.
        entries: the answers.
    """
    embedder = classifier.embedder
    phrasings = [phrasing for entry in entries for phrasing in _phrasings(entry)]
    owners = [number for number, entry in enumerate(entries) for _ in _phrasings(entry)]
    places = (
        _places(phrasings, embedder, classifier.folder)
        if embedder
        else np.zeros((0, 1), np.float32)
    )
    return RightsFinder(tuple(entries), embedder, places, np.array(owners, dtype=np.int64))


def save_places(folder: Path, embedder: Embedder, entries: Sequence[RightsEntry]) -> None:
    """Write where the phrasings lie beside the model, one byte a number."""
    phrasings = [phrasing for entry in entries for phrasing in _phrasings(entry)]
    places = np.stack([embedder.embed(phrasing) for phrasing in phrasings])
    keys = np.array([_key(phrasing) for phrasing in phrasings], dtype=np.uint64)
    scale = np.abs(places).max() / 127
    packed = np.rint(places / scale).astype(np.int8)
    np.savez_compressed(folder / CACHE_FILE, keys=keys, places=packed, scale=np.float32(scale))


def _phrasings(entry: RightsEntry) -> tuple[str, ...]:
    return (entry.question, *entry.asked_as)


def _places(phrasings: Sequence[str], embedder: Embedder, folder: Path | None) -> Floats:
    known: dict[int, Floats] = {}
    file = folder / CACHE_FILE if folder else None
    if file is not None and file.exists():
        with np.load(file, allow_pickle=False) as content:
            vectors = content["places"].astype(np.float32) * content["scale"]
            known = dict(zip(map(int, content["keys"]), vectors, strict=True))
    rows = [known.get(_key(text)) for text in phrasings]
    found = [
        embedder.embed(text) if row is None else row
        for text, row in zip(phrasings, rows, strict=True)
    ]
    places = np.stack(found)
    return np.asarray(places / np.linalg.norm(places, axis=1, keepdims=True), dtype=np.float32)


def _key(phrasing: str) -> int:
    return int.from_bytes(sha256(phrasing.encode()).digest()[:8], "big")
