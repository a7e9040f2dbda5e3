"""Every word that a person reads, by key; the words themselves stand in ``id.toml``.

Keys are ``flow.step.option``. Nothing is read at import: the composition root calls
:func:`load_texts` once and hands the result on.
"""

import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEFAULT_PATH = Path(__file__).parent / "id.toml"
CANNED_PATH = Path(__file__).parent / "canned.toml"


class TextError(LookupError):
    """A text is missing, or is asked for without a word that it needs."""


@dataclass(frozen=True, slots=True)
class CannedText:
    """A ready answer that officers may send.

    Attributes:
        name: what officers type after /cepat, and the words on its button.
        category, stage: where it fits best; empty fits everywhere.
    """

    name: str
    text: str
    category: str = ""
    stage: str = ""


class Texts:
    """The texts of one organisation.

    ``texts("intake.receipt", number="KB-7F3K-92QM")`` gives the text of that key with its
    ``{placeholders}`` filled; words that the text does not use are ignored.
    """

    __slots__ = ("_texts", "canned")

    def __init__(self, texts: Mapping[str, str], canned: Sequence[CannedText] = ()) -> None:
        self._texts = dict(texts)
        self.canned = tuple(canned)

    def __call__(self, key: str, /, **words: object) -> str:
        """The text of this key, filled.

        Raises:
            TextError: there is no such key, or a placeholder got no word.
        """
        template = self._template(key)
        try:
            return template.format_map(words)
        except KeyError as missing:
            raise TextError(f"text {key!r} needs a word for {missing}; pass it") from None

    def label(self, key: str) -> str:
        """The words of a button or a list item: taken as they stand, nothing is filled."""
        return self._template(key)

    def keys(self) -> frozenset[str]:
        """All keys, for the checks."""
        return frozenset(self._texts)

    def placeholders(self, key: str) -> frozenset[str]:
        """The names of the words that this text needs."""
        parsed = string.Formatter().parse(self._template(key))
        return frozenset(name for _, name, _, _ in parsed if name)

    def _template(self, key: str) -> str:
        try:
            return self._texts[key]
        except KeyError:
            raise TextError(f"there is no text {key!r}; add it to bot/texts/id.toml") from None


def load_texts(*paths: Path) -> Texts:
    """Read the texts; a key in a later file replaces that of an earlier one.

    Args:
        paths: further files with an organisation's own wording, over the built-in texts.

    Raises:
        TextError: a file holds something else than tables and strings.
    """
    texts: dict[str, str] = {}
    for path in (DEFAULT_PATH, *paths):
        with path.open("rb") as file:
            texts.update(_flat(tomllib.load(file)))
    return Texts(texts, _canned())


def _canned() -> list[CannedText]:
    with CANNED_PATH.open("rb") as file:
        return [CannedText(**entry) for entry in tomllib.load(file)["reply"]]


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{key}.")
        elif isinstance(value, str):
            yield key, value.strip("\n")
        else:
            raise TextError(f"text {key!r} must be a string, not {type(value).__name__}")
