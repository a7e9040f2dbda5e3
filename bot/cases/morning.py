"""The morning digest: to each officer what waits for her, to the group one line of numbers.

Numbers of cases and no more: no names, no stories. In private an officer reads of the cases that
she may see; the group's line counts none that is confidential or about an officer. Who has
nothing waiting is not written to, and nothing is said where there is nothing to say.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlmodel import col, or_, select

from bot.cases.appointments import short_line
from bot.cases.card_subject import STATUS_MARKS, URGENCY_MARKS
from bot.cases.case_lines import case_link
from bot.cases.dates import long_date
from bot.cases.deadlines import end_of, label_of
from bot.cases.lateness import waits_since
from bot.cases.legal_clock import Deadline, deadlines_of
from bot.cases.roster import RosterOfficer, all_officers
from bot.cases.rounds import DIGEST, DIGEST_AT, next_digest, set_round
from bot.cases.sight import may_see
from bot.cases.unanswered import needs_officers
from bot.cases.work import Work
from bot.events import DueCame
from storage.cases import OPEN_STATUSES
from storage.tables import Appointment, Case, Recusal, ServicePromise, Survey

LATEST = time(12)
"""A digest that would come later in the day is left out: the next morning brings another."""
SOON, SOON_IN_A_YEAR = 5, 30
"""A deadline is near with so many days left: working days, and days of the one-year term."""
LOW = 2
"""A score up to this one is low; so is the answer that nothing was solved."""
_LISTED, _LISTED_APART = 10, 5
_RANK = {"darurat": 0, "tinggi": 1, "normal": 2}


@dataclass(frozen=True, slots=True)
class _Morning:
    """What stands in the books this morning; each officer is told her part of it.

    Attributes:
        cases: the open ones, and closed ones whose reporter wrote again.
        late: ids of the cases whose promise of service is overdue.
        low: cases with a low score since the last digest, with who handled them.
    """

    cases: Sequence[Case]
    late: Collection[int]
    today: Sequence[tuple[Appointment, Case]]
    low: Sequence[tuple[Survey, Case]]


def digest_due(work: Work, _event: DueCame) -> None:
    """Tell what waits, if it is still morning, and let the next digest come due."""
    local = work.now.astimezone(work.zone)
    if work.calendar.is_working_day(local.date()) and DIGEST_AT <= local.time() < LATEST:
        morning = _look(work, local)
        for officer in all_officers(work.session, work.vault, work.organisation.id or 0):
            lines = _waiting_for(work, morning, officer) if officer.may_act else []
            if lines:
                day = work.texts("officers.morning.title", day=long_date(local.date()))
                work.write.whisper(officer.user_id, "\n".join([day, *lines]))
        _tell_group(work, morning)
    at = next_digest(work.calendar, work.now, work.zone)
    set_round(work.session, work.organisation.id or 0, DIGEST, at)


def _look(work: Work, local: datetime) -> _Morning:
    ours = Case.organisation_id == work.organisation.id
    standing = (ours, col(Case.status).in_(OPEN_STATUSES), col(Case.merged_into_id).is_(None))
    waiting = (ours, needs_officers(work))
    cases = work.session.exec(select(Case).where(*waiting)).all()
    late = work.session.exec(
        select(ServicePromise.case_id)
        .join(Case, col(Case.id) == col(ServicePromise.case_id))
        .where(
            *waiting,
            col(Case.waiting_since).is_(None),
            col(ServicePromise.kept_at).is_(None),
            ServicePromise.due_at <= work.now,
        )
    ).all()
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), work.zone)
    today = work.session.exec(
        select(Appointment, Case)
        .join(Case, col(Case.id) == col(Appointment.case_id))
        .where(
            *standing,
            col(Appointment.cancelled_at).is_(None),
            Appointment.at >= datetime.combine(local.date(), time(), work.zone).astimezone(UTC),
            Appointment.at < midnight.astimezone(UTC),
        )
        .order_by(col(Appointment.at), col(Appointment.id))
    ).all()
    low = work.session.exec(
        select(Survey, Case)
        .join(Case, col(Case.id) == col(Survey.case_id))
        .where(
            ours,
            col(Survey.answered_at) > _last_digest(work, local),
            or_(col(Survey.score) <= LOW, col(Survey.solved) == "belum"),
        )
        .order_by(col(Survey.id))
    ).all()
    order = sorted(cases, key=lambda case: (_RANK[case.urgency], case.opened_at, case.id))
    return _Morning(order, frozenset(late), today, low)


def _last_digest(work: Work, local: datetime) -> datetime:
    day = local.date() - timedelta(days=1)
    while not work.calendar.is_working_day(day):
        day -= timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, work.zone).astimezone(UTC)


def _waiting_for(work: Work, morning: _Morning, officer: RosterOfficer) -> list[str]:
    """What waits for this officer, a line each; empty when nothing does."""
    seen = [case for case in morning.cases if may_see(work, officer, case)]
    mine = [case for case in seen if case.owner_id == officer.id]
    still_open = [case for case in mine if case.status in OPEN_STATUSES]
    return [
        *_mine(work, morning, still_open),
        *_unanswered(work, mine),
        *_today(work, morning, officer),
        *_deadlines(work, still_open),
        *_low(work, morning, officer),
        *_unowned(work, seen, officer),
        *_late(work, morning, seen, officer),
    ]


def _mine(work: Work, morning: _Morning, mine: Sequence[Case]) -> list[str]:
    lines = []
    for case in mine:
        line = work.texts(
            "officers.morning.case",
            mark=STATUS_MARKS[case.status] + URGENCY_MARKS[case.urgency].strip(),
            number=case_link(case),
            stage=work.texts(f"cases.stage.{case.status}.label"),
        )
        late = case.id in morning.late
        lines.append(line + (work.texts("officers.morning.case_late") if late else ""))
    return _part(work, "mine", lines, _LISTED)


def _unanswered(work: Work, mine: Sequence[Case]) -> list[str]:
    waiting = [(since, case) for case in mine if (since := waits_since(work, case)) is not None]
    lines = [
        work.texts("officers.morning.waits", number=case_link(case), since=work.local(since))
        for since, case in sorted(waiting, key=lambda one: (one[0], one[1].id))
    ]
    return _part(work, "unanswered", lines)


def _today(work: Work, morning: _Morning, officer: RosterOfficer) -> list[str]:
    lines = [
        work.texts(
            "officers.morning.appointment",
            line=short_line(work, appointment),
            number=case_link(case),
        )
        for appointment, case in morning.today
        if officer.id in {case.owner_id, appointment.officer_id} and may_see(work, officer, case)
    ]
    return _part(work, "today", lines)


def _deadlines(work: Work, mine: Sequence[Case]) -> list[str]:
    near = [(one, case) for case in mine for one in deadlines_of(work, case) if _is_near(one)]
    lines = [
        work.texts(
            f"officers.morning.deadline{'_passed' if one.passed else ''}",
            number=case_link(case),
            label=label_of(work, case, one.rule),
            end=end_of(work, one),
        )
        for one, case in sorted(near, key=lambda pair: (pair[0].end, pair[1].id))
    ]
    return _part(work, "deadlines", lines)


def _is_near(deadline: Deadline) -> bool:
    if deadline.passed:
        return deadline.rule.stays
    return deadline.left <= (SOON if deadline.rule.days else SOON_IN_A_YEAR)


def _low(work: Work, morning: _Morning, officer: RosterOfficer) -> list[str]:
    lines = [
        f"• {case_link(case)}"
        for survey, case in morning.low
        if survey.officer_id == officer.id and may_see(work, officer, case)
    ]
    return _part(work, "low", lines)


def _unowned(work: Work, seen: Iterable[Case], officer: RosterOfficer) -> list[str]:
    """For coordinators all, for others the confidential ones: the group's line knows them not."""
    lines = [
        f"• {URGENCY_MARKS[case.urgency]}{case_link(case)}"
        for case in seen
        if _is_unowned(case) and (officer.is_coordinator or case.sensitive)
    ]
    return _part(work, "unowned", lines)


