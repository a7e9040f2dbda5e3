"""All conversations and all their versions that someone may still be in."""

from dataclasses import replace

from bot.flows.consent import COPY, ERASE, WITHDRAW
from bot.flows.follow_up import FOLLOW_UP
from bot.flows.intake import INTAKE
from bot.flows.joining import JOINING
from bot.flows.menu import MENU, PAUSED, REST
from bot.flows.referral import REFERRAL
from bot.flows.script import Flow, State
from bot.flows.status import STATUS
from bot.flows.survey import SURVEY

FLOWS: tuple[Flow, ...] = (
    INTAKE, FOLLOW_UP, STATUS, MENU, PAUSED, REFERRAL, JOINING, SURVEY,
    COPY, WITHDRAW, ERASE, REST,
)  # fmt: skip


def newest(name: str) -> Flow | None:
    """The version that new conversations begin on."""
    versions = [flow for flow in FLOWS if flow.name == name]
    return max(versions, key=lambda flow: flow.version, default=None)


def flow_of(state: State) -> Flow:
    """The script of a state that :func:`current` has let through."""
    return next(f for f in FLOWS if (f.name, f.version) == (state.flow, state.version))


def current(state: State | None) -> State | None:
    """The state on a version that still exists.

    A conversation ends on the version it began with. When that one is gone it moves to the
    step of the same name, or starts over with all that is known; a flow that is gone ends.
    """
    if state is None:
        return None
    suspended = current(state.suspended)
    kept = [f for f in FLOWS if f.name == state.flow and f.version == state.version]
    flow = kept[0] if kept else newest(state.flow)
    if flow is None:
        return suspended
    step = state.step if flow.step(state.step) else flow.script[0].name
    return replace(state, version=flow.version, step=step, suspended=suspended)
