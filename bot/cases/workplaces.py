"""Which workplaces are remembered, to be offered to others who name a similar one.

Whoever is asked "Maksudnya PT …?" learns that somebody wrote about it. So only a company of a case
that an officer has taken and that is not confidential is remembered, and of the reporter's
words only the company's own name.
"""

from bot.cases.work import Work
from nlp.companies import index_companies
from nlp.extraction.workplace import find_workplace
from storage.cases import content_of, link_company
from storage.tables import Case

_FORMS = frozenset({"PT", "CV", "UD"})
_NOTHING_KNOWN = index_companies(())


def remember_workplace(work: Work, case: Case) -> None:
    """Remember the case's company if it may be offered to others, else forget it."""
    may = case.owner_id is not None and not case.sensitive
    name = company_name(content_of(work.vault, case).workplace) if may else ""
    link_company(work.session, work.vault, case, name, work.now)


def company_name(told: str) -> str:
    """Legal form and name out of what was told ("PT Maju Jaya"); empty where there is none."""
    found = find_workplace(f"di {told}", _NOTHING_KNOWN)
    if found is None:
        return ""
    form, *name = found.words.replace(".", " ").split()
    if form.upper() not in _FORMS or not name:
        return ""
    words = [word if word != word.lower() else word.title() for word in name]
    return " ".join([form.upper(), *words])
