"""The collision guard: in a case somebody handles, only she and a coordinator act."""

from bot.cases.markup import shortened, visible
from bot.cases.roster import RosterOfficer, officer_by_id
from bot.cases.stages import NotPossible
from bot.cases.together import main_of
from bot.cases.work import Work
from storage.tables import Case

_NAME_SHOWN = 40


def must_handle(work: Work, case: Case, officer: RosterOfficer) -> None:
    """Refuse who may only read, and who is neither in charge nor a coordinator.

    Raises:
        NotPossible: with the name of the officer who has the case, or the number of the one
            that answers for it.
    """
    if not officer.may_act:
        raise NotPossible("cases.refused.readonly")
    main = main_of(work, case)
    if main is not None:
        raise NotPossible("cases.refused.merged", number=main.number)
    if case.owner_id not in {None, officer.id} and not officer.is_coordinator:
        owner = officer_by_id(work.session, work.vault, case.owner_id)
        raise NotPossible("cases.refused.other_owner", owner=plain_name(owner))


def plain_name(officer: RosterOfficer | None) -> str:
    """An officer's name that reads the same as plain text and as HTML."""
    if officer is None:
        return "-"
    kept = "".join(sign for sign in visible(officer.name) if sign not in "<>&@/\n")
    return shortened(kept.strip(), _NAME_SHOWN) or "-"
