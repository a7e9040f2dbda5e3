"""What happens when a legal alarm rings: the officers read it in the topic, the reporter is told.

Everything is reckoned anew then: a day may have been corrected, the calendar too. After a long
silence only the newest alarm rings; the others are no longer true.
"""

from datetime import datetime, timedelta

from bot.cases.dates import long_date
from bot.cases.deadlines import end_of, label_of
from bot.cases.legal_clock import (
    TELLING,
    Deadline,
    alarms,
    count_days,
    deadlines_of,
    end_of_day,
    let_ring,
    matter_of,
    matter_of_rule,
    note_ringing,
    rang,
    set_next_alarm,
)
from bot.cases.markup import escaped
from bot.cases.ownership import plain_name
from bot.cases.pushes import fitting_time, push
from bot.cases.roster import officer_by_id
from bot.cases.together import main_of, merged_into
from bot.cases.work import Work
from bot.events import DueCame
from bot.outbox.queue import ANSWER, CASEWORK, ROUTINE
from bot.outbox.validity import Validity
from storage.cases import case_for_officer, row_id
from storage.tables import Case


def ring(work: Work, event: DueCame) -> None:
    """Tell the officers how far a term is; its reporters follow, when they may be told.

    They always take a row of their own: one that waits still then gives way to the newer news.
    """
    case = case_for_officer(work.session, event.case_id or 0)
    deadline = _running(work, case, event)
    if case is None or deadline is None:
        return
    point = _newest(work, deadline)
    if point and not rang(work, case, deadline, point):
        note_ringing(work, case, deadline, point)
        _post(work, case, deadline, point)
        told = deadline.rule.told_provisionally or not deadline.provisional
        for each in (case, *merged_into(work, case)) if told else ():
            let_ring(work, each, TELLING, deadline.rule, _allowed(work, each))
    set_next_alarm(work, case, deadline)


def tell(work: Work, event: DueCame) -> None:
    """Tell a reporter, now that she may be told; what changed meanwhile counts."""
    case = case_for_officer(work.session, event.case_id or 0)
    if case is None:
        return
    deadline = _running(work, main_of(work, case) or case, event)
    if deadline is None:
        return
    at = _allowed(work, case)
    if at > work.now:  # it fired late, or her safe hours changed
        let_ring(work, case, TELLING, deadline.rule, at)
    else:
        _tell(work, case, deadline)


def show_day(work: Work, event: DueCame) -> None:
    """Show the card with today's count of days; by and by, for many cards come at once."""
    case = case_for_officer(work.session, event.case_id or 0)
    if case is not None:
        work.write.show_card(case, priority=ROUTINE, later=timedelta(seconds=1))
        count_days(work, case, deadlines_of(work, case))


def _running(work: Work, case: Case | None, event: DueCame) -> Deadline | None:
    """The term that the row is about, if it still runs in this case."""
    name = event.key.rpartition(":")[2]
    running = deadlines_of(work, case) if case is not None else []
    return next((deadline for deadline in running if deadline.rule.name == name), None)


def _newest(work: Work, deadline: Deadline) -> str:
    """The newest alarm of the term whose moment has come; empty for none."""
    reached = [point for point, at in alarms(work, deadline) if at <= work.now]
    return reached[-1] if reached else ""


def _post(work: Work, case: Case, deadline: Deadline, point: str) -> None:
    rule = deadline.rule
    when = point if point in {"half", "begun", "passed"} else "left"
    owner = officer_by_id(work.session, work.vault, case.owner_id) if case.owner_id else None
    key = f"officers.legal.when_{when}" if rule.days else f"officers.legal.year_{when}"
    lines = [
        work.texts(
            "officers.legal.alarm",
            label=label_of(work, case, rule),
            when=work.texts(key, nth=deadline.nth, total=deadline.total, left=deadline.left),
            end=end_of(work, deadline),
            owner=escaped(plain_name(owner)),
        )
    ]
    if not (rule.dismissal and work.hides(case)):
        lines.append(work.texts(f"officers.legal.advice.{rule.name}"))
        lines.append(work.texts("officers.legal.law", law=rule.law))
    urgent = deadline.passed or point in {"one", "seven"}
    work.write.post(case, "\n".join(lines), priority=ANSWER if urgent else CASEWORK)
    work.write.show_card(case)


def _allowed(work: Work, case: Case) -> datetime:
    """When the reporter may be told next; now, if she may be told now."""
    return fitting_time(work, case, work.now)


def _tell(work: Work, case: Case, deadline: Deadline) -> None:
    rule, state = deadline.rule, "passed" if deadline.passed else "running"
    work.write.unsay(row_id(case), matter_of_rule(rule))
    if _newest(work, deadline) == "begun":
        state = "begun"
    why = push(
        work,
        case,
        work.texts(
            f"cases.legal.{rule.name}.{state}",
            number=case.number,
            date=long_date(deadline.end),
            note="" if deadline.certain else work.texts("cases.legal.estimate"),
        ),
        valid=Validity(
            stages=rule.runs_in,
            until=None if deadline.passed else end_of_day(work, deadline.end),
        ),
        about=matter_of(deadline),
    )
    if why and not rule.days:  # too much hangs on it for nobody to know that she does not
        reason = work.texts(f"officers.not_sent.{why}")
        label = label_of(work, case, rule)
        work.write.post(case, work.texts("officers.legal.untold", label=label, why=reason))
