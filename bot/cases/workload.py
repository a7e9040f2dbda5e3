"""Who has how much to do: ``/beban``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import case as when
from sqlmodel import col, func, select

from bot.cases.case_lines import case_link
from bot.cases.group_act import GroupAct
from bot.cases.markup import escaped
from bot.cases.roster import all_officers, officer_by_id
from bot.cases.work import Work
from storage.cases import OPEN_STATUSES
from storage.tables import Case, CaseMessage, Recusal

_SENT = ("queued", "released")
_URGENT = ("darurat", "tinggi")


@dataclass(frozen=True, slots=True)
class _Open:
    """An open case as the list needs it; ``waits_since``: the reporter's unanswered word."""

    link: str
    owner_id: int | None
    urgent: bool
    sensitive: bool
    waits_since: datetime | None


def show_workload(act: GroupAct) -> None:
    """Open cases of each officer, how many are urgent, and who has waited longest for an answer.

    Everybody on the roster sees all; a case about the one who asks is left out, a confidential
    one is counted and not named.
    """
    work = act.work
    cases = _open_cases(act)
    by_owner: dict[int | None, list[_Open]] = {}
    for one in cases:
        by_owner.setdefault(one.owner_id, []).append(one)
    lines = [
        _line(work, escaped(officer.name), by_owner.pop(officer.id, []))
        for officer in all_officers(work.session, work.vault, work.organisation.id or 0)
        if officer.may_act or officer.id in by_owner
    ]
    nobodys = by_owner.pop(None, [])
    for owner_id, theirs in by_owner.items():  # of officers who have left
        gone = officer_by_id(work.session, work.vault, owner_id)
        name = work.texts("officers.workload.gone", name=escaped(gone.name) if gone else "-")
        lines.append(_line(work, name, theirs))
    if nobodys:
        lines.append(_line(work, work.texts("officers.workload.nobody"), nobodys))
    act.answer("\n".join([work.texts("officers.workload.title", count=len(cases)), *lines]))


def _line(work: Work, name: str, cases: Sequence[_Open]) -> str:
    line = work.texts("officers.workload.line", name=name, count=len(cases))
    urgent = sum(one.urgent for one in cases)
    if urgent:
        line += work.texts("officers.workload.urgent", count=urgent)
    waiting = [one for one in cases if one.waits_since is not None and not one.sensitive]
    oldest = min(waiting, key=lambda one: one.waits_since or work.now, default=None)
    if oldest is not None and oldest.waits_since is not None:
        since = work.local(oldest.waits_since)
        line += "\n" + work.texts("officers.workload.oldest", number=oldest.link, since=since)
    return line


def _open_cases(act: GroupAct) -> list[_Open]:
    work = act.work
    mine = col(Case.id).not_in(select(Recusal.case_id).where(Recusal.officer_id == act.officer.id))
    cases = work.session.exec(
        select(Case).where(
            Case.organisation_id == work.organisation.id, col(Case.status).in_(OPEN_STATUSES), mine
        )
    ).all()
    spoken = _last_words(work)
    return [
        _Open(
            case_link(case), case.owner_id, case.urgency in _URGENT, case.sensitive,
            _waits_since(case, spoken.get(case.id or 0)),
        )
        for case in cases
    ]  # fmt: skip


def _waits_since(
    case: Case, spoken: tuple[datetime | None, datetime | None] | None
) -> datetime | None:
    if case.waiting_since is not None or case.status == "belum_lengkap":
        return None
    hers, ours = spoken or (None, None)
    hers = hers or case.opened_at
    return hers if ours is None or ours < hers else None


def _last_words(work: Work) -> Mapping[int, tuple[datetime | None, datetime | None]]:
    """When the reporter and an officer wrote last, by case."""
    hers = when((col(CaseMessage.direction) == "reporter", CaseMessage.at))
    sent = (col(CaseMessage.direction) == "reply") & col(CaseMessage.state).in_(_SENT)
    rows = work.session.exec(
        select(CaseMessage.case_id, func.max(hers), func.max(when((sent, CaseMessage.at))))
        .join(Case, col(Case.id) == col(CaseMessage.case_id))
        .where(Case.organisation_id == work.organisation.id, col(Case.status).in_(OPEN_STATUSES))
        .group_by(col(CaseMessage.case_id))
    ).all()
    return {case_id: (her, our) for case_id, her, our in rows}
