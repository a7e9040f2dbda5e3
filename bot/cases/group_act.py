"""What an officer asks beside a case: lists, searches, the roster. Answered where it was asked."""

from dataclasses import dataclass

from bot.cases.roster import RosterOfficer
from bot.cases.work import Work
from bot.commands import Choice
from storage.tables import Case


@dataclass(frozen=True, slots=True)
class GroupAct:
    """One command or tap that is about no single case.

    Attributes:
        words: what was typed after the command, or the value of the tapped button.
        case: the case in whose topic it was typed, None beside the topics.
        private: it was typed in the officer's own chat with the bot.
        post: id of the message whose button was tapped; the answer takes its place.
        chat: the group in which it was asked.
    """

    work: Work
    officer: RosterOfficer
    words: str = ""
    case: Case | None = None
    private: bool = False
    post: str = ""
    chat: str = ""

    def answer(self, html: str, choices: tuple[Choice, ...] = ()) -> None:
        """Answer in the topic, beside the topics, or in the private chat."""
        write = self.work.write
        if self.private:
            write.whisper(self.officer.user_id, html, choices=choices, edits=self.post)
        elif self.case is not None:
            write.post(self.case, html, choices=choices, edits=self.post)
        else:
            write.announce(html, choices=choices, edits=self.post, chat=self.chat)
