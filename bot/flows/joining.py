"""Does she join the others from her workplace? Asked when a coordinator invites.

The question lies over whatever runs and gives way to anything else she says. It stays open, and
a later tap or a typed IKUT still answers it, see ``bot.flows.invited``.
"""

from collections.abc import Mapping

from bot.commands import AnswerInvitation, Choice, Command
from bot.flows.knowledge import Knowledge
from bot.flows.script import Choose, End, Flow, State

JOIN, STAY = "join", "stay"
_JOIN_TOO = ("saya ikut", "ya ikut", "iya ikut", "mau ikut", "ikut kak", "ikut bergabung",
             "gabung", "bergabung", "mau bergabung", "mau gabung")  # fmt: skip
_STAY_TOO = ("tidak ikut", "gak ikut", "ga ikut", "nggak ikut", "ngga ikut", "enggak ikut",
             "tdk ikut", "saya tidak ikut", "tidak mau", "tidak usah", "gak usah")  # fmt: skip


def both(_state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """Yes and no to the invitation that waits; nothing when none does."""
    if not knowledge.invitations:
        return ()
    number, label = knowledge.invitations[0], knowledge.texts.label
    return (
        Choice(f"{JOIN}:{number}", label("joining.invited.join"), also=_JOIN_TOO),
        Choice(f"{STAY}:{number}", label("joining.invited.stay"), also=_STAY_TOO),
    )


def which_report(_state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """The number of her report that the invitation is about."""
    return {"nomor": knowledge.invitations[0] if knowledge.invitations else ""}


def pass_on(state: State, _knowledge: Knowledge) -> tuple[State, tuple[Command, ...]]:
    """Her answer, if she gave one."""
    answer, _, number = state.answers.get("invited", "").partition(":")
    return state, (AnswerInvitation(number, joins=answer == JOIN),) if number else ()


JOINING = Flow(
    name="joining",
    version=1,
    yields=True,
    script=(
        Choose("invited", both, whole=True, fill=which_report),
        End("answered", pass_on, mute=True),
    ),
)
