"""How much of what stories say is found, and how much of what is found is true.

The examples are labelled by hand: messages of the corpus at regular distances, some more that
name places and numbers, and short made-up ones for what the corpus rarely has (employers).
``any`` stands where careful readers disagree. Half of them (``held_out``) was never looked at
while the rules were made.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nlp.companies import index_companies, normalise_company
from nlp.extraction import Extraction, extract

EXAMPLES = [
    json.loads(line)
    for line in (Path(__file__).parent / "extraction_examples.jsonl")
    .read_text("utf-8")
    .split("\n")
    if line
]
TODAY = date(2026, 11, 21)
NOTHING_KNOWN = index_companies(())
FIELDS = ("workplace", "place", "when", "people", "money")


def found_in(found: Extraction, field: str) -> list[dict[str, Any]]:
    """The findings of one field in the form of the labels."""
    match field:
        case "workplace":
            parts = [(found.workplace, {})] if found.workplace else []
        case "place":
            place = found.place
            codes = [region.code for region in place.match.candidates] if place else []
            parts = [(place, {"codes": sorted(codes)})] if place else []
        case "when":
            on = found.when.on.isoformat() if found.when and found.when.on else None
            parts = [(found.when, {"on": on})] if found.when else []
        case "people":
            parts = [(found.people, {"count": found.people.count})] if found.people else []
        case _:
            parts = [(money, {"rupiah": money.rupiah}) for money in found.money]
    return [
        {"words": part.words, "start": part.start, "end": part.end, **value}
        for part, value in parts
    ]


def agrees(found: dict[str, Any], wanted: dict[str, Any], field: str) -> bool:
    """Whether a finding stands at the labelled place and means the same."""
    if found["start"] >= wanted["end"] or wanted["start"] >= found["end"]:
        return False
    if field == "workplace":
        return normalise_company(found["words"]) == normalise_company(wanted["words"])
    values = wanted.keys() - {"words", "start", "end"}
    return all(found[value] == wanted[value] for value in values)


def outcomes(example: dict[str, Any], field: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each finding as ``right`` or ``wrong``, each label without one as ``missed``."""
    wanted = example[field]
    if wanted == "any":
        return
    missing = wanted if field == "money" else [wanted] if wanted else []
    missing = list(missing)
    for found in found_in(extract(example["text"], NOTHING_KNOWN, TODAY), field):
        right = next((label for label in missing if agrees(found, label, field)), None)
        if right is not None:
            missing.remove(right)
        yield "wrong" if right is None else "right", found
    for label in missing:
        yield "missed", label


def precision_and_recall(field: str, halves: tuple[str, ...]) -> tuple[float, float]:
    """Shares from 0 to 1 over the examples of these halves."""
    count = Counter(
        outcome
        for example in EXAMPLES
        if example["half"] in halves
        for outcome, _ in outcomes(example, field)
    )
    precision = count["right"] / (count["right"] + count["wrong"])
    return precision, count["right"] / (count["right"] + count["missed"])


def test_every_label_stands_in_its_text() -> None:
    """A label at the wrong place would count findings as wrong that are right."""
    for example in EXAMPLES:
        labels = [example[field] for field in FIELDS if example[field] not in (None, "any", [])]
        for label in labels:
            for part in label if isinstance(label, list) else [label]:
                assert example["text"][part["start"] : part["end"]] == part["words"]


@pytest.mark.parametrize(
    ("field", "precision", "recall"),
    [
        ("workplace", 0.96, 0.91),
        ("place", 0.97, 0.92),
        ("when", 0.94, 0.85),
        ("people", 0.97, 0.88),
        ("money", 0.97, 1.00),
    ],
)
def test_findings_are_true_and_few_are_missed(field: str, precision: float, recall: float) -> None:
    """What was reached must not be lost; a wrong finding is worse than a question too many."""
    reached = precision_and_recall(field, ("rules", "held_out"))
    assert reached[0] >= precision
    assert reached[1] >= recall


@pytest.mark.parametrize(
    ("field", "precision", "recall"),
    [
        ("workplace", 0.94, 0.88),
        ("place", 0.96, 0.93),
        ("when", 0.88, 0.73),
        ("people", 0.95, 0.76),
        ("money", 0.95, 1.00),
    ],
)
def test_findings_hold_on_stories_that_no_rule_was_made_for(
    field: str, precision: float, recall: float
) -> None:
    """The figure that counts for stories to come."""
    reached = precision_and_recall(field, ("held_out",))
    assert reached[0] >= precision
    assert reached[1] >= recall
