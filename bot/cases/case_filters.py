"""The words after ``/kasus``: a stage, a category, "darurat", "belum ada petugas"."""

from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement
from sqlmodel import col

from bot.cases.work import Work
from nlp.normalise import clean
from storage.cases import OPEN_STATUSES
from storage.tables import Case

_UNOWNED = frozenset({"belum ada petugas", "tanpa petugas", "belum ada", "bebas"})
_URGENT = {"darurat": "darurat", "mendesak": "tinggi", "tinggi": "tinggi"}
_ALIKE = 75.0  # "bipartid", "lembr"
_SIGNS = {"s": "stage", "c": "category", "u": "urgency", "o": "unowned"}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which open cases are wanted; empty fields do not matter."""

    stage: str = ""
    category: str = ""
    urgency: str = ""
    unowned: str = ""

    def as_text(self) -> str:
        """It fits into a button: ``s:verifikasi,u:darurat``."""
        parts = ((sign, getattr(self, name)) for sign, name in _SIGNS.items())
        return ",".join(f"{sign}:{value}" for sign, value in parts if value)

    @classmethod
    def from_text(cls, text: str) -> "Filter":
        """What :meth:`as_text` wrote."""
        pairs = (part.partition(":") for part in text.split(",") if part)
        return cls(**{_SIGNS[sign]: value for sign, _, value in pairs if sign in _SIGNS})

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """The same for the database."""
        wanted = (
            (self.stage, col(Case.status) == self.stage),
            (self.category, col(Case.category) == self.category),
            (self.urgency, col(Case.urgency) == self.urgency),
            (self.unowned, col(Case.owner_id).is_(None)),
        )
        return tuple(condition for value, condition in wanted if value)

    def shown(self, work: Work) -> str:
        """The same for people, before the colon of a title."""
        words = []
        if self.stage:
            words.append(work.texts(f"cases.stage.{self.stage}.label"))
        if self.category:
            words.append(work.category_label(self.category))
        if self.urgency:
            words.append(work.texts(f"cases.urgency.{self.urgency}"))
        if self.unowned:
            words.append(work.texts("officers.found.no_owner"))
        return f" ({', '.join(words)})" if words else ""


def read_filter(work: Work, words: str) -> Filter | None:
    """What an officer wants to see; None when a word says nothing."""
    rest, wanted = clean(words.replace(",", " ")), Filter()
    for phrase in sorted(_UNOWNED, key=len, reverse=True):
        if phrase in rest:
            rest, wanted = rest.replace(phrase, " ", 1), replace(wanted, unowned="1")
            break
    rest = " ".join(rest.split())
    if not rest:
        return wanted
    whole = _one(work, rest, wanted)
    if whole is not None:
        return whole
    for word in rest.split():
        narrowed = _one(work, word, wanted)
        if narrowed is None:
            return None
        wanted = narrowed
    return wanted


def _one(work: Work, word: str, wanted: Filter) -> Filter | None:
    if word in _URGENT:
        return replace(wanted, urgency=_URGENT[word])
    named = {clean(work.texts(f"cases.stage.{s}.label")): ("stage", s) for s in OPEN_STATUSES}
    named |= {s.replace("_", " "): ("stage", s) for s in OPEN_STATUSES}
    for category in work.taxonomy.categories:
        named[category.slug.replace("_", " ")] = ("category", category.slug)
        named[clean(category.label)] = ("category", category.slug)
    found = process.extractOne(
        word.replace("_", " "), list(named), scorer=fuzz.WRatio, score_cutoff=_ALIKE
    )
    if found is None:
        return None
    name, value = named[found[0]]
    return replace(wanted, **{name: value})
