"""What a label knows: its texts, the evidence, the law and the next steps that belong to it.

Frozen values only; ``nlp.taxonomy`` reads them from the file that the union edits.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

EARLY_STAGES = ("baru", "verifikasi", "ditangani")
STAGES = (*EARLY_STAGES, "bipartit", "mediasi", "phi", "dilimpahkan", "selesai")

_TAGGED_FIRST = 2
_ALL = 99
UNCONFIRMED = "perlu dicek"
"""Stands beside a rule that nobody has compared with the official text yet."""


class TaxonomyError(ValueError):
    """The taxonomy file says something that the complaint line cannot work with."""


@dataclass(frozen=True, slots=True)
class Label:
    """A kind or an urgency: slug, button title, one plain sentence."""

    slug: str
    label: str
    description: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One proof in the worker's words; with ``tag`` only for messages that carry it."""

    text: str
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A rule that bears on a category; ``confirmed`` is false until compared with the act."""

    law: str
    article: str
    year: int
    about: str
    checked_on: date
    confirmed: bool

    @property
    def reference(self) -> str:
        """``PP 36/2021 Pasal 61``, or the law alone where no article is named."""
        name = self.law if self.article == "-" else f"{self.law} Pasal {self.article}"
        return name if self.confirmed else f"{name} ({UNCONFIRMED})"


@dataclass(frozen=True, slots=True)
class NextStep:
    """One recommended step, with its legal basis and limit.

    Attributes:
        text: for the officer; ``worker``: what it means for the reporter, in plain words.
        involve: whom to bring in, or the body that the case is referred to.
        tag: only for cases that carry it, of any category.
    """

    text: str
    involve: str
    worker: str | None = None
    article: str | None = None
    working_days: int | None = None
    tag: str | None = None
    urgency: str | None = None
    stages: tuple[str, ...] = EARLY_STAGES
    confirmed: bool = True

    @property
    def sentence(self) -> str:
        """The step in one line for the case card: text, basis, limit, whom to bring in."""
        basis = []
        if self.article is not None:
            basis.append(self.article if self.confirmed else f"{self.article}, {UNCONFIRMED}")
        if self.working_days is not None:
            basis.append(f"batas {self.working_days} hari kerja")
        basis.append(f"libatkan: {self.involve}")
        return f"{self.text} ({'; '.join(basis)})"


@dataclass(frozen=True, slots=True)
class Right:
    """What the law says, in one or two plain sentences for a worker who asks."""

    text: str
    article: str
    tag: str | None = None
    confirmed: bool = True

    @property
    def sentence(self) -> str:
        """The text with its source in brackets."""
        source = self.article if self.confirmed else f"{self.article}, {UNCONFIRMED}"
        return f"{self.text} ({source})"


@dataclass(frozen=True, slots=True)
class Hotline:
    """A number outside the union; empty ``categories`` and ``tags`` mean for everybody."""

    name: str
    number: str
    when: str
    emergency: bool
    confirmed: bool
    categories: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """One main issue and all that the union knows about it."""

    slug: str
    label: str
    list_label: str
    description: str
    sensitive: bool
    evidence: tuple[Evidence, ...]
    articles: tuple[Article, ...]
    next_steps: tuple[NextStep, ...]
    rights: tuple[Right, ...]


T = TypeVar("T", Evidence, NextStep)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All labels in the order of the file."""

    checked_on: date
    kinds: tuple[Label, ...]
    categories: tuple[Category, ...]
    urgencies: tuple[Label, ...]
    tags: Mapping[str, str]
    hotlines: tuple[Hotline, ...]
    stage_steps: tuple[NextStep, ...]

    def category(self, slug: str) -> Category:
        """The category of this slug; ``TaxonomyError`` for an unknown one."""
        for category in self.categories:
            if category.slug == slug:
                return category
        known = ", ".join(c.slug for c in self.categories)
        raise TaxonomyError(f"unknown category {slug!r}; known: {known}")

    def evidence_for(
        self, category: str, tags: Collection[str] = (), *, limit: int = 3
    ) -> tuple[str, ...]:
        """The proofs that decide such a case, those of the tags first, of any category."""
        own = self.category(category).evidence
        others = (e for c in self.categories if c.slug != category for e in c.evidence)
        tagged = _tagged(own, others, tags)
        return tuple(e.text for e in (*tagged, *(e for e in own if e.tag is None)))[:limit]

    def rights_for(
        self, category: str, tags: Collection[str] = (), *, limit: int = 3
    ) -> tuple[str, ...]:
        """Sentences with their article for a worker who asks, those of the tags first."""
        return tuple(r.sentence for r in _chosen(self.category(category).rights, tags)[:limit])

    def next_steps_for(
        self,
        category: str,
        *,
        stage: str = "baru",
        tags: Collection[str] = (),
        urgency: str = "normal",
        limit: int = 4,
    ) -> tuple[NextStep, ...]:
        """What to do next at this stage: urgent, then for the tags, the category, everybody.

        Where a case carries many tags the steps of two come first, the rest last.
        """
        if stage not in STAGES:
            return ()
        general = [s for s in self.stage_steps if stage in s.stages]
        urgent = [s for s in general if s.urgency == urgency]
        own = [s for s in self.category(category).next_steps if stage in s.stages]
        others = (s for c in self.categories if c.slug != category for s in c.next_steps)
        tagged = _tagged(own, (s for s in others if stage in s.stages), tags)
        steps = [*urgent, *tagged[:_TAGGED_FIRST], *(s for s in own if s.tag is None)]
        steps += [*(s for s in general if s.urgency is None), *tagged[_TAGGED_FIRST:]]
        return tuple(steps[:limit])

    def worker_steps_for(
        self, category: str, *, stage: str = "baru", tags: Collection[str] = (), limit: int = 2
    ) -> tuple[str, ...]:
        """What the reporter can do or should know at this stage, in plain words."""
        steps = self.next_steps_for(category, stage=stage, tags=tags, limit=_ALL)
        return tuple(step.worker for step in steps if step.worker)[:limit]

    def hotlines_for(self, category: str, tags: Collection[str] = ()) -> tuple[Hotline, ...]:
        """Numbers for everybody and those meant for this category or one of the tags."""
        return tuple(
            line
            for line in self.hotlines
            if not (line.categories or line.tags)
            or category in line.categories
            or any(tag in line.tags for tag in tags)
        )

    @property
    def emergency_hotlines(self) -> tuple[Hotline, ...]:
        """What is shown at once when someone is in danger."""
        return tuple(line for line in self.hotlines if line.emergency)


def _tagged(own: Sequence[T], others: Iterable[T], tags: Collection[str]) -> list[T]:
    """The items of the tags; those of other categories for tags that the own one lacks."""
    mine = [item for item in own if item.tag in tags]
    covered = [item.tag for item in mine]
    return mine + [i for i in others if i.tag in tags and i.tag not in covered]


def _chosen(items: Iterable[Right], tags: Collection[str]) -> tuple[Right, ...]:
    fitting = [item for item in items if item.tag is None or item.tag in tags]
    return tuple(sorted(fitting, key=lambda item: item.tag is None))
