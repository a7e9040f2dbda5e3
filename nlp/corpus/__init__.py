"""The training messages: one file a writer, one JSON object a line.

Reads and checks them; a wrong label or field is refused with its file and line.
"""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from nlp.normalise import clean, normalise
from nlp.taxonomy import Taxonomy, load_taxonomy

WRITERS = Path(__file__).parent / "writers"
DEVELOPMENT = Path(__file__).parent / "development"
"""Messages by writers who wrote nothing else: measured on, never trained on."""
PLAIN = Path(__file__).parent / "plain.toml"
FIELDS = ("text", "kind", "category", "also", "tags", "urgency", "source", "writer")

NEAR_DUPLICATE = 90.0
"""From this rapidfuzz ratio (0-100) on two messages count as the same one."""

_BLOCK = 200
"""So many messages at once are compared with all before them."""
_GROUPS = 24
"""Into so many groups characters are counted; more tell more texts apart and cost more."""

ADDRESSES = ("min", "kak", "pak", "bu", "mas", "mbak", "admin", "kak tolong")


class CorpusError(ValueError):
    """A corpus file is wrong; the message names file and line, never the text."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled message and where it stands."""

    text: str
    kind: str
    category: str
    also: tuple[str, ...]
    tags: tuple[str, ...]
    urgency: str
    source: str
    writer: str
    place: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two examples that say the same; ``similarity`` is 100 for equal normalised texts."""

    first: Example
    second: Example
    similarity: float


def load_corpus(
    folder: str | Path = WRITERS, taxonomy: Taxonomy | None = None
) -> tuple[Example, ...]:
    """All examples of the folder, in the order of file names and lines.

    Raises:
        CorpusError: a line is no JSON object, lacks a field or has a label that the
            taxonomy does not know.
    """
    labels = taxonomy or load_taxonomy()
    examples: list[Example] = []
    for file in sorted(Path(folder).glob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if line.strip():
                examples.append(_example(line, f"{file.name}:{number}", labels))
    return tuple(examples)


def load_plain(
    path: str | Path = PLAIN, taxonomy: Taxonomy | None = None
) -> tuple[tuple[str, str], ...]:
    """Short phrases that name their matter, each with its category.

    Raises:
        CorpusError: the file names a category that the taxonomy does not know.
    """
    labels = taxonomy or load_taxonomy()
    groups = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    _check(str(path), "category", list(groups), {c.slug for c in labels.categories})
    return tuple((phrase, slug) for slug, phrases in groups.items() for phrase in phrases)


def addressed(plain: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The phrases, each also as said to somebody ("gaji telat min", "kak gaji telat").

    People who write at length say "min" and "kak" mostly when they ask; a model that learned
    only from them takes every short complaint with such a word for a question.
    """
    after = tuple((f"{p} {ADDRESSES[n % len(ADDRESSES)]}", c) for n, (p, c) in enumerate(plain))
    before = tuple(
        (f"{ADDRESSES[(n + 1) % len(ADDRESSES)]} {p}", c) for n, (p, c) in enumerate(plain)
    )
    return (*plain, *after, *before)


def find_duplicates(
    examples: Sequence[Example], *, threshold: float = NEAR_DUPLICATE
) -> tuple[Duplicate, ...]:
    """Pairs that say the same, in the order of the corpus.

    Compares normalised texts with ``rapidfuzz.fuzz.ratio``, and only those whose lengths and
    letters allow such a ratio: it counts insertions and deletions, and each of them changes one
    letter's number by one. Costs a few seconds for 26,000 messages.
    """
    texts = [normalise(example.text) for example in examples]
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    ordered = [texts[number] for number in order]
    lengths = np.array([len(text) for text in ordered])
    letters = np.stack([_letters(text) for text in ordered], axis=1)
    shortest = threshold / (200 - threshold)
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(ordered), _BLOCK):
        first = int(np.searchsorted(lengths, lengths[start] * shortest))
        block, known = slice(start, start + _BLOCK), slice(first, start + _BLOCK)
        changes = _fewest_changes(letters[:, block], letters[:, known])
        allowed = (1 - threshold / 100) * (lengths[block, None] + lengths[None, known])
        rows, columns = (changes <= allowed).nonzero()
        before = first + columns < start + rows
        pairs = np.stack([first + columns[before], start + rows[before]], axis=1).tolist()
        ratios = process.cpdist(
            [ordered[one] for one, _ in pairs],
            [ordered[other] for _, other in pairs],
            scorer=fuzz.ratio,
            score_cutoff=threshold,
        )
        for (one, other), ratio in zip(pairs, ratios.tolist(), strict=True):
            if ratio:
                pair = sorted((order[one], order[other]))
                found.append((pair[1], pair[0], ratio))
    return tuple(
        Duplicate(examples[first], examples[second], similarity)
        for second, first, similarity in sorted(found)
    )


def _letters(text: str) -> np.ndarray:
    """How often characters of each of a few groups stand in the text."""
    return np.bincount([ord(each) % _GROUPS for each in text], minlength=_GROUPS).astype(np.int16)


def _fewest_changes(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For each pair a number of insertions and deletions below which it cannot be."""
    fewest = np.zeros((some.shape[1], others.shape[1]), np.int16)
    for mine, theirs in zip(some, others, strict=True):
        fewest += np.abs(mine[:, None] - theirs[None, :])
    return fewest


def without_duplicates(examples: Sequence[Example]) -> tuple[Example, ...]:
    """The examples without the later one of each pair that says the same."""
    again = {duplicate.second.place for duplicate in find_duplicates(examples)}
    return tuple(example for example in examples if example.place not in again)


def _example(line: str, place: str, taxonomy: Taxonomy) -> Example:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise CorpusError(f"{place}: not a JSON object") from error
    if not isinstance(row, dict) or set(row) != set(FIELDS):
        raise CorpusError(f"{place}: the fields must be {', '.join(FIELDS)}")
    categories = {category.slug for category in taxonomy.categories}
    _check(place, "kind", [row["kind"]], {kind.slug for kind in taxonomy.kinds})
    _check(place, "category", [row["category"]], categories)
    _check(place, "also", row["also"], categories)
    _check(place, "tags", row["tags"], set(taxonomy.tags))
    _check(place, "urgency", [row["urgency"]], {u.slug for u in taxonomy.urgencies})
    for field in ("text", "source", "writer"):
        if not isinstance(row[field], str) or not clean(row[field]):
            raise CorpusError(f"{place}: {field!r} must be a text")
    if row["category"] in row["also"]:
        raise CorpusError(f"{place}: 'also' repeats the category")
    row.update(also=tuple(row["also"]), tags=tuple(dict.fromkeys(row["tags"])))
    return Example(**row, place=place)


def _check(place: str, field: str, values: Any, known: set[str]) -> None:
    if not isinstance(values, list):
        raise CorpusError(f"{place}: {field!r} must be a list")
    for value in values:
        if value not in known:
            raise CorpusError(f"{place}: {field!r} has the unknown label {value!r}")
