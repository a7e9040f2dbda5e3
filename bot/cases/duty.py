"""Who is on duty (piket): the list, and the line that names them when something is urgent.

Names stand as plain words: nobody is called by a mention that Telegram would ring at night.
"""

from collections.abc import Sequence
from datetime import datetime, time

from sqlmodel import col, select

from bot.cases.dates import short_date
from bot.cases.markup import escaped
from bot.cases.roster import RosterOfficer, all_officers, officer_by_id
from bot.cases.work import Work
from storage.tables import Case, Duty

_LISTED = 10


def duties(work: Work) -> Sequence[Duty]:
    """What is not over yet, the earliest first."""
    query = select(Duty).where(
        Duty.organisation_id == work.organisation.id, col(Duty.until) > work.now
    )
    return work.session.exec(query.order_by(col(Duty.since), col(Duty.id))).all()


def keep_duty(work: Work, officer: RosterOfficer, since: datetime, until: datetime) -> None:
    """Write it down; said twice, it stands once."""
    same = select(Duty.id).where(
        Duty.officer_id == officer.id, Duty.since == since, Duty.until == until
    )
    if work.session.exec(same).first() is None:
        work.session.add(
            Duty(
                organisation_id=work.organisation.id or 0,
                officer_id=officer.id,
                since=since,
                until=until,
            )
        )
        work.session.flush()


def list_lines(work: Work) -> list[str]:
    """Who is on duty now and next, as HTML."""
    found = duties(work)
    if not found:
        return [work.texts("officers.duty.none")]
    return [
        work.texts("officers.duty.title"), *(_line(work, duty) for duty in found[:_LISTED])
    ]  # fmt: skip


def hours_of(work: Work, duty: Duty) -> str:
    """Day and hours: ``3 Des 2026 18.00-22.00``; a day ends at ``24.00``."""
    since, until = (at.astimezone(work.zone) for at in (duty.since, duty.until))
    end = "24.00" if until.time() == time() else f"{until:%H.%M}"
    return f"{short_date(since.date())} {since:%H.%M}-{end}"


def on_duty(work: Work) -> list[RosterOfficer]:
    """Who is on duty now and still on the roster, each once."""
    now = [duty.officer_id for duty in duties(work) if duty.since <= work.now]
    on_roster = all_officers(work.session, work.vault, work.organisation.id or 0)
    return [officer for officer in on_roster if officer.id in now]


def with_duty(work: Work, text: str) -> str:
    """The text with a line that names who is on duty, if anybody is."""
    line = _duty_line(work)
    return f"{text}\n{line}" if line else text


def call_duty(work: Work, case: Case) -> None:
    """Name who is on duty in the topic of a new urgent case; an emergency has its own page."""
    line = _duty_line(work) if case.urgency == "tinggi" else ""
    if line:
        work.write.post(case, line)


def _duty_line(work: Work) -> str:
    names = ", ".join(escaped(officer.name) for officer in on_duty(work))
    return work.texts("officers.duty.now_line", names=names) if names else ""


def _line(work: Work, duty: Duty) -> str:
    officer = officer_by_id(work.session, work.vault, duty.officer_id)
    key = "now" if duty.since <= work.now else "next"
    name = escaped(officer.name) if officer else "-"
    return work.texts(f"officers.duty.{key}", name=name, hours=hours_of(work, duty))
