"""What the bot says while a transcript is played, and whether the transcript expects it."""

import re
from dataclasses import dataclass

from bot.events import Address
from bot.handlers.simulator.markup import parse_html, plain_text
from bot.handlers.simulator.messages import BOT, Message
from bot.handlers.simulator.people import GROUP, SIMULATED_OFFICERS
from bot.handlers.simulator.store import SimulatorStore

_CHANGED = "(ubah) "
_ALL = 10_000


@dataclass(frozen=True, slots=True)
class Saying:
    """What the bot said at one place: a chat, or a topic of it."""

    place: tuple[str, str]
    text: str


class Heard:
    """What the bot has said since the last line was played.

    Attributes:
        sayings: of ``bot``, ``group`` and ``whisper`` what nobody has compared yet.
    """

    def __init__(self, store: SimulatorStore, phone: Address) -> None:
        self._store = store
        self._places = {
            "bot": [str(phone)],
            "group": [str(GROUP)],
            "whisper": [f"{GROUP.channel}:{user_id}" for user_id, _, _ in SIMULATED_OFFICERS],
        }
        self._last: dict[str, int] = {}
        self._shown: dict[str, str] = {}
        self.sayings: dict[str, list[Saying]] = {}
        self.forget()

    def forget(self) -> None:
        """Let go of what was not compared."""
        self.sayings = {who: [] for who in self._places}

    def listen(self) -> None:
        """Gather what the bot has said since."""
        for who, places in self._places.items():
            for chat in places:
                for message in self._store.messages(chat, None, limit=_ALL):
                    if message.said.author == BOT:
                        self._hear(who, chat, message)

    def _hear(self, who: str, chat: str, message: Message) -> None:
        """What is new, or says something else now; of the card, which always changes, no word."""
        text, before = _as_text(message), self._shown.get(message.id)
        self._shown[message.id] = text
        if int(message.id) > self._last.get(chat, 0):
            self._last[chat] = int(message.id)
        elif before != text and who != "bot" and not message.said.pinned:
            text = f"{_CHANGED}{text}"
        else:
            return
        self.sayings[who].append(Saying((chat, message.thread), text))

    def takes(self, who: str, pattern: str) -> bool:
        """Whether the bot said this; what it said before at the same place is passed over.

        Places beside each other have no order among themselves: they are served side by side.
        """
        new = self.sayings[who]
        for index, said in enumerate(new):
            if fits(pattern, said.text):
                others = [earlier for earlier in new[:index] if earlier.place != said.place]
                self.sayings[who] = others + new[index + 1 :]
                return True
        return False


def fits(pattern: str, text: str) -> bool:
    """Whether words are what a transcript expects; ``…`` stands for any, empty lines for none."""
    if pattern.startswith(_CHANGED) != text.startswith(_CHANGED):
        return False
    parts = (re.escape(part) for part in _without_gaps(pattern).split("…"))
    return re.fullmatch(".*".join(parts), _without_gaps(text), re.DOTALL) is not None


def _without_gaps(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def _as_text(message: Message) -> str:
    said = message.said
    words = plain_text(parse_html(said.text)) if said.html else said.text
    if said.media is not None:
        words = f"({said.media.kind.value}) {words}".strip()
    buttons = " ".join(f"[{choice.label}]" for choice in said.choices)
    return f"{words}\n{buttons}" if buttons else words
