"""What is kept of a conversation between two turns, and how it is stored."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.commands import Choice, Part


@dataclass(frozen=True, slots=True)
class State:
    """Where a conversation stands.

    Attributes:
        flow: name of the script, with the version that the conversation began on.
        step: name of the wait, never an index: scripts change while people think.
        answers: what is known, by the name of the answer; empty text for "skipped".
        parts: the story (or, in a follow-up, what is to be added), piece by piece.
        evidence: files and words that came as proof.
        unheard: pieces that came since the bot last spoke; 0 when no silence is waited for.
        misses: misunderstandings at this step.
        trail: the waits that she passed, for KEMBALI.
        offered: the choices under the last question.
        last_tap: id of the last button that was obeyed, so that a second tap does nothing.
        number: case number that this conversation uses.
        naps: how often it was left lying.
        told: what was added to a case a moment ago, in case it is another matter.
        suspended: the conversation to return to.
    """

    flow: str
    version: int
    step: str
    answers: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    evidence: tuple[Part, ...] = ()
    unheard: int = 0
    misses: int = 0
    trail: tuple[str, ...] = ()
    offered: tuple[Choice, ...] = ()
    last_tap: str = ""
    number: str = ""
    naps: int = 0
    suspended: "State | None" = None
    told: tuple[Part, ...] = ()

    def knowing(self, **answers: str) -> "State":
        """The same with these answers added."""
        return replace(self, answers={**self.answers, **answers})

    def forgetting(self, *names: str) -> "State":
        """The same without these answers."""
        kept = {name: text for name, text in self.answers.items() if name not in names}
        return replace(self, answers=kept)

    def as_json(self) -> str:
        """The state as JSON text."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> "State":
        """A stored state; keys that this version does not know are passed over.

        Raises:
            ValueError: this is no stored state.
        """
        stored = json.loads(text)
        if not isinstance(stored, dict) or not stored.get("flow"):
            raise ValueError("this is no stored conversation state")
        return _state(stored)


def _state(stored: Mapping[str, Any]) -> State:
    suspended = stored.get("suspended")
    return State(
        flow=stored["flow"],
        version=stored.get("version", 1),
        step=stored.get("step", ""),
        answers=dict(stored.get("answers", {})),
        parts=tuple(_part(part) for part in stored.get("parts", ())),
        evidence=tuple(_part(part) for part in stored.get("evidence", ())),
        unheard=stored.get("unheard", 0),
        misses=stored.get("misses", 0),
        trail=tuple(stored.get("trail", ())),
        offered=tuple(_choice(choice) for choice in stored.get("offered", ())),
        last_tap=stored.get("last_tap", ""),
        number=stored.get("number", ""),
        naps=stored.get("naps", 0),
        suspended=_state(suspended) if suspended else None,
        told=tuple(_part(part) for part in stored.get("told", ())),
    )


def _part(stored: Mapping[str, str]) -> Part:
    known = ("text", "source", "attachment", "at", "answers", "album", "channel")
    return Part(**{name: stored[name] for name in known if name in stored})


def _choice(stored: Mapping[str, Any]) -> Choice:
    return Choice(
        id=stored["id"],
        label=stored["label"],
        detail=stored.get("detail", ""),
        also=tuple(stored.get("also", ())),
    )
