"""Turns steps into replies: which text, which choices, within what a small screen holds."""

from collections.abc import Mapping
from dataclasses import replace

from bot.commands import Choice, Command, Promise, Reply
from bot.flows.choosing import ALSO
from bot.flows.knowledge import Knowledge
from bot.flows.script import Ask, Choose, End, Say, State, Wait
from bot.flows.words import YES

BUTTONS = 3
LIST_ITEMS = 10
BODY_WITH_CHOICES = 1024
"""What WhatsApp shows at most: buttons, list items, characters over choices."""

LABEL_ON_BUTTON = 20
LABEL_IN_LIST = 24
DETAIL_IN_LIST = 72

DOOR = "menu.choose."
"""Prefix of choices that stand for a command word and work at every step."""

PATIENCE_WITH_MISSES = 2
"""After so many misunderstandings at one step a person is offered."""


def clip(text: str, length: int) -> str:
    """The text, cut with an ellipsis when it is longer."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def say(knowledge: Knowledge, key: str, *doors: str, **words: str) -> Reply:
    """A message of its own, with command words to tap under it."""
    text = knowledge.texts(key, organisasi=knowledge.organisation, **words)
    return reply(knowledge, text, tuple(door(knowledge, name) for name in doors))


def as_notice(order: Command) -> Command:
    """A reply that nobody asked for: lost sooner than said twice."""
    return replace(order, promise=Promise.NOTICE) if isinstance(order, Reply) else order


def door(knowledge: Knowledge, name: str) -> Choice:
    """A choice that stands for a command word."""
    return Choice(DOOR + name, knowledge.texts.label(f"menu.choose.{name}"))


def tell(state: State, step: Say | End, knowledge: Knowledge) -> Reply:
    """The words of a step that waits for nothing."""
    key = f"{state.flow}.{step.name}"
    text = knowledge.texts(key, **_words(state, step.fill(state, knowledge), knowledge))
    if isinstance(step, Say):
        return Reply(text=text)
    choices = tuple(door(knowledge, name) for name in step.doors)
    if step.offers:
        choices += step.offers(state, knowledge)
    return replace(reply(knowledge, text, choices), promise=step.promise)


def ask(
    state: State, step: Wait, knowledge: Knowledge, *, manner: str = "", preface: str = ""
) -> tuple[State, Reply]:
    """The question of a step, and the state that remembers what it offers.

    Args:
        state: where she stands.
        step: the wait to ask at.
        knowledge: what the words are filled from.
        manner: ``why`` or ``again`` instead of the plain question.
        preface: key of a text that stands before the question.
    """
    choices = offers(state, step, knowledge)
    key = f"{state.flow}.{step.name}.{manner or _manner(state, step, choices)}"
    words = _words(state, step.fill(state, knowledge), knowledge)
    words["pilihan"] = "\n".join(f"- {choice.label}" for choice in choices[:-1])
    text = knowledge.texts(key, **words)
    if manner == "again" and state.misses >= PATIENCE_WITH_MISSES:
        preface = "common.person"
        if len(choices) < LIST_ITEMS:
            choices += (door(knowledge, "officer"),)
    if preface:
        text = f"{knowledge.texts(preface, **words)}\n\n{text}"
    return replace(state, offered=choices), reply(knowledge, text, choices)


def reply(knowledge: Knowledge, text: str, choices: tuple[Choice, ...] = ()) -> Reply:
    """A message within the limits of the smallest screen."""
    if not choices:
        return Reply(text=text)
    is_list = len(choices) > BUTTONS
    room = LABEL_IN_LIST if is_list else LABEL_ON_BUTTON
    return Reply(
        text=clip(text, BODY_WITH_CHOICES),
        choices=tuple(replace(choice, label=clip(choice.label, room)) for choice in choices),
        list_label=knowledge.texts.label("common.list") if is_list else "",
    )


def led(lead: tuple[Reply, ...], question: Reply) -> tuple[Reply, ...]:
    """What was told and the question after it as one message, if it fits on the screen."""
    text = "\n\n".join(told.text for told in (*lead, question))
    if len(text) > BODY_WITH_CHOICES:
        return (*lead, question)
    return (replace(question, text=text),)


def offers(state: State, step: Wait, knowledge: Knowledge) -> tuple[Choice, ...]:
    """What can be tapped under the question of this step."""
    match step:
        case Ask() if is_which(state, step):
            return _found(state, step, knowledge)
        case Ask(offers=""):
            return ()
        case Ask():
            is_begun = step.gathers == "evidence" and bool(state.evidence)
            name = "finish" if is_begun else step.offers
            return (_choice(state, step, name, knowledge.texts.label(f"common.{name}")),)
        case Choose(options=tuple(names)):
            labels = (knowledge.texts.label(f"{state.flow}.{step.name}.{name}") for name in names)
            pairs = zip(names, labels, strict=True)
            return tuple(_choice(state, step, name, label) for name, label in pairs)
        case Choose(options=rule) if callable(rule):
            return tuple(_of_step(state, step, choice) for choice in rule(state, knowledge))
        case _:
            return ()


def heard(state: State, step: Choose, knowledge: Knowledge) -> tuple[Choice, ...]:
    """What is understood besides the offered choices when typed."""
    further = step.hears(state, knowledge) if step.hears else ()
    return tuple(_of_step(state, step, choice) for choice in further)


def option_of(choice: Choice, state: State) -> str:
    """The option's name in the script."""
    return choice.id.removeprefix(f"{state.flow}.{state.step}.")


def is_which(state: State, step: Ask) -> bool:
    """Whether this question is waiting for a choice among things found."""
    return step.find is not None and f"{step.answer}_said" in state.answers


def _found(state: State, step: Ask, knowledge: Knowledge) -> tuple[Choice, ...]:
    if step.find is None:
        return ()
    options = step.find(knowledge)(state.answers[f"{step.answer}_said"]).options
    also = tuple(sorted(YES)) if len(options) == 1 else ()
    choices = [
        Choice(option.id, option.label, _detail(option.label), also)
        for option in options[: LIST_ITEMS - 1]
    ]
    other = Choice("other", knowledge.texts.label(f"{state.flow}.{step.name}.other"))
    return tuple(_of_step(state, step, choice) for choice in (*choices, other))


def _detail(label: str) -> str:
    """The whole name where the label had to be cut."""
    return clip(label, DETAIL_IN_LIST) if len(label) > LABEL_IN_LIST else ""


def _choice(state: State, step: Wait, name: str, label: str) -> Choice:
    return _of_step(state, step, Choice(name, label))


def _of_step(state: State, step: Wait, choice: Choice) -> Choice:
    also = (*choice.also, *sorted(ALSO.get(choice.id, ())))
    return replace(choice, id=f"{state.flow}.{step.name}.{choice.id}", also=also)


def _manner(state: State, step: Wait, choices: tuple[Choice, ...]) -> str:
    if isinstance(step, Choose):
        return "ask"
    if is_which(state, step) and choices:
        return "which"
    gathered = getattr(state, step.gathers) if step.gathers else ()
    return "more" if gathered else "ask"


def _words(state: State, fill: Mapping[str, str], knowledge: Knowledge) -> dict[str, str]:
    return {"organisasi": knowledge.organisation, "nomor": state.number, **fill}
