"""Questions about rights: answered from the reviewed answers, or passed to a person."""

from dataclasses import replace

import pytest

from bot.commands import Choice, DeleteDraft, OpenCase, PageOfficers, Part, Reply
from bot.flows.alarm import watch_for_danger
from bot.flows.choosing import chosen
from bot.flows.knowledge import Understanding
from bot.flows.rights import answer
from bot.flows.script import State
from bot.flows.speaking import BODY_WITH_CHOICES, LABEL_ON_BUTTON
from nlp.rights import RightsEntry, load_rights
from tests.flows.beginnings import agreed, pass_to_review, step
from tests.flows.chat import Chat, all_texts, knowledge

QUESTION = "apakah thr boleh dicicil min?"
BOTH = "kalau resign apakah thr boleh dicicil?"
UNKNOWN = "gaji salah transfer ke rekening orang lain gimana ngurusnya?"
COMPLAINT = "thr kami tahun ini malah gak dibayar sama sekali"
CAUTION = all_texts()("intake.rights.caution")


def last(chat: Chat) -> Reply:
    return chat.ordered(Reply)[-1]


def buttons(chat: Chat) -> list[str]:
    return [choice.label for choice in last(chat).choices]


def asks(chat: Chat, text: str) -> Reply:
    chat.say(text)
    chat.hush()
    return last(chat)


def test_an_answer_has_its_question_its_law_and_three_ways_on() -> None:
    """She sees at once whether it answers what she asked, and what stands behind it."""
    chat = agreed(QUESTION)
    heading, *_ = last(chat).text.split("\n\n")
    assert heading == "Bolehkah THR dicicil, dan apa akibatnya kalau telat?"
    assert "Dasar: Permenaker 6/2016 Pasal 5 dan 10; " in last(chat).text
    assert "Surat edaran THR tahun berjalan (perlu dicek)" in last(chat).text
    assert CAUTION in last(chat).text
    assert buttons(chat) == ["Sudah jelas", "Tanya petugas", "Ya, laporkan"]


@pytest.mark.parametrize(
    "text", ["[Sudah jelas]", "jelas kak", "1", "oke makasih ya", "gak ada", "sudah", "sdh jelas"]
)
def test_who_only_wanted_to_know_leaves_nothing_behind(text: str) -> None:
    """A question is no report."""
    chat = agreed(QUESTION)
    if text.startswith("["):
        chat.tap(text.strip("[]"))
    else:
        chat.say(text)
    assert chat.ordered(OpenCase) == []
    assert chat.ordered(DeleteDraft) == [DeleteDraft()]


def test_a_bare_yes_under_an_answer_decides_nothing() -> None:
    """It may mean that all is clear, or that she wants to report."""
    chat = agreed(QUESTION)
    chat.say("ya")
    assert step(chat) == "rights"
    assert chat.ordered(DeleteDraft) == []
    assert chat.ordered(OpenCase) == []
    assert last(chat).text.startswith("Kalau sudah jelas, pilih Sudah jelas.")


def test_a_short_question_with_an_answer_is_no_thin_story() -> None:
    """Three words are a whole question."""
    assert step(agreed("thr dicicil gimana?")) == "rights"


def test_of_two_answers_the_better_is_told_and_the_other_offered() -> None:
    """A near miss must not cost her a second try."""
    chat = agreed(BOTH)
    offered = last(chat).choices[-1]
    assert last(chat).text.startswith("Bolehkah THR dicicil")
    assert offered.label == "Atau: Saya keluar sebel…"
    assert offered.detail == "Saya keluar sebelum hari raya, apakah masih dapat THR?"
    chat.tap(offered.label)
    assert last(chat).text.startswith("Saya keluar sebelum hari raya")
    assert CAUTION not in last(chat).text
    assert buttons(chat) == ["Sudah jelas", "Tanya petugas", "Ya, laporkan"]


@pytest.mark.parametrize("word", ["4", "atau", "yang satunya"])
def test_the_other_answer_can_be_typed_for_and_kembali_leads_back(word: str) -> None:
    """Every button has a typed way, and every step a way back."""
    chat = agreed(BOTH)
    chat.say(word)
    assert last(chat).text.startswith("Saya keluar sebelum hari raya")
    chat.say("kembali")
    assert last(chat).text.startswith("Bolehkah THR dicicil")