def _late(
    work: Work, morning: _Morning, seen: Iterable[Case], officer: RosterOfficer
) -> list[str]:
    """For coordinators how many cases of others are overdue."""
    if not officer.is_coordinator:
        return []
    count = sum(case.id in morning.late and case.owner_id != officer.id for case in seen)
    return ["", work.texts("officers.morning.late", count=count)] if count else []


def _tell_group(work: Work, morning: _Morning) -> None:
    recused = select(Recusal.case_id).where(Recusal.organisation_id == work.organisation.id)
    apart = set(work.session.exec(recused))
    shown = [case for case in morning.cases if not case.sensitive and case.id not in apart]
    counts = {
        "new": sum(_is_unowned(case) for case in shown),
        "late": sum(case.id in morning.late for case in shown),
        "low": sum(not case.sensitive and case.id not in apart for _, case in morning.low),
    }
    parts = [
        work.texts(f"officers.morning.group_{name}", count=count)
        for name, count in counts.items()
        if count
    ]
    if parts:
        work.write.announce(work.texts("officers.morning.group", parts=", ".join(parts)))


def _is_unowned(case: Case) -> bool:
    return case.owner_id is None and case.status != "belum_lengkap"


def _part(work: Work, name: str, lines: Sequence[str], most: int = _LISTED_APART) -> list[str]:
    """A headline and what stands under it; of too many the first ones."""
    if not lines:
        return []
    head = work.texts(f"officers.morning.{name}", count=len(lines))
    more = len(lines) - most
    rest = [work.texts("officers.morning.more", count=more)] if more > 0 else []
    return ["", head, *lines[:most], *rest]
