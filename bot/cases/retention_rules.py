"""How long things are kept: one table, and the file with which a union changes it.

A case's time runs from its closing. A category that is named has its own number of days; for
all others it is the number of the status. The operator's file is ``DATA_DIR/retensi.toml``::

    draft = 30            # unfinished reports that nobody took
    media = 365           # files of closed cases
    person = 90           # who wrote to us and has no case any more
    [status]
    ditolak = 365
    [category]
    upah = 1095
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.taxonomy import Taxonomy

FILE = "retensi.toml"
"""The operator's file inside ``DATA_DIR``."""

CLOSED_STATUSES = ("selesai", "ditolak", "arsip")
_TWO_YEARS = 730
_LONGEST = 36_500
#: Fewest days. Officers are told 30 days before a case goes, 7 before a draft does; a draft
#: becomes an officer's matter only after three days.
_SHORTEST = {"draft": 14, "media": 30, "person": 30, "status": 60, "category": 60}


class RetentionProblem(Exception):  # noqa: N818 - read by operators
    """The file cannot be used; the message names it, what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Days that things are kept.

    Attributes:
        draft: an unfinished report without an officer, after its last word.
        media: files, after the closing of their case.
        person: name and address of who has no case, after the last word.
        status: cases, after their closing.
        category: the same, in place of ``status`` for these categories.
    """

    draft: int = 30
    media: int = 365
    person: int = 90
    status: Mapping[str, int] = field(
        default_factory=lambda: dict.fromkeys(CLOSED_STATUSES, _TWO_YEARS)
    )
    category: Mapping[str, int] = field(default_factory=dict)

    def of_case(self, status: str, category: str) -> tuple[int, str]:
        """The days that a closed case is kept, and the rule that says so."""
        if category in self.category:
            return self.category[category], f"category:{category}"
        return self.status[status], f"status:{status}"


def load_retention_rules(folder: Path, taxonomy: Taxonomy) -> RetentionRules:
    """The rules, with the changes in ``folder/retensi.toml``; the file may be missing.

    Raises:
        RetentionProblem: the file is not what it should be. Nothing is deleted by half a rule.
    """
    path = folder / FILE
    if not path.exists():
        return RetentionRules()
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RetentionProblem(f"{path} is no TOML file: {error}") from None
    names = ("draft", "media", "person", "status", "category")
    _must_be_known(path, told, names, "")
    numbers = {name: _days(path, name, told[name], name) for name in names[:3] if name in told}
    categories = [category.slug for category in taxonomy.categories]
    tables = {
        name: _table(path, name, told.get(name, {}), known)
        for name, known in (("status", CLOSED_STATUSES), ("category", categories))
    }
    defaults = RetentionRules()
    return RetentionRules(
        **numbers, status={**defaults.status, **tables["status"]}, category=tables["category"]
    )


def _table(path: Path, name: str, told: Any, known: Collection[str]) -> dict[str, int]:
    if not isinstance(told, dict):
        raise RetentionProblem(f"{path}: write [{name}] as a table, one line for each {name}")
    _must_be_known(path, told, known, f"{name} ")
    return {key: _days(path, f"{name}.{key}", value, name) for key, value in told.items()}


def _must_be_known(path: Path, told: Mapping[str, Any], known: Collection[str], of: str) -> None:
    unknown = sorted(set(told) - set(known))
    if unknown:
        listed = ", ".join(sorted(known))
        raise RetentionProblem(f"{path}: unknown {of}{', '.join(unknown)}; known are {listed}")


def _days(path: Path, name: str, value: Any, kind: str) -> int:
    fewest = _SHORTEST[kind]
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not fewest <= value <= _LONGEST:
        raise RetentionProblem(
            f"{path}: {name} must be a number of days from {fewest} to {_LONGEST}, "
            f"for example {name.rpartition('.')[2]} = {_TWO_YEARS}"
        )
    return int(value)
