"""A case goes from one officer to another, or back to all, with what the next one must know."""

from collections.abc import Callable, Sequence

from rapidfuzz.distance import OSA

from bot.cases.act import Act, chosen, must_act, offer
from bot.cases.case_lines import case_link
from bot.cases.markup import escaped, visible
from bot.cases.ownership import plain_name
from bot.cases.roster import RosterOfficer, all_officers, officer_by_id
from bot.cases.sight import may_see
from bot.cases.stages import CLOSED, NotPossible, change_stage
from bot.cases.summary import summary
from bot.cases.taps import button
from bot.cases.workplaces import remember_workplace
from storage.cases import add_event
from storage.tables import Case

_NEAR = 0.75
"""How alike a mistyped name must be, from 0 to 1."""


def offer_officers(act: Act) -> str:
    """Who shall have it? ``/serahkan NAMA`` names the one at once."""
    _may_hand_over(act)
    able = _able(act)
    if not able:
        raise NotPossible("cases.refused.nobody_else")
    meant = named(able, act.words) if act.words else able
    if not meant:
        raise NotPossible("cases.refused.no_such_officer")
    if act.words and len(meant) == 1:
        return _hand_over(act, meant[0])
    names = {str(officer.id): plain_name(officer) for officer in meant}
    return offer(act, "officer", "to_officer", names)


def to_officer(act: Act) -> str:
    """It goes to this one."""
    _may_hand_over(act)
    wanted = chosen(act)
    officer = next((one for one in _able(act) if str(one.id) == wanted), None)
    if officer is None:
        raise NotPossible("cases.refused.no_such_officer")
    return _hand_over(act, officer)


def release(act: Act) -> str:
    """Nobody has the case any more; whoever wants to may take it."""
    must_act(act)
    work, case = act.work, act.case
    if case.owner_id is None:
        raise NotPossible("cases.refused.nobodys")
    _must_be_open(case)
    before, case.owner_id = case.owner_id, None
    work.session.add(case)
    remember_workplace(work, case)
    add_event(work.session, work.vault, case, "let_go", work.now, actor="officer",
              officer_id=act.officer.id, before=str(before))  # fmt: skip
    take = button(work, case, work.texts.label("officers.button.take"), "take")
    line = work.texts("officers.handover.released", name=escaped(act.officer.name))
    work.write.post(case, f"{line}\n\n{summary(work, case)}", choices=(take,))
    work.write.show_card(case)
    return work.texts("officers.done.released")


def _hand_over(act: Act, officer: RosterOfficer) -> str:
    work, case = act.work, act.case
    before = officer_by_id(work.session, work.vault, case.owner_id)
    case.owner_id = officer.id
    work.session.add(case)
    remember_workplace(work, case)
    add_event(work.session, work.vault, case, "handed_over", work.now, actor="officer",
              officer_id=act.officer.id, before=str(before.id) if before else "",
              after=str(officer.id))  # fmt: skip
    _tell(act, before, officer)
    if case.status == "baru":
        change_stage(work, case, "verifikasi", officer=act.officer)
    work.write.show_card(case)
    return work.texts("officers.done.handed_over", name=plain_name(officer))


def _tell(act: Act, before: RosterOfficer | None, officer: RosterOfficer) -> None:
    """The new officer in her private chat, the topic with the summary; nobody needs to ask."""
    work, case, giver = act.work, act.case, act.officer
    names = {"giver": escaped(giver.name), "name": escaped(officer.name)}
    names["number"] = case_link(case)
    work.write.whisper(
        officer.user_id, work.texts("officers.handover.whisper", **names), case_id=case.id
    )
    if before is not None and before.id not in {giver.id, officer.id}:
        gone = work.texts("officers.handover.whisper_gone", **names)
        work.write.whisper(before.user_id, gone, case_id=case.id)
    line = work.texts("officers.handover.topic", **names)
    work.write.post(case, f"{line}\n\n{summary(work, case)}", edits=act.spent)


def _may_hand_over(act: Act) -> None:
    must_act(act)
    _must_be_open(act.case)
    if act.case.owner_id is None and not act.officer.is_coordinator:
        raise NotPossible("cases.refused.take_before")


def _must_be_open(case: Case) -> None:
    if case.status in CLOSED:
        raise NotPossible("cases.refused.already_closed")


def _able(act: Act) -> list[RosterOfficer]:
    """Who may handle the case and does not do so already."""
    work, case = act.work, act.case
    return [
        officer
        for officer in all_officers(work.session, work.vault, case.organisation_id)
        if officer.may_act and officer.id != case.owner_id and may_see(work, officer, case)
    ]


def named(officers: Sequence[RosterOfficer], said: str) -> list[RosterOfficer]:
    """Those whose name was typed: whole, in part, or nearly."""
    wanted = _folded(said)
    names = {officer.id: _folded(officer.name) for officer in officers}
    tests: tuple[Callable[[str], bool], ...] = (
        lambda name: name == wanted,
        lambda name: name.startswith(wanted) or wanted in name.split(),
        lambda name: any(
            OSA.normalized_similarity(part, wanted) >= _NEAR for part in (name, *name.split())
        ),
    )
    for test in tests:
        found = [officer for officer in officers if wanted and test(names[officer.id])]
        if found:
            return found
    return []


def _folded(name: str) -> str:
    return " ".join(visible(name).casefold().lstrip("@ ").split())
