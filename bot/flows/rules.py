"""The small decisions that the intake names: what is known, what is certain, what is offered."""

from collections.abc import Callable, Mapping

from bot.commands import Choice, Command, DeleteDraft, OpenCase
from bot.flows.alarm import VIOLENCE, is_danger, open_urgent_case
from bot.flows.consent import agreed_just_now
from bot.flows.knowledge import Knowledge, Match, Option, Understanding
from bot.flows.reporting import (
    category,
    chose_category,
    has_consented,
    has_story,
    kind,
    report,
    story,
)
from bot.flows.rights import is_known_question
from bot.flows.script import State, Turn
from bot.flows.speaking import DETAIL_IN_LIST, LIST_ITEMS, as_notice, clip, say
from bot.flows.words import is_opening, length_in_words

Commands = tuple[Command, ...]
LookUp = Callable[[str], Match]

WORDS_OF_A_STORY = 4
CERTAIN = 0.8
"""From this probability on a category is only shown in the review."""
LIKELY_CATEGORIES = 3

ELSEWHERE = "lainnya"


# --- the story -------------------------------------------------------------------------------


def story_is_told(state: State, knowledge: Knowledge) -> bool:
    """What she wrote before she agreed is already a story."""
    if not agreed_just_now(state, knowledge) or story_is_thin(state, knowledge):
        return False
    understanding = knowledge.understand(story(state))
    return understanding.abstain or understanding.category != ELSEWHERE


def take_first_words(state: State, _knowledge: Knowledge) -> tuple[State, Commands]:
    """Take what she wrote first as her story."""
    return state.knowing(story="told"), ()


def story_is_thin(state: State, knowledge: Knowledge) -> bool:
    """A few words only, or none of what happened, and nothing spoken or filmed."""
    told = story(state)
    is_short = length_in_words(told) < WORDS_OF_A_STORY or is_opening(told)
    is_heard = "spoken" in state.answers or is_known_question(told, knowledge)
    return is_short and not is_heard


