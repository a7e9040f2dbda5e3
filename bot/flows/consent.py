"""Consent and her data: agreeing, a copy, taking it back, deleting everything."""

from collections.abc import Mapping

from bot.commands import Command, DeleteDraft, DeleteOwnData, RecordConsent, SendOwnData
from bot.flows.alarm import is_danger
from bot.flows.knowledge import Knowledge
from bot.flows.reporting import has_consented
from bot.flows.script import Choose, Do, End, Flow, State

Commands = tuple[Command, ...]


def may_not_listen_yet(state: State, knowledge: Knowledge) -> bool:
    """She has not agreed to the consent text."""
    return not has_consented(state, knowledge)


def agreed_just_now(state: State, _knowledge: Knowledge) -> bool:
    """She agreed in this conversation."""
    return state.answers.get("consent") == "agree"


def is_new_danger(state: State, knowledge: Knowledge) -> bool:
    """The alarm was raised before she agreed, so there is no case yet."""
    return is_danger(state, knowledge) and "opened" not in state.answers


def record_consent(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Store that she agreed, with the version of the text."""
    return state, (RecordConsent(knowledge.texts("consent.version"), given=True),)


def record_refusal(state: State, knowledge: Knowledge) -> tuple[State, Commands]:
    """Store that she declined, and forget what she wrote."""
    version = knowledge.texts("consent.version")
    return state, (RecordConsent(version, given=False), DeleteDraft())


def helplines(_state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """Numbers outside the union that are for everybody."""
    lines = [h for h in knowledge.taxonomy.hotlines if not (h.categories or h.tags)]
    return {"nomor_bantuan": "\n".join(f"{line.number}: {line.name}" for line in lines)}


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
