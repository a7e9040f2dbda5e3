"""She was told: if it is not solved, write here. What she writes then must not begin from nothing."""

from dataclasses import replace

import pytest

from bot.commands import AddToCase, OpenUrgentCase, PageOfficers
from tests.flows.beginnings import STORY, with_case
from tests.flows.chat import Chat


def closed(count: int = 1, *, lately: bool = True) -> Chat:
    """Her cases were closed, and nothing runs."""
    chat = with_case(count)
    chat.cases = [replace(case, open=False, closed_lately=lately) for case in chat.cases]
    return chat


def test_it_goes_to_the_case_that_was_closed() -> None:
    """Officers decide whether they open it again; she need not tell everything once more."""
    chat = closed()
    chat.say("kak, uangnya belum masuk semua")
    (reply,) = chat.hush()
    assert [order.number for order in chat.ordered(AddToCase)] == ["KB-0000-0001"]
    assert "KB-0000-0001" in reply.text


def test_another_matter_is_one_tap_away() -> None:
    """Not all that she writes afterwards is about it."""
    chat = closed()
    chat.say(STORY)
    chat.hush()
    chat.tap("Lapor baru")
    assert chat.state is not None
    assert chat.state.flow == "intake"


def test_of_several_the_last_one_is_meant() -> None:
    """Asking which would begin with a list of what is over."""
    chat = closed(2)
    chat.say("kipasnya rusak lagi")
    assert [order.number for order in chat.ordered(AddToCase)] == ["KB-0000-0002"]


def test_an_open_case_goes_before_a_closed_one() -> None:
    """What is being worked at is what she writes about."""
    chat = closed(2)
    chat.cases[1] = replace(chat.cases[1], open=True, closed_lately=False)
    chat.say("kipasnya rusak lagi")
    assert [order.number for order in chat.ordered(AddToCase)] == ["KB-0000-0001"]


def test_thanks_get_a_kind_word_and_no_questions() -> None:
    """Who says thank you for a solved case is not asked what happened."""
    chat = closed()
    (reply,) = chat.say("makasih ya kak")
    assert "Sama-sama" in reply.text
    assert chat.ordered(AddToCase) == []


def test_long_after_the_closing_a_new_report_begins() -> None:
    """It could not be opened again under its number."""
    chat = closed(lately=False)
    chat.say(STORY)
    assert chat.ordered(AddToCase) == []
    assert chat.state is not None
    assert chat.state.flow == "intake"


def test_danger_after_a_closing_begins_an_urgent_case() -> None:
    """Nobody watches a closed one; what she writes next goes to the new one as well."""
    chat = closed()
    chat.say("kak uangnya belum masuk")
    (reply,) = chat.say("mandor memukul saya sekarang tolong")
    assert "112" in reply.text
    (begun,) = chat.ordered(OpenUrgentCase)
    assert (begun.number, begun.closed) == ("KB-0000-0002", "KB-0000-0001")
    assert [part.text for part in begun.parts] == ["mandor memukul saya sekarang tolong"]
    assert [page.number for page in chat.ordered(PageOfficers)] == ["KB-0000-0002"]
    chat.say("saya di gudang belakang")
    assert chat.ordered(AddToCase)[-1].number == "KB-0000-0002"
    (reply,) = chat.hush()
    assert "KB-0000-0002" in reply.text
    assert "paling lambat 1 jam" in reply.text
    assert len(chat.ordered(PageOfficers)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "ok",
        "Oke kak",
        "baik kak",
        "siap",
        "iya kak saya tunggu",
        "ditunggu kabarnya ya min",
        "👍🏽",
        "🙏 🙏",
    ],
)
def test_a_nod_is_no_addition(words: str) -> None:
    """Nobody is asked whether to open a case again because she says that she has read it."""
    chat = closed()
    (reply,) = chat.say(words)
    assert reply.text == "Baik. Kalau ada hal baru, tulis saja di sini."
    assert chat.hush() == []
    assert chat.ordered(AddToCase) == []


@pytest.mark.parametrize(
    "words", ["ok?", "??", "iya tapi uangnya kurang", "siap siap dipecat", "😭"]
)
def test_more_than_a_nod_is_added(words: str) -> None:
    """A word too many is better than one that is lost."""
    chat = closed()
    chat.say(words)
    assert [order.nod for order in chat.ordered(AddToCase)] == [False]


def test_an_ok_to_an_officer_is_shown_and_asks_nothing() -> None:
    """He wrote to her in the closed case; her "ok" is his answer, and the bot is silent."""
    chat = closed()
    chat.officer_speaks = True
    assert chat.say("ok kak") == []
    assert [(order.number, order.nod) for order in chat.ordered(AddToCase)] == [
        ("KB-0000-0001", True)
    ]


def test_an_ok_in_an_open_case_is_passed_on() -> None:
    """It may answer what an officer asked."""
    chat = with_case()
    chat.say("ok")
    assert len(chat.ordered(AddToCase)) == 1


def test_a_greeting_first_leads_to_the_closed_case_as_well() -> None:
    """Many say hello and wait for an answer before they tell anything."""
    chat = closed()
    (reply,) = chat.say("assalamualaikum kak")
    assert "Apa yang bisa kami bantu?" in reply.text
    chat.say("uangnya belum masuk semua")
    assert [order.number for order in chat.ordered(AddToCase)] == ["KB-0000-0001"]


def test_another_matter_need_not_be_told_twice() -> None:
    """She told it already; the button under the receipt takes it into the new report."""
    chat = closed()
    chat.say(STORY)
    chat.hush()
    assert chat.tap("Lapor baru") == []
    assert chat.state is not None
    assert [part.text for part in chat.state.parts] == [STORY]
    chat.hush()
    assert chat.state.step != "story"


def test_a_new_report_begins_empty_when_it_is_typed_or_an_hour_later() -> None:
    """What she wrote then is not what she means now."""
    chat = closed()
    chat.say(STORY)
    chat.hush()
    chat.say("lapor baru")
    assert chat.state is not None
    assert chat.state.parts == ()
    chat = closed()
    chat.say(STORY)
    chat.wait(2 * 3600)
    chat.tap("Lapor baru")
    assert chat.state is not None
    assert chat.state.parts == ()
