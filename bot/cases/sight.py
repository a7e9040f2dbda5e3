"""Who may see a case at all: the one rule that lists, searches, taps and commands ask.

An officer sees the cases of her own union; a confidential one only with that right; never one
that is about her or him.
"""

from sqlmodel import select

from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible
from bot.cases.work import Work
from storage.tables import Case, Recusal


def may_see(work: Work, officer: RosterOfficer, case: Case) -> bool:
    """Whether this officer may know of this case, read it and be told about it."""
    if case.organisation_id != work.organisation.id:
        return False
    if case.sensitive and not officer.confidential:
        return False
    return not is_recused(work, officer, case)


def must_see(work: Work, officer: RosterOfficer, case: Case) -> None:
    """Refuse who may not see the case; why is not said, it would tell too much.

    Raises:
        NotPossible: always with the same reason.
    """
    if not may_see(work, officer, case):
        raise NotPossible("cases.refused.apart")


def is_recused(work: Work, officer: RosterOfficer, case: Case) -> bool:
    """Whether the case is about this officer."""
    return (
        work.session.exec(
            select(Recusal.id).where(Recusal.case_id == case.id, Recusal.officer_id == officer.id)
        ).first()
        is not None
    )
