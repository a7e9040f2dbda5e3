"""How commands answer: tables and words for people, one JSON document for programs."""

import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

# Nothing that a reporter wrote may steer the operator's terminal or hide words in it.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Refused(Exception):  # noqa: N818 - told to the operator, who reads reasons, not errors
    """The command cannot do what was asked; says what happened and what to do next."""

    def __init__(self, what: str, to_do: str) -> None:
        super().__init__(what)
        self.what = what
        self.to_do = to_do


def harmless(text: str) -> str:
    """The text without control signs, invisible signs and changes of direction."""
    return _UNSEEN.sub("", text)


def print_json(document: Any) -> None:
    """Print one JSON document; moments as ISO 8601 in UTC."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; the first column is never cut."""
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, no_wrap=place == 0, overflow="fold")
    for row in rows:
        table.add_row(*map(harmless, row))
    _console(error=False).print(table)


def say(text: str) -> None:
    """Print words for a person."""
    _console(error=False).print(harmless(text), soft_wrap=True)


def note(text: str) -> None:
    """Print words that are no part of the answer, on standard error."""
    _console(error=True).print(harmless(text), soft_wrap=True)


def tell_problem(what: str, to_do: str) -> None:
    """Say on standard error what happened and what to do next."""
    note(f"Gagal: {what}")
    note(f"Langkah berikut: {to_do}")


def progress_console() -> Console:
    """Where progress bars are drawn: standard error, so that they never mix with answers."""
    return _console(error=True)


def _console(*, error: bool) -> Console:
    return Console(stderr=error, highlight=False, markup=False, emoji=False)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
