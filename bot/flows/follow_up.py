"""Follow-up: what a reporter writes while her case is open is added to it at once.

So is what she writes soon after it was closed: she was told to. Officers then open it again.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.commands import AddToCase, Choice, Command
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
    passed = replace(state.knowing(case=number), parts=(), number=number)
    return passed, (AddToCase(number, state.parts),)


def pass_on_with_care(state: State, knowledge: Knowledge, said: str) -> tuple[State, Commands]:
    """Add it to the case; numbers at once when it tells of danger."""
    state, addition = pass_on(state, knowledge)
    state, alarm = watch_for_danger(state, knowledge, said)
    return state, (*addition, *alarm)


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
        End("added", doors=("new",)),
    ),
)
