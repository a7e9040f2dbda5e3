"""Answers to surveys and check-ins in the pure conversation: what counts, and what does not."""

from dataclasses import replace

import pytest

from bot.commands import (
    AddToCase,
    AnswerCheckIn,
    AnswerSurvey,
    CommentSurvey,
    OpenUrgentCase,
    PageOfficers,
    ReopenCase,
    Reply,
)
from bot.events import MessageReceived, TimerFired
from bot.flows.engine import advance
from bot.flows.knowledge import OpenCheckIn, OpenSurvey, OwnCase
from bot.flows.script import State, Turn
from bot.flows.survey import score_choices, solved_choices
from tests.flows.beginnings import agreed
from tests.flows.chat import REPORTER, START, all_texts, knowledge

SURVEY = OpenSurvey(17, "KB-AAAA-0001", fresh=True, may_reopen=True)
CHECK_IN = OpenCheckIn(5, "KB-AAAA-0001", waits=True, fresh=True)
CLOSED = OwnCase("KB-AAAA-0001", "Upah", "selesai", START.date(), "", open=False)
OPEN = OwnCase("KB-AAAA-0002", "K3", "ditangani", START.date(), "", open=True)


def says(text: str, state: State | None = None, **known: object) -> Turn:
    """What a typed message leads to while a survey is open."""
    known = {"surveys": (SURVEY,), "consented": True, "cases": (CLOSED,)} | known
    event = MessageReceived(REPORTER, "m1", START, text)
    return advance(state, event, knowledge(**known))


def taps(choice: str, state: State | None = None, **known: object) -> Turn:
    """What a tap leads to."""
    known = {"surveys": (SURVEY,), "consented": True, "cases": (CLOSED,)} | known
    event = MessageReceived(REPORTER, "m1", START, "x", choice=choice)
    return advance(state, event, knowledge(**known))


def answers(turn: Turn) -> list[tuple[str, str]]:
    """What was answered in this turn."""
    return [(c.field, c.value) for c in turn.commands if isinstance(c, AnswerSurvey)]


def replies(turn: Turn) -> list[str]:
    """What was said in this turn."""
    return [c.text for c in turn.commands if isinstance(c, Reply)]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("ya", ("solved", "ya")),
        ("Ya kak, makasih", ("solved", "ya")),
        ("sudah selesai, terima kasih banyak", ("solved", "ya")),
        ("alhamdulillah sudah", ("solved", "ya")),
        ("1", ("solved", "ya")),
        ("2", ("solved", "belum")),
        ("belum", ("solved", "belum")),
        ("blm selesai kak", ("solved", "belum")),
        ("5", ("score", "5")),
        ("empat", ("score", "4")),
        ("sangat puas", ("score", "5")),
        ("tidak puas", ("score", "1")),
    ],
)
def test_clear_words_answer_the_question(text: str, answer: tuple[str, str]) -> None:
    """Many people type what they could tap."""
    assert answers(says(text)) == [answer]


@pytest.mark.parametrize(
    "text",
    ["bagus sekali", "makasih ya", "halo", "apa itu belum selesai?", "kapan dibayar",
     "saya mau lapor lagi soal lembur", "mungkin"],
)  # fmt: skip
def test_other_words_are_no_answer(text: str) -> None:
    """An answer that she did not give would be a lie in the union's books."""
    assert answers(says(text)) == []


def test_words_count_for_the_report_that_is_being_told() -> None:
    """Digits typed in a report belong to the report."""
    chat = agreed()
    assert chat.state is not None
    for text in ("5", "ya", "belum"):
        assert answers(says(text, chat.state)) == []


def test_a_tap_counts_beside_a_report_and_the_report_goes_on() -> None:
    """She may tap the older message at any time; what she was telling is not lost."""
    chat = agreed()
    turn = taps("survey.score.4:17", chat.state)
    assert answers(turn) == [("score", "4")]
    assert turn.state is not None
    assert turn.state.flow == "intake"
    assert len(replies(turn)) == 1


def test_while_an_officer_speaks_with_her_bare_words_are_the_officers() -> None:
    """Her "ya" answers the person who asked last."""
    turn = says("ya", officer_speaks=True, cases=(OPEN, CLOSED))
    assert answers(turn) == []
    assert any(isinstance(order, AddToCase) for order in turn.commands)


def test_with_another_open_case_only_the_last_question_takes_bare_words() -> None:
    """What she writes is for the open case, unless the survey was asked a moment ago."""
    listening = State("follow_up", 1, "listening", answers={"case": OPEN.number})
    cases = (OPEN, CLOSED)
    assert answers(says("ya", listening, cases=cases)) == [("solved", "ya")]
    stale = (replace(SURVEY, fresh=False),)
    assert answers(says("ya", listening, cases=cases, surveys=stale)) == []


