"""Which open cases may be about the same matter: same workplace, same category, similar words.

Only a suggestion: officers decide. Thresholds measured on 552 unseen messages: of pairs of one
category with the same tags 60 in 100 reach :data:`ALIKE`, with other tags 15 in 100; without an
encoder 27 and 11 in 100 reach :data:`ALIKE_WORDS`. The workplace must be the same besides.
"""

from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from bot.cases.meaning import Meaning, meanings_of
from bot.cases.work import Work
from nlp.companies import normalise_company
from nlp.normalise import normalise
from storage.cases import OPEN_STATUSES, CaseContent, content_of
from storage.crypto import Vault
from storage.tables import Case, Recusal

ALIKE = 0.45
"""Cosine of two stories from which on they may tell of the same matter."""
ALIKE_WORDS = 50.0
"""The same where there is no encoder: rapidfuzz's token set ratio."""
SAME_WORKPLACE = 86.0
"""Names that are less alike mean two companies in 95 of 100 cases, see ``nlp.companies``."""
NEAR = timedelta(days=60)
_LOOKED_AT = 300
_COMPARED = tuple(status for status in OPEN_STATUSES if status != "belum_lengkap")


@dataclass(frozen=True, slots=True)
class Alike:
    """A case that may be about the same matter; ``score`` from 0 to 1 only orders them."""

    case: Case
    score: float


def find_alike(work: Work, case: Case) -> list[Alike]:
    """The open cases that may be about the same matter, the most alike first.

    Confidential cases are compared among themselves only, and what is about an officer with
    nothing. Cases that are merged already are left out.
    """
    mine = content_of(work.vault, case)
    there = _at_its_workplace(work, case, mine)
    if not there:
        return []
    ids = [case.id or 0, *(other.id or 0 for other, _ in there)]
    recused = select(Recusal.case_id).where(col(Recusal.case_id).in_(ids))
    about_officers = set(work.session.exec(recused).all())
    if case.id in about_officers:
        return []
    there = [(other, content) for other, content in there if other.id not in about_officers]
    meanings = meanings_of(work.session, work.vault, ids)
    found = [
        Alike(other, score)
        for other, content in there
        if (
            score := _score(
                meanings.get(case.id or 0), meanings.get(other.id or 0), mine.story, content.story
            )
        )
    ]
    return sorted(found, key=lambda alike: (-alike.score, alike.case.id))


def near_cases(session: Session, case: Case) -> list[Case]:
    """The newest cases of the union of this category, open and near in time; not the case.

    Bounded, so that it costs the same with a million cases.
    """
    newest = (
        select(Case.id)
        .where(Case.organisation_id == case.organisation_id, Case.category == case.category)
        .order_by(col(Case.id).desc())
        .limit(_LOOKED_AT)
    )
    near = select(Case).where(
        col(Case.id).in_(newest),
        Case.id != case.id,
        col(Case.status).in_(_COMPARED),
        col(Case.person_id).is_not(None),
        col(Case.opened_at).between(case.opened_at - NEAR, case.opened_at + NEAR),
    )
    return list(session.exec(near).all())


def to_compare(session: Session, vault: Vault, case: Case) -> list[int]:
    """The cases whose meaning :func:`find_alike` will want to know."""
    mine = content_of(vault, case)
    others = (
        other.id or 0
        for other in near_cases(session, case)
        if same_workplace(case, mine, other, content_of(vault, other))
    )
    return [case.id or 0, *others]


def same_workplace(case: Case, mine: CaseContent, other: Case, content: CaseContent) -> bool:
    """Whether both name the same company, by officers' word or by name."""
    if case.company_id is not None and case.company_id == other.company_id:
        return True
    names = [normalise_company(name) for name in (mine.workplace, content.workplace)]
    if not all(names):
        return False
    digits = ["".join(filter(str.isdigit, name)) for name in names]
    return digits[0] == digits[1] and fuzz.ratio(*names) >= SAME_WORKPLACE


def _at_its_workplace(work: Work, case: Case, mine: CaseContent) -> list[tuple[Case, CaseContent]]:
    """The near cases of the same company; a case that names none is not looked at."""
    if case.company_id is None and not mine.workplace:
        return []
    return [
        (other, content)
        for other in near_cases(work.session, case)
        if not _apart(other, case)
        and same_workplace(case, mine, other, content := content_of(work.vault, other))
    ]


def _apart(other: Case, case: Case) -> bool:
    """Merged already, or one of them confidential and the other not."""
    return other.merged_into_id is not None or other.sensitive != case.sensitive


def _score(mine: Meaning | None, theirs: Meaning | None, story: str, other_story: str) -> float:
    """From 0 to 1; 0 where they are not alike. Vectors of two models are not compared."""
    if mine is not None and theirs is not None and mine.model == theirs.model:
        cosine = float(mine.vector @ theirs.vector)
        return cosine if cosine >= ALIKE else 0.0
    ratio = fuzz.token_set_ratio(normalise(story), normalise(other_story))
    return ratio / 100 if ratio >= ALIKE_WORDS else 0.0
