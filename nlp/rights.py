"""Reads and checks ``rights.toml``: what workers ask about their rights, and the answers.

The union edits that file; a mistake in it is refused with its place. Finds no answer to a
message: ``asked_as`` is what such a search goes by.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nlp.labels import UNCONFIRMED, Taxonomy, TaxonomyError
from nlp.taxonomy import load_taxonomy
from nlp.toml_table import Table, TableError, read_toml

DEFAULT_PATH = Path(__file__).parent / "rights.toml"

ANSWER_LENGTH = 500
"""Longest answer that is still read to its end on a small screen."""


class RightsError(ValueError):
    """The rights file says something that the complaint line cannot work with."""


@dataclass(frozen=True, slots=True)
class LawSource:
    """A rule behind an answer; ``confirmed`` is false until compared with the official text."""

    law: str
    confirmed: bool

    @property
    def reference(self) -> str:
        """``PP 36/2021 Pasal 61``, marked where nobody has checked it yet."""
        return self.law if self.confirmed else f"{self.law} ({UNCONFIRMED})"


@dataclass(frozen=True, slots=True)
class RightsEntry:
    """One question about rights: how workers put it, what the rule says, what to do next.

    Attributes:
        question: the question in plain words, to stand above the answer.
        asked_as: the same question as different workers would type it.
        answer: at most ``ANSWER_LENGTH`` characters.
        checked_on: the day the rule was last looked up.
    """

    slug: str
    category: str
    question: str
    asked_as: tuple[str, ...]
    answer: str
    articles: tuple[LawSource, ...]
    checked_on: date


def load_rights(
    path: str | Path = DEFAULT_PATH, taxonomy: Taxonomy | None = None
) -> tuple[RightsEntry, ...]:
    """Read and check the answers, in the order of the file.

    Args:
        path: the file that the union edits.
        taxonomy: whose categories count; the one beside this module where none is given.

    Raises:
        RightsError: the file cannot be read or its content is wrong; the message names the
            file, the place in it and what is expected there.
        TaxonomyError: no taxonomy was given and the one beside this module is wrong.
    """
    file = Path(path)
    labels = load_taxonomy() if taxonomy is None else taxonomy
    try:
        root = read_toml(file, "the rights answers")
    except TableError as error:
        raise RightsError(str(error)) from error
    try:
        root.only("checked_on", "entry")
        checked_on = root.value("checked_on", date)
        entries = tuple(_entry(table, checked_on, labels) for table in root.tables("entry"))
        _check_unique(entries)
    except (TableError, RightsError) as error:
        raise RightsError(f"{file}: {error}") from error
    return entries


def _entry(table: Table, checked_on: date, labels: Taxonomy) -> RightsEntry:
    table.only("slug", "category", "question", "asked_as", "answer", "articles", "checked_on")
    category = table.value("category", str)
    try:
        labels.category(category)
    except TaxonomyError as error:
        raise RightsError(f"{table.place}: {error}") from error
    return RightsEntry(
        slug=table.value("slug", str),
        category=category,
        question=table.value("question", str),
        asked_as=table.texts("asked_as"),
        answer=table.text("answer", ANSWER_LENGTH),
        articles=tuple(_source(t) for t in table.tables("articles")),
        checked_on=table.optional("checked_on", date, checked_on),
    )


def _source(table: Table) -> LawSource:
    table.only("law", "confirmed")
    return LawSource(table.value("law", str), table.value("confirmed", bool))


def _check_unique(entries: tuple[RightsEntry, ...]) -> None:
    """Refuse a slug that occurs twice and a phrasing that would lead to two answers."""
    slugs: set[str] = set()
    asked: dict[str, str] = {}
    for entry in entries:
        if entry.slug in slugs:
            raise RightsError(f"entry {entry.slug}: its slug stands there twice")
        slugs.add(entry.slug)
        for phrasing in (entry.question, *entry.asked_as):
            words = " ".join(phrasing.casefold().split())
            if words in asked:
                raise RightsError(
                    f"entry {entry.slug}: {phrasing!r} already stands under {asked[words]}; "
                    "each phrasing may lead to one answer only"
                )
            asked[words] = entry.slug
