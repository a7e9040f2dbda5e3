"""An officer's act on a case: who may, what is offered to choose from, what was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cases.markup import escaped
from bot.cases.ownership import must_handle
from bot.cases.posted import asks_another, take_buttons_off
from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible
from bot.cases.taps import buttons
from bot.cases.work import Work
from bot.events import OfficerWrote
from bot.outbox.whereabouts import group_of
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
_ANSWERS = frozenset(
    {"to_stage", "to_officer", "to_kind", "to_category", "to_urgency", "canned", "form_choose",
     "form_keep", "form_back", "form_cancel", "let_rest", "appointment_new", "appointment_move",
     "appointment_off"}
)  # fmt: skip
ASKED = "asked"
"""Value of a button that stands under a question, though the same stands on the card, too."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act of an officer on one case.

    Attributes:
        post: id of the message whose button was tapped; empty for a typed command.
        words: what was typed after the command.
        reply_to: id of the post that the typed command answers.
        attachment_id: the file that came with it.
        message: id of the typed command itself.
        chat: where the button was tapped; empty for a typed command.
        album: id shared by the parts of one album.
        source: keyed hash of the typed message.
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
    chat: str = ""
    album: str = ""
    source: str = ""

    @property
    def topic_post(self) -> str:
        """The tapped post, where it is one of this case in its group and not the card."""
        at_home = self.chat == group_of(self.work.organisation, self.case)
        return self.post if at_home and self.post != self.case.card_id else ""

    @property
    def spent(self) -> str:
        """The tapped question of the topic: it is answered, what follows takes its place."""
        answers = self.tap.action in _ANSWERS or self.tap.value == ASKED
        post = self.topic_post if answers else ""
        taken = post and asks_another(self.work, self.case, post, self.officer.id)
        return "" if taken else post


def command_of(text: str) -> tuple[str, str]:
    """The command that a message begins with, and what follows it; ("", "") for plain words."""
    if not text.lstrip().startswith("/"):
        return "", ""
    first, *rest = text.split(maxsplit=1)
    return first.split("@")[0].lower(), rest[0].strip() if rest else ""


def must_be_typed(said: OfficerWrote, command: str) -> None:
    """Refuse a command that somebody else wrote and an officer only passed on.

    Raises:
        NotPossible: it is none of hers.
    """
    if command and said.forwarded:
        raise NotPossible("officers.refused.forwarded")


def must_act(act: Act) -> None:
    """Refuse who may only read, and who is neither in charge nor a coordinator."""
    must_handle(act.work, act.case, act.officer)


def offered(case: Case, action: str, choice: str) -> str:
    """A choice as its button carries it: with what the case was when it was offered."""
    return f"{choice}|{getattr(case, _OFFERED_AT[action])}"


def said(act: Act, done: str) -> str:
    """Say what was done: in the place of the tapped question, or below a typed command.

    A tap on the card needs no post, the card changes itself; the one who tapped is told anyway.
    ``done`` is bare words.
    """
    if done and (act.spent or not act.post):
        act.work.write.post(act.case, escaped(done), edits=act.spent)
    return done


def offer(act: Act, question: str, action: str, labels: Mapping[str, str]) -> str:
    """Ask in the topic which of these it shall be."""
    work, case = act.work, act.case
    wanted = [(label, action, offered(case, action, choice)) for choice, label in labels.items()]
    wanted.append((work.texts.label("officers.button.leave"), "leave", ASKED))
    choices = buttons(work, case, wanted)
    question = work.texts(f"officers.ask.{question}")
    work.write.post(case, question, choices=choices, edits=act.spent)
    return ""


def leave(act: Act) -> str:
    """Nothing of what was offered: the question goes, so that no thumb meets it by chance."""
    must_act(act)
    return said(act, act.work.texts("officers.form.cancelled"))


def chosen(act: Act) -> str:
    """What was chosen; a question about what the case no longer is cannot be answered."""
    choice = act.tap.value.partition("|")[0]
    if act.tap.value != offered(act.case, act.tap.action, choice):
        take_buttons_off(act.work, act.case, act.topic_post)
        raise NotPossible("officers.refused.old_button")
    return choice
