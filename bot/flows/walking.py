"""From one wait to the next: begins, goes on, jumps, goes back, ends and returns."""

from dataclasses import replace

from bot.commands import Command, Reply, SetTimer
from bot.flows.catalogue import flow_of, newest
from bot.flows.knowledge import Knowledge
from bot.flows.menu import REST
from bot.flows.script import BACK, Ask, Choose, Do, End, Say, State, Turn, Wait
from bot.flows.speaking import ask, led, offers, tell

Commands = tuple[Command, ...]

LISTEN = SetTimer("quiet")


def running(state: State | None) -> State | None:
    """The conversation itself, without a menu or a confirmation that lies over it."""
    while state is not None and flow_of(state).yields:
        state = state.suspended
    return None if state is None or state.flow == REST.name else state


def begin(name: str, knowledge: Knowledge, *, over: State | None = None) -> State:
    """The first state of a conversation, laid over one that waits underneath."""
    flow = newest(name)
    if flow is None:
        raise LookupError(f"there is no flow {name!r} in the catalogue")
    return State(
        flow=flow.name,
        version=flow.version,
        step=flow.script[0].name,
        number=knowledge.fresh_number,
        suspended=over,
    )


def interrupt(name: str, state: State | None, knowledge: Knowledge) -> Turn:
    """Lay a short conversation over the one that runs."""
    return walk(begin(name, knowledge, over=running(state)), knowledge)


def walk(
    state: State, knowledge: Knowledge, commands: Commands = (), *, landed: bool = False
) -> Turn:
    """Go on from the state's step until something has to be waited for.

    Args:
        state: where to begin.
        knowledge: what the rules are judged with.
        commands: what this turn has ordered already.
        landed: she was led to this very step: it is asked even if its answer is known.
    """
    lead: tuple[Reply, ...] = ()
    for step in flow_of(state).onward(state.step):
        state = replace(state, step=step.name)
        if step.when(state, knowledge):
            match step:
                case Say() if step.name not in state.answers:
                    lead = (*lead, tell(state, step, knowledge))
                    state = state.knowing(**{step.name: "said"})
                case Do():
                    state, orders = step.deed(state, knowledge)
                    commands += orders
                case Ask() | Choose():
                    state = _look_up(state, step, knowledge)
                    if (landed or step.answer not in state.answers) and _can_ask(
                        state, step, knowledge
                    ):
                        return with_lead(lead, commands, _wait(state, step, knowledge))
                case End():
                    return with_lead(lead, commands, _end(state, step, knowledge))
        landed = False
    return Turn(at_rest(state), (*commands, *lead))


def go_on(
    state: State, step: Wait, answer: str, knowledge: Knowledge, commands: Commands = ()
) -> Turn:
    """She answered: remember it and walk on."""
    passed = _passing(state.knowing(**{step.answer: answer}), step.name)
    return walk(replace(passed, step=flow_of(state).after(step.name)), knowledge, commands)


def jump(state: State, target: str, knowledge: Knowledge, commands: Commands = ()) -> Turn:
    """Depart from the order, so that KEMBALI leads back here."""
    if target == BACK:
        return go_back(state, knowledge) or come_back(state, knowledge)
    return land(_passing(state, state.step), target, knowledge, commands)


def land(state: State, target: str, knowledge: Knowledge, commands: Commands = ()) -> Turn:
    """Ask this step anew, whatever was answered there."""
    step = flow_of(state).step(target)
    if isinstance(step, Ask | Choose):
        known = (step.answer, *(f"{step.answer}_{more}" for more in ("said", "code", "literal")))
        state = state.forgetting(*known)
    state = replace(state, step=target, misses=0, unheard=0, offered=())
    return walk(state, knowledge, commands, landed=True)


def go_back(state: State, knowledge: Knowledge) -> Turn | None:
    """One step back; None at the first one."""
    if not state.trail:
        return None
    *trail, last = state.trail
    return land(replace(state, trail=tuple(trail)), last, knowledge)


