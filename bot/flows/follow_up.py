"""Follow-up: what a reporter writes while her case is open is added to it at once.

So is what she writes soon after it was closed: she was told to. Officers then open it again.
Danger after a closing does not wait for that: it begins an urgent case.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.commands import (
    AddToCase,
    Choice,
    Command,
    OpenUrgentCase,
    PageOfficers,
    Part,
    Promise,
)
from bot.flows.alarm import watch_for_danger
from bot.flows.knowledge import Knowledge
from bot.flows.script import Ask, Choose, Do, End, Flow, State, Turn
from bot.flows.speaking import DETAIL_IN_LIST, LIST_ITEMS, clip

ONE_HOUR = 60 * 60.0

Commands = tuple[Command, ...]


def open_cases(_state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """Her open cases, the one last written in first; nothing to choose when there is one."""
    if len(knowledge.open_cases) <= 1:
        return ()
    return tuple(
        Choice(case.number, case.number, clip(case.label, DETAIL_IN_LIST), also=(case.label,))
        for case in knowledge.open_cases[:LIST_ITEMS]
    )


def listed_cases(_state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """Her open cases with what they are about, one a line."""
    lines = (f"{case.number}: {case.label}" for case in knowledge.open_cases[:LIST_ITEMS])
    return {"daftar": "\n".join(lines)}


def pass_on(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Add what she wrote to the case, once it is clear which one."""
    number = state.answers.get("case") or _only_case(knowledge)
    if not (number and state.parts):
        return state, ()
    told = (*state.told, *state.parts)
    passed = replace(state.knowing(case=number), parts=(), told=told, number=number)
    return passed, (AddToCase(number, state.parts),)


def pass_on_with_care(state: State, knowledge: Knowledge, said: str) -> tuple[State, Commands]:
    """Add it to the case; numbers at once when it tells of danger."""
    parts = state.parts or (Part(said),)
    state, addition = pass_on(state, knowledge)
    state, alarm = watch_for_danger(state, knowledge, said)
    if alarm and is_closed(state, knowledge):
        return go_on_urgently(state, knowledge, parts, alarm)
    return state, (*addition, *alarm)


def is_closed(state: State, knowledge: Knowledge) -> bool:
    """The case that she writes about is closed."""
    number = state.answers.get("case", "")
    return bool(number) and number not in {case.number for case in knowledge.open_cases}


def go_on_urgently(
    state: State, knowledge: Knowledge, parts: tuple[Part, ...], alarm: Commands
) -> tuple[State, Commands]:
    """Danger after a closing: her words begin an urgent case, and what follows is added to it."""
    number, closed = knowledge.fresh_number, state.answers["case"]
    answers = {"case": number, "danger": state.answers["danger"], "urgent": "yes"}
    listening = State(
        FOLLOW_UP.name, FOLLOW_UP.version, "listening", answers,
        unheard=state.unheard, last_tap=state.last_tap, number=number, suspended=state.suspended,
    )  # fmt: skip
    paged = (
        replace(order, number=number) if isinstance(order, PageOfficers) else order
        for order in alarm
    )
    return listening, (OpenUrgentCase(number, closed, parts), *paged)


def is_urgent(state: State, _knowledge: Knowledge) -> bool:
    """An urgent case was begun in this conversation."""
    return "urgent" in state.answers


def promise(_state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """When an officer answers at the latest; ``bot.cases.promises`` keeps to it."""
    return {"janji": knowledge.texts("intake.promise.darurat")}


def pass_on_anyhow(state: State, knowledge: Knowledge) -> Turn:
    """She never said which case: it goes to the one she wrote in last."""
    newest = knowledge.open_cases[0].number if knowledge.open_cases else ""
    _, commands = pass_on(state.knowing(case=state.answers.get("case") or newest), knowledge)
    return Turn(None, commands)


def _only_case(knowledge: Knowledge) -> str:
    """The one case it can be about; the last one when all were closed."""
    cases = knowledge.open_cases or knowledge.lately_closed[:1] or knowledge.cases[:1]
    return cases[0].number if len(cases) == 1 else ""


FOLLOW_UP = Flow(
    name="follow_up",
    version=1,
    watch=pass_on_with_care,
    patience=(ONE_HOUR,),
    abandon=pass_on_anyhow,
    script=(
        Choose("which", open_cases, saves="case", patient=True, fill=listed_cases),
        Do(pass_on),
        Ask("listening", gathers="parts", offers="", mute=True),
        End("urgent", when=is_urgent, fill=promise, promise=Promise.RECEIPT),
        End("added", doors=("new",)),
    ),
)
