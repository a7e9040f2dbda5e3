"""The command words: they work at every step and lose nothing of what is running."""

from dataclasses import replace

from bot.commands import Command, PageOfficers, Part, Reply, SetPushes
from bot.flows.alarm import open_urgent_case
from bot.flows.catalogue import flow_of
from bot.flows.knowledge import Knowledge
from bot.flows.reporting import has_consented
from bot.flows.script import State, Turn
from bot.flows.speaking import say
from bot.flows.walking import (
    begin,
    come_back,
    go_back,
    interrupt,
    is_asleep,
    jump,
    running,
    walk,
    with_lead,
)
from bot.flows.words import Word

_FOR_WHOM_WE_KNOW = frozenset(
    {Word.MENU, Word.CANCEL, Word.BACK, Word.HELP, Word.START, Word.NEW, Word.RESUME, Word.LOOK}
)
"""From a stranger these are nothing but a first message."""

_SHORT_CONVERSATIONS = {
    Word.MENU: "menu",
    Word.STATUS: "status",
    Word.COPY: "copy",
    Word.WITHDRAW: "withdraw",
    Word.ERASE: "erase",
}


def obey(word: Word, state: State | None, knowledge: Knowledge, *, tapped: bool = False) -> Turn:
    """Carry a command word out, typed or ``tapped`` under something that was said before."""
    here = running(state)
    is_stranger = here is None and not knowledge.consented and not knowledge.cases
    if is_stranger and word in _FOR_WHOM_WE_KNOW:
        return walk(begin("intake", knowledge), knowledge)
    match word:
        case Word.CANCEL:
            return _cancel(state, knowledge)
        case Word.BACK:
            return _back(state, knowledge)
        case Word.HELP:
            return _aside(state, knowledge, say(knowledge, "common.help"))
        case Word.OFFICER:
            return _call_officer(here, knowledge)
        case Word.STOP:
            quiet = (SetPushes(on=False), say(knowledge, "common.pushes_off"))
            return Turn(state, quiet)
        case Word.START if knowledge.pushes_on:
            return interrupt("menu", state, knowledge)
        case Word.START:
            return Turn(state, (SetPushes(on=True), say(knowledge, "common.pushes_on")))
        case Word.LOOK:
            return _look(state, knowledge)
        case Word.NEW if here is None or here.flow != "intake" or is_asleep(here):
            return _begin_anew(here, knowledge, state.told if state and tapped else ())
        case Word.NEW | Word.RESUME:
            return _resume(here, knowledge)
        case _:
            return interrupt(_SHORT_CONVERSATIONS[word], state, knowledge)


def _look(state: State | None, knowledge: Knowledge) -> Turn:
    """What waits for her leaves as soon as she writes; this word is good for nothing else."""
    if knowledge.waiting:
        return Turn(state)
    lead = (say(knowledge, "common.nothing_new"),)
    return with_lead(lead, (), interrupt("status", state, knowledge))


def _cancel(state: State | None, knowledge: Knowledge) -> Turn:
    here = running(state)
    if here is None or is_asleep(here):
        return Turn(state, (say(knowledge, "common.nothing_runs", "new", "status"),))
    cancel = flow_of(here).cancel
    if cancel in {"", here.step}:
        return come_back(here, knowledge)
    return jump(here, cancel, knowledge)


def _begin_anew(here: State | None, knowledge: Knowledge, told: tuple[Part, ...]) -> Turn:
    """A new report; a message that waits for its case turns out to belong to it.

    ``told``: what was added to a case a moment ago, and is another matter after all.
    """
    story = (here.parts if here and not is_asleep(here) else ()) or told
    first = replace(begin("intake", knowledge), parts=story, unheard=len(story))
    return walk(first, knowledge)


def _back(state: State | None, knowledge: Knowledge) -> Turn:
    here = running(state)
    if here is None:
        return interrupt("menu", None, knowledge)
    if here is not state:
        return come_back(here, knowledge)
    return go_back(here, knowledge) or come_back(here, knowledge, preface="common.no_way_back")


def _resume(here: State | None, knowledge: Knowledge) -> Turn:
    if here is None:
        return interrupt("menu", None, knowledge)
    return come_back(replace(here, naps=0), knowledge, preface="common.resumed")


def _aside(state: State | None, knowledge: Knowledge, said: Reply) -> Turn:
    """Say something in between and return to where she was."""
    here = running(state)
    if here is None:
        return Turn(state, (said,))
    return with_lead((said,), (), come_back(here, knowledge))


def _call_officer(here: State | None, knowledge: Knowledge) -> Turn:
    """Page a person; what was told so far goes to the officers with it.

    Before she agreed nobody can answer her, so that is said instead, and done when she agrees.
    """
    if here is None and knowledge.open_cases:
        page = PageOfficers("minta_petugas", number=knowledge.open_cases[0].number)
        return Turn(None, (page, say(knowledge, "common.officer_called")))
    is_new = here is None
    here = here or begin("intake", knowledge)
    orders: tuple[Command, ...] = ()
    number = knowledge.open_cases[0].number if knowledge.open_cases else ""
    called = "common.officer_called"
    if here.flow == "intake" and not has_consented(here, knowledge):
        here, called = here.knowing(officer="wanted"), "common.officer_after_consent"
    elif here.flow == "intake":
        here, orders = open_urgent_case(here, knowledge)
        number = here.number
    if called == "common.officer_called":
        orders += (PageOfficers("minta_petugas", number=number),)
    back = walk(here, knowledge) if is_new else come_back(here, knowledge)
    return with_lead((say(knowledge, called),), orders, back)
