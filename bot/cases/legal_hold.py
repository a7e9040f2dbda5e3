"""``/tahan`` and ``/lepas_tahan``: a case that must not be deleted, whatever its age.

For a court, an appeal, an investigation. It stops what is deleted by age; what a reporter
deletes herself goes all the same, for it is hers.
"""

from bot.cases.act import Act
from bot.cases.markup import shortened
from bot.cases.stages import NotPossible
from bot.cases.work import Work
from storage.cases import add_event
from storage.tables import Case

_WHY_KEPT = 300


def hold(act: Act) -> str:
    """Nothing of this case is deleted by age; what was typed besides is kept as the reason."""
    return _set(act, held=True)


def release(act: Act) -> str:
    """Its time counts again; officers are told anew before it is deleted."""
    return _set(act, held=False)


def card_lines(work: Work, case: Case) -> list[str]:
    """That the case is held, or that officers were told of its deletion."""
    if case.legal_hold:
        return [work.texts("officers.retention.held_on_card")]
    warned = case.warned_at is not None and case.person_id is not None
    if warned and case.warned_at >= (case.closed_at or case.status_since):  # type: ignore[operator]
        return [work.texts("officers.retention.soon_on_card")]
    return []


def _set(act: Act, *, held: bool) -> str:
    work, case = act.work, act.case
    if not act.officer.is_coordinator:
        raise NotPossible("cases.refused.coordinator_only")
    if case.legal_hold == held:
        raise NotPossible(f"officers.retention.{'held' if held else 'not_held'}_already")
    if held and case.person_id is None:
        raise NotPossible("officers.retention.gone")
    case.legal_hold = held
    case.warned_at = None
    work.session.add(case)
    add_event(work.session, work.vault, case, "held" if held else "hold_ended", work.now,
              actor="officer", officer_id=act.officer.id,
              detail=shortened(act.words, _WHY_KEPT))  # fmt: skip
    work.write.show_card(case)
    work.write.post(case, work.texts(f"officers.retention.{'held' if held else 'hold_ended'}"))
    return ""
