"""The conversation as one pure function: ``advance(state, event, knowledge) -> Turn``.

Which way an event takes, from the top:

    a silence, a conversation left lying          _fell_silent, _left_lying
    a message that corrects an earlier one        _correct
    an answer about handing her case on           answer_referral
    an answer about a collective case             answer_invitation
    an answer to a survey or a check-in           answer_survey, answer_check_in
    a tap on a button                             _tap
    something that cannot be read                 one kind sentence
    a command word                                obey
    loose words while an officer speaks with her  passed on
    thanks, and "ok" when all is over             answer_courtesy
    nothing runs                                  _open
    else                                          answer, at the step where she stands

Nothing here acts, waits, draws lots or looks anything up.
"""

from dataclasses import replace
from functools import cache

from bot.commands import (
    AddToCase,
    Command,
    CorrectMessage,
    DeleteDraft,
    PageOfficers,
    Part,
    SetTimer,
    StopTimer,
)
from bot.events import MessageReceived, TimerFired
from bot.flows.alarm import call_for_help
from bot.flows.answering import answer, has_only_words, keep, picked, pieces, tap
from bot.flows.catalogue import current, flow_of, newest
from bot.flows.check_in import answer_check_in
from bot.flows.consenting import answer_referral
from bot.flows.courtesies import answer_courtesy
from bot.flows.follow_up import ONE_HOUR
from bot.flows.invited import answer_invitation
from bot.flows.knowledge import Knowledge
from bot.flows.obeying import obey
from bot.flows.script import Ask, Choose, State, Turn
from bot.flows.speaking import DOOR, as_notice, say
from bot.flows.surveying import answer_survey
from bot.flows.walking import (
    at_rest,
    awake,
    begin,
    go_on,
    interrupt,
    is_asleep,
    repeat,
    running,
    walk,
)
from bot.flows.words import Word, command, is_greeting, is_visible

Commands = tuple[Command, ...]

_ASKED_UNBIDDEN = (answer_referral, answer_invitation, answer_survey, answer_check_in)
"""What knows the answers to questions that were asked outside any conversation."""


def advance(
    state: State | None, event: MessageReceived | TimerFired, knowledge: Knowledge
) -> Turn:
    """What this event leads to. Whatever a person sends, it does not raise.

    Args:
        state: where the conversation stands; None when nothing was ever said.
        event: a message or tap of the reporter, or a timer of this conversation.
        knowledge: all that may be known besides.

    Returns:
        The state to store and the orders to carry out, in this order.
    """
    here = current(state)
    knowledge = replace(
        knowledge,
        understand=cache(knowledge.understand),
        find_rights=cache(knowledge.find_rights),
    )
    match event:
        case TimerFired(kind="quiet"):
            turn = _fell_silent(here, knowledge)
        case TimerFired(kind="unfinished"):
            return _left_lying(here, knowledge)
        case TimerFired(kind="referral") if knowledge.referrals:
            turn = interrupt("referral", here, knowledge)
        case TimerFired(kind="joining") if knowledge.invitations:
            turn = interrupt("joining", here, knowledge)
        case MessageReceived():
            turn = _hear(here, event, knowledge)
        case _:
            return Turn(here)
    return _with_timers(here, _informing(here, turn, knowledge), event)


def _hear(state: State | None, event: MessageReceived, knowledge: Knowledge) -> Turn:
    if event.edits:
        return _correct(state, event, knowledge)
    for answer_asked in _ASKED_UNBIDDEN:
        answered = answer_asked(state, event, knowledge)
        if answered is not None:
            return answered
    if event.choice is not None:
        tapped = _tap(state, event.choice, knowledge)
        if tapped is not None:
            return tapped
    here = running(state)
    is_empty = has_only_words(event) and not is_visible(event.text)
    if is_empty and event.unsupported:
        unreadable = (say(knowledge, "common.unsupported"),)
        if state is None and not knowledge.consented:
            return walk(begin("intake", knowledge), knowledge, unreadable)
        return Turn(state, unreadable)
    word = command(event.text) if has_only_words(event) else None
    if word is not None and not (word is Word.RESUME and _names_a_choice(state, event, knowledge)):
        return obey(word, state, knowledge)
    if knowledge.officer_speaks and knowledge.open_cases and not _answers(state, event, knowledge):
        return _pass_on(state, event, knowledge)
    courtesy = answer_courtesy(state, event, knowledge)
    if courtesy is not None:
        return courtesy
    if state is not None and state is not here:
        return _answer_over(state, event, knowledge)
    if here is None:
        return _open(event, knowledge)
    return _answer(here, event, knowledge)


