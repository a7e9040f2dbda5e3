"""The buttons under a card: those that make sense for its status; rights count at the tap."""

from bot.cases.stages import CLOSED
from bot.cases.taps import button
from bot.cases.work import Work
from bot.commands import Choice
from storage.tables import Case


def card_buttons(work: Work, case: Case) -> tuple[Choice, ...]:
    """What can be done with the case now."""

    def make(action: str) -> Choice:
        return button(work, case, work.texts.label(f"officers.button.{action}"), action)

    if case.status in CLOSED:
        return (make("reopen"), make("reveal")) if case.status != "arsip" else ()
    buttons = [] if case.owner_id else [make("take")]
    buttons += [make(action) for action in ("reply", "stage", "kind", "category", "urgency")]
    if not work.hides(case):
        buttons.append(make("tags"))
    if case.owner_id:
        buttons += [*_waiting_button(work, case), make("handover"), make("close")]
    return (*buttons, make("reveal"))


def _waiting_button(work: Work, case: Case) -> tuple[Choice, ...]:
    label = "wait" if case.waiting_since is None else "wait_over"
    return (button(work, case, work.texts.label(f"officers.button.{label}"), "wait"),)
