"""Is she safe at work? Asked some time after a closing; one tap answers it.

The words say nothing of any case: phones are shared. A tap counts wherever she stands and
however late; typed words only when nothing else waits for them.
"""

from dataclasses import replace

from bot.commands import AnswerCheckIn, Choice, Command
from bot.events import MessageReceived
from bot.flows.answering import has_only_words
from bot.flows.asking_back import is_question
from bot.flows.choosing import chosen
from bot.flows.knowledge import Knowledge, OpenCheckIn
from bot.flows.script import State, Turn
from bot.flows.speaking import say
from bot.flows.surveying import is_free
from bot.flows.walking import come_back, is_asleep, running, with_lead
from bot.flows.words import NO, NOT_YET, YES
from bot.texts import Texts

_NAME = "check_in"
_SAFE = ("aman", "saya aman", "aman aja", "aman saja", "aman kok", "sudah aman", "aman kak")
_UNSAFE = ("tidak aman", "gak aman", "ga aman", "nggak aman", "ngga aman", "enggak aman",
           "tdk aman", "kurang aman", "belum aman", "saya tidak aman")  # fmt: skip


def safety_choices(texts: Texts, check_in_id: int) -> tuple[Choice, ...]:
    """Safe and not safe, as they are offered."""
    return (
        Choice(f"{_NAME}.safe:{check_in_id}", texts.label("check_in.safe"), also=_SAFE),
        Choice(f"{_NAME}.unsafe:{check_in_id}", texts.label("check_in.unsafe"), also=_UNSAFE),
    )


def answer_check_in(
    state: State | None, event: MessageReceived, knowledge: Knowledge
) -> Turn | None:
    """The turn of an answer to a check-in; None when this is none."""
    if event.choice is not None:
        return _tapped(state, event.choice, knowledge)
    here = running(state)
    asked = next((one for one in knowledge.check_ins if one.waits), None)
    if asked is None or not has_only_words(event) or is_question(event.text):
        return None
    if here is not None and here.flow in {"intake", "survey"} and not is_asleep(here):
        return None
    safe, unsafe = safety_choices(knowledge.texts, asked.id)
    if is_free(state, knowledge, fresh=asked.fresh) and not _is_asked_more(knowledge):
        safe = replace(safe, also=(*safe.also, *YES))
        unsafe = replace(unsafe, also=(*unsafe.also, *(NO - NOT_YET)))
    choice = chosen(event.text, (safe, unsafe), whole=True)
    if choice is None or event.text.strip().isdigit():
        return None
    return _answered(state, asked, safe=choice.id == safe.id, knowledge=knowledge)


def _is_asked_more(knowledge: Knowledge) -> bool:
    """A survey waits as well: a bare "ya" may be meant for either."""
    return any(survey.waits for survey in knowledge.surveys)


def _tapped(state: State | None, tapped: str, knowledge: Knowledge) -> Turn | None:
    name, _, option = tapped.partition(".")
    value, _, check_in_id = option.partition(":")
    if name != _NAME or value not in {"safe", "unsafe"}:
        return None
    # The buttons of the approved template name no check-in: they mean the one asked last.
    meant = (one for one in knowledge.check_ins if not check_in_id or str(one.id) == check_in_id)
    asked = next(meant, None)
    if asked is not None:
        tapped = f"{_NAME}.{value}:{asked.id}"
    if state is not None and state.last_tap == tapped:
        return Turn(state)
    if asked is None:  # the case is gone; who is not safe is helped all the same
        return _told(state, (), safe=value == "safe", knowledge=knowledge, tapped=tapped)
    return _answered(state, asked, safe=value == "safe", knowledge=knowledge, tapped=tapped)


def _answered(
    state: State | None,
    asked: OpenCheckIn,
    *,
    safe: bool,
    knowledge: Knowledge,
    tapped: str = "",
) -> Turn:
    number = knowledge.fresh_number
    command = AnswerCheckIn(asked.number, asked.id, safe=safe, urgent_number=number)
    return _told(state, (command,), safe=safe, knowledge=knowledge, tapped=tapped)


def _told(
    state: State | None,
    commands: tuple[Command, ...],
    *,
    safe: bool,
    knowledge: Knowledge,
    tapped: str,
) -> Turn:
    """Her answer is stored and answered; what ran goes on."""
    lines = (f"{h.number}: {h.name}. {h.when}" for h in knowledge.taxonomy.emergency_hotlines)
    key = "check_in.told_safe" if safe else "check_in.told_unsafe"
    said = say(knowledge, key, nomor_darurat="\n".join(lines))
    here = running(state)
    if here is None:
        return Turn(replace(state, last_tap=tapped) if state else None, (*commands, said))
    return with_lead((said,), commands, come_back(replace(here, last_tap=tapped), knowledge))
