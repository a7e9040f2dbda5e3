"""The stages of a case: one table of transitions, and the change itself.

The ladder follows UU 2/2004 (bipartit art. 3, recording and mediation art. 4-15, PHI art. 5).
"""

from datetime import timedelta

from bot.cases.aftercare import plan_aftercare
from bot.cases.legal_clock import set_deadlines
from bot.cases.parted_stage import is_known
from bot.cases.promises import refresh
from bot.cases.pushes import push
from bot.cases.roster import RosterOfficer
from bot.cases.silence import watch
from bot.cases.stage_records import end_of_waiting
from bot.cases.together import merged_into
from bot.cases.work import Work
from bot.outbox.validity import Validity
from storage.cases import add_event
from storage.tables import Case

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "belum_lengkap": ("baru", "verifikasi", "ditolak", "arsip"),
    "baru": ("verifikasi", "ditangani", "dilimpahkan", "selesai", "ditolak"),
    "verifikasi": ("ditangani", "dilimpahkan", "selesai", "ditolak"),
    "ditangani": ("bipartit", "mediasi", "dilimpahkan", "selesai", "ditolak"),
    "bipartit": ("mediasi", "ditangani", "dilimpahkan", "selesai"),
    "mediasi": ("phi", "bipartit", "dilimpahkan", "selesai"),
    "phi": ("selesai", "dilimpahkan"),
    "dilimpahkan": ("ditangani", "selesai"),
    "selesai": ("ditangani", "arsip"),
    "ditolak": ("ditangani", "arsip"),
    "arsip": (),
}
CLOSED = frozenset({"selesai", "ditolak", "arsip"})
OUTCOMES = ("tercapai", "sebagian", "tidak_tercapai", "dicabut")
_LADDER = ("baru", "verifikasi", "ditangani", "bipartit", "mediasi", "phi", "dilimpahkan")
_IN_OWN_WORDS = ("aspirasi", "pertanyaan")  # kinds: a wish or a question is no "kasus"
_SUCH_STAGES = CLOSED | {"verifikasi", "ditangani", "dilimpahkan"}
REOPEN_WITHIN = timedelta(days=30)


