"""Reminders of appointments when they come due; what was moved, called off or is over is skipped.

A reminder that comes late, because the program lay still, is given if it still helps.
"""

from datetime import datetime

from sqlmodel import col, select

from bot.cases.appointments import (
    appointment_of_key,
    key_of,
    short_line,
    tell,
    what_of,
)
from bot.cases.markup import escaped
from bot.cases.pushes import fitting_time
from bot.cases.reminder_times import DAY_BEFORE, EVIDENCE, MORNING, end_of_day_before
from bot.cases.stages import CLOSED
from bot.cases.work import Work
from bot.events import DueCame
from storage.cases import add_event, case_for_officer, row_id
from storage.due import set_due
from storage.tables import Appointment, Case, CaseMessage


def appointment_due(work: Work, event: DueCame) -> None:
    """Remind of one appointment: the officers in their morning, the reporter before it."""
    case = case_for_officer(work.session, event.case_id or 0)
    if case is None or case.status in CLOSED:
        return
    appointment = appointment_of_key(work, case, event.key)
    if appointment is None:
        return
    kind = event.key.partition(":")[0]
    if kind == MORNING:
        _remind_officers(work, case, appointment)
    elif appointment.kind == EVIDENCE:
        _remind_of_evidence(work, case, appointment, kind)
    else:
        _remind_reporter(work, case, appointment, kind)


def _remind_officers(work: Work, case: Case, appointment: Appointment) -> None:
    if appointment.at <= work.now:
        return
    line, what = short_line(work, appointment), what_of(work, appointment)
    if what and not work.hides(case):
        line += f"\n{escaped(what)}"
    work.write.post(case, work.texts("officers.appointment.morning", line=line))


def _remind_reporter(work: Work, case: Case, appointment: Appointment, kind: str) -> None:
    before = kind == DAY_BEFORE
    end = end_of_day_before(work, appointment.at) if before else appointment.at
    if not _must_wait(work, case, appointment, kind, end):
        _remind(work, case, appointment, "day_before" if before else "soon", end)


def _remind_of_evidence(work: Work, case: Case, appointment: Appointment, kind: str) -> None:
    sent = select(CaseMessage.id).where(
        CaseMessage.case_id == case.id,
        CaseMessage.direction == "reporter",
        col(CaseMessage.attachment_id).is_not(None),
        CaseMessage.at > appointment.made_at,
    )
    if work.session.exec(sent.limit(1)).first() is not None:
        return
    if not _must_wait(work, case, appointment, kind, None):
        _remind(work, case, appointment, "reminder", None)


def _remind(
    work: Work, case: Case, appointment: Appointment, words: str, until: datetime | None
) -> None:
    if tell(work, case, appointment, words, until=until):
        return
    appointment.reminded_at = work.now
    work.session.add(appointment)
    add_event(work.session, work.vault, case, "appointment_reminded", work.now)
    work.write.show_card(case)


def _must_wait(
    work: Work, case: Case, appointment: Appointment, kind: str, end: datetime | None
) -> bool:
    """Whether she cannot be reminded now: not at this hour, or it is too late to help."""
    at = fitting_time(work, case, work.now)
    if end is not None and at >= end:
        return True
    if at == work.now:
        return False
    set_due(work.session, organisation_id=case.organisation_id, kind=kind,
            key=key_of(kind, appointment), lane=f"case:{case.id}", due_at=at,
            case_id=row_id(case))  # fmt: skip
    return True
