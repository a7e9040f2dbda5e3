"""Searching cases by number, company or words of the story, forgiving typos.

What was told is sealed, so it is opened and compared case by case: the newest
:data:`SEARCHED` of the union, open and closed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlmodel import col

from bot.cases.found import Hit
from bot.cases.misspelt import misspelt
from bot.cases.roster import RosterOfficer
from bot.cases.sight import may_see
from bot.cases.work import Work
from nlp.companies import POSSIBLE, normalise_company
from nlp.normalise import clean
from storage.numbers import MISREAD
from storage.tables import Case

SEARCHED = 5000
"""So many cases of the union are looked through, the newest first."""
FOUND = 50
"""So many are shown at most, the best first."""

_MOST_WORDS = 12
"""So many words are looked for: of a pasted story the first ones, for each costs its time."""
_NUMBER = 8  # letters and digits of a number, without KB
_FEWEST_OF_NUMBER = 3
_ALIKE_NUMBER = 75.0  # two wrong signs of eight
_EXACT, _WORDS, _MISSPELT = 100.0, 90.0, 70.0  # a number first, what is only alike last
_ALIKE_COUNTS = 0.8
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Told:
    id: int
    number: str
    workplace: str
    text: str


def find_cases(work: Work, officer: RosterOfficer, words: str, *, private: bool) -> Sequence[Hit]:
    """The cases that fit the words, the best first, as far as this officer may see them.

    Outside his private chat a confidential case is found by its number alone: that it was found
    by a word would tell what stands in it. Typos are looked for only where nothing fits as
    written. What was found for the same officer before this transaction is not looked for again
    (``bot.cases.search_ahead``).
    """
    done = work.searched
    if done and (done.officer_id, done.words, done.private) == (officer.id, words, private):
        return done.hits
    number, wanted = _as_number(words), clean(words).split()[:_MOST_WORDS]
    told = _newest(work, private=private)
    hits = [Hit(one.id, score, by_words=False) for one in told
            if (score := _number_score(number, one.number))]  # fmt: skip
    if wanted and not any(hit.score == _EXACT for hit in hits):
        by_words = _with_words(told, wanted) or _alike(told, words, wanted)
        numbered = {hit.case_id for hit in hits}
        hits += [hit for hit in by_words if hit.case_id not in numbered]
    hits.sort(key=lambda hit: (-hit.score, -hit.case_id))
    return _seen(work, officer, hits)


def _newest(work: Work, *, private: bool) -> list[_Told]:
    """What was told in the newest cases; without words where a group must not read them."""
    rows = work.session.execute(
        select(
            *(
                col(field)
                for field in (Case.id, Case.number, Case.sensitive, Case.sealed, Case.category)
            )
        )
        .where(col(Case.organisation_id) == work.organisation.id)
        .order_by(col(Case.id).desc())
        .limit(SEARCHED)
    )
    labels = {category.slug: category.label for category in work.taxonomy.categories}
    told = []
    for case_id, number, sensitive, sealed, category in rows:
        workplace = text = ""
        if private or not sensitive:
            content = work.vault.open_json(sealed, "cases")
            workplace = content.get("workplace", "")
            parts = (labels.get(category, ""), workplace, content.get("region_name", ""),
                     content.get("story", ""))  # fmt: skip
            text = f" {' '.join(parts).lower()}"
        told.append(_Told(case_id or 0, number, workplace, text))
    return told


def _with_words(told: list[_Told], wanted: list[str]) -> list[Hit]:
    """The cases in which each of the words stands, at least as the beginning of one."""
    begins = [f" {word}" for word in wanted]
    found = (one for one in told if all(begin in one.text for begin in begins))
    return [Hit(one.id, _WORDS, by_words=True) for one in found]


def _alike(told: list[_Told], words: str, wanted: list[str]) -> list[Hit]:
    """The cases in which something like each of the words stands, or like the company."""
    company, written = normalise_company(words), [set(_WORD.findall(one.text)) for one in told]
    every: set[str] = set().union(*written)
    meant = {word: misspelt(word, every) for word in wanted}
    hits = []
    for one, words_of_it in zip(told, written, strict=True):
        score = _MISSPELT if _stand_in(meant, one.text, words_of_it) else 0.0
        if not score and one.workplace:
            name = normalise_company(one.workplace)
            score = _ALIKE_COUNTS * fuzz.ratio(company, name, score_cutoff=POSSIBLE)
        if score:
            hits.append(Hit(one.id, score, by_words=True))
    return hits


def _stand_in(meant: Mapping[str, frozenset[str]], text: str, words: set[str]) -> bool:
    """Whether each wanted word, or one that it may be meant for, stands there."""
    return all(f" {word}" in text or not words.isdisjoint(meant[word]) for word in meant)


def _seen(work: Work, officer: RosterOfficer, hits: list[Hit]) -> list[Hit]:
    """The first of them that the officer may see."""
    seen: list[Hit] = []
    for hit in hits:
        case = work.session.get_one(Case, hit.case_id)
        if may_see(work, officer, case):
            seen.append(hit)
        if len(seen) == FOUND:
            break
    return seen


def _as_number(words: str) -> str:
    """What may be a case number in the words: its signs without KB; empty for a sentence."""
    bare = "".join(sign for sign in words.upper() if sign.isalnum())
    named = bare.startswith("KB")
    bare = bare.removeprefix("KB")
    is_one = named or any(sign.isdigit() for sign in bare) or len(words.split()) == 1
    fits = _FEWEST_OF_NUMBER <= len(bare) <= _NUMBER + 1
    return bare.translate(MISREAD) if is_one and fits else ""


def _number_score(wanted: str, number: str) -> float:
    if not wanted:
        return 0.0
    bare = number.removeprefix("KB").replace("-", "")
    if wanted in bare:
        return _EXACT if wanted == bare else 95.0
    if len(wanted) < _NUMBER - 1:
        return 0.0
    return fuzz.ratio(wanted, bare, score_cutoff=_ALIKE_NUMBER)
