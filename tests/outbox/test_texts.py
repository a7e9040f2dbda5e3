"""Texts and choices in the form that a channel takes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import Text
from bot.commands import Choice
from bot.outbox.fit import fit
from bot.outbox.split import split_text, units
from tests.outbox.scripted import SRI, TELEGRAM, WHATSAPP, Desk
from tests.patience import UNHURRIED

SENTENCE = "Gaji saya belum dibayar sejak bulan lalu. "


@given(st.text(alphabet=st.sampled_from("ab. \n!?,;é😢👩‍🏭"), max_size=400), st.integers(2, 60))
@settings(UNHURRIED, max_examples=300)
def test_splitting_loses_nothing_and_keeps_to_the_limit(text: str, limit: int) -> None:
    """What was told must arrive whole, however long."""
    pieces = split_text(text, limit)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(units(piece) <= limit for piece in pieces)
    assert all(piece for piece in pieces) or not text.strip()


def test_a_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    """A message that ends in the middle of a word looks broken."""
    pieces = split_text(SENTENCE * 60, 500)
    assert len(pieces) == 6
    assert all(piece.endswith(".") for piece in pieces)


@pytest.mark.parametrize(("text", "length"), [("abc", 3), ("é", 1), ("😢", 2), ("", 0)])
def test_length_is_counted_as_the_providers_count(text: str, length: int) -> None:
    """4096 emoji are twice too long for Telegram."""
    assert units(text) == length


def _choices(count: int, label: str = "Pilihan") -> tuple[Choice, ...]:
    return tuple(Choice(f"c{n}", f"{label} {n}") for n in range(1, count + 1))


def test_choices_become_buttons_then_a_list_then_numbers() -> None:
    """Each phone shows what it can; typed numbers always work."""
    three = fit(Text("Pilih:", _choices(3)), WHATSAPP)
    assert (len(three.choices), three.list_label) == (3, "")
    ten = fit(Text("Pilih:", _choices(10), list_label="Lihat"), WHATSAPP)
    assert (len(ten.choices), ten.list_label) == (10, "Lihat")
    assert fit(Text("Pilih:", _choices(4)), WHATSAPP).list_label == "Pilih"
    eleven = fit(Text("Pilih:", _choices(11)), WHATSAPP)
    assert eleven.choices == ()
    assert eleven.text.splitlines()[-1] == "11. Pilihan 11"
    assert len(fit(Text("Pilih:", _choices(15)), TELEGRAM).choices) == 15


def test_labels_too_long_for_buttons_go_into_a_list_or_get_numbers() -> None:
    """WhatsApp refuses a message with one label of 21 signs altogether."""
    assert fit(Text("?", _choices(2, "A" * 19)), WHATSAPP).list_label == "Pilih"
    long = fit(Text("?", _choices(2, "A" * 30)), WHATSAPP)
    assert long.choices == ()
    assert f"1. {'A' * 30} 1" in long.text
    assert len(fit(Text("?", _choices(2, "A" * 30)), TELEGRAM).choices) == 2


def test_a_long_message_with_choices_offers_them_once_at_its_end(desk: Desk) -> None:
    """Buttons under the first half would be tapped before the rest was read."""
    with desk.writing() as write:
        write.say(SRI, SENTENCE * 60, choices=_choices(2))
    desk.deliver()
    texts = [sent.text for sent in desk.whatsapp.sent]
    assert len(texts) > 2
    assert [len(text.choices) for text in texts] == [0] * (len(texts) - 1) + [2]
    assert " ".join(text.text for text in texts) == (SENTENCE * 60).strip()
