"""Appointments of a case: talks, mediation, hearings, evidence that the reporter promised.

She is told of each at once, and again when it moves or falls through. Reminders are due rows of
each appointment, see ``reminder_times`` and ``reminders``.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, select

from bot.cases.dates import long_date, short_date
from bot.cases.markup import escaped, shortened
from bot.cases.moments import day_and_hour, her_zone
from bot.cases.pushes import fitting_time, push
from bot.cases.reminder_times import EVIDENCE, REMINDERS, reminder_times, will_remind
from bot.cases.work import Work
from bot.outbox.validity import Validity
from storage.cases import add_event, row_id
from storage.due import cancel_due, set_due
from storage.tables import Appointment, Case

KINDS = ("bipartit", "mediasi", "sidang", "lain")
_NEWS = frozenset({"made", "moved", "cancelled"})
"""What takes the place of all that waits about an appointment; a reminder, of reminders only."""
_SHOWN_ON_CARD = 3
_WHAT_SHOWN = 60


def make(
    work: Work,
    case: Case,
    kind: str,
    at: datetime,
    *,
    what: str = "",
    has_hour: bool = True,
    officer_id: int | None = None,
    tells: bool = True,
) -> str:
    """Write an appointment down, let its reminders come due and tell the reporter.

    ``has_hour``: the hour is known, not the day alone. Without ``tells`` she knows of it.
    Returns why she was not told, see :func:`bot.cases.pushes.push`.
    """
    appointment = Appointment(
        organisation_id=case.organisation_id,
        case_id=row_id(case),
        kind=kind,
        at=at.astimezone(UTC),
        sealed=_seal(work, what, has_hour=has_hour),
        officer_id=officer_id,
        made_at=work.now,
    )
    work.session.add(appointment)
    work.session.flush()
    _note(work, case, "appointment_made", officer_id)
    why = tell(work, case, appointment, "made") if tells else ""
    set_reminders(work, case, appointment)
    work.write.show_card(case)
    return why


def move(
    work: Work,
    case: Case,
    appointment: Appointment,
    at: datetime,
    *,
    has_hour: bool = True,
    officer_id: int | None = None,
) -> tuple[str, bool]:
    """Give it another time and tell the reporter.

    Returns why she was not told, and whether she is told before the time that it was for.
    """
    before = when(work, case, appointment)
    in_time = is_told_in_time(work, case, appointment.at)
    told = _told(work, appointment)
    appointment.at, appointment.made_at = at.astimezone(UTC), work.now
    appointment.sealed = _seal(work, told["what"], has_hour=has_hour)
    appointment.reminded_at = None
    work.session.add(appointment)
    _note(work, case, "appointment_moved", officer_id)
    why = tell(work, case, appointment, "moved", before=before)
    set_reminders(work, case, appointment)
    work.write.show_card(case)
    return why, in_time


def call_off(
    work: Work, case: Case, appointment: Appointment, *, officer_id: int | None = None
) -> tuple[str, bool]:
    """Take it off and tell the reporter; returns the same as :func:`move`."""
    in_time = is_told_in_time(work, case, appointment.at)
    appointment.cancelled_at = work.now
    work.session.add(appointment)
    for kind in REMINDERS:
        cancel_due(work.session, key_of(kind, appointment))
    _note(work, case, "appointment_cancelled", officer_id)
    why = tell(work, case, appointment, "cancelled")
    work.write.show_card(case)
    return why, in_time


def tell(
    work: Work,
    case: Case,
    appointment: Appointment,
    news: str,
    *,
    until: datetime | None = None,
    **words: str,
) -> str:
    """Tell the reporter about it, until then; ``news`` is a text of ``cases.appointment``."""
    kind = EVIDENCE if appointment.kind == EVIDENCE else "meeting"
    reminded = is_reminded_of(work, case, appointment)
    text = work.texts(
        f"cases.appointment.{kind}.{news}",
        number=case.number,
        label=work.texts(f"cases.appointment.label.{appointment.kind}"),
        when=when(work, case, appointment),
        what=_what_line(work, appointment),
        reminded=work.texts(f"cases.appointment.{kind}.reminded") if reminded else "",
        **words,
    )
    about = f"appointment:{appointment.id}" + ("" if news in _NEWS else ":reminder")
    return push(work, case, text, valid=Validity(until=until), about=about)


def set_reminders(work: Work, case: Case, appointment: Appointment) -> None:
    """Let its reminders come due; those whose time is over do not."""
    has_hour = _told(work, appointment)["has_hour"]
    times = reminder_times(work, case, appointment.kind, appointment.at, has_hour=has_hour)
    for kind, at in times.items():
        key = key_of(kind, appointment)
        if at is None or at <= work.now:
            cancel_due(work.session, key)
            continue
        set_due(work.session, organisation_id=case.organisation_id, kind=kind, key=key,
                lane=f"case:{case.id}", due_at=at, case_id=row_id(case))  # fmt: skip


def is_reminded_of(work: Work, case: Case, appointment: Appointment) -> bool:
    """The same of one that was noted."""
    has_hour = _told(work, appointment)["has_hour"]
    return will_remind(work, case, appointment.kind, appointment.at, has_hour=has_hour)


def key_of(kind: str, appointment: Appointment) -> str:
    """The key of a due row: its kind and the appointment."""
    return f"{kind}:{appointment.id}"


def appointment_of_key(work: Work, case: Case, key: str) -> Appointment | None:
    """The appointment of a due row, if it still stands."""
    found = work.session.get(Appointment, int(key.rpartition(":")[2]))
    if found is None or found.case_id != case.id or found.cancelled_at is not None:
        return None
    return found


def upcoming(work: Work, case: Case) -> Sequence[Appointment]:
    """What lies ahead and was not called off, the next one first."""
    query = select(Appointment).where(
        Appointment.case_id == case.id,
        col(Appointment.cancelled_at).is_(None),
        col(Appointment.at) > work.now,
    )
    return work.session.exec(query.order_by(col(Appointment.at), col(Appointment.id))).all()


def next_appointment(work: Work, case: Case) -> Appointment | None:
    """The next thing that will happen with the reporter."""
    return next((one for one in upcoming(work, case) if one.kind != EVIDENCE), None)


def when(work: Work, case: Case, appointment: Appointment) -> str:
    """The day for the reporter, with the hour where she is if it is known."""
    if not _told(work, appointment)["has_hour"]:
        return long_date(appointment.at.astimezone(work.zone).date())
    return day_and_hour(work, appointment.at, her_zone(work, case))


def when_and_what(work: Work, case: Case, appointment: Appointment) -> str:
    """In one line for the reporter."""
    label = work.texts(f"cases.appointment.label.{appointment.kind}")
    return work.texts("cases.appointment.line", label=label, when=when(work, case, appointment))


def short_line(work: Work, appointment: Appointment) -> str:
    """For officers, on a card or a button: ``3 Des 2026 09.00 Mediasi``."""
    at = appointment.at.astimezone(work.zone)
    hour = f" {at:%H.%M}" if _told(work, appointment)["has_hour"] else ""
    label = work.texts.label(f"officers.appointment.kind.{appointment.kind}")
    return f"{short_date(at.date())}{hour} {label}"


def what_of(work: Work, appointment: Appointment) -> str:
    """Place or matter, as the officer or the reporter wrote it."""
    return str(_told(work, appointment)["what"])


def card_lines(work: Work, case: Case) -> list[str]:
    """What lies ahead, a line each."""
    lines = []
    for appointment in upcoming(work, case)[:_SHOWN_ON_CARD]:
        line = short_line(work, appointment)
        what = what_of(work, appointment)
        if what and not work.hides(case):
            line += f": {escaped(shortened(what, _WHAT_SHOWN))}"
        lines.append(work.texts("officers.appointment.card", line=line))
    return lines


def forget(work: Work, case: Case) -> None:
    """Blank what was written about appointments, and remind of none."""
    query = select(Appointment).where(Appointment.case_id == case.id)
    for appointment in work.session.exec(query).all():
        appointment.sealed = _seal(work, "", has_hour=True)
        appointment.cancelled_at = appointment.cancelled_at or work.now
        work.session.add(appointment)
        for kind in REMINDERS:
            cancel_due(work.session, key_of(kind, appointment))


def is_told_in_time(work: Work, case: Case, at: datetime) -> bool:
    """Whether she hears of news before the time that it is about."""
    return at <= work.now or fitting_time(work, case, work.now) < at


def _note(work: Work, case: Case, what: str, officer_id: int | None) -> None:
    actor = "officer" if officer_id is not None else "reporter"
    add_event(work.session, work.vault, case, what, work.now, actor=actor, officer_id=officer_id)


def _what_line(work: Work, appointment: Appointment) -> str:
    what = what_of(work, appointment)
    return f"\n{what}" if what else ""


def _seal(work: Work, what: str, *, has_hour: bool) -> bytes:
    return work.vault.seal_json({"what": what, "has_hour": has_hour}, "appointments")


def _told(work: Work, appointment: Appointment) -> dict[str, Any]:
    return dict(work.vault.open_json(appointment.sealed, "appointments"))
