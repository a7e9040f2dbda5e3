"""Reads and checks ``taxonomy.toml``: the labels and all that the union knows about them.

The union edits that file; a mistake in it is refused with its place. Decides nothing about a
single message.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from nlp.labels import (
    EARLY_STAGES,
    STAGES,
    Article,
    Category,
    Evidence,
    Hotline,
    Label,
    NextStep,
    Right,
    Taxonomy,
    TaxonomyError,
)
from nlp.toml_table import Table, TableError, read_toml

__all__ = ["DEFAULT_PATH", "Taxonomy", "TaxonomyError", "load_taxonomy"]

DEFAULT_PATH = Path(__file__).parent / "taxonomy.toml"

LABEL_LENGTH = 20
"""Longest button title that WhatsApp shows."""
LIST_LABEL_LENGTH = 24
"""Longest title of a WhatsApp list row."""
DESCRIPTION_LENGTH = 72
"""Longest description of a WhatsApp list row."""
WORKER_LENGTH = 160
"""Longest advice for a reporter: two short sentences on a small screen."""


def load_taxonomy(path: str | Path = DEFAULT_PATH) -> Taxonomy:
    """Read and check the taxonomy.

    Raises:
        TaxonomyError: the file cannot be read or its content is wrong; the message names
            the file, the place in it and what is expected there.
    """
    file = Path(path)
    try:
        root = read_toml(file, "the taxonomy")
    except TableError as error:
        raise TaxonomyError(str(error)) from error
    try:
        return _taxonomy(root)
    except (TableError, TaxonomyError) as error:
        raise TaxonomyError(f"{file}: {error}") from error


def _taxonomy(root: Table) -> Taxonomy:
    checked_on = root.value("checked_on", date)
    tags = root.value("tags", dict)
    for slug, label in tags.items():
        if not isinstance(label, str) or not label:
            raise TaxonomyError(f"tag {slug!r}: its label must be a text")
    taxonomy = Taxonomy(
        checked_on=checked_on,
        kinds=tuple(_label(t) for t in root.tables("kind")),
        categories=tuple(_category(t, checked_on) for t in root.tables("category")),
        urgencies=tuple(_label(t) for t in root.tables("urgency")),
        tags=tags,
        hotlines=tuple(_hotline(t) for t in root.tables("hotline")),
        stage_steps=tuple(_step(t) for t in root.tables("step")),
    )
    _check_references(taxonomy)
    return taxonomy


def _tag(table: Table) -> str | None:
    return table.optional("tag", str, "") or None


def _label(table: Table) -> Label:
    return Label(
        slug=table.value("slug", str),
        label=table.text("label", LABEL_LENGTH),
        description=table.text("description", DESCRIPTION_LENGTH),
    )


def _category(table: Table, checked_on: date) -> Category:
    return Category(
        slug=table.value("slug", str),
        label=table.text("label", LABEL_LENGTH),
        list_label=table.text("list_label", LIST_LABEL_LENGTH),
        description=table.text("description", DESCRIPTION_LENGTH),
        sensitive=table.value("sensitive", bool),
        evidence=tuple(Evidence(t.value("text", str), _tag(t)) for t in table.tables("evidence")),
        articles=tuple(_article(t, checked_on) for t in table.tables("articles")),
        next_steps=tuple(_step(t) for t in table.tables("next_steps")),
        rights=tuple(_right(t) for t in table.tables("rights")),
    )


def _article(table: Table, checked_on: date) -> Article:
    return Article(
        law=table.value("law", str),
        article=table.value("article", str),
        year=table.value("year", int),
        about=table.value("about", str),
        checked_on=table.optional("checked_on", date, checked_on),
        confirmed=table.optional("confirmed", bool, True),
    )


def _right(table: Table) -> Right:
    return Right(
        text=table.value("text", str),
        article=table.value("article", str),
        tag=_tag(table),
        confirmed=table.optional("confirmed", bool, True),
    )


def _step(table: Table) -> NextStep:
    days = table.optional("working_days", int, 0)
    if days < 0:
        raise TaxonomyError(f"{table.place}: 'working_days' must be positive")
    stages = table.slugs("stages", EARLY_STAGES)
    for stage in stages:
        if stage not in STAGES:
            raise TaxonomyError(f"{table.place}: unknown stage {stage!r}")
    return NextStep(
        text=table.value("text", str),
        involve=table.value("involve", str),
        worker=table.text("worker", WORKER_LENGTH) if table.optional("worker", str, "") else None,
        article=table.optional("article", str, "") or None,
        working_days=days or None,
        tag=_tag(table),
        urgency=table.optional("urgency", str, "") or None,
        stages=stages,
        confirmed=table.optional("confirmed", bool, True),
    )


def _hotline(table: Table) -> Hotline:
    return Hotline(
        name=table.value("name", str),
        number=table.value("number", str),
        when=table.value("when", str),
        emergency=table.optional("emergency", bool, False),
        confirmed=table.value("confirmed", bool),
        categories=table.slugs("categories"),
        tags=table.slugs("tags"),
    )


def _check_references(taxonomy: Taxonomy) -> None:
    """Refuse slugs that occur twice and references to labels that do not exist."""
    for name in ("kinds", "categories", "urgencies"):
        slugs = [item.slug for item in getattr(taxonomy, name)]
        for slug in slugs:
            if slugs.count(slug) > 1:
                raise TaxonomyError(f"{name}: {slug!r} stands there twice")
    for line in taxonomy.hotlines:
        for slug in line.categories:
            taxonomy.category(slug)
    for tag in _used_tags(taxonomy):
        if tag is not None and tag not in taxonomy.tags:
            raise TaxonomyError(f"tag {tag!r} is used but not listed under [tags]")
    urgencies = {urgency.slug for urgency in taxonomy.urgencies}
    for step in taxonomy.stage_steps:
        if step.urgency is not None and step.urgency not in urgencies:
            raise TaxonomyError(f"urgency {step.urgency!r} of a step is not defined")


def _used_tags(taxonomy: Taxonomy) -> Iterator[str | None]:
    for line in taxonomy.hotlines:
        yield from line.tags
    for category in taxonomy.categories:
        yield from (item.tag for item in category.evidence)
        yield from (item.tag for item in category.rights)
        yield from (item.tag for item in category.next_steps)
