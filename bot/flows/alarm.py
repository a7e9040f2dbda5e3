"""The alarm: someone may be in danger now. Numbers first, officers next, questions last.

Raised at most once in a conversation, at every step, before anything else is said.
"""

from dataclasses import replace

from bot.commands import Command, OpenCase, PageOfficers, Reply
from bot.flows.knowledge import Knowledge, Understanding
from bot.flows.reporting import category, has_consented, report, story
from bot.flows.script import State
from bot.flows.speaking import say
from bot.flows.words import length_in_words
from nlp.danger import find_danger

Commands = tuple[Command, ...]

WORDS_TO_JUDGE_BY = 4
"""Below this the classifier's judgement of urgency is a guess."""

FIRST_WORDS_IN_DANGER = "comfort"
"""The step of the intake that an alarm leads to once the story is told."""

QUESTIONS = ("rights", "unanswered")
"""The steps of the intake where she may go on telling."""

VIOLENCE = "pelecehan_kekerasan"
_SELF_HARM = "menyakiti_diri"
_VIOLENT = frozenset({"kekerasan", "kekerasan_seksual"})
_TO_FLEE_FROM = frozenset({"kebakaran", "kekerasan", "ancaman_nyawa"})
"""Names of rules in nlp/danger.toml."""


def is_danger(state: State, _knowledge: Knowledge) -> bool:
    """The alarm was raised in this conversation."""
    return "danger" in state.answers


def watch_for_danger(state: State, knowledge: Knowledge, said: str) -> tuple[State, Commands]:
    """Raise the alarm when the story, or the message that just came, tells of danger.

    Expressions of danger count wherever they stand. The classifier's own judgement counts
    while she tells her story, or more of it under an answer to her question; it cannot know
    what "semua yang di gudang" answers, and of a line to an open case ("kak maaf baru buka
    hp") only when it sees a complaint in it.
    """
    if is_danger(state, knowledge):
        return state, ()
    told = story(state) or said
    is_telling = "story" not in state.answers or state.step in QUESTIONS
    for text in (said, told):
        understanding = knowledge.understand(text)
        can_judge = is_telling and text == told and length_in_words(text) >= WORDS_TO_JUDGE_BY
        if state.flow != "intake":
            can_judge = can_judge and understanding.kind == "pengaduan"
        if understanding.danger or (can_judge and understanding.is_alarm):
            return _raise_alarm(state, knowledge, understanding, text)
    return state, ()


def open_urgent_case(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Make what is known a case at once, so that officers can act before the end."""
    opened = state.knowing(opened="yes")
    return opened, (OpenCase(state.number, report(opened, knowledge), complete=False),)


def wants_officer(state: State, _knowledge: Knowledge) -> bool:
    """She asked for a person before she agreed."""
    return "officer" in state.answers


def call_officer(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Page a person to a case where she can be answered, however little is in it."""
    state, opening = open_urgent_case(state, knowledge)
    return state, (*opening, PageOfficers("minta_petugas", number=state.number))


def needs_comfort(state: State, knowledge: Knowledge) -> bool:
    """She is in danger and told of violence."""
    is_violent = bool(_VIOLENT & _rules(story(state))) or category(state, knowledge) == VIOLENCE
    return is_danger(state, knowledge) and is_violent


def is_danger_somewhere(state: State, knowledge: Knowledge) -> bool:
    """Someone is in danger and nobody said where; who may harm herself is not asked that."""
    is_known = bool(state.answers.get("workplace")) or _SELF_HARM in _rules(story(state))
    return is_danger(state, knowledge) and not is_known


def read_place(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Take company and region from the one answer to "where?"."""
    said = state.answers.get("where", "")
    place, employer = knowledge.find_region(said).certain, knowledge.find_company(said).certain
    found = {}
    if place and "region" not in state.answers:
        found = {"region": place.label, "region_code": place.id}
    if said and not state.answers.get("workplace") and (employer or not place):
        found["workplace"] = employer.label if employer else said
    return state.knowing(**found), ()


def call_for_help(knowledge: Knowledge, understanding: Understanding, said: str) -> Reply:
    """What someone in danger reads before anything else."""
    rules = _rules(said)
    lines = numbers(knowledge, understanding, rules)
    if _SELF_HARM in rules:
        return say(knowledge, "common.danger_self", nomor_darurat=lines)
    if rules & _TO_FLEE_FROM:
        return say(knowledge, "common.danger_near", nomor_darurat=lines)
    return say(knowledge, "common.danger", nomor_darurat=lines)


def numbers(knowledge: Knowledge, understanding: Understanding, rules: frozenset[str]) -> str:
    """Whom to call, one line each: for everybody first, then for this sort of danger.

    Who speaks of ending her life first reads the number for that.
    """
    taxonomy = knowledge.taxonomy
    known = taxonomy.hotlines_for(understanding.category, rules | {*understanding.tags})
    special = [line for line in known if line.categories or line.tags]
    first = [line for line in special if _SELF_HARM in line.tags]
    lines = dict.fromkeys((*first, *taxonomy.emergency_hotlines, *special))
    return "\n".join(f"{line.number}: {line.name}. {line.when}" for line in lines)


def _rules(text: str) -> frozenset[str]:
    return frozenset(trigger.rule for trigger in find_danger(text))


def _raise_alarm(
    state: State, knowledge: Knowledge, understanding: Understanding, said: str
) -> tuple[State, Commands]:
    state = state.knowing(danger=", ".join(understanding.alarmed_by) or understanding.urgency)
    commands: Commands = (call_for_help(knowledge, understanding, said),)
    number = state.answers.get("case", "")
    if state.flow == "intake" and has_consented(state, knowledge):
        state, opening = open_urgent_case(state, knowledge)
        commands += opening
        number = state.number
    if "story" in state.answers:
        state = replace(state, step=FIRST_WORDS_IN_DANGER)
    page = PageOfficers("darurat", triggers=understanding.alarmed_by, number=number)
    return state, (*commands, page)
