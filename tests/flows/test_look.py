"""LIHAT: what waited leaves by itself; the word is neither a story nor an addition to a case."""

from dataclasses import replace
from datetime import date

import pytest

from bot.events import MessageReceived
from bot.flows.engine import advance
from bot.flows.knowledge import OwnCase
from bot.flows.speaking import DOOR
from bot.flows.words import Word, command
from tests.flows.beginnings import STORY, with_case
from tests.flows.chat import REPORTER, START, Chat, knowledge


@pytest.mark.parametrize(
    "text", ["LIHAT", "lihat", "Lihat.", "lihatt", "liat", "lihat kak", "LHIAT"]
)
def test_the_word_is_understood_as_people_type_it(text: str) -> None:
    """She reads it in a template and types it on a small keyboard."""
    assert command(text) is Word.LOOK


@pytest.mark.parametrize("text", ["lahat", "lihat dulu besok ya", "saya lihat mandor pukul teman"])
def test_sentences_and_places_are_no_command(text: str) -> None:
    """Lahat is a regency; what somebody saw is a story."""
    assert command(text) is None


@pytest.mark.parametrize("speaks", [False, True])
def test_what_waits_leaves_by_itself_and_the_bot_says_nothing_of_its_own(speaks: bool) -> None:
    """She asked to read, and is given what there is to read."""
    case = OwnCase("KB-0000-0001", "Upah", "baru", date(2026, 11, 20), "tunggu", open=True)
    known = knowledge(consented=True, cases=(case,), waiting=True, officer_speaks=speaks)
    event = MessageReceived(REPORTER, "m1", START, text="LIHAT")
    turn = advance(None, event, known)
    assert (turn.state, turn.commands) == (None, ())
    tapped = advance(None, replace(event, choice=f"{DOOR}look", text="Lihat"), known)
    assert (tapped.state, tapped.commands) == (None, ())


def test_with_nothing_held_she_is_told_kindly_and_sees_where_her_case_stands() -> None:
    """An old button must not lead into the void."""
    (reply,) = with_case().say("lihat")
    assert reply.text.startswith("Tidak ada kabar yang menunggu")
    assert "KB-0000-0001" in reply.text


def test_a_story_that_runs_is_not_lost_by_looking() -> None:
    """Looking is no answer to the question that stands open."""
    chat = Chat()
    chat.say(STORY)
    chat.say("setuju")
    before = chat.state
    chat.say("lihat")
    assert chat.state is not None
    assert before is not None
    assert (chat.state.suspended or chat.state).parts == before.parts


def test_from_a_stranger_it_is_a_first_message() -> None:
    """Who never wrote before has nothing to look at."""
    replies = Chat().say("lihat")
    assert "Setuju" in [choice.label for choice in replies[-1].choices]
