"""The legal clock: which terms of the law run in a case, and when their alarms ring.

An alarm is a due row for each case and term, at eight in the morning of its day; each rings once.
That a year began rings as soon as it is known: nobody may learn of it only when it nears its end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import col, select

from bot.cases.legal_rules import RULES, Rule
from bot.cases.work import Work
from bot.worktime.counting import add_working_days, term
from storage.cases import add_event, row_id
from storage.due import cancel_due, cancel_dues_of_case, set_due
from storage.tables import Case, CaseEvent, StageRecord

ALARM = "legal"
"""Kind of the due row that rings for the officers."""
TELLING = "legal_tell"
"""Kind of the due row that tells the reporter, once her quiet hours are over."""
COUNTING = "legal_day"
"""Kind of the due row that shows the card anew each working day: it says which day it is."""

_EARLY, _MORNING = time(6), time(8)
_POINTS = {"five": 5, "one": 1}
_YEAR_POINTS = {"ninety": 90, "thirty": 30, "seven": 7}
_RANG = "deadline_alarm"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A term as it stands today.

    Attributes:
        nth: which day of it this is; working days, or days of a year.
        left: how many are left; 0 on the last day, below 0 afterwards.
        certain: the calendar was announced; else ``end`` is an estimate.
        provisional: it counts from another day than the law does, for that one is not known yet.
    """

    rule: Rule
    since: date
    end: date
    nth: int
    total: int
    left: int
    certain: bool
    provisional: bool

    @property
    def passed(self) -> bool:
        """Whether its last day is over."""
        return self.left < 0


def today(work: Work) -> date:
    """The day in the union's zone."""
    return work.now.astimezone(work.zone).date()


def deadlines_of(work: Work, case: Case) -> list[Deadline]:
    """The terms that run now, the nearest end first; those that passed among them.

    Of a merged case none runs: the case that answers for it has them.
    """
    rules = [rule for rule in RULES if case.status in rule.runs_in]
    if case.merged_into_id is not None or not rules:
        return []
    records = _records(work, case)
    if case.status == "selesai" and (case.outcome != "tidak_tercapai" or "phi" in records):
        return []
    days = {stage: on for stage, on in records.items() if on is not None}
    found = [
        _deadline(work, rule, since, provisional=rule.rather not in {"", *days})
        for rule in rules
        if (since := rule.since(days)) is not None and not _is_met(rule, since, days)
    ]
    return sorted(found, key=lambda deadline: deadline.end)


