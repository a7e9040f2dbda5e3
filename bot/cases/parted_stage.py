"""The stage of a case that was merged and is parted again: the one that it had on its own.

While merged it went along with the case that answers for it, and its reporter was told. What she
was told of a step that is not hers is put right; what she knows already is not said again.
"""

from sqlmodel import col, select

from bot.cases.legal_clock import set_deadlines
from bot.cases.pushes import push
from bot.cases.silence import watch
from bot.cases.work import Work
from bot.outbox.validity import Validity
from storage.cases import OPEN_STATUSES, add_event
from storage.tables import Case, CaseEvent

RESTORED = "stage_restored"
"""In the trail: the stage is again the one from before the merge."""
_LOOKED_AT = "verifikasi"


def restore_stage(work: Work, case: Case) -> None:
    """Give a parted case the stage that it had when it was merged; what was closed stays so."""
    trail = _trail(work, case)
    merged = max((nth for nth, event in enumerate(trail) if event.what == "merged"), default=None)
    followed = trail[merged + 1 :] if merged is not None else []
    before, own = case.status, followed[0].before if followed else case.status
    if own == before or not {own, before} <= set(OPEN_STATUSES):
        return
    earlier = [event.at for event in trail[:merged] if event.what != "merged"]
    case.status, case.status_since = own, earlier[-1] if earlier else case.opened_at
    work.session.add(case)
    add_event(work.session, work.vault, case, RESTORED, work.now, before=before, after=own)
    set_deadlines(work, case)
    watch(work, case)
    if before != _LOOKED_AT:  # that somebody reads it is soon true again
        texts = work.texts
        stage, following = (texts(f"cases.stage.{own}.{part}") for part in ("plain", "next"))
        told = texts("cases.restored", number=case.number, stage=stage, following=following)
        push(work, case, told, valid=Validity(stages=(own,)))


def is_known(work: Work, case: Case, stage: str) -> bool:
    """Whether the reporter was told of this stage already, before the case was parted."""
    if stage != _LOOKED_AT:
        return False
    trail = _trail(work, case)
    return bool(trail) and trail[-1].what == RESTORED and trail[-1].before == stage


def _trail(work: Work, case: Case) -> list[CaseEvent]:
    """Its merges and stages, in their order."""
    whats = ("merged", "stage", RESTORED)
    query = select(CaseEvent).where(CaseEvent.case_id == case.id, col(CaseEvent.what).in_(whats))
    work.session.flush()
    return list(work.session.exec(query.order_by(col(CaseEvent.id))).all())