def _answer(state: State, event: MessageReceived, knowledge: Knowledge) -> Turn:
    """At the step where she stands; someone who was away is first asked to come back."""
    if not is_asleep(state):
        return answer(state, event, knowledge)
    kept, commands = keep(state, event, knowledge)
    paused = interrupt("paused", awake(replace(kept, unheard=0)), knowledge)
    return Turn(paused.state, commands + paused.commands)


def _answer_over(state: State, event: MessageReceived, knowledge: Knowledge) -> Turn:
    """In a menu or a confirmation: what is no answer there goes to what lies underneath."""
    step = flow_of(state).step(state.step)
    if isinstance(step, Choose) and has_only_words(event):
        choice = picked(state, step, event.text, knowledge)
        if choice:
            return tap(state, choice, knowledge)
    here = running(state)
    return _open(event, knowledge) if here is None else answer(here, event, knowledge)


def _open(event: MessageReceived, knowledge: Knowledge) -> Turn:
    """Nothing runs: a greeting, something to add to a case, or the beginning of a new one."""
    is_hello = has_only_words(event) and is_greeting(event.text)
    if knowledge.consented and (knowledge.open_cases or knowledge.lately_closed):
        if is_hello and any(sign.isalpha() for sign in event.text):
            return interrupt("menu", None, knowledge)
        return _start("follow_up", event, knowledge)
    if is_hello:
        return walk(begin("intake", knowledge), knowledge)
    return _start("intake", event, knowledge)


def _start(flow: str, event: MessageReceived, knowledge: Knowledge) -> Turn:
    """Begin a conversation with what this message says."""
    state, commands = keep(begin(flow, knowledge), event, knowledge, "parts")
    return walk(state, knowledge, commands)


def _answers(state: State | None, event: MessageReceived, knowledge: Knowledge) -> bool:
    """Whether she answers the bot: in a report of its own, or with an offered choice."""
    here = running(state)
    numbers = [case.number for case in knowledge.open_cases]
    if here is not None and here.flow == "intake" and here.number not in numbers:
        return True
    if not has_only_words(event):
        return False
    return any(_names_a_choice(place, event, knowledge) for place in (state, here))


def _names_a_choice(state: State | None, event: MessageReceived, knowledge: Knowledge) -> bool:
    """Whether her words mean one of the choices that are offered there."""
    step = flow_of(state).step(state.step) if state else None
    if state is None or not isinstance(step, Choose):
        return False
    return picked(state, step, event.text, knowledge) is not None


def _pass_on(state: State | None, event: MessageReceived, knowledge: Knowledge) -> Turn:
    """An officer is speaking with her: the bot is silent but for an alarm.

    A menu or a confirmation that lay open is over: her next "ya" belongs to the officer.
    """
    here = running(state) or (at_rest(state) if state else None)
    news = pieces(event, knowledge)
    if not news:
        return Turn(here)
    number = knowledge.open_cases[0].number
    commands: Commands = (AddToCase(number, news),)
    understanding = knowledge.understand(event.text)
    if understanding.danger:
        page = PageOfficers("darurat", understanding.alarmed_by, number)
        commands += (call_for_help(knowledge, understanding, event.text), page)
    return Turn(here, commands)


def _tap(state: State | None, tapped: str, knowledge: Knowledge) -> Turn | None:
    """A button: of this question, of a menu, of an older question; None if it is not ours."""
    if tapped.startswith(DOOR) and tapped.removeprefix(DOOR) in set(Word):
        return obey(Word(tapped.removeprefix(DOOR)), state, knowledge, tapped=True)
    if newest(tapped.partition(".")[0]) is None:
        return None
    if state is not None and tapped == state.last_tap:
        return Turn(state)
    here = running(state)
    for place in (state, here):
        for choice in place.offered if place else ():
            if choice.id == tapped and place is not None:
                return tap(replace(place, last_tap=tapped), choice, knowledge)
    if here is None:
        return Turn(state, (say(knowledge, "common.old_button", "new", "status"),))
    return repeat(here, knowledge, preface="common.stale")


