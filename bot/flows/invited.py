"""Her answer to an invitation to a collective case, whenever it comes: tapped or typed.

"Ya" and "tidak" count only as the answer to the question that the bot asked last; while an
officer speaks with her, or after something else was said, only IKUT does.
"""

from dataclasses import replace

from bot.events import MessageReceived
from bot.flows.answering import has_only_words
from bot.flows.asking_back import is_question
from bot.flows.choosing import chosen
from bot.flows.joining import JOINING, both
from bot.flows.knowledge import Knowledge
from bot.flows.script import State, Turn
from bot.flows.walking import begin, repeat, running, walk
from bot.flows.words import NO, NOT_YET, YES, fold, is_why

_CLEAR = "ikut"
_TAPPED = f"{JOINING.name}.invited."


def answer_invitation(
    state: State | None, event: MessageReceived, knowledge: Knowledge
) -> Turn | None:
    """The turn of an answer to an invitation that waits for one; None when this is none."""
    if not knowledge.invitations:
        return None
    is_open = state is not None and state.flow == JOINING.name
    if event.choice is not None:
        option = event.choice.removeprefix(_TAPPED)
        is_ours = option.partition(":")[2] in knowledge.invitations
        if not (event.choice.startswith(_TAPPED) and is_ours):
            return None
        return _answered(state, option, event.choice, knowledge)
    if not has_only_words(event):
        return None
    if state is not None and is_open and is_why(event.text):
        return repeat(state, knowledge, manner="why")
    option = _typed(state, event.text, knowledge, is_open=is_open)
    return _answered(state, option, "", knowledge) if option else None


def _typed(state: State | None, text: str, knowledge: Knowledge, *, is_open: bool) -> str:
    here = running(state)
    is_telling = here is not None and here.flow == "intake"
    is_clear = _CLEAR in fold(text).split() and not is_telling
    if is_question(text) or not (is_open or is_clear):
        return ""
    join, stay = both(State(JOINING.name, JOINING.version, "invited"), knowledge)
    if is_open and not knowledge.officer_speaks:
        join = replace(join, also=(*join.also, *YES))
        stay = replace(stay, also=(*stay.also, *(NO - NOT_YET)))
    choice = chosen(text, (join, stay), whole=True)
    return choice.id if choice else ""


def _answered(state: State | None, option: str, tapped: str, knowledge: Knowledge) -> Turn:
    known = begin(JOINING.name, knowledge, over=running(state)).knowing(invited=option)
    return walk(replace(known, last_tap=tapped), knowledge)
