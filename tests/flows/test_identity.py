"""Who is telling: only what she chose to show is shown."""

import pytest

from bot.commands import OpenCase
from tests.flows.beginnings import agreed, step
from tests.flows.chat import Chat


def at_identity() -> Chat:
    chat = agreed()
    while step(chat) != "identity":
        chat.say("lewati")
    return chat


def parts(chat: Chat) -> list[str]:
    return [part.text for part in chat.state.parts] if chat.state else []


@pytest.mark.parametrize("text", ["rahasia", "gak jadi, rahasia aja", "rahasiakan nama saya"])
def test_at_the_name_she_may_still_hide_it(text: str) -> None:
    """A change of mind must be heard."""
    chat = at_identity()
    chat.tap("Pakai nama")
    chat.say(text)
    assert step(chat) == "member"
    chat.say("lewati")
    chat.say("lewati")
    chat.tap("Kirim")
    report = chat.ordered(OpenCase)[-1].report
    assert (report.identity, report.name) == ("rahasia", "")


def test_the_question_says_what_officers_would_see() -> None:
    """A name comes with a number."""
    chat = at_identity()
    assert "Pakai nama: petugas serikat melihat nama dan nomor Anda." in chat.unread[-1].text


def test_what_she_types_about_herself_never_joins_the_story() -> None:
    """The story goes to the group, her name does not."""
    chat = at_identity()
    before = parts(chat)
    chat.say("hmm siti aminah")
    chat.say("nama saya siti aminah dari line tiga pabrik itu")
    assert parts(chat) == before
    chat.tap("Pakai nama")
    chat.say("siti aminah " * 20)
    assert parts(chat) == before
    chat.say("siti aminah kartu nomor 12345")
    assert (parts(chat), step(chat)) == (before, "member")


def test_danger_told_at_a_private_question_is_kept() -> None:
    """A life comes before a rule."""
    chat = at_identity()
    chat.say("tolong ada kebakaran di gudang sekarang")
    assert parts(chat)[-1] == "tolong ada kebakaran di gudang sekarang"