def read_story(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Take from the story what it says, so that it is not asked."""
    understanding = knowledge.understand(story(state))
    found = {"happened": understanding.happened, "affected": understanding.affected}
    if "workplace" not in state.answers:
        found["workplace_said"] = understanding.workplace
    if "region" not in state.answers and understanding.region_code:
        found["region"] = understanding.region_name
        found["region_code"] = understanding.region_code
    elif "region" not in state.answers:
        found["region_said"] = understanding.region_name
    news = {name: text for name, text in found.items() if text and name not in state.answers}
    state = state.forgetting("kind").knowing(**news)
    state = state.knowing(kind=kind(state, knowledge))
    if chose_category(state):
        return state, ()
    if is_certain(understanding) and not is_danger(state, knowledge):
        return state.knowing(category=understanding.category), ()
    return state.forgetting("category"), ()


def is_certain(understanding: Understanding) -> bool:
    """The category need not be asked."""
    probabilities = [
        candidate.probability
        for candidate in understanding.candidates
        if candidate.category == understanding.category
    ]
    return not understanding.abstain and max(probabilities, default=0.0) >= CERTAIN


# --- kind and category -----------------------------------------------------------------------


def is_complaint(state: State, knowledge: Knowledge) -> bool:
    """Something went wrong: the questions about where, when and who belong to it."""
    return kind(state, knowledge) == "pengaduan"


def is_calm_complaint(state: State, knowledge: Knowledge) -> bool:
    """A complaint without danger or violence: ordinary thanks are in place."""
    return (
        is_complaint(state, knowledge)
        and not is_danger(state, knowledge)
        and not needs_support(state, knowledge)
    )


def is_wish(state: State, knowledge: Knowledge) -> bool:
    """She wishes or proposes something."""
    return kind(state, knowledge) == "aspirasi"


def needs_support(state: State, knowledge: Knowledge) -> bool:
    """She told of violence or harassment, and did not read the words for it in the alarm."""
    return (
        is_complaint(state, knowledge)
        and not is_danger(state, knowledge)
        and category(state, knowledge) == VIOLENCE
    )


def support_lines(state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """Who helps beside the union in such a case."""
    lines = [
        line
        for line in knowledge.taxonomy.hotlines_for(category(state, knowledge))
        if line.categories
    ]
    return {"nomor_bantuan": "\n".join(f"{h.number}: {h.name}. {h.when}" for h in lines)}


def likely_categories(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """The categories that fit best, and the way to all of them; none without words.

    Asked again, the order stays: what she wrote meanwhile must not move the buttons.
    """
    offered = [c.id.split(".")[-1] for c in state.offered if c.id.startswith("intake.category.")]
    candidates = knowledge.understand(story(state)).candidates if story(state) else ()
    slugs = offered or [candidate.category for candidate in candidates][:LIKELY_CATEGORIES]
    if not slugs:
        return ()
    known = {choice.id: choice for choice in all_categories(state, knowledge)}
    other = Choice("other", knowledge.texts.label("intake.category.other"))
    return (*(known[slug] for slug in slugs if slug in known), other)


def all_categories(_state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """Every category, in the order of the taxonomy."""
    return tuple(
        Choice(c.slug, c.list_label, clip(c.description, DETAIL_IN_LIST), also=(c.label,))
        for c in knowledge.taxonomy.categories
    )


def first_categories(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """The first page of the list."""
    choices = all_categories(state, knowledge)
    if len(choices) <= LIST_ITEMS:
        return choices
    more = Choice("next_page", knowledge.texts.label("intake.full_list.next_page"))
    return (*choices[: LIST_ITEMS - 1], more)


def further_categories(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """The second page of the list."""
    back = Choice("first_page", knowledge.texts.label("intake.further_list.first_page"))
    return (*all_categories(state, knowledge)[LIST_ITEMS - 1 :][: LIST_ITEMS - 1], back)


# --- what is still missing -------------------------------------------------------------------


def company(knowledge: Knowledge) -> LookUp:
    """Looks up the employer that an answer names, also inside a sentence."""

    def look_up(text: str) -> Match:
        named = knowledge.understand(text).workplace
        match = knowledge.find_company(named or text)
        is_new = bool(named) and not (match.certain or match.options)
        return Match(Option("", named)) if is_new else match

    return look_up


def region(knowledge: Knowledge) -> LookUp:
    """Looks up the regency or city that an answer names, also inside a sentence."""

    def look_up(text: str) -> Match:
        read = knowledge.understand(text)
        if read.region_code:
            return Match(Option(read.region_code, read.region_name))
        return knowledge.find_region(read.region_name or text)

    return look_up


def proofs(state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """The proofs that decide such a case, and how many files came."""
    tags = knowledge.understand(story(state)).tags
    wanted = knowledge.taxonomy.evidence_for(category(state, knowledge), tags)
    files = sum(bool(part.attachment) for part in state.evidence)
    pieces = "common.files" if files else "common.notes"
    return {
        "bukti": "\n".join(f"- {proof}" for proof in wanted),
        "jumlah": knowledge.texts(pieces, jumlah=str(files or len(state.evidence))),
    }


def promise(state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """When an officer answers at the latest; ``bot.cases.promises`` keeps to it."""
    urgency = report(state, knowledge).urgency
    return {"janji": knowledge.texts(f"intake.promise.{urgency}")}


def meanwhile(state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """When an officer answers, and what she can do until then."""
    tags = knowledge.understand(story(state)).tags if story(state) else ()
    steps = knowledge.taxonomy.worker_steps_for(category(state, knowledge), tags=tags)
    advice = "\n".join(f"- {step}" for step in steps)
    return {"sementara": advice, **promise(state, knowledge)}


def gives_name(state: State, _knowledge: Knowledge) -> bool:
    """She wants to be known by name."""
    return state.answers.get("identity") == "named"


# --- review and end --------------------------------------------------------------------------

_CHANGEABLE = (
    *("story", "full_list", "workplace", "region", "happened", "affected"),
    *("evidence", "identity", "safe_hours", "review"),
)
_CHANGEABLE_IN_A_WISH = ("story", "full_list", "review")


def changeable(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """What she can change; each is the name of a step."""
    names = _CHANGEABLE if is_complaint(state, knowledge) else _CHANGEABLE_IN_A_WISH
    labels = knowledge.texts.label
    return tuple(Choice(name, labels(f"intake.change.{name}")) for name in names)


def ways_out(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """Delete, keep for later, go on; nothing to keep before anything may be kept."""
    names = ["delete", "save", "go_on"]
    if not (has_story(state) and has_consented(state, knowledge)):
        names.remove("save")
    labels = knowledge.texts.label
    return tuple(Choice(name, labels(f"intake.sure.{name}")) for name in names)


def send_report(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Make it a case."""
    return state, (OpenCase(state.number, report(state, knowledge)),)


def forget_draft(state: State, _knowledge: Knowledge) -> tuple[State, Commands]:
    """Forget what was gathered."""
    return state, (DeleteDraft(),)


def is_open(state: State, _knowledge: Knowledge) -> bool:
    """Officers already have this as a case."""
    return "opened" in state.answers


def save_left_lying(state: State, knowledge: Knowledge) -> Turn:
    """Nobody came back: keep what there is for the officers, or forget it."""
    is_kept = has_story(state) or is_open(state, knowledge)
    if not (is_kept and has_consented(state, knowledge)):
        return Turn(None, (DeleteDraft(),))
    saved, commands = open_urgent_case(state, knowledge)
    if knowledge.pushes_on:
        told = say(knowledge, "paused.saved", "resume", nomor=state.number)
        commands += (as_notice(told),)
    return Turn(saved, commands)


def keep_informed(before: State, after: State, knowledge: Knowledge) -> Commands:
    """Once officers have the case, they get every addition at once."""
    is_news = is_open(before, knowledge) and report(before, knowledge) != report(after, knowledge)
    return (OpenCase(after.number, report(after, knowledge), complete=False),) if is_news else ()
