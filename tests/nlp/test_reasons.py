"""The words behind a decision are words of the story that speak for it."""

import pytest

from nlp.classifier import load_classifier
from nlp.reasons import MOST_REASONS

CLASSIFIER = load_classifier()


@pytest.mark.parametrize(
    ("text", "category", "expected"),
    [
        ("Assalamualaikum kak, slip GAJI saya dari dulu tidak pernah dikasih", "upah", "GAJI"),
        (
            "pagi min. iuran BPJS dipotong tapi kata petugas tidak disetor",
            "jaminan_sosial",
            "BPJS",
        ),
        ("kemarin tangan teman masuk mesin press, jarinya putus", "k3", "mesin"),
    ],
)
def test_they_stand_as_written(text: str, category: str, expected: str) -> None:
    """Officers look for the word in the story."""
    found = CLASSIFIER.reasons(text, category)
    assert expected in found
    assert all(word in text for word in found)


def test_greetings_are_no_reasons() -> None:
    """Whoever greets first is not judged by the greeting."""
    found = CLASSIFIER.reasons("selamat pagi kak, thr saya belum dibayar sampai sekarang", "upah")
    assert "thr" in found
    assert "pagi" not in found


def test_there_are_at_most_five_even_of_a_long_story() -> None:
    """The card has one line for them."""
    story = "gaji dipotong denda telat tanpa slip dan uang lembur juga tidak dibayar. " * 40
    found = CLASSIFIER.reasons(story, "upah")
    assert 0 < len(found) <= MOST_REASONS
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("text", ["", "   ", "😀", "12345", "...", "\u200b"])
def test_nothing_to_go_by_gives_none(text: str) -> None:
    """No word, no reason."""
    assert CLASSIFIER.reasons(text, "upah") == ()
