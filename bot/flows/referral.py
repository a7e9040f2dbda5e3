"""May her report go to another organisation or body? Asked when an officer wants it to.

It lies over whatever runs and gives way to anything else she says; the question stays open, and
a later tap or a typed SETUJU still answers it, see ``bot.flows.consenting``.
"""

from collections.abc import Mapping

from bot.commands import AnswerReferral, Choice, Command
from bot.flows.knowledge import Knowledge, Referral
from bot.flows.script import Choose, End, Flow, State

AGREE, DECLINE = "agree", "decline"

_YES = ("saya setuju", "ya setuju", "iya setuju", "ok setuju", "oke setuju", "setuju kak",
        "setuju saja", "setuju aja", "saya setuju kak")  # fmt: skip
_NO = ("tidak setuju", "gak setuju", "ga setuju", "nggak setuju", "ngga setuju", "enggak setuju",
       "tdk setuju", "saya tidak setuju", "tidak kak", "jangan", "jangan diteruskan",
       "tidak mau", "tidak usah", "gak usah", "tidak boleh")  # fmt: skip


def both(_state: State, knowledge: Knowledge) -> tuple[Choice, ...]:
    """Yes and no to the referral that was asked about last; nothing when none waits."""
    if not knowledge.referrals:
        return ()
    number = knowledge.referrals[0].number
    label = knowledge.texts.label
    return (
        Choice(f"{AGREE}:{number}", label("referral.consent.agree"), also=_YES),
        Choice(f"{DECLINE}:{number}", label("referral.consent.decline"), also=_NO),
    )


def the_referral(_state: State, knowledge: Knowledge) -> Mapping[str, str]:
    """Which report, where it would go, and whether her name would go with it."""
    asked = knowledge.referrals[0] if knowledge.referrals else Referral("", "")
    name = "with_name" if asked.named else "without_name"
    return {
        "nomor": asked.number,
        "tujuan": asked.body,
        "nama": knowledge.texts(f"referral.consent.{name}"),
    }


def pass_answer_on(state: State, _knowledge: Knowledge) -> tuple[State, tuple[Command, ...]]:
    """Her answer, if she gave one."""
    answer, _, number = state.answers.get("consent", "").partition(":")
    return state, (AnswerReferral(number, agreed=answer == AGREE),) if number else ()


REFERRAL = Flow(
    name="referral",
    version=1,
    yields=True,
    script=(
        Choose("consent", both, whole=True, fill=the_referral),
        End("answered", pass_answer_on, mute=True),
    ),
)
