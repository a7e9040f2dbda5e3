"""When the officers' rounds come, and that they go on coming."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.cases.rounds import DIGEST, WEEKLY, next_digest, next_weekly
from bot.events import GroupChange
from bot.worktime.calendar import WorkCalendar
from storage.invitations import make_invitation
from storage.tables import (
    Due,
)
from tests.cases.office import Office
from tests.cases.rounding import (
    due,
    plan,
)

CALENDAR, ZONE = WorkCalendar(), ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("now", "digest", "weekly"),
    [
        ("2026-11-23T07:00", "2026-11-23T08:00", "2026-11-23T08:15"),
        ("2026-11-23T08:00", "2026-11-24T08:00", "2026-11-23T08:15"),
        ("2026-11-27T09:00", "2026-11-30T08:00", "2026-11-30T08:15"),
        ("2026-12-23T09:00", "2026-12-28T08:00", "2026-12-28T08:15"),
        # Nyepi, Idul Fitri and cuti bersama: a whole week is free, and the Monday after it.
        ("2027-03-05T09:00", "2027-03-16T08:00", "2027-03-16T08:15"),
    ],
)
def test_rounds_come_on_working_days(now: str, digest: str, weekly: str) -> None:
    """A digest on a holiday takes away the holiday."""
    at, following, weekly_at = (
        datetime.fromisoformat(local).replace(tzinfo=ZONE) for local in (now, digest, weekly)
    )
    assert next_digest(CALENDAR, at, ZONE) == following
    assert next_weekly(CALENDAR, at, ZONE) == weekly_at


def test_rounds_are_planned_once_and_again_when_they_got_lost(office: Office) -> None:
    """Each process plans at its start; a round whose event died must not stay away for ever."""
    plan(office)
    office.clock.advance(60)
    plan(office)
    assert [len(due(office, kind)) for kind in (DIGEST, WEEKLY)] == [1, 1]
    with office.database.transaction() as session:
        rows = session.exec(select(Due).where(Due.kind == DIGEST)).all()
        assert [row.sequence for row in rows] == [1]
        rows[0].status, rows[0].fired_at = "fired", office.clock.now()
        session.add(rows[0])
    plan(office)
    assert due(office, DIGEST) == []
    office.clock.advance(2 * 86400)
    plan(office)
    assert len(due(office, DIGEST)) == 1


def test_a_group_that_is_bound_gets_its_rounds(office: Office) -> None:
    """Nobody restarts the program after binding a group."""
    with office.database.transaction() as session:
        work = office.work(session)
        work.organisation.officer_chat = ""
        session.add(work.organisation)
    plan(office)
    assert due(office, DIGEST) == []
    with office.database.transaction() as session:
        code = make_invitation(
            session, office.vault, office.organisation_id, "group", office.clock.now()
        )
    office.happens(GroupChange.BOT_ADDED, chat="-1005")
    office.says("ratna", f"/mulai_grup {code}", chat="-1005")
    assert len(due(office, DIGEST)) == 1
