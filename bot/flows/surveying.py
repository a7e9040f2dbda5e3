"""Her answers to a survey, whenever they come: tapped or typed, at once or days later.

A tap counts wherever she stands. A typed answer counts only when nothing else waits for words:
what is typed inside a report belongs to the report.
"""

from dataclasses import replace

from bot.commands import AnswerSurvey, Choice, Command, ReopenCase, Reply
from bot.events import MessageReceived
from bot.flows.answering import has_only_words, keep
from bot.flows.asking_back import is_question
from bot.flows.choosing import chosen
from bot.flows.knowledge import Knowledge, OpenSurvey
from bot.flows.script import State, Turn
from bot.flows.speaking import say
from bot.flows.survey import (
    SCORES,
    SEX,
    SEXES,
    SOLVED,
    SURVEY,
    knowing,
    score_choices,
    sex_choices,
    solved_choices,
)
from bot.flows.walking import begin, come_back, is_asleep, running, walk, with_lead
from bot.flows.words import NOT_YET, fold

_QUESTIONS = ("solved", "score", "reopen", SEX)
_BESIDE = frozenset(
    {"makasih", "makasi", "mksh", "terimakasih", "terima", "kasih", "trims", "banyak", "syukur"}
    | {"alhamdulillah", "kak", "ka", "min", "pak", "bu", "bang", "mas", "mbak"}
)
"""Words beside an answer that change nothing about it."""
_AT_THE_END = frozenset({"ya", "yaa", "yah"})
"""No yes behind other words: "makasih ya"."""


def answer_survey(
    state: State | None, event: MessageReceived, knowledge: Knowledge
) -> Turn | None:
    """The turn of an answer to a survey; None when this is none."""
    if event.choice is not None:
        return _tapped(state, event, knowledge)
    survey = next((s for s in knowledge.surveys if s.waits), None)
    here = running(state)
    if here is not None and here.flow == SURVEY.name:
        return _typed_within(here, event, knowledge)
    if survey is None:
        return _sex_typed(state, event, knowledge)
    if not has_only_words(event):
        return None
    if not is_free(state, knowledge, fresh=survey.fresh):
        return None
    return _typed(state, survey, event, knowledge)


def is_free(state: State | None, knowledge: Knowledge, *, fresh: bool) -> bool:
    """Whether nothing else waits for words: no report, no officer, no question asked later.

    ``fresh``: ours was asked after all that was said; then a menu that lies open, or a case that
    she may add to, gives way to it.
    """
    here = running(state)
    if knowledge.officer_speaks or (state is not None and state.offered and not fresh):
        return False
    if here is None or is_asleep(here):
        return True
    return fresh and (here.flow, here.step) == ("follow_up", "listening")


def _tapped(state: State | None, event: MessageReceived, knowledge: Knowledge) -> Turn | None:
    flow, _, option = (event.choice or "").partition(".")
    step, _, rest = option.partition(".")
    value, _, survey_id = rest.partition(":")
    if flow != SURVEY.name or step not in _QUESTIONS:
        return None
    # The buttons of the approved template name no survey: they mean the one asked last.
    meant = [s for s in knowledge.surveys if not survey_id or str(s.id) == survey_id]
    tapped = f"{flow}.{step}.{value}:{meant[0].id}" if meant else event.choice or ""
    if state is not None and state.last_tap == tapped:
        return Turn(state)
    if not meant or not _is_known(step, value):
        return _aside(state, (), say(knowledge, "survey.over"), knowledge)
    turn = _answered(state, meant[0], step, value, knowledge, tapped=tapped)
    return _unasked_twice(turn) if not survey_id and knowledge.waiting else turn


def _typed_within(here: State, event: MessageReceived, knowledge: Knowledge) -> Turn | None:
    """In the middle of the survey: one of the offered answers, else it is left to the script."""
    if not has_only_words(event) or is_question(event.text):
        return None
    survey = next((s for s in knowledge.surveys if str(s.id) == here.answers["survey"]), None)
    offered = tuple(c for c in here.offered if c.id.split(".")[1:2] == [here.step])
    choice = chosen(event.text, offered, whole=True)
    if survey is None or choice is None or here.step not in _QUESTIONS:
        return None
    value = choice.id.rpartition(".")[2].partition(":")[0]
    return _answered(here, survey, here.step, value, knowledge)


