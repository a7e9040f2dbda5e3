"""Every word that a person reads, by key; the words themselves stand in ``id.toml``.

Keys are ``flow.step.option``. Nothing is read at import: the composition root calls
:func:`load_texts` once and hands the result on.
"""

import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DEFAULT_PATH = Path(__file__).parent / "id.toml"


class TextError(LookupError):
    """A text is missing, or is asked for without a word that it needs."""


class Texts:
    """The texts of one organisation.

    ``texts("intake.receipt", number="KB-7F3K-92QM")`` gives the text of that key with its
    ``{placeholders}`` filled; words that the text does not use are ignored.
    """

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

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
    return Texts(texts)


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{key}.")
        elif isinstance(value, str):
            yield key, value.strip("\n")
        else:
            raise TextError(f"text {key!r} must be a string, not {type(value).__name__}")
