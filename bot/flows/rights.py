"""A question about rights: which answer is shown, what is offered beside it, what she writes on.

Of two answers the better one is told in full; to turn to the other is a jump to the same step,
so the trail says which one she reads, and KEMBALI leads back to the first.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.commands import Choice, Command
from bot.flows.knowledge import Knowledge
from bot.flows.reporting import chose_category, kind, story
from bot.flows.script import State
from bot.flows.speaking import DETAIL_IN_LIST, clip
from bot.flows.words import length_in_words
from nlp.rights import RightsEntry

Commands = tuple[Command, ...]

WORDS_OF_A_COMPLAINT = 4
"""What she writes under an answer is looked up as a question when it is shorter."""

STEP = "rights"
_DECIDED = (STEP, "unanswered")


def is_question(state: State, knowledge: Knowledge) -> bool:
    """She asks for information."""
    return kind(state, knowledge) == "pertanyaan"


def is_known_question(text: str, knowledge: Knowledge) -> bool:
    """A few words are enough when they ask something that has an answer: "thr kapan cair?"."""
    is_asked = bool(text) and knowledge.understand(text).kind == "pertanyaan"
    return is_asked and bool(knowledge.find_rights(text))


def wrote_on(state: State, _knowledge: Knowledge) -> bool:
    """She wrote more under an answer, and chose nothing of what was offered."""
    is_open = "asked" in state.answers and not any(name in state.answers for name in _DECIDED)
    return is_open and state.unheard > 0


def read_further_words(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Take what she wrote on as the next question, or as the complaint that it is.

    What has a question mark and an answer is a question, whatever it sounds like.
    """
    said = "\n".join(part.text for part in state.parts[-state.unheard :] if part.text)
    trail = tuple(step for step in state.trail if step != STEP)
    state = replace(state, trail=trail, last_tap="").knowing(asked=said)
    is_long = length_in_words(said) >= WORDS_OF_A_COMPLAINT
    is_known = "?" in said and bool(knowledge.find_rights(said))
    if is_long and not is_known and knowledge.understand(said).kind == "pengaduan":
        return state.knowing(rights="report"), ()
    return state, ()


def read_question(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Look for the answer; with it the subject is known. Only the first one has the caution."""
    asked = state.answers.get("asked", story(state))
    state = state.knowing(asked=asked)
    found = knowledge.find_rights(asked)
    if not found:
        return state, ()
    if not (chose_category(state) or "category" in state.answers):
        state = state.knowing(category=found[0].category)
    return state.knowing(cautioned="before" if "cautioned" in state.answers else "now"), ()


def is_answered(state: State, knowledge: Knowledge) -> bool:
    """An answer fits her question."""
    return is_question(state, knowledge) and bool(_found(state, knowledge))


def is_unanswered(state: State, knowledge: Knowledge) -> bool:
    """No answer fits well enough: a person is better than a wrong law."""
    return is_question(state, knowledge) and not _found(state, knowledge)


def answer(state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """The answer with its question and its law, and the other one by name."""
    texts = knowledge.texts
    entry, other = _shown(state, knowledge)
    law = "; ".join(source.reference for source in entry.articles)
    blocks = [entry.question, entry.answer, texts("intake.rights.source", dasar=law)]
    if state.answers.get("cautioned") == "now" and STEP not in state.trail:
        blocks.append(texts("intake.rights.caution"))
    if other:
        blocks.append(texts("intake.rights.other", pertanyaan=other.question))
    return {"jawaban": "\n\n".join(blocks)}


def after_an_answer(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """All is clear, a person, a report; the other answer where there is one."""
    label = knowledge.texts.label
    choices = tuple(
        Choice(name, label(f"intake.rights.{name}")) for name in ("clear", "person", "report")
    )
    _, other = _shown(state, knowledge)
    if other is None:
        return choices
    title = knowledge.texts("intake.rights.also", pertanyaan=other.question)
    return (*choices, Choice("also", title, clip(other.question, DETAIL_IN_LIST)))


def has_its_answer(state: State, _knowledge: Knowledge) -> bool:
    """She read an answer and went away: nobody needs to be reminded of a question."""
    return state.step == STEP and "opened" not in state.answers


def _found(state: State, knowledge: Knowledge) -> tuple[RightsEntry, ...]:
    return knowledge.find_rights(state.answers.get("asked", ""))


def _shown(state: State, knowledge: Knowledge) -> tuple[RightsEntry, RightsEntry | None]:
    best, *others = _found(state, knowledge)
    if others and STEP in state.trail:
        return others[0], None
    return best, others[0] if others else None
