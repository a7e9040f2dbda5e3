"""The commands and buttons that are about no single case, by name."""

from collections.abc import Callable

from bot.cases import finding
from bot.cases.group_act import GroupAct
from bot.cases.guidance import help_text


def _help(act: GroupAct) -> None:
    act.answer(help_text(act.work, act.officer))


GROUP_COMMANDS: dict[str, Callable[[GroupAct], None]] = {
    "/kasus": finding.list_open,
    "/bantuan": _help,
    "/help": _help,
    "/start": _help,
}

GROUP_TAPS: dict[str, Callable[[GroupAct], str]] = {}
