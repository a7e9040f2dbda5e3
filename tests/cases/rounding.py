"""A desk whose rounds come due, for tests of the digest and the summary."""

from datetime import UTC, datetime, timedelta

from sqlmodel import select

from bot.cases.due_work import due_came
from bot.cases.rounds import DIGEST, PICTURE, WEEKLY, plan_rounds
from bot.commands import Part
from bot.events import DueCame
from storage.cases import row_id
from storage.due import take_due
from storage.tables import (
    Case,
    Due,
    Survey,
)
from tests.cases.office import Office
from tests.outbox.scripted import GROUP_CHAT

_ROUNDS = {DIGEST, WEEKLY, PICTURE}


def at(office: Office, local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=office.zone).astimezone(UTC)


def go(office: Office, local: str) -> None:
    """Let it be this time in Jakarta."""
    office.clock.advance((at(office, local) - office.clock.now()).total_seconds())


def plan(office: Office) -> None:
    with office.database.transaction() as session:
        work = office.work(session)
        plan_rounds(session, work.organisation, work.calendar, work.zone, work.now)


def due(office: Office, kind: str) -> list[datetime]:
    """When rounds of this kind wait to come due."""
    with office.database.reading() as session:
        waiting = select(Due).where(Due.kind == kind, Due.status == "waiting")
        return [row.due_at for row in session.exec(waiting)]


def fire(office: Office) -> list[str]:
    """Let happen what came due of the rounds; their kinds."""
    with office.database.transaction() as session:
        rows = [row for row in take_due(session, office.clock.now()) if row.kind in _ROUNDS]
    for row in rows:
        event = DueCame(row.kind, row.key, row.sequence, row.due_at, office.clock.now())
        with office.database.transaction() as session:
            due_came(office.work(session), event)
    office.deliver()
    return [row.kind for row in rows]


def part(office: Office, number: int, **changes: object) -> Case:
    return office.opens(parts=(Part(f"cerita {number}", source=f"whatsapp:{number}"),), **changes)


def no_first_case(office: Office) -> None:
    """The case that every desk has must not count here."""
    with office.database.transaction() as session:
        case = session.get_one(Case, office.case.id)
        case.status, case.opened_at = "arsip", case.opened_at - timedelta(days=400)
        session.add(case)


def morning_of(office: Office, who: str) -> str:
    said = [text for text in office.whispered(who) if "Selamat pagi" in text]
    return said[-1] if said else ""


def group_line(office: Office) -> str:
    lines = [text.text for text in office.posts_in(GROUP_CHAT).values() if "Pagi ini" in text.text]
    return lines[-1] if lines else ""


def answer(office: Office, case: Case, **fields: object) -> Survey:
    now = office.clock.now()
    given: dict[str, object] = {"solved": "ya", "score": 5} | fields
    return Survey(
        organisation_id=office.organisation_id, case_id=row_id(case), closure=9,
        officer_id=office.officers["joko"].id, state="answered", planned_at=now, asked_at=now,
        answered_at=now, **given,
    )  # fmt: skip