def test_the_other_answer_is_offered_again_for_another_question() -> None:
    """A second tap on the same button is obeyed when the question is a new one."""
    chat = agreed(BOTH)
    chat.tap("Atau: Saya keluar sebel…")
    asks(chat, BOTH)
    assert last(chat).text.startswith("Bolehkah THR dicicil")
    chat.tap("Atau: Saya keluar sebel…")
    assert last(chat).text.startswith("Saya keluar sebelum hari raya")


def test_three_questions_in_a_row_are_answered_with_one_caution() -> None:
    """What is said every time is read by nobody."""
    chat = agreed(QUESTION)
    asks(chat, "kalau resign apakah masih dapat thr?")
    assert last(chat).text.startswith("Saya keluar sebelum hari raya")
    asks(chat, "terus gaji boleh dipotong?")
    assert "Dasar: " in last(chat).text
    said = [reply.text for reply in chat.ordered(Reply)]
    assert sum(CAUTION in text for text in said) == 1


def test_a_burst_under_an_answer_is_one_question() -> None:
    """She may still be typing."""
    chat = agreed(QUESTION)
    assert chat.say("kalau resign") == []
    assert chat.say("apakah dapat juga?") == []
    assert len(chat.hush()) == 1
    assert last(chat).text.startswith("Saya keluar sebelum hari raya")


def test_without_an_answer_nothing_is_guessed() -> None:
    """A wrong law is worse than none."""
    chat = agreed(UNKNOWN)
    assert "Dasar" not in last(chat).text
    assert "Pasal" not in last(chat).text
    assert buttons(chat) == ["Tanya petugas", "Tidak"]
    chat.say("gak")
    assert chat.ordered(DeleteDraft) == [DeleteDraft()]


@pytest.mark.parametrize("first", [QUESTION, UNKNOWN])
def test_a_question_goes_to_a_person_without_further_questions(first: str) -> None:
    """Who only asks is not asked for workplace, proofs or name."""
    chat = agreed(first)
    chat.say("tanya petugas")
    assert step(chat) == "review"
    assert "Jenis: Pertanyaan" in last(chat).text
    chat.tap("Kirim")
    (order,) = chat.ordered(OpenCase)
    assert (order.report.kind, order.complete, order.report.identity) == (
        "pertanyaan", True, "rahasia",
    )  # fmt: skip
    assert last(chat).text.startswith("Pertanyaan Anda sudah kami teruskan ke petugas.")


def test_all_questions_of_a_row_go_to_the_person() -> None:
    """Nothing typed is thrown away."""
    chat = agreed(QUESTION)
    asks(chat, UNKNOWN)
    chat.tap("Tanya petugas")
    chat.tap("Kirim")
    (order,) = chat.ordered(OpenCase)
    assert [part.text for part in order.report.parts] == [QUESTION, UNKNOWN]


def test_the_subject_of_a_question_is_the_one_of_its_answer() -> None:
    """The reviewed answer knows better than a guess from a few words."""
    chat = agreed("boleh gak dicicil min pembayarannya?")
    assert chat.state is not None
    assert chat.state.answers["category"] == "upah"


@pytest.mark.parametrize("first", [QUESTION, UNKNOWN])
def test_a_complaint_under_an_answer_becomes_a_complaint(first: str) -> None:
    """Reading the law is often the moment of telling what happened."""
    chat = agreed(first)
    asks(chat, COMPLAINT)
    assert step(chat) == "workplace"
    assert last(chat).text.startswith("Terima kasih sudah cerita.")
    pass_to_review(chat)
    chat.tap("Kirim")
    (order,) = chat.ordered(OpenCase)
    assert order.report.kind == "pengaduan"
    assert [part.text for part in order.report.parts] == [first, COMPLAINT]


def test_ya_laporkan_makes_the_question_a_complaint() -> None:
    """Knowing the law is often the moment of deciding."""
    chat = agreed(QUESTION)
    chat.tap("Ya, laporkan")
    assert step(chat) == "workplace"


