"""Scripts and texts fit together: every path leads somewhere, every key has its words."""

from pathlib import Path

import pytest

from bot.commands import Choice
from bot.flows.catalogue import FLOWS, current, newest
from bot.flows.keys import keys_of, labels_of
from bot.flows.script import BACK, Choose, End, Flow, State
from bot.flows.words import Word
from bot.texts import TextError, load_texts
from bot.texts.check import missing, too_long, unused

BOT = Path(__file__).parent.parent.parent / "bot"
SOURCES = [path.read_text(encoding="utf-8") for path in BOT.rglob("*.py")]
SCRIPTED = set(keys_of(FLOWS))
REPORTERS = ("intake.", "follow_up.", "status.", "menu.", "paused.", "copy.", "withdraw.")


def steps_of(flow: Flow, kind: type) -> list:
    return [step for step in flow.script if isinstance(step, kind)]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.name}-{flow.version}")
def test_every_departure_leads_to_a_step(flow: Flow) -> None:
    """A jump into nothing would strand a person."""
    targets = {t for step in steps_of(flow, Choose) for t in step.jump.values()} - {BACK}
    assert {t for t in targets | {flow.cancel} if t and flow.step(t) is None} == set()


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.name}-{flow.version}")
def test_every_script_ends(flow: Flow) -> None:
    """The last step in order is an End, so that no walk runs out of the script."""
    assert isinstance(flow.script[-1], End)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.name}-{flow.version}")
def test_step_names_are_unique(flow: Flow) -> None:
    """State keeps the name of the step."""
    waits = [step.name for step in flow.script]
    assert len(waits) == len(set(waits))


def test_flows_are_listed_once() -> None:
    """A flow is found by name and version."""
    listed = [(flow.name, flow.version) for flow in FLOWS]
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: f"{flow.name}-{flow.version}")
def test_options_that_obey_are_command_words(flow: Flow) -> None:
    """A menu item must be something that can be obeyed."""
    obeyed = {o for step in steps_of(flow, Choose) if step.obeys for o in step.options}
    assert obeyed <= set(Word)


def test_no_text_is_missing() -> None:
    """A missing text would be found by a person in need."""
    assert missing(load_texts(), SOURCES, SCRIPTED) == set()


def test_no_text_of_the_reporters_side_is_unused() -> None:
    """A text that nobody says misleads whoever edits the file."""
    dead = unused(load_texts(), SOURCES, SCRIPTED)
    assert {key for key in dead if key.startswith(REPORTERS)} == set()


def test_the_check_finds_what_is_missing_and_unused() -> None:
    """A check that cannot fail is none."""
    sources = ['say(knowledge, "common.nowhere")']
    assert missing(load_texts(), sources, ()) == {"common.nowhere"}
    assert "intake.receipt" in unused(load_texts(), sources, ())


def test_labels_and_questions_fit_on_a_small_screen() -> None:
    """WhatsApp cuts what is longer, and people read on small phones."""
    texts = load_texts()
    known = texts.keys()
    listed = [(key, 24) for key in known if key.startswith("intake.change.")]
    buttons = [(key, 20) for key in labels_of(FLOWS)]
    named = [(f"common.{name}", 20) for name in ("list", "skip", "enough", "finish")]
    questions = [(key, 1024) for key in SCRIPTED]
    limits = [*buttons, *named, *questions]
    limits += [
        (key, limit) for key, limit in listed if not key.endswith((".ask", ".why", ".again"))
    ]
    limits += [(key, 1024) for key in known if key.startswith("template.")]
    assert list(too_long(texts, limits)) == []


def test_a_text_that_does_not_exist_is_a_clear_error() -> None:
    """Whoever edits texts must read what to do."""
    with pytest.raises(
        TextError, match=r"no text 'intake\.nowhere'; add it to bot/texts/id\.toml"
    ):
        load_texts()("intake.nowhere")


def test_a_placeholder_without_a_word_is_a_clear_error() -> None:
    """Half a sentence must never be sent."""
    with pytest.raises(TextError, match=r"'intake\.receipt' needs a word for 'nomor'"):
        load_texts()("intake.receipt", organisasi="SP")


def test_an_organisation_may_have_its_own_words(tmp_path: Path) -> None:
    """A union speaks in its own voice, and only where it wants to."""
    own = tmp_path / "own.toml"
    own.write_text('[intake]\nanswered = "Salam."\n', encoding="utf-8")
    texts = load_texts(own)
    assert texts("intake.answered") == "Salam."
    assert texts.label("common.skip") == "Lewati"


def test_a_state_of_a_version_that_is_gone_moves_to_the_step_of_the_same_name() -> None:
    """Nobody is thrown out of a conversation by a new version."""
    old = State("intake", 99, "region", answers={"workplace": "PT A"})
    moved = current(old)
    assert moved is not None
    assert (moved.version, moved.step, moved.answers) == (1, "region", {"workplace": "PT A"})


def test_a_step_that_is_gone_begins_again_with_all_that_is_known() -> None:
    """Answers survive a rewritten script."""
    moved = current(State("intake", 99, "shoe_size", answers={"workplace": "PT A"}))
    first = newest("intake").script[0].name
    assert moved is not None
    assert (moved.step, moved.answers) == (first, {"workplace": "PT A"})


def test_a_flow_that_is_gone_gives_way_to_the_one_beneath() -> None:
    """What waits underneath goes on."""
    beneath = State("intake", 1, "region")
    assert current(State("quiz", 1, "first", suspended=beneath)) == beneath


def test_a_state_survives_storing_and_unknown_keys() -> None:
    """An older process may read what a newer one wrote."""
    state = State(
        "intake",
        1,
        "region",
        answers={"name": "Si\u200bti 🙏"},
        offered=(Choice("a", "A", "b", ("c",)),),
        suspended=State("intake", 1, "story"),
    )
    stored = state.as_json()
    assert State.from_json(stored) == state
    assert State.from_json(stored[:-1] + ',"shoe_size":38}') == state


def test_what_is_no_state_is_refused() -> None:
    """A damaged row must be noticed, not resumed."""
    with pytest.raises(ValueError, match="no stored conversation state"):
        State.from_json("[]")
