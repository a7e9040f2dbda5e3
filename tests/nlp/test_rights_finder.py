"""Rights answers are found by meaning, and nothing is better than the wrong law."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp.classifier import load_classifier
from nlp.corpus import DEVELOPMENT
from nlp.rights import RightsEntry, load_rights
from nlp.rights_finder import RightsFinder, load_rights_finder, save_places

ENTRIES = load_rights()
CLASSIFIER = load_classifier()
FINDER = load_rights_finder(CLASSIFIER, ENTRIES)


def _questions() -> list[dict[str, object]]:
    file = DEVELOPMENT / "rights" / "questions.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _first(finder: RightsFinder, text: str) -> str:
    found = finder.find(text)
    return found[0].slug if found else ""


@pytest.mark.parametrize(
    ("question", "slug"),
    [
        ("thr paling lambat dibayar kapan ya kak", "thr_kapan_dibayar"),
        ("baru 5 bulan kerja dapat thr berapa", "thr_besarnya"),
    ],
)
def test_a_question_finds_its_answer(question: str, slug: str) -> None:
    """Asked in other words than those that the entry lists."""
    assert _first(FINDER, question) == slug


@pytest.mark.parametrize(
    "text", ["", "  ", "😀", "halo", "cara daftar sekolah anak gimana", "resep soto ayam apa ya"]
)
def test_what_no_entry_answers_finds_nothing(text: str) -> None:
    """A person answers then."""
    assert FINDER.find(text) == ()


def test_blind_questions_are_mostly_answered_rightly() -> None:
    """370 questions by somebody who had not seen the phrasings; floors below what is measured."""
    answered = right = asked = wrongly = unanswerable = 0
    for question in _questions():
        found = [entry.slug for entry in FINDER.find(str(question["text"]))]
        accepted = {question["entry"], *question["also"]}  # type: ignore[misc]
        if question["entry"]:
            asked += 1
            answered += bool(found)
            right += bool(accepted & set(found))
        else:
            unanswerable += 1
            wrongly += bool(found)
    assert right / answered >= 0.85
    assert right / asked >= 0.45
    assert wrongly / unanswerable <= 0.2


def test_at_most_two_are_offered() -> None:
    """A small screen and a tired reader."""
    assert max(len(FINDER.find(str(question["text"]))) for question in _questions()[:60]) == 2


def test_an_answer_that_the_union_added_is_found_at_once(tmp_path: Path) -> None:
    """Nobody has to train anything for it."""
    new = replace(
        ENTRIES[0],
        slug="seragam_siapa_bayar",
        question="Siapa yang membayar seragam kerja?",
        asked_as=("seragam disuruh beli sendiri boleh?", "baju kerja kok bayar ya"),
    )
    finder = load_rights_finder(CLASSIFIER, (*ENTRIES, new))
    assert _first(finder, "seragam disuruh beli sendiri, boleh gak ya") == new.slug


def test_places_that_were_written_are_those_that_would_be_read(tmp_path: Path) -> None:
    """The file beside the model only saves time."""
    few: tuple[RightsEntry, ...] = ENTRIES[:3]
    embedder = CLASSIFIER.embedder
    assert embedder is not None
    save_places(tmp_path, embedder, few)
    written = load_rights_finder(replace(CLASSIFIER, folder=tmp_path), few)  # type: ignore[type-var]
    read = load_rights_finder(replace(CLASSIFIER, folder=None), few)  # type: ignore[type-var]
    assert np.allclose(written.places, read.places, atol=0.02)
