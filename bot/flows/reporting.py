"""What an intake has gathered: as a report for the officers, as a summary for the reporter."""

from bot.commands import Report
from bot.flows.knowledge import Knowledge
from bot.flows.script import State
from bot.flows.speaking import clip

STORY_IN_SUMMARY = 240
ANSWER_IN_SUMMARY = 80
"""Characters shown of long texts, so that a summary fits on a small screen."""

ALSO_LIKELY = 0.2
"""From this probability on a further category is told to the officers."""


def story(state: State) -> str:
    """The words of the story, one piece a line."""
    return "\n".join(part.text for part in state.parts if part.text)


def has_story(state: State) -> bool:
    """Something was told, in words or with a file."""
    return bool(state.parts or state.evidence)


def has_consented(state: State, knowledge: Knowledge) -> bool:
    """She agreed, earlier or in this conversation."""
    return knowledge.consented or state.answers.get("consent") == "agree"


def kind(state: State, knowledge: Knowledge) -> str:
    """Pengaduan, aspirasi or pertanyaan: danger and "ya, laporkan" make it a pengaduan.

    Who once asked about her rights goes on asking until she reports something.
    """
    if "danger" in state.answers or state.answers.get("rights") == "report":
        return "pengaduan"
    if "asked" in state.answers:
        return "pertanyaan"
    return state.answers.get("kind") or knowledge.understand(story(state)).kind


def category(state: State, knowledge: Knowledge) -> str:
    """The category she chose, else the one that is likeliest."""
    return state.answers.get("category") or knowledge.understand(story(state)).category


def chose_category(state: State) -> bool:
    """She chose the category herself, from the likeliest or from a list."""
    asked = ("category", "full_list", "further_list")
    return bool(state.answers.get("category")) and any(step in state.trail for step in asked)


def report(state: State, knowledge: Knowledge) -> Report:
    """All that is known, as the officers get it."""
    understanding = knowledge.understand(story(state))
    answers = state.answers
    chosen = category(state, knowledge)
    likely = (c.category for c in understanding.candidates if c.probability >= ALSO_LIKELY)
    return Report(
        kind=kind(state, knowledge),
        category=chosen,
        parts=state.parts,
        evidence=state.evidence,
        also=tuple(slug for slug in likely if slug != chosen),
        tags=understanding.tags,
        urgency="darurat" if "danger" in answers else understanding.urgency,
        confirmed=chose_category(state),
        workplace=answers.get("workplace") or answers.get("where", ""),
        region_code=answers.get("region_code", ""),
        region_name=answers.get("region", ""),
        happened=answers.get("happened", ""),
        affected=answers.get("affected", ""),
        identity="nama" if answers.get("identity") == "named" else "rahasia",
        name=answers.get("name", "") if answers.get("identity") == "named" else "",
        member=_member(answers.get("member", "")),
        safe_hours=answers.get("safe_hours", ""),
    )


def summary(state: State, knowledge: Knowledge) -> dict[str, str]:
    """The report in plain lines, under ``{ringkasan}``; what was skipped is left out."""
    texts, answers = knowledge.texts, state.answers
    files = sum(bool(part.attachment) for part in (*state.parts, *state.evidence))
    told = clip(_one_line(story(state)), STORY_IN_SUMMARY)
    if not told and "spoken" in answers:
        told = texts("common.spoken")
    workplace = answers.get("workplace") or answers.get("where", "")
    lines = (
        (texts("intake.summary.kind"), _label_of_kind(state, knowledge)),
        (texts("intake.summary.category"), category_label(state, knowledge)),
        (texts("intake.summary.story"), told),
        (texts("intake.summary.workplace"), _short(workplace)),
        (texts("intake.summary.region"), _short(answers.get("region", ""))),
        (texts("intake.summary.happened"), _short(answers.get("happened", ""))),
        (texts("intake.summary.affected"), _short(answers.get("affected", ""))),
        (texts("intake.summary.files"), str(files or "")),
        (texts("intake.summary.name"), _short(_name(state, knowledge))),
        (texts("intake.summary.safe_hours"), _short(answers.get("safe_hours", ""))),
    )
    return {"ringkasan": "\n".join(f"{title}: {text}" for title, text in lines if text)}


def category_label(state: State, knowledge: Knowledge) -> str:
    """The category in words."""
    return knowledge.taxonomy.category(category(state, knowledge)).list_label


def _label_of_kind(state: State, knowledge: Knowledge) -> str:
    slug = kind(state, knowledge)
    return next((label.label for label in knowledge.taxonomy.kinds if label.slug == slug), slug)


def _name(state: State, knowledge: Knowledge) -> str:
    match state.answers.get("identity"):
        case "named":
            return state.answers.get("name") or knowledge.texts("intake.summary.unnamed")
        case "secret":
            return knowledge.texts("intake.summary.secret")
        case _:
            return ""


def _member(answer: str) -> str:
    return {"member": "anggota", "not_member": "bukan"}.get(answer, "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    return clip(_one_line(text), ANSWER_IN_SUMMARY)