def _typed(
    state: State | None, survey: OpenSurvey, event: MessageReceived, knowledge: Knowledge
) -> Turn | None:
    if is_question(event.text):
        return None
    words = fold(event.text).split()
    words = words[:-1] if len(words) > 1 and words[-1] in _AT_THE_END else words
    core = " ".join(word for word in words if word not in _BESIDE) or " ".join(words)
    scores = score_choices(knowledge.texts, survey.id)
    solved = solved_choices(knowledge.texts, survey.id)
    # While the question itself is held she has seen the template alone, which asks for a score.
    # A bare "ya" may as well be meant for a check-in that was asked after it.
    is_clear = not knowledge.waiting and not any(one.waits for one in knowledge.check_ins)
    asked = (solved, scores) if is_clear and not survey.solved else (scores,)
    choice = next((c for offered in asked if (c := _meant(core, event.text, offered))), None)
    if choice is not None:
        _, step, option = choice.id.split(".")
        value = option.partition(":")[0]
        turn = _answered(state, survey, step, value, knowledge)
        return _unasked_twice(turn) if knowledge.waiting else turn
    if is_clear and words and words[0] in NOT_YET:  # "belum kak, masih kurang …"
        return _answered(state, survey, "solved", "no", knowledge, told=event)
    return None


def _sex_typed(state: State | None, event: MessageReceived, knowledge: Knowledge) -> Turn | None:
    """The one word after the thanks, typed; in other places it means something else."""
    here = running(state)
    told = next((s for s in knowledge.surveys if s.solved or s.score), None)
    if told is None or not has_only_words(event) or (here is not None and not is_asleep(here)):
        return None
    choice = chosen(event.text, sex_choices(knowledge.texts, told.id), whole=True)
    if choice is None or event.text.strip().isdigit():
        return None
    value = choice.id.split(".")[2].partition(":")[0]
    return _answered(state, told, SEX, value, knowledge)


def _meant(core: str, text: str, offered: tuple[Choice, ...]) -> Choice | None:
    return chosen(core, offered, whole=True) or chosen(text, offered, whole=True)


def _answered(
    state: State | None,
    survey: OpenSurvey,
    step: str,
    value: str,
    knowledge: Knowledge,
    *,
    tapped: str = "",
    told: MessageReceived | None = None,
) -> Turn:
    """Store it at once, then go on with what is still unknown; a report that runs goes first."""
    here = running(state)
    if step == "reopen":
        return _reopening(state, survey, value, knowledge, tapped)
    if step == SEX:
        told_sex = AnswerSurvey(survey.number, survey.id, SEX, SEXES[value])
        state = replace(state, last_tap=tapped) if state else None
        return _aside(state, (told_sex,), say(knowledge, "survey.sex.noted"), knowledge)
    kept = SOLVED[value] if step == "solved" else value
    command = AnswerSurvey(survey.number, survey.id, step, kept)
    if here is not None and not _gives_way(here):
        noted = say(knowledge, "survey.noted")
        return _aside(replace(here, last_tap=tapped), (command,), noted, knowledge)
    under = here.suspended if here is not None and here.flow == SURVEY.name else here
    within = here is not None and here.answers.get("survey") == str(survey.id)
    base = here if here is not None and within else begin(SURVEY.name, knowledge, over=under)
    known = knowing(base, survey).knowing(**{step: kept})
    known = replace(known, step=SURVEY.script[0].name, misses=0, unheard=0, last_tap=tapped)
    commands: tuple[Command, ...] = (command,)
    if told is not None:
        known, orders = keep(known.knowing(reason="told"), told, knowledge, "parts")
        known, commands = replace(known, unheard=0), (*commands, *orders)
    return walk(known, knowledge, commands)


def _reopening(
    state: State | None, survey: OpenSurvey, value: str, knowledge: Knowledge, tapped: str
) -> Turn:
    if not survey.may_reopen:  # tapped twice, or the case has moved on since
        return _aside(state, (), say(knowledge, "survey.noted"), knowledge)
    orders = (ReopenCase(survey.number, survey.id),) if value == "yes" else ()
    here = running(state)
    if here is not None and here.answers.get("survey") == str(survey.id):
        known = replace(here.knowing(reopen=value), last_tap=tapped)
        return walk(known, knowledge, orders)
    return Turn(replace(state, last_tap=tapped) if state else None, orders)


def _gives_way(here: State) -> bool:
    """What runs loses nothing when the survey is laid over it."""
    if here.flow == SURVEY.name or is_asleep(here):
        return True
    return (here.flow, here.step) == ("follow_up", "listening")


def _aside(
    state: State | None, commands: tuple[Command, ...], said: Reply, knowledge: Knowledge
) -> Turn:
    here = running(state)
    if here is None or here.flow == SURVEY.name:
        return Turn(state, (*commands, said))
    return with_lead((said,), commands, come_back(here, knowledge))


def _unasked_twice(turn: Turn) -> Turn:
    """The question itself was held behind the template and leaves now: it is not said again."""
    if turn.state is None or (turn.state.flow, turn.state.step) != (SURVEY.name, "solved"):
        return turn
    return Turn(turn.state, tuple(c for c in turn.commands if not isinstance(c, Reply)))


def _is_known(step: str, value: str) -> bool:
    match step:
        case "score":
            return value in SCORES
        case "sex":
            return value in SEXES
        case _:
            return value in SOLVED