def test_a_menu_that_lay_open_before_the_question_does_not_take_its_digits() -> None:
    """The last question is the one that is answered; an older survey leaves the menu alone."""
    turn = says("menu")
    assert turn.state is not None
    assert answers(says("4", turn.state)) == [("score", "4")]
    assert answers(says("4", turn.state, surveys=(replace(SURVEY, fresh=False),))) == []


def test_the_template_names_no_survey_and_means_the_last_one() -> None:
    """Its buttons were approved once and are the same for everybody."""
    older = OpenSurvey(16, "KB-AAAA-0009")
    turn = taps("survey.score.3", surveys=(SURVEY, older))
    (order,) = [c for c in turn.commands if isinstance(c, AnswerSurvey)]
    assert (order.survey_id, order.value) == (17, "3")


def test_behind_the_template_the_held_question_is_not_asked_twice() -> None:
    """It leaves by itself as soon as she writes."""
    turn = taps("survey.score.3", waiting=True)
    assert replies(turn) == []
    assert turn.state is not None
    assert turn.state.step == "solved"
    assert answers(says("belum", turn.state, surveys=(replace(SURVEY, score=3),))) == [
        ("solved", "belum")
    ]


def test_digits_are_scores_while_she_has_seen_the_template_alone() -> None:
    """The template asks for 1 to 5, so "1" is no yes."""
    assert answers(says("1", waiting=True)) == [("score", "1")]


def test_unhappy_people_are_asked_why_and_then_whether_to_reopen() -> None:
    """The reason is passed on as soon as it is written."""
    known = {"surveys": (replace(SURVEY, solved="belum"),)}
    turn = taps("survey.score.1:17", **known)
    assert "kurang" in replies(turn)[-1]
    known = {"surveys": (replace(SURVEY, solved="belum", score=1),)}
    turn = says("uangnya belum masuk semua", turn.state, **known)
    (comment,) = [c for c in turn.commands if isinstance(c, CommentSurvey)]
    assert comment.parts[0].text == "uangnya belum masuk semua"
    assert turn.state is not None
    turn = taps("survey.reason.skip", turn.state, **known)
    assert "dibuka lagi" in replies(turn)[-1]
    turn = says("ya", turn.state, **known)
    assert [type(c) for c in turn.commands if isinstance(c, ReopenCase)] == [ReopenCase]


def test_danger_told_in_a_survey_is_no_comment() -> None:
    """The case it is about is closed: an urgent one begins, and the survey is over."""
    known = {"surveys": (replace(SURVEY, solved="belum", score=1),)}
    turn = taps("survey.score.1:17", **known)
    turn = says("mandor memukul saya tadi", turn.state, **known)
    (begun,) = [c for c in turn.commands if isinstance(c, OpenUrgentCase)]
    assert (begun.closed, begun.parts[0].text) == ("KB-AAAA-0001", "mandor memukul saya tadi")
    (page,) = [c for c in turn.commands if isinstance(c, PageOfficers)]
    assert page.number == begun.number
    assert not any(isinstance(c, CommentSurvey) for c in turn.commands)
    turn = says("saya di gudang", turn.state, **known)
    assert [c.number for c in turn.commands if isinstance(c, AddToCase)] == [begun.number]


def test_where_it_cannot_be_reopened_it_is_not_offered() -> None:
    """An offer that fails is worse than none."""
    known = {"surveys": (replace(SURVEY, solved="belum", may_reopen=False),)}
    turn = taps("survey.score.1:17", **known)
    turn = taps("survey.reason.skip", turn.state, **known)
    assert "dibuka lagi" not in replies(turn)[-1]


def test_left_lying_the_survey_ends_by_itself() -> None:
    """What she writes the next day is not taken for a comment."""
    turn = taps("survey.score.5:17", surveys=(replace(SURVEY, solved="ya"),))
    assert turn.state is not None
    assert turn.state.step == "more"
    lain = advance(turn.state, TimerFired("unfinished", 1, 1, START), knowledge())
    assert lain == Turn(None)


def test_a_case_that_moved_on_is_not_reopened_by_an_old_button() -> None:
    """Somebody works on it already, or it is closed for good."""
    known = {"surveys": (replace(SURVEY, solved="belum", score=1, may_reopen=False),)}
    turn = taps("survey.reopen.yes:17", **known)
    assert replies(turn) == ["Terima kasih, jawaban Anda sudah kami simpan."]
    assert not any(isinstance(c, ReopenCase) for c in turn.commands)


def test_a_closed_survey_thanks_and_stores_nothing() -> None:
    """Old buttons stay on her screen for ever."""
    turn = taps("survey.solved.yes:3")
    assert answers(turn) == []
    assert "sudah lewat" in replies(turn)[-1]