class NotPossible(Exception):  # noqa: N818 - told to the officer who asked, with the reason
    """This change is not possible; ``reason`` is the key of a text."""

    def __init__(self, reason: str, **words: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = words


def next_stages(case: Case) -> tuple[str, ...]:
    """The stages that an officer may choose from here."""
    return TRANSITIONS[case.status]


def change_stage(
    work: Work,
    case: Case,
    stage: str,
    *,
    officer: RosterOfficer | None = None,
    outcome: str = "",
    by_reporter: bool = False,
    further: str = "",
    tells: bool = True,
) -> None:
    """Move a case to another stage, write the trail, tell the reporter and the group.

    ``officer`` is who does it, None when the reporter or the program itself does; ``selesai``
    needs an ``outcome``, one of :data:`OUTCOMES`. ``further``: words that the reporter is told
    besides; without ``tells`` the caller tells her.

    Raises:
        NotPossible: not from this stage, without an outcome, or too late to reopen.
    """
    before = case.status
    if stage == before:
        return
    if stage not in TRANSITIONS[before]:
        raise NotPossible("cases.refused.stage", stage=work.texts(f"cases.stage.{stage}.label"))
    if stage == "selesai" and outcome not in OUTCOMES:
        raise NotPossible("cases.refused.outcome")
    reopening = before in CLOSED and stage not in CLOSED
    if reopening and case.closed_at and work.now - case.closed_at > REOPEN_WITHIN:
        raise NotPossible("cases.refused.too_late")
    tells = tells and before != "belum_lengkap" and not is_known(work, case, stage)
    case.status, case.status_since = stage, work.now
    if stage in CLOSED:
        end_of_waiting(work, case)
        case.closed_at = case.closed_at or work.now
    if stage == "selesai":
        case.outcome = outcome
    if reopening:
        case.closed_at, case.outcome, case.reopened = None, "", case.reopened + 1
    actor = "officer" if officer else ("reporter" if by_reporter else "system")
    add_event(
        work.session,
        work.vault,
        case,
        "stage",
        work.now,
        actor=actor,
        officer_id=officer.id if officer else None,
        before=before,
        after=f"{stage}:{outcome}" if outcome else stage,
    )
    work.session.add(case)
    set_deadlines(work, case)
    plan_aftercare(work, case, before)
    refresh(work, case)
    watch(work, case)
    _show(work, case, before)
    if tells and not by_reporter:
        text = reporter_text(work, case, reopened=reopening)
        danger = case.urgency == "darurat" and before == "baru"
        _tell(work, case, text, further, danger=danger)
    if not by_reporter:
        for merged in merged_into(work, case, lock=True):
            follow_stage(work, merged, case, before, officer=officer, further=further)


def follow_stage(
    work: Work,
    merged: Case,
    main: Case,
    came_from: str,
    *,
    officer: RosterOfficer | None = None,
    further: str = "",
) -> None:
    """Bring a merged case to the stage of the case that answers for it; its reporter is told.

    ``came_from``: the stage at which that one was until now. A case that was further on stays
    where it is until the other one has come by: its reporter hears of no step twice.
    """
    refresh(work, merged)
    before = merged.status
    if before == main.status and further:
        _tell(work, merged, reporter_text(work, merged), further)
    if before == main.status or _is_ahead(before, came_from, main.status):
        return
    reopening = before in CLOSED and main.status not in CLOSED
    merged.status, merged.status_since = main.status, work.now
    merged.outcome, merged.closed_at = main.outcome, main.closed_at
    merged.reopened += reopening
    add_event(work.session, work.vault, merged, "stage", work.now,
              actor="officer" if officer else "system", officer_id=officer.id if officer else None,
              before=before, after=main.status)  # fmt: skip
    work.session.add(merged)
    plan_aftercare(work, merged, before)
    watch(work, merged)
    work.write.show_card(merged)
    work.write.set_topic(merged, closed=True)
    text = reporter_text(work, merged, reopened=reopening)
    _tell(work, merged, text, further)


def _is_ahead(stage: str, came_from: str, goes_to: str) -> bool:
    """Whether a merged case was further on than the other one, and still is."""
    if not {stage, came_from, goes_to} <= set(_LADDER):
        return False
    nth = _LADDER.index(stage)
    return nth > _LADDER.index(came_from) and nth > _LADDER.index(goes_to)


def _tell(work: Work, case: Case, text: str, further: str, *, danger: bool = False) -> None:
    """News of a stage; what waited until the next one came is not said, officers' words are."""
    if further:
        push(work, case, f"{text}\n\n{further}", danger=danger)
    else:
        stages = tuple(sorted(CLOSED)) if case.status in CLOSED else (case.status,)
        push(work, case, text, danger=danger, valid=Validity(stages=stages))


def reporter_text(work: Work, case: Case, *, reopened: bool = False) -> str:
    """What the reporter is told about the stage that her case is at now."""
    if reopened:
        return work.texts("cases.reopened", number=case.number)
    key = f"cases.stage.{case.status}.reporter"
    if case.kind in _IN_OWN_WORDS and case.status in _SUCH_STAGES:
        key = f"cases.{case.kind}.{case.status}"
    if case.status == "selesai":
        outcome = work.texts(f"cases.outcome.{case.outcome}.reporter")
        return work.texts(key, number=case.number, outcome=outcome)
    return work.texts(key, number=case.number)


def _show(work: Work, case: Case, before: str) -> None:
    work.write.show_card(case)
    if (before in CLOSED) != (case.status in CLOSED):
        work.write.set_topic(case, closed=case.status in CLOSED)
    else:
        work.write.set_topic(case)
