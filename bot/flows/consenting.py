"""Her answer to a referral, whenever it comes: tapped or typed, at once or days later.

A consent must be beyond doubt. "Ya" counts only as the answer to the question that the bot asked
last; while an officer speaks with her, or after something else was said, only SETUJU does.
"""

from dataclasses import replace

from bot.events import MessageReceived
from bot.flows.answering import has_only_words
from bot.flows.asking_back import is_question
from bot.flows.choosing import chosen
from bot.flows.knowledge import Knowledge
from bot.flows.referral import REFERRAL, both
from bot.flows.script import State, Turn
from bot.flows.walking import begin, repeat, running, walk
from bot.flows.words import NO, NOT_YET, YES, fold, is_why

_TAPPED = f"{REFERRAL.name}.consent."
_CLEAR = "setuju"


def answer_referral(
    state: State | None, event: MessageReceived, knowledge: Knowledge
) -> Turn | None:
    """The turn of an answer to a referral that waits for one; None when this is none."""
    if not knowledge.referrals:
        return None
    is_open = state is not None and state.flow == REFERRAL.name
    if event.choice is not None:
        option = event.choice.removeprefix(_TAPPED)
        numbers = {asked.number for asked in knowledge.referrals}
        is_ours = event.choice.startswith(_TAPPED) and option.partition(":")[2] in numbers
        return _answered(state, option, event.choice, knowledge) if is_ours else None
    if not has_only_words(event):
        return None
    if state is not None and is_open and is_why(event.text):
        return repeat(state, knowledge, manner="why")
    option = _typed(event.text, knowledge, is_open=is_open, is_elsewhere=_is_telling(state))
    return _answered(state, option, "", knowledge) if option else None


def _typed(text: str, knowledge: Knowledge, *, is_open: bool, is_elsewhere: bool) -> str:
    said = fold(text)
    is_clear = _CLEAR in said.split()
    if is_question(text) or not (is_open or (is_clear and not is_elsewhere)):
        return ""
    agree, decline = both(State(REFERRAL.name, 1, "consent"), knowledge)
    if is_open and not knowledge.officer_speaks:
        agree = replace(agree, also=(*agree.also, *YES))
        decline = replace(decline, also=(*decline.also, *(NO - NOT_YET)))
    choice = chosen(text, (agree, decline), whole=True)
    return choice.id if choice else ""


def _is_telling(state: State | None) -> bool:
    """A report of its own runs: what is typed there belongs to it."""
    here = running(state)
    return here is not None and here.flow == "intake"


def _answered(state: State | None, option: str, tapped: str, knowledge: Knowledge) -> Turn:
    known = begin(REFERRAL.name, knowledge, over=running(state)).knowing(consent=option)
    return walk(replace(known, last_tap=tapped), knowledge)