def test_the_same_button_of_a_template_counts_anew_for_the_next_question() -> None:
    """Its buttons name no survey; who gives a 4 twice has given two answers, not one."""
    first = taps("survey.score.4")
    again = taps("survey.score.4", first.state)
    other = taps("survey.score.4", first.state, surveys=(replace(SURVEY, id=18),))
    assert [len(answers(turn)) for turn in (first, again, other)] == [1, 0, 1]
    first = taps("check_in.safe", check_ins=(CHECK_IN,))
    other = taps("check_in.safe", first.state, check_ins=(replace(CHECK_IN, id=6),))
    assert [c.check_in_id for c in other.commands if isinstance(c, AnswerCheckIn)] == [6]


@pytest.mark.parametrize(
    ("choice", "stored"),
    [
        ("female", [("sex", "perempuan")]),
        ("male", [("sex", "laki-laki")]),
        ("unsaid", [("sex", "")]),
    ],
)
def test_the_sex_may_be_told_after_the_thanks_or_not(
    choice: str, stored: list[tuple[str, str]]
) -> None:
    """One tap for the counts; nothing else is asked, and no is an answer too."""
    turn = taps("survey.score.4")
    turn = says("lewati", taps("survey.solved.yes", turn.state).state)
    (thanks,) = [c for c in turn.commands if isinstance(c, Reply)]
    assert [c.label for c in thanks.choices] == ["Perempuan", "Laki-laki", "Tidak mau jawab"]
    done = replace(SURVEY, solved="ya", score=4)
    turn = taps(f"survey.sex.{choice}:17", turn.state, surveys=(done,))
    assert answers(turn) == stored
    assert replies(turn) == ["Baik, terima kasih."]


def test_the_sex_may_be_typed_but_not_inside_a_report() -> None:
    """In a story the word is part of the story."""
    done = replace(SURVEY, solved="ya", score=4)
    assert answers(says("perempuan", surveys=(done,))) == [("sex", "perempuan")]
    assert answers(says("laki laki", surveys=(done,))) == [("sex", "laki-laki")]
    assert answers(says("perempuan", agreed().state, surveys=(done,))) == []
    assert answers(says("1", surveys=(done,))) == []


def test_forged_taps_do_nothing_harmful() -> None:
    """Whatever comes back as a payload, nothing is stored that was not offered."""
    for choice in ("survey.score.9:17", "survey.solved.maybe:17", "survey.", "survey.score",
                   "check_in.maybe:5", "check_in.", "survey.score.4:x", "survey.sex.x:17",
                   "survey.sex."):  # fmt: skip
        turn = taps(choice, check_ins=(CHECK_IN,))
        assert answers(turn) == []
        assert not any(isinstance(c, AnswerCheckIn) for c in turn.commands)


@pytest.mark.parametrize(
    ("text", "safe"),
    [("aman", True), ("saya aman kak", True), ("ya", True), ("tidak aman", False),
     ("gak aman min", False), ("tidak", False), ("1", None), ("belum tahu", None),
     ("apa maksudnya aman?", None)],
)  # fmt: skip
def test_what_counts_as_safe(text: str, safe: bool | None) -> None:
    """A wrong "aman" could cost more than a question repeated."""
    turn = says(text, surveys=(), check_ins=(CHECK_IN,))
    found = [c.safe for c in turn.commands if isinstance(c, AnswerCheckIn)]
    assert found == ([] if safe is None else [safe])


def test_a_bare_yes_that_may_mean_either_is_taken_for_neither() -> None:
    """Two questions wait; only clear words tell them apart."""
    known = {"check_ins": (CHECK_IN,)}
    turn = says("ya", **known)
    assert answers(turn) == []
    assert not any(isinstance(c, AnswerCheckIn) for c in turn.commands)
    turn = says("tidak aman", **known)
    assert any(isinstance(c, AnswerCheckIn) for c in turn.commands)


def test_an_unsafe_tap_inside_a_report_gives_numbers_and_the_report_goes_on() -> None:
    """Help first; what she was telling is not lost."""
    chat = agreed()
    turn = taps("check_in.unsafe:5", chat.state, check_ins=(CHECK_IN,))
    (order,) = [c for c in turn.commands if isinstance(c, AnswerCheckIn)]
    assert not order.safe
    assert "112" in replies(turn)[-1]
    assert turn.state is not None
    assert turn.state.flow == "intake"


def test_labels_fit_on_buttons_and_ids_on_the_wire() -> None:
    """WhatsApp refuses a message with one label too long, Telegram a payload over 64 bytes."""
    offered = (*solved_choices(all_texts(), 9_999_999), *score_choices(all_texts(), 9_999_999))
    assert len(offered) == 2 + 5
    assert max(len(choice.label) for choice in offered) <= 20
    assert max(len(choice.id.encode()) for choice in offered) <= 64
