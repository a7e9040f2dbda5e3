"""An officer is speaking with her: the bot hears what was meant for it and passes on the rest."""

import pytest

from bot.commands import AddToCase, DeleteOwnData, OpenCase, PageOfficers, RecordConsent
from tests.flows.beginnings import STORY, step, with_case
from tests.flows.chat import Chat


def spoken_to(count: int = 1) -> Chat:
    chat = with_case(count)
    chat.officer_speaks = True
    return chat


def test_her_data_can_be_deleted_by_typing() -> None:
    """What the bot asks, the bot must hear."""
    chat = spoken_to()
    chat.say("hapus data")
    chat.say("ya")
    chat.say("hapus sekarang")
    assert chat.ordered(DeleteOwnData) == [DeleteOwnData()]
    assert chat.ordered(AddToCase) == []


def test_consent_can_be_taken_back_by_typing() -> None:
    """Taking back must be as easy as giving."""
    chat = spoken_to()
    chat.say("cabut izin")
    chat.say("ya")
    assert [order.given for order in chat.ordered(RecordConsent)] == [False]


def test_a_number_of_the_menu_is_heard() -> None:
    """A list that asks for a number must take it."""
    chat = spoken_to()
    chat.say("menu")
    (reply,) = chat.say("2")
    assert "KB-0000-0001" in reply.text
    assert chat.ordered(AddToCase) == []


def test_the_case_that_a_message_is_for_can_be_typed() -> None:
    """The question came before the officer did."""
    chat = with_case(2)
    chat.say("kipasnya rusak lagi")
    chat.officer_speaks = True
    chat.say("2")
    assert [order.number for order in chat.ordered(AddToCase)] == ["KB-0000-0001"]


def test_a_new_report_goes_its_own_way_to_the_end() -> None:
    """Two troubles are two cases, whoever speaks about the first."""
    chat = spoken_to()
    chat.say("lapor baru")
    chat.say(STORY)
    chat.say("sudah")
    chat.say("batal")
    chat.say("simpan dulu")
    assert chat.ordered(AddToCase) == []
    assert [order.number for order in chat.ordered(OpenCase)] == ["KB-0000-0002"]


def test_words_to_the_officer_close_an_open_menu() -> None:
    """A later "ya" to the officer must not delete anything."""
    chat = spoken_to()
    chat.say("hapus data")
    chat.say("bapak tolong teleponnya nanti malam saja")
    assert chat.say("ya") == []
    assert len(chat.ordered(AddToCase)) == 2


@pytest.mark.parametrize("text", ["ya pak", "1", "baik pak, besok saya bawa"])
def test_loose_words_are_passed_on_in_silence(text: str) -> None:
    """A machine must not talk over a person."""
    chat = spoken_to()
    assert chat.say(text) == []
    assert chat.hush() == []
    assert step(chat) == "bye"
    assert chat.ordered(AddToCase)[0].parts[0].text == text


def test_danger_wakes_the_officers_and_gives_her_the_numbers() -> None:
    """The officer may have put the phone away."""
    chat = spoken_to()
    (numbers,) = chat.say("tolong saya lagi dipukuli mandor")
    assert "110" in numbers.text
    assert [page.reason for page in chat.ordered(PageOfficers)] == ["darurat"]
    assert len(chat.ordered(AddToCase)) == 1
