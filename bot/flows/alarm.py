"""The alarm: someone may be in danger now. Numbers first, officers next, questions last.

Raised at most once in a conversation, at every step, before anything else is said.
"""

from dataclasses import replace

from bot.commands import Command, OpenCase, PageOfficers, Reply
from bot.flows.knowledge import Knowledge, Understanding
from bot.flows.reporting import has_consented, report, story
from bot.flows.script import State
from bot.flows.speaking import say
from bot.flows.words import length_in_words

Commands = tuple[Command, ...]

WORDS_TO_JUDGE_BY = 4
"""Below this the classifier's judgement of urgency is a guess."""

FIRST_QUESTION_IN_DANGER = "where"
"""The step of the intake that an alarm leads to once the story is told."""


def is_danger(state: State, _knowledge: Knowledge) -> bool:
    """The alarm was raised in this conversation."""
    return "danger" in state.answers


def watch_for_danger(state: State, knowledge: Knowledge, said: str) -> tuple[State, Commands]:
    """Raise the alarm when the story, or the message that just came, tells of danger.

    Expressions of danger count wherever they stand. The classifier's own judgement counts
    while she tells her story; it cannot know what "semua yang di gudang" answers.
    """
    if is_danger(state, knowledge):
        return state, ()
    told = story(state) or said
    is_telling = "story" not in state.answers
    for text in (said, told):
        understanding = knowledge.understand(text)
        can_judge = is_telling and text == told and length_in_words(text) >= WORDS_TO_JUDGE_BY
        if understanding.danger or (can_judge and understanding.is_alarm):
            return _raise_alarm(state, knowledge, understanding)
    return state, ()


def open_urgent_case(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Make what is known a case at once, so that officers can act before the end."""
    opened = state.knowing(opened="yes")
    return opened, (OpenCase(state.number, report(opened, knowledge), complete=False),)


def numbers(knowledge: Knowledge, understanding: Understanding) -> str:
    """Whom to call, one line each: for everybody first, then for this sort of danger."""
    taxonomy = knowledge.taxonomy
    lines = list(taxonomy.emergency_hotlines)
    for line in taxonomy.hotlines_for(understanding.category, understanding.tags):
        if line not in lines and (line.categories or line.tags):
            lines.append(line)
    return "\n".join(f"{line.number}: {line.name}. {line.when}" for line in lines)


def call_for_help(knowledge: Knowledge, understanding: Understanding) -> Reply:
    """What someone in danger reads before anything else."""
    return say(knowledge, "common.danger", nomor_darurat=numbers(knowledge, understanding))


def _raise_alarm(
    state: State, knowledge: Knowledge, understanding: Understanding
) -> tuple[State, Commands]:
    state = state.knowing(danger=", ".join(understanding.danger) or understanding.urgency)
    commands: Commands = (call_for_help(knowledge, understanding),)
    number = state.answers.get("case", "")
    if state.flow == "intake" and has_consented(state, knowledge):
        state, opening = open_urgent_case(state, knowledge)
        commands += opening
        number = state.number
    if "story" in state.answers:
        state = replace(state, step=FIRST_QUESTION_IN_DANGER)
    page = PageOfficers("darurat", triggers=understanding.danger, number=number)
    return state, (*commands, page)