@pytest.mark.parametrize("first", [QUESTION, UNKNOWN])
def test_danger_under_an_answer_comes_first(first: str) -> None:
    """The alarm works at every step."""
    chat = agreed(first)
    chat.say("tolong teman saya kejepit mesin darahnya banyak")
    assert "110" in last(chat).text or "110" in chat.ordered(Reply)[-2].text
    assert [page.reason for page in chat.ordered(PageOfficers)] == ["darurat"]
    assert chat.ordered(OpenCase)[-1].report.kind == "pengaduan"


def test_the_classifier_may_raise_the_alarm_for_what_she_tells_under_an_answer() -> None:
    """It is her story that goes on there, not the answer to a question of ours."""
    urgent = knowledge(
        consented=True,
        understand=lambda _text: Understanding("pengaduan", "k3", urgency="darurat"),
    )
    told = (Part(QUESTION, "m1"), Part("kami dikurung di gudang dari tadi malam", "m2"))
    state = State("intake", 1, "rights", answers={"story": "told", "asked": "x"}, parts=told)
    _, orders = watch_for_danger(state, urgent, told[-1].text)
    assert [order.reason for order in orders if isinstance(order, PageOfficers)] == ["darurat"]
    elsewhere = replace(state, step="affected")
    assert watch_for_danger(elsewhere, urgent, told[-1].text) == (elsewhere, ())


def test_command_words_work_under_an_answer_and_lead_back_to_it() -> None:
    """Nobody is locked in."""
    chat = agreed(QUESTION)
    chat.say("menu")
    chat.say("status")
    assert step(chat) == "rights"
    chat.say("petugas")
    assert [page.reason for page in chat.ordered(PageOfficers)] == ["minta_petugas"]
    chat.say("batal")
    assert step(chat) == "sure"


def test_a_photo_under_an_answer_is_kept_and_asks_nothing_new() -> None:
    """A picture cannot be looked up, and must not be lost."""
    chat = agreed(QUESTION)
    chat.photo()
    chat.hush()
    assert step(chat) == "rights"
    assert last(chat).text.startswith("Sudah kami catat.")
    assert chat.state is not None
    assert chat.state.parts[-1] == Part("", "m3", "a3-0")


def test_an_answered_question_left_lying_is_forgotten_without_a_word() -> None:
    """Most people read the answer and put the phone away."""
    chat = agreed(QUESTION)
    before = len(chat.ordered(Reply))
    chat.wait(3 * 86_400)
    assert len(chat.ordered(Reply)) == before
    assert chat.ordered(DeleteDraft) == [DeleteDraft()]
    assert chat.ordered(OpenCase) == []


def test_a_question_without_an_answer_left_lying_reaches_a_person() -> None:
    """She asked, and nobody has answered her yet."""
    chat = agreed(UNKNOWN)
    chat.wait(4 * 86_400)
    assert [order.complete for order in chat.ordered(OpenCase)] == [False]


def test_every_answer_fits_on_one_screen_beside_the_longest_other() -> None:
    """What is cut off is the end, where it says what to do."""
    entries = load_rights()
    longest = max(entries, key=lambda entry: len(entry.question))
    state = State("intake", 1, "rights", answers={"asked": "x", "cautioned": "now"})

    def length(entry: RightsEntry) -> int:
        filled = answer(state, knowledge(find_rights=lambda _text: (entry, longest)))
        return len(all_texts()("common.stale") + all_texts()("intake.rights.ask", **filled)) + 2

    assert max(map(length, entries)) <= BODY_WITH_CHOICES


def test_the_buttons_under_an_answer_fit() -> None:
    """They come from a rule, so the check of the script's own labels does not see them."""
    labels = [all_texts().label(f"intake.rights.{name}") for name in ("clear", "person", "report")]
    assert max(map(len, labels)) <= LABEL_ON_BUTTON


def test_words_inside_a_sentence_choose_nothing_under_an_answer() -> None:
    """A sentence with "tidak" in it is told, not answered."""
    pass_on = (Choice("pass_on", "Tanya petugas"), Choice("no", "Tidak"))
    assert chosen("thr saya tidak dibayar", pass_on, whole=True) is None
