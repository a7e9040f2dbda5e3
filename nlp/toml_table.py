"""One table of a file that the union edits, read key by key, with its place for the refusal."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class TableError(ValueError):
    """The file cannot be read, or a value in it is not what is expected there."""


class Table:
    """One table of the file, with its place for error messages."""

    def __init__(self, content: Mapping[str, Any], place: str) -> None:
        self._content = content
        self.place = place

    def only(self, *keys: str) -> None:
        """Refuse a key that is none of ``keys``: a misspelt one would be left out silently."""
        for key in self._content:
            if key not in keys:
                raise TableError(f"{self.place}: unknown key {key!r}; known: {', '.join(keys)}")

    def value(self, key: str, kind: type[T]) -> T:
        """The value of ``key``; ``TableError`` where it is missing, empty or of another type."""
        if key not in self._content:
            raise TableError(f"{self.place}: {key!r} is missing")
        value = self._content[key]
        if type(value) is not kind or value in ("", {}):
            raise TableError(f"{self.place}: {key!r} must be a {kind.__name__}, not empty")
        return value

    def optional(self, key: str, kind: type[T], default: T) -> T:
        """The value of ``key``, or ``default`` where the table has none."""
        return self.value(key, kind) if key in self._content else default

    def slugs(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """A list of slugs, or ``default`` where the table has none."""
        return tuple(self.optional(key, list, list(default)))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, none of them empty."""
        values = self.value(key, list)
        if not values or not all(isinstance(v, str) and v.strip() for v in values):
            raise TableError(f"{self.place}: {key!r} must hold at least one text, none empty")
        return tuple(values)

    def text(self, key: str, length: int) -> str:
        """A text of at most ``length`` characters."""
        value = self.value(key, str)
        if len(value) > length:
            raise TableError(
                f"{self.place}: {key!r} has {len(value)} characters, at most {length} fit"
            )
        return value

    def tables(self, key: str) -> list["Table"]:
        """The tables under ``key``, at least one, each with its slug or number as place."""
        rows = self.value(key, list)
        if not rows or not all(isinstance(row, dict) for row in rows):
            raise TableError(f"{self.place}: {key!r} must hold at least one table")
        return [
            Table(row, f"{self.place}, {key} {row.get('slug', number)}")
            for number, row in enumerate(rows, start=1)
        ]


def read_toml(file: Path, name: str) -> Table:
    """The top level of a TOML file; ``name`` tells in a refusal what the file is."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise TableError(f"cannot read {name} {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TableError(f"{name} {file} is not valid TOML: {error}") from error
    return Table(content, "top level")
