"""After a case was closed: is the matter really solved, how content is she, what is missing.

The first question is pushed by ``bot.cases.survey``; the conversation begins with her first
answer, see ``bot.flows.surveying``. What she writes meanwhile goes to the officers at once.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.commands import Choice, Command, CommentSurvey, Part
from bot.flows.alarm import watch_for_danger
from bot.flows.follow_up import go_on_urgently, is_closed
from bot.flows.knowledge import Knowledge, OpenSurvey
from bot.flows.script import Ask, Choose, End, Flow, State, Turn
from bot.flows.words import NO, YES
from bot.texts import Texts

Commands = tuple[Command, ...]

HALF_A_DAY = 12 * 60 * 60.0
SCORES = ("1", "2", "3", "4", "5")
UNHAPPY = frozenset({"1", "2"})
"""Scores after which she is asked why."""
SOLVED = {"yes": "ya", "no": "belum"}

SEX = "sex"
"""The field of an answer that is stored for the counts alone."""
SEXES = {"female": "perempuan", "male": "laki-laki", "unsaid": ""}
_SEX_WORDS = {
    "female": ("wanita", "cewek", "cewe"),
    "male": ("laki laki", "laki", "pria", "cowok"),
}

_YES = ("sudah", "udah", "udh", "sdh", "selesai", "beres", "kelar", "sudah selesai",
        "udah selesai", "sudah beres", "udah beres", "sudah kelar", "udah kelar", "ya selesai",
        "ya sudah selesai", "iya sudah selesai", "iya sudah", "iya udah", "ya sudah",
        "sudah benar selesai", "sudah terjawab", "terjawab", "sudah ditanggapi")  # fmt: skip
_NO = ("belum selesai", "blm selesai", "belum beres", "blm beres", "belum kelar",
       "masih belum", "masih belum selesai", "belum juga", "belum sama sekali", "tidak selesai",
       "gak selesai", "ga selesai", "nggak selesai", "belum terjawab",
       "belum ditanggapi")  # fmt: skip
_IN_WORDS: dict[str, tuple[str, ...]] = {
    "1": ("tidak puas", "gak puas", "ga puas", "nggak puas", "sangat tidak puas"),
    "2": ("kurang puas",),
    "3": ("cukup", "cukup puas", "lumayan"),
    "4": ("puas",),
    "5": ("sangat puas", "puas sekali", "puas banget"),
}


def solved_choices(texts: Texts, survey_id: int | str) -> tuple[Choice, ...]:
    """Yes and not yet, as they are offered and understood."""
    label = texts.label
    return (
        Choice(f"survey.solved.yes:{survey_id}", label("survey.solved.yes"),
               also=(*sorted(YES), *_YES)),
        Choice(f"survey.solved.no:{survey_id}", label("survey.solved.no"),
               also=(*sorted(NO), *_NO)),
    )  # fmt: skip


def score_choices(texts: Texts, survey_id: int | str) -> tuple[Choice, ...]:
    """From 1 to 5, with the labels that the approved template has."""
    return tuple(
        Choice(f"survey.score.{score}:{survey_id}", texts.label(f"templates.survey.score_{score}"),
               also=_IN_WORDS[score])
        for score in SCORES
    )  # fmt: skip


def sex_choices(texts: Texts, survey_id: int | str) -> tuple[Choice, ...]:
    """What she may say of her sex, or that she does not say it."""
    return tuple(
        Choice(f"survey.{SEX}.{name}:{survey_id}", texts.label(f"survey.sex.{name}"),
               also=_SEX_WORDS.get(name, ()))
        for name in SEXES
    )  # fmt: skip


def question(texts: Texts, number: str, kind: str) -> str:
    """The first question, in words that fit what she had brought."""
    return texts("survey.solved.ask", nomor=number, tanya=texts(f"survey.about.{kind}"))


def both_ways(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """Yes and not yet."""
    return _bare(solved_choices(knowledge.texts, state.answers.get("survey", "")))


def one_to_five(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """The five scores."""
    return _bare(score_choices(knowledge.texts, state.answers.get("survey", "")))


def again_or_not(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """Open it again, or let it be."""
    survey_id, label = state.answers.get("survey", ""), knowledge.texts.label
    return (
        Choice(f"yes:{survey_id}", label("survey.reopen.yes"), also=(*sorted(YES), "buka lagi")),
        Choice(f"no:{survey_id}", label("survey.reopen.no"), also=tuple(sorted(NO))),
    )


def about(state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """What was asked, in words that fit a report, a wish or a question."""
    kind = state.answers.get("kind", "pengaduan")
    return {"tanya": knowledge.texts(f"survey.about.{kind}")}


def is_unhappy(state: State, _knowledge: Knowledge) -> bool:
    """She said that it is not solved, or gave one of the two lowest scores."""
    return state.answers.get("solved") == SOLVED["no"] or state.answers.get("score") in UNHAPPY


def is_content(state: State, knowledge: Knowledge) -> bool:
    """She has nothing to complain of."""
    return not is_unhappy(state, knowledge)


def may_be_reopened(state: State, knowledge: Knowledge) -> bool:
    """She is unhappy, and the case can go on under its number."""
    return is_unhappy(state, knowledge) and "may_reopen" in state.answers


def last_choices(state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """Under the thanks, where nothing waits behind it: one tap for the counts, or none."""
    answered = not state.answers.keys().isdisjoint({"solved", "score"})
    if state.suspended is not None or not answered:
        return ()
    return sex_choices(knowledge.texts, state.answers["survey"])


def last_words(state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """The question that belongs to these choices."""
    asked = last_choices(state, knowledge)
    return {"kelamin": f"\n\n{knowledge.texts('survey.sex.ask')}" if asked else ""}


def is_reopened(state: State, _knowledge: Knowledge) -> bool:
    """She wanted it opened again: what became of that, ``bot.cases.survey_reopening`` tells."""
    return state.answers.get("reopen") == "yes"


def knowing(state: State, survey: OpenSurvey) -> State:
    """The state with all that is known of this survey already."""
    known = {"survey": str(survey.id), "case": survey.number, "kind": survey.kind}
    if survey.solved:
        known["solved"] = survey.solved
    if survey.score:
        known["score"] = str(survey.score)
    if survey.commented:
        known |= {"reason": "told", "more": "told"}
    if survey.may_reopen:
        known["may_reopen"] = "yes"
    return replace(state, number=survey.number).knowing(**known)


def pass_on(state: State, knowledge: Knowledge, said: str) -> tuple[State, Commands]:
    """What she writes is her comment: it goes to the officers at once, danger before all.

    Danger ends the survey: it is no comment on what is over.
    """
    parts = (*state.parts, *state.evidence)
    commands: Commands = (CommentSurvey(state.number, _id(state), parts),) if parts else ()
    state, alarm = watch_for_danger(replace(state, parts=(), evidence=()), knowledge, said)
    if alarm and is_closed(state, knowledge):
        return go_on_urgently(state, knowledge, parts or (Part(said),), alarm)
    return state, (*commands, *alarm)


def leave_quietly(state: State, _knowledge: Knowledge) -> Turn:
    """She went silent: what she answered is stored, what ran before goes on."""
    return Turn(state.suspended)


def _id(state: State) -> int:
    return int(state.answers["survey"])


def _bare(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The choices by the names that a script knows them by."""
    return tuple(replace(one, id=one.id.rpartition(".")[2]) for one in choices)


SURVEY = Flow(
    name="survey",
    version=1,
    watch=pass_on,
    cancel="thanks",
    patience=(HALF_A_DAY,),
    abandon=leave_quietly,
    script=(
        Choose("solved", both_ways, whole=True, fill=about),
        Choose("score", one_to_five, whole=True),
        Ask("reason", gathers="parts", when=is_unhappy),
        Choose("reopen", again_or_not, whole=True, when=may_be_reopened),
        Ask("more", gathers="parts", when=is_content),
        End("reopened", when=is_reopened, mute=True),
        End("thanks", fill=last_words, offers=last_choices),
    ),
)
