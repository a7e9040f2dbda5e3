"""What a federation's coordinator does about a case of a union below, from her private chat.

Only what she was asked: read what it is about, and say whether it goes around an officer.
"""

from bot.cases.above import awaits_federation, in_name_of, those_above
from bot.cases.group_act import GroupAct
from bot.cases.recusal import keep_away
from bot.cases.reveal import facts_of
from bot.cases.roster import RosterOfficer, officer_by_id
from bot.cases.stages import NotPossible
from bot.cases.work import Work
from storage.cases import add_event, case_for_officer
from storage.tables import Case, Organisation


def read(act: GroupAct) -> str:
    """The story, without who told it, to her private chat; the case keeps that she read it."""
    below, case, _ = _asked_about(act)
    act.work.write.whisper(act.officer.user_id, facts_of(below, case), case_id=case.id)
    _log(act, below, case, "revealed_story")
    return act.work.texts("officers.done.revealed")


def recuse(act: GroupAct) -> str:
    """The case is about the officer whose name it tells: it goes around that person."""
    below, case, named = _asked_about(act)
    if named is None:
        raise NotPossible("officers.refused.old_button")
    keep_away(below, case, named, by=act.officer)
    return _answer(act, case, "kept_away")


def dismiss(act: GroupAct) -> str:
    """The name is that of somebody else."""
    below, case, named = _asked_about(act)
    if named is None:
        raise NotPossible("officers.refused.old_button")
    _log(act, below, case, "dismissed_above", after=str(named.id))
    below.write.show_card(case)
    return _answer(act, case, "dismissed")


def _asked_about(act: GroupAct) -> tuple[Work, Case, RosterOfficer | None]:
    """The case of a union below, locked, and whose name in it she was asked about, if any.

    Raises:
        NotPossible: not hers to decide, or nobody waits for this answer any more.
    """
    work = act.work
    case_id, _, officer_id = act.words.partition(".")
    case = case_for_officer(work.session, int(case_id))
    union = work.session.get(Organisation, case.organisation_id) if case is not None else None
    if case is None or union is None or union.parent_id != work.organisation.id:
        raise NotPossible("officers.refused.old_button")
    below = in_name_of(work, union)
    named = officer_by_id(work.session, work.vault, int(officer_id)) if officer_id else None
    if act.officer.id not in {one.id for one in those_above(below, case)}:
        raise NotPossible("cases.refused.coordinators_only")
    if not awaits_federation(below, case, named):
        raise NotPossible("officers.refused.old_button")
    return below, case, named


def _answer(act: GroupAct, case: Case, key: str) -> str:
    act.answer(act.work.texts(f"officers.above.{key}", number=case.number))
    return act.work.texts("officers.recusal.done")


def _log(act: GroupAct, below: Work, case: Case, what: str, after: str = "") -> None:
    add_event(below.session, below.vault, case, what, below.now, actor="officer",
              officer_id=act.officer.id, after=after)  # fmt: skip
