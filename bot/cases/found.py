"""What a search found: kept beside the work, because it is done before the transaction."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found, how well it fits (0-100), and whether its words were read."""

    case_id: int
    score: float
    by_words: bool


@dataclass(frozen=True, slots=True)
class Searched:
    """The answer to one search of one officer.

    Attributes:
        private: it is read in the officer's own chat, so the words of secrets were compared too.
    """

    officer_id: int
    words: str
    private: bool
    hits: Sequence[Hit]
