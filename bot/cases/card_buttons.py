"""The buttons under a card: those that make sense for its status; rights count at the tap.

What is needed often stands on the card, the rest behind **Lainnya**.
"""

from bot.cases.act import ASKED, Act, must_act
from bot.cases.stages import CLOSED
from bot.cases.steps import recommended
from bot.cases.taps import buttons
from bot.cases.work import Work
from bot.commands import Choice
from storage.tables import Case


def card_buttons(work: Work, case: Case) -> tuple[Choice, ...]:
    """What can be done with the case now."""
    if case.status == "arsip":
        return ()
    if case.merged_into_id is not None:
        return _buttons(work, case, "split", "reveal")
    if case.status in CLOSED:
        return _buttons(work, case, "reopen", "reveal")
    actions = ["reply", "stage"] if case.owner_id else ["take", "reply", "stage"]
    if work.hides(case) or not case.owner_id:
        actions.append("reveal")
    if recommended(work, case) and not work.hides(case):
        actions.append("steps")
    if case.owner_id:
        actions.append("close")
    return _buttons(work, case, *actions, "more")


def offer_further(act: Act) -> str:
    """Show what is needed less often."""
    must_act(act)
    work, case = act.work, act.case
    actions = ["wait" if case.waiting_since is None else "wait_over"]
    if case.owner_id:
        actions.append("handover")
    actions += ["category", "kind", "urgency", "alike"]
    if not work.hides(case):
        actions += ["tags", "workplace"]
    if case.owner_id and not work.hides(case):
        actions.append("reveal")
    choices = _buttons(work, case, *actions, "leave", value=ASKED)
    work.write.post(case, work.texts("officers.ask.further"), choices=choices)
    return ""


def _buttons(work: Work, case: Case, *actions: str, value: str = "") -> tuple[Choice, ...]:
    wanted = (
        (
            work.texts.label(f"officers.button.{action}"),
            "wait" if action == "wait_over" else action,
            value,
        )
        for action in actions
    )
    return buttons(work, case, wanted)