def repeat(state: State, knowledge: Knowledge, *, manner: str = "", preface: str = "") -> Turn:
    """Ask the same question once more."""
    step = flow_of(state).step(state.step)
    if not isinstance(step, Ask | Choose) or (isinstance(step, Ask) and step.mute):
        return Turn(state)
    asked, reply = ask(replace(state, unheard=0), step, knowledge, manner=manner, preface=preface)
    return Turn(asked, (reply,))


def come_back(state: State, knowledge: Knowledge, preface: str = "") -> Turn:
    """Return after an aside: listen on to someone who is telling, else ask again."""
    if is_asleep(state):
        return Turn(state)
    step = flow_of(state).step(state.step)
    if isinstance(step, Ask) and step.gathers and state.unheard:
        return Turn(state, (LISTEN,))
    return repeat(state, knowledge, preface=preface)


def is_asleep(state: State) -> bool:
    """It was saved and left; nothing is asked until she comes back to it."""
    return 0 < len(flow_of(state).patience) <= state.naps


def awake(state: State | None) -> State | None:
    """The same, forgetting how often it was left lying."""
    return replace(state, naps=0, suspended=awake(state.suspended)) if state else None


def _asleep(state: State) -> State:
    """The conversation where she stood before she was asked whether to end it."""
    *trail, stood, _asked = state.trail
    return replace(
        state,
        step=stood,
        trail=tuple(trail),
        naps=len(flow_of(state).patience),
        offered=(),
        unheard=0,
    )


def at_rest(state: State) -> State:
    """Nothing runs any more."""
    return State(
        REST.name, REST.version, REST.script[0].name, last_tap=state.last_tap, told=state.told
    )


def _passing(state: State, name: str) -> State:
    trail = (*(step for step in state.trail if step != name), name)
    return replace(state, trail=trail, misses=0, unheard=0, offered=())


def _look_up(state: State, step: Wait, knowledge: Knowledge) -> State:
    """Take what she said before, when it can mean one thing only."""
    said = state.answers.get(f"{step.answer}_said", "")
    if not isinstance(step, Ask) or step.find is None or not said:
        return state
    match = step.find(knowledge)(said)
    if match.certain:
        return found(state, step, match.certain.label, match.certain.id)
    return state if match.options else found(state, step, said)


def found(state: State, step: Ask, label: str, identifier: str = "") -> State:
    """The state that knows what was looked up."""
    known = {step.answer: label}
    if identifier:
        known[f"{step.answer}_code"] = identifier
    return state.forgetting(f"{step.answer}_said").knowing(**known)


def _can_ask(state: State, step: Wait, knowledge: Knowledge) -> bool:
    return isinstance(step, Ask) or bool(offers(state, step, knowledge))


def _wait(state: State, step: Wait, knowledge: Knowledge) -> Turn:
    if isinstance(step, Ask) and step.mute:
        return Turn(replace(state, unheard=max(1, state.unheard)), (LISTEN,))
    if isinstance(step, Ask) and step.gathers == "parts" and state.unheard:
        return Turn(state, (LISTEN,))
    asked, reply = ask(replace(state, unheard=0), step, knowledge)
    return Turn(asked, (reply,))


def with_lead(lead: tuple[Reply, ...], commands: Commands, turn: Turn) -> Turn:
    """The turn after these orders, with what was told on the way before its question."""
    match turn.commands:
        case (Reply() as question, *rest) if lead:
            return Turn(turn.state, (*commands, *led(lead, question), *rest))
        case _:
            return Turn(turn.state, (*commands, *lead, *turn.commands))


def _end(state: State, step: End, knowledge: Knowledge) -> Turn:
    commands: Commands = ()
    if step.deed:
        state, commands = step.deed(state, knowledge)
    last_words = () if step.mute else (tell(state, step, knowledge),)
    if step.keeps:
        return Turn(_asleep(state), commands + last_words)
    if state.suspended is None or step.forgets:
        return Turn(at_rest(state), commands + last_words)
    back = come_back(replace(state.suspended, last_tap=state.last_tap), knowledge)
    return with_lead(last_words, commands, back)
