"""The deadlines that run in a case, as its card shows them."""

from datetime import date

from bot.cases.dates import short_date
from bot.cases.legal_clock import Deadline, deadlines_of, today
from bot.cases.legal_rules import Rule
from bot.cases.work import Work
from storage.tables import Case

_YEAR_UNSAID = 180  # days in which a day and a month leave no doubt


def deadlines_on_card(work: Work, case: Case) -> list[str]:
    """The deadlines that run now, a line each, the nearest first."""
    running = deadlines_of(work, case)
    return [_line(work, case, d) for d in running if d.rule.stays or not d.passed]


def label_of(work: Work, case: Case, rule: Rule) -> str:
    """What the term is called; where the story is hidden, nothing that tells of it."""
    shown = "hidden" if rule.dismissal and work.hides(case) else rule.name
    return work.texts(f"officers.legal.label.{shown}")


def end_of(work: Work, deadline: Deadline) -> str:
    """Its last day, and how sure that is."""
    notes = [] if deadline.certain else [work.texts("officers.legal.estimate")]
    if deadline.provisional:
        notes.append(work.texts("officers.legal.provisional"))
    if not deadline.rule.days:
        notes.append(work.texts("officers.legal.check"))
    return " ".join([_short(work, deadline.end), *notes])


def _line(work: Work, case: Case, deadline: Deadline) -> str:
    label, end = label_of(work, case, deadline.rule), end_of(work, deadline)
    if deadline.passed:
        return work.texts("officers.legal.passed", label=label, end=end)
    if not deadline.rule.days:
        return work.texts("officers.legal.until", label=label, end=end)
    if not deadline.nth:
        since = _short(work, deadline.since)
        return work.texts("officers.legal.ahead", label=label, since=since, end=end)
    return work.texts(
        "officers.legal.running", nth=deadline.nth, total=deadline.total, label=label, end=end
    )


def _short(work: Work, day: date) -> str:
    whole = short_date(day)
    near = abs((day - today(work)).days) <= _YEAR_UNSAID
    return whole.rpartition(" ")[0] if near else whole