def alarms(work: Work, deadline: Deadline) -> list[tuple[str, datetime]]:
    """The moments of its alarms, in their order.

    They are ``half``, ``five``, ``one`` and ``passed``; of a year ``begun``, unless its count is
    provisional, ``ninety``, ``thirty``, ``seven`` and ``passed``.
    """
    whole, in_days = deadline.total, bool(deadline.rule.days)
    points = {"half": whole - whole // 2} if in_days else {}
    if _is_told_at_once(deadline):
        points["begun"] = 0
    named = _POINTS if in_days else _YEAR_POINTS
    points |= {name: whole - left for name, left in named.items() if left < whole}
    points["passed"] = whole + 1
    names = {nth: name for name, nth in points.items()}  # the later of two on one day
    return [
        (names[nth], _at(work, _nth_day(work, deadline, nth), _MORNING)) for nth in sorted(names)
    ]


def set_deadlines(work: Work, case: Case) -> None:
    """Let the alarms of the case ring that are still to come, and no others.

    Called whenever its stage or one of its records changed.
    """
    work.session.flush()
    running = deadlines_of(work, case)
    keys = [key_of(kind, case, d.rule) for kind in (ALARM, TELLING) for d in running]
    if _counts_days(running):
        keys.append(_counting(case))
    cancel_dues_of_case(work.session, row_id(case), (ALARM, TELLING, COUNTING), keep=keys)
    for deadline in running:
        set_next_alarm(work, case, deadline)
    _unsay_what_changed(work, case, running)
    count_days(work, case, running)


def _unsay_what_changed(work: Work, case: Case, running: Sequence[Deadline]) -> None:
    """What waits for her to open WhatsApp about a term that was met, or has another day now.

    She is told of the other day instead. What changes with the stage alone is not looked at
    here: those words know their stages, and the case may come back to one.
    """
    here = [matter_of_rule(rule) for rule in RULES if case.status in rule.runs_in]
    true = {matter_of(deadline) for deadline in running}
    wrong = work.write.unsay(row_id(case), *here, keep=true) if here else set()
    for deadline in running:
        if any(matter.startswith(f"{matter_of_rule(deadline.rule)}:") for matter in wrong):
            let_ring(work, case, TELLING, deadline.rule, work.now)


def count_days(work: Work, case: Case, running: Sequence[Deadline]) -> None:
    """Let the card be shown anew on the next working day, while it counts days."""
    if _counts_days(running):
        day = add_working_days(work.calendar, today(work), 1)
        _set(work, case, COUNTING, _counting(case), _at(work, day, _EARLY))


def set_next_alarm(work: Work, case: Case, deadline: Deadline) -> None:
    """Let its next alarm ring, if there is one; at once where a year is news."""
    moments = alarms(work, deadline)
    at = next((at for _, at in moments if at > work.now), None)
    reached = [point for point, at in moments if at <= work.now]
    if reached and _is_told_at_once(deadline) and not rang(work, case, deadline, reached[-1]):
        at = work.now
    if at is None:
        cancel_due(work.session, key_of(ALARM, case, deadline.rule))
    else:
        let_ring(work, case, ALARM, deadline.rule, at)


def rang(work: Work, case: Case, deadline: Deadline, point: str) -> bool:
    """Whether this alarm of this term rang before; the trail knows."""
    before = select(CaseEvent.id).where(
        CaseEvent.case_id == row_id(case),
        CaseEvent.what == _RANG,
        CaseEvent.after == _alarm_of(deadline, point),
    )
    return work.session.exec(before.limit(1)).first() is not None


def note_ringing(work: Work, case: Case, deadline: Deadline, point: str) -> None:
    """Write down that this alarm rang."""
    told = _alarm_of(deadline, point)
    add_event(work.session, work.vault, case, _RANG, work.now, after=told)
    work.session.flush()


def _alarm_of(deadline: Deadline, point: str) -> str:
    return f"{deadline.rule.name} {deadline.since.isoformat()} {point}"


def _is_told_at_once(deadline: Deadline) -> bool:
    return not deadline.rule.days and not deadline.provisional


def let_ring(work: Work, case: Case, kind: str, rule: Rule, at: datetime) -> None:
    """Set the due row of this kind for a term."""
    _set(work, case, kind, key_of(kind, case, rule), at)


def _counting(case: Case) -> str:
    return f"{COUNTING}:{case.id}"


def _counts_days(running: Sequence[Deadline]) -> bool:
    return any(deadline.rule.days and not deadline.passed for deadline in running)


def _set(work: Work, case: Case, kind: str, key: str, at: datetime) -> None:
    lane = work.vault.lookup(f"case:{case.id}")
    set_due(work.session, organisation_id=case.organisation_id, kind=kind, key=key, lane=lane,
            due_at=at, case_id=row_id(case))  # fmt: skip


def key_of(kind: str, case: Case, rule: Rule) -> str:
    """The key of a due row: ``legal:12:bipartit``."""
    return f"{kind}:{case.id}:{rule.name}"


def matter_of_rule(rule: Rule) -> str:
    """The matter of all that she is told of a term."""
    return f"legal:{rule.name}"


def matter_of(deadline: Deadline) -> str:
    """The same of a term that ends on this day."""
    return f"{matter_of_rule(deadline.rule)}:{deadline.end.isoformat()}"


def _records(work: Work, case: Case) -> dict[str, date | None]:
    """The day that was told last of each record; None where none was."""
    records = select(StageRecord).where(StageRecord.case_id == case.id)
    days: dict[str, date | None] = {}
    for record in work.session.exec(records.order_by(col(StageRecord.id))).all():
        days[record.stage] = record.on_date or days.get(record.stage)
    return days


def _is_met(rule: Rule, since: date, days: Mapping[str, date]) -> bool:
    return any(stage in days and days[stage] >= since for stage in rule.ended_by)


def _deadline(work: Work, rule: Rule, since: date, *, provisional: bool) -> Deadline:
    now = today(work)
    if rule.days:
        seen = term(work.calendar, since, rule.days, now)
        return Deadline(rule, since, seen.end, seen.nth, seen.total, seen.left, seen.certain,
                        provisional)  # fmt: skip
    end = _a_year_after(since)
    whole, nth = (end - since).days, max(0, (now - since).days)
    return Deadline(rule, since, end, nth, whole, whole - nth, certain=True,
                    provisional=provisional)  # fmt: skip


def _a_year_after(day: date) -> date:
    """The same day of the next year; of a leap day the one before it."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _nth_day(work: Work, deadline: Deadline, nth: int) -> date:
    if deadline.rule.days:
        return add_working_days(work.calendar, deadline.since, nth)
    return deadline.since + timedelta(days=nth)


def end_of_day(work: Work, day: date) -> datetime:
    """The midnight after it."""
    return _at(work, day + timedelta(days=1), time())


def _at(work: Work, day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, work.zone).astimezone(UTC)
