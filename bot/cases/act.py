"""An officer's act on a case: who may, what is offered to choose from, what was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cases.ownership import must_handle
from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible
from bot.cases.taps import button
from bot.cases.work import Work
from storage.tables import Case, Tap

_OFFERED_AT = {
    "to_stage": "status",
    "to_officer": "owner_id",
    "to_kind": "kind",
    "to_category": "category",
    "to_urgency": "urgency",
    "set_tag": "category",
    "unset_tag": "category",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One act of an officer on one case.

    Attributes:
        post: id of the message whose button was tapped; empty for a typed command.
        words: what was typed after the command.
        reply_to: id of the post that the typed command answers.
        attachment_id: the file that came with it.
        message: id of the typed command itself.
    """

    work: Work
    case: Case
    officer: RosterOfficer
    tap: Tap
    post: str = ""
    words: str = ""
    reply_to: str = ""
    attachment_id: int | None = None
    message: str = ""


def must_act(act: Act) -> None:
    """Refuse who may only read, and who is neither in charge nor a coordinator."""
    must_handle(act.work, act.case, act.officer)


def offered(case: Case, action: str, choice: str) -> str:
    """A choice as its button carries it: with what the case was when it was offered."""
    return f"{choice}|{getattr(case, _OFFERED_AT[action])}"


def offer(act: Act, question: str, action: str, labels: Mapping[str, str]) -> str:
    """Ask in the topic which of these it shall be."""
    work, case = act.work, act.case
    choices = tuple(
        button(work, case, label, action, offered(case, action, choice))
        for choice, label in labels.items()
    )
    work.write.post(case, work.texts(f"officers.ask.{question}"), choices=choices)
    return ""


def chosen(act: Act) -> str:
    """What was chosen; a question about what the case no longer is cannot be answered."""
    choice = act.tap.value.partition("|")[0]
    if act.tap.value != offered(act.case, act.tap.action, choice):
        raise NotPossible("officers.refused.old_button")
    return choice
