"""Typed answers: number, label, near miss, yes and no in the words of chats."""

import pytest

from bot.commands import Choice
from bot.flows.choosing import ALSO, chosen


def offered(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(label, label) for label in labels)


CONSENT = (
    Choice("agree", "Setuju", also=tuple(ALSO["agree"])),
    Choice("decline", "Tidak", also=tuple(ALSO["decline"])),
)
REVIEW = offered("Kirim", "Ubah", "Batal")
CATEGORIES = offered("Upah, THR, potongan", "Lembur dan jam kerja", "Cuti dan istirahat")


@pytest.mark.parametrize(
    "text", ["iya", "Y", "oke", "sip", "setuju!", "stuju", "iyaaa", "1", "nggih"]
)
def test_yes_has_many_words(text: str) -> None:
    """She answers as she speaks."""
    assert chosen(text, CONSENT) == CONSENT[0]


@pytest.mark.parametrize(
    "text", ["tidak", "gak", "ndak", "ga mau", "tdk", "2", "ogah", "nggak kak"]
)
def test_no_has_many_words(text: str) -> None:
    """A refusal must never be taken for consent."""
    assert chosen(text, CONSENT) == CONSENT[1]


@pytest.mark.parametrize("text", ["gak setuju", "tidak setuju", "belum setuju"])
def test_a_denied_yes_is_not_yes(text: str) -> None:
    """The word "setuju" alone decides nothing."""
    assert chosen(text, CONSENT) != CONSENT[0]


@pytest.mark.parametrize("text", ["krim", "kirim aja", "yang pertama", "no 1", "satu", "KIRIM"])
def test_a_label_is_known_by_number_and_near_miss(text: str) -> None:
    """Buttons can always be typed."""
    assert chosen(text, REVIEW) == REVIEW[0]


@pytest.mark.parametrize("text", ["lembur", "jam kerja", "2.", "nomor dua", "lembur dan jam krja"])
def test_part_of_a_long_label_is_enough(text: str) -> None:
    """Nobody types a whole list item."""
    assert chosen(text, CATEGORIES) == CATEGORIES[1]


@pytest.mark.parametrize(
    "text", ["", "?", "dan", "99", "kak", "saya itu dong", "bingung", "saya mau kirim ubah"]
)
def test_what_means_none_or_several_is_no_answer(text: str) -> None:
    """Guessing would be worse than asking again."""
    assert chosen(text, (*REVIEW, *CATEGORIES)) is None


def test_an_answer_that_denies_the_label_is_no_answer() -> None:
    """A "jangan pakai nama" must not publish a name."""
    identity = offered("Pakai nama", "Rahasiakan nama")
    assert chosen("jangan pakai nama", identity) is None
