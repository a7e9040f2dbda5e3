"""Who may see a case at all: the one rule that lists, searches, taps and commands ask.

An officer sees the cases of her own union; a confidential one only with that right; never one
that is about her or him.
"""

from sqlmodel import col, select

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


def is_about_officer(work: Work, *cases: Case) -> bool:
    """Whether one of these cases is about an officer, whoever that is."""
    recused = select(Recusal.id).where(col(Recusal.case_id).in_([case.id for case in cases]))
    return work.session.exec(recused.limit(1)).first() is not None
