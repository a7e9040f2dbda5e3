"""Which texts the scripts ask for: the pattern of ``script`` written out, for the checks."""

from collections.abc import Iterable, Iterator

from bot.flows.script import Ask, Choose, End, Flow, Say, Wait


def keys_of(flows: Iterable[Flow]) -> Iterator[str]:
    """Every text key that these scripts may ask for."""
    for flow in flows:
        for step in flow.script:
            place = f"{flow.name}.{step.name}"
            match step:
                case Say():
                    yield place
                case End(mute=False):
                    yield place
                case Ask(mute=False) | Choose():
                    yield from (f"{place}.{manner}" for manner in _manners(step))
                case _:
                    pass


def labels_of(flows: Iterable[Flow]) -> Iterator[str]:
    """Every key whose text is a button of a script."""
    for flow in flows:
        for step in flow.script:
            if isinstance(step, Choose) and isinstance(step.options, tuple):
                yield from (f"{flow.name}.{step.name}.{option}" for option in step.options)


def _manners(step: Wait) -> Iterator[str]:
    yield from ("ask", "why")
    match step:
        case Ask():
            if step.gathers:
                yield "more"
            if step.gathers and not step.offers:
                yield "again"
            if step.find:
                yield from ("which", "other")
        case Choose():
            yield "again"
            if isinstance(step.options, tuple):
                yield from step.options