def _correct(state: State | None, event: MessageReceived, knowledge: Knowledge) -> Turn:
    """She edited an earlier message: both versions are kept, the running story gets the new."""
    if state is None and not knowledge.cases:  # the message itself never came
        return _hear(state, replace(event, edits=None), knowledge)
    source = event.edits or ""
    commands: Commands = (CorrectMessage(source, event.text),)
    here = running(state)
    if state is None or here is None:
        return Turn(state, commands)
    corrected = replace(
        here,
        parts=_corrected(here.parts, source, event.text),
        evidence=_corrected(here.evidence, source, event.text),
    )
    watch = flow_of(here).watch
    if watch is not None and corrected != here:
        corrected, orders = watch(corrected, knowledge, event.text)
        commands += orders
    if corrected.step != here.step:
        return walk(corrected, knowledge, commands)
    return Turn(corrected if here is state else replace(state, suspended=corrected), commands)


def _corrected(parts: tuple[Part, ...], source: str, text: str) -> tuple[Part, ...]:
    """The parts with the new words in the first one of that message."""
    place = next((i for i, part in enumerate(parts) if source and part.source == source), None)
    if place is None:
        return parts
    return (*parts[:place], replace(parts[place], text=text), *parts[place + 1 :])


def _fell_silent(state: State | None, knowledge: Knowledge) -> Turn:
    """A burst of messages ended; a silence that nobody waits for any more is nothing."""
    here = running(state)
    if here is None or here is not state or not here.unheard:
        return Turn(state)
    step = flow_of(here).step(here.step)
    match step:
        case Ask(silence="moves_on") if step.gathers:
            return go_on(here, step, "told", knowledge)
        case Ask() if step.gathers:
            return repeat(here, knowledge)
        case Choose() if step.rereads:
            if any(part.text for part in here.parts[-here.unheard :]):
                return walk(replace(here, step=step.rereads, misses=0), knowledge)
            return repeat(here, knowledge, manner="again", preface="common.kept")
        case Choose(patient=True):
            missed = replace(here, misses=here.misses + (not step.thanks))
            preface = step.thanks or "common.received"
            return repeat(missed, knowledge, manner="again", preface=preface)
        case _:
            return repeat(here, knowledge, preface="common.kept")


def _left_lying(state: State | None, knowledge: Knowledge) -> Turn:
    """Nobody came back for a long time: remind, at last keep what there is."""
    here = running(state)
    if here is None:
        return Turn(replace(state, told=()) if state else None)
    flow = flow_of(here)
    if flow.is_over(here, knowledge):
        return Turn(at_rest(here), (DeleteDraft(),))
    here = replace(here, naps=here.naps + 1)
    if here.naps > len(flow.patience):
        return Turn(state)
    if here.naps == len(flow.patience):
        return flow.abandon(here, knowledge) if flow.abandon else Turn(None)
    again = SetTimer("unfinished", flow.patience[here.naps])
    if not knowledge.pushes_on:
        return Turn(here, (again,))
    reminder = interrupt("paused", here, knowledge)
    return Turn(reminder.state, (*map(as_notice, reminder.commands), again))


def _informing(before: State | None, turn: Turn, knowledge: Knowledge) -> Turn:
    """Let a conversation that officers already see tell them what is new."""
    was, here = running(before), running(turn.state)
    if was is None or here is None or was.number != here.number:
        return turn
    informs = flow_of(here).informs
    return Turn(turn.state, turn.commands + informs(was, here, knowledge)) if informs else turn


def _with_timers(before: State | None, turn: Turn, event: MessageReceived | TimerFired) -> Turn:
    """Set and stop the timers that this turn asks for."""
    was, here = running(before), running(turn.state)
    commands = turn.commands
    is_heard = was is not None and was.unheard and not (here is not None and here.unheard)
    if is_heard and isinstance(event, MessageReceived):
        commands += (StopTimer("quiet"),)
    if here is not None and flow_of(here).patience and not is_asleep(here):
        state = awake(turn.state)
        return Turn(state, (*commands, SetTimer("unfinished", flow_of(here).patience[0])))
    if turn.state is not None and turn.state.told:
        commands += (SetTimer("unfinished", ONE_HOUR),)
    elif was is not None and flow_of(was).patience:
        commands += (StopTimer("unfinished"),)
    return Turn(turn.state, commands)
