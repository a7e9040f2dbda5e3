"""Her data: a copy of it, taking the consent back, deleting everything."""

from bot.commands import Command, DeleteDraft, DeleteOwnData, RecordConsent, SendOwnData
from bot.flows.knowledge import Knowledge
from bot.flows.script import Choose, Do, End, Flow, State

Commands = tuple[Command, ...]


def send_copy(state: State, _knowledge: Knowledge) -> tuple[State, Commands]:
    """Send her a copy of what is stored about her."""
    return state, (SendOwnData(),)


def withdraw_consent(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Store that the consent is taken back, and forget the draft."""
    return state, (RecordConsent(knowledge.texts("consent.version"), given=False), DeleteDraft())


def delete_everything(state: State, _knowledge: Knowledge) -> tuple[State, Commands]:
    """Forget the draft and delete what is stored about her."""
    return state, (DeleteDraft(), DeleteOwnData())


COPY = Flow(
    name="copy",
    version=1,
    yields=True,
    script=(
        Do(send_copy),
        End("sent"),
    ),
)

WITHDRAW = Flow(
    name="withdraw",
    version=1,
    yields=True,
    script=(
        Choose("sure", ("yes", "no"), jump={"no": "kept"}),
        End("withdrawn", withdraw_consent, forgets=True),
        End("kept"),
    ),
)

ERASE = Flow(
    name="erase",
    version=1,
    yields=True,
    script=(
        Choose("sure", ("yes", "no"), jump={"no": "kept"}),
        Choose("really", ("yes", "no"), jump={"no": "kept"}),
        End("erased", delete_everything, forgets=True),
        End("kept"),
    ),
)
