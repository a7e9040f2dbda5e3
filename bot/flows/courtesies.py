"""Thanks and nods: they are answered, or passed over, and taken for no news."""

import unicodedata

from bot.commands import AddToCase
from bot.events import MessageReceived
from bot.flows.answering import has_only_words, pieces
from bot.flows.knowledge import Knowledge
from bot.flows.script import State, Turn
from bot.flows.speaking import say
from bot.flows.walking import running
from bot.flows.words import PARTICLES, fold, is_thanks

_NODS = frozenset(
    {"ok", "oke", "okey", "okeh", "okay", "okk", "baik", "baiklah", "siap", "siaap", "sip", "sipp"}
    | {"ya", "iya", "yaa", "y", "yoi", "noted", "mantap", "nggih", "inggih", "enggih", "njih"}
    | {"tunggu", "menunggu", "ditunggu"}
)
_WITH_NODS = PARTICLES | {"saya", "sy", "aku", "kabarnya", "kabar", "infonya"}
_NODDING = frozenset(
    "\U0001f44d\U0001f44c\U0001f64f\U0001f642\U0001f60a\U0001f601\U0001f91d\u2764\u2705"
)
"""Thumbs, folded hands, smiles, a heart."""
_UNSEEN = frozenset({"Mn", "Sk", "Cf"})
"""Kinds of signs that only colour or join others."""


def answer_courtesy(
    state: State | None, event: MessageReceived, knowledge: Knowledge
) -> Turn | None:
    """The turn of a "makasih kak", and of an "ok" after a closing; None when it is neither.

    An "ok" while a case is open goes to the officers: it may answer what they wrote. So does
    one to an officer who just spoke of a closed case, but nothing is asked or promised for it.
    """
    if not has_only_words(event):
        return None
    here = running(state)
    is_listened_to = here is None or (here.flow, here.step) == ("follow_up", "listening")
    if is_thanks(event.text) and is_listened_to:
        has_case = bool(knowledge.open_cases or knowledge.lately_closed)
        return Turn(state, (say(knowledge, "follow_up.welcome"),)) if has_case else None
    is_over = knowledge.lately_closed and not knowledge.open_cases
    if here is not None or not is_over or not _is_nod(event.text):
        return None
    if not knowledge.officer_speaks:
        return Turn(state, (say(knowledge, "follow_up.noted"),))
    number = knowledge.lately_closed[0].number
    return Turn(state, (AddToCase(number, pieces(event, knowledge), nod=True),))


def _is_nod(text: str) -> bool:
    """Whether she only says that she has read it ("iya kak saya tunggu", a thumb)."""
    words = frozenset(fold(text).split())
    if words:
        return "?" not in text and bool(words & _NODS) and words <= _NODS | _WITH_NODS
    seen = [s for s in text if not s.isspace() and unicodedata.category(s) not in _UNSEEN]
    return bool(seen) and _NODDING.issuperset(seen)
