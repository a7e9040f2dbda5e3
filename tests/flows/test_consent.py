"""May we listen? Only a plain yes agrees, only a plain no declines, the rest is story."""

import pytest

from bot.commands import DeleteDraft, RecordConsent
from tests.flows.beginnings import STORY, step
from tests.flows.chat import Chat


def greeted() -> Chat:
    chat = Chat()
    chat.say("halo min")
    return chat


@pytest.mark.parametrize(
    "text",
    ["gaji saya tidak dibayar", "saya tidak berani cerita", "blm", "dereng", "tidak ada thr"],
)
def test_a_sentence_declines_nothing_and_is_kept(text: str) -> None:
    """A story with "tidak" in it must not be deleted."""
    chat = greeted()
    chat.say(text)
    assert (chat.ordered(DeleteDraft), step(chat)) == ([], "consent")
    assert chat.state is not None
    assert [part.text for part in chat.state.parts] == [text]


@pytest.mark.parametrize("text", ["tidak", "gak kak", "mboten", "2", "tidka", "saya tidak mau"])
def test_a_plain_no_declines(text: str) -> None:
    """A refusal must be easy."""
    chat = greeted()
    chat.say(text)
    assert [order.given for order in chat.ordered(RecordConsent)] == [False]


@pytest.mark.parametrize(
    "text", ["saya menyetujui", "nggih leres", "stuju", "iya saya setuju min"]
)
def test_a_plain_yes_agrees(text: str) -> None:
    """She answers as she speaks."""
    chat = greeted()
    chat.say(text)
    assert [order.given for order in chat.ordered(RecordConsent)] == [True]


@pytest.mark.parametrize("text", ["kalau saya setuju gimana?", "apa itu setuju?", "setuju?"])
def test_a_question_is_no_agreement_and_is_explained(text: str) -> None:
    """Consent that was not given must not be stored."""
    chat = greeted()
    (reply,) = chat.say(text)
    assert chat.ordered(RecordConsent) == []
    assert "Setuju artinya petugas serikat boleh membaca" in reply.text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("siapa yang baca?", "Hanya petugas serikat yang membaca. Perusahaan tidak."),
        ("aman gak?", "Hanya petugas serikat yang membaca, perusahaan tidak kami beri tahu."),
        ("ini penipuan ya", "Bukan penipuan. Ini layanan Serikat Pekerja Contoh."),
    ],
)
def test_a_doubt_is_answered_before_the_question_comes_again(text: str, answer: str) -> None:
    """Trust comes before consent."""
    chat = greeted()
    (reply,) = chat.say(text)
    assert reply.text.startswith(answer)
    assert [choice.label for choice in reply.choices] == ["Setuju", "Tidak"]


def test_a_story_told_before_she_agreed_is_thanked_for() -> None:
    """A form is no answer to a worry."""
    chat = greeted()
    chat.say(STORY)
    (reply,) = chat.hush()
    assert reply.text.startswith("Terima kasih, pesannya sudah masuk.")


@pytest.mark.parametrize(
    "text", ["saya mau lapor tapi takut", "saya takut", "saya mau curhat soal atasan"]
)
def test_who_only_says_that_she_has_something_to_tell_is_asked_for_it(text: str) -> None:
    """An officer can do nothing with an announcement."""
    chat = Chat()
    chat.say(text)
    (reply,) = chat.tap("Setuju")
    assert step(chat) == "story"
    assert reply.text.startswith("Silakan lanjutkan ceritanya, pelan-pelan saja.")


def test_an_announcement_of_someone_known_is_asked_about_warmly() -> None:
    """Fear needs a kind word."""
    chat = Chat(consented=True)
    chat.say("saya mau lapor tapi takut")
    (reply,) = chat.hush()
    assert step(chat) == "more"
    assert reply.text.startswith("Terima kasih sudah menulis. Pelan-pelan saja")
