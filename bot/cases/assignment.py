"""Who handles a case."""

from bot.cases.ownership import must_handle
from bot.cases.pushes import push
from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible, change_stage
from bot.cases.work import Work
from bot.cases.workplaces import remember_workplace
from storage.cases import add_event
from storage.tables import Case


def take(work: Work, case: Case, officer: RosterOfficer) -> None:
    """Make the officer the one who handles the case; a new case is being verified then.

    Raises:
        NotPossible: read-only rights, or somebody else has it.
    """
    if case.owner_id == officer.id and officer.may_act:
        raise NotPossible("cases.refused.yours_already")
    must_handle(work, case, officer)
    before, case.owner_id = case.owner_id, officer.id
    work.session.add(case)
    remember_workplace(work, case)
    add_event(work.session, work.vault, case, "taken", work.now, actor="officer",
              officer_id=officer.id)  # fmt: skip
    if case.status == "baru":
        change_stage(work, case, "verifikasi", officer=officer)
        return
    if case.status == "belum_lengkap" and before is None:  # an emergency that is still being told
        push(work, case, work.texts("cases.taken", number=case.number), danger=True)
    work.write.show_card(case)
