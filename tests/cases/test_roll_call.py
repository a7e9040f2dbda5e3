"""Who left the group while the bot was away loses rights, too; and nobody else does."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.cases.due_work import due_came
from bot.cases.rounds import MEMBERS, next_roll
from bot.channels import Members
from bot.events import DueCame
from bot.worktime.calendar import WorkCalendar
from storage.due import take_due
from storage.tables import OfficerAccount, RosterEvent
from tests.cases.office import SMALL_CHAT, Office
from tests.cases.rounding import at, due, go, plan
from tests.outbox.scripted import GROUP_CHAT

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ALL = frozenset({"ratna", "joko", "maria", "budi"})


def _roll(office: Office, day: str, inside: dict[str, Members]) -> None:
    """The roll of a day, with what the channel told."""
    go(office, f"{day}T07:45")
    with office.database.transaction() as session:
        rows = [row for row in take_due(session, office.clock.now()) if row.kind == MEMBERS]
    assert len(rows) == 1
    row = rows[0]
    event = DueCame(row.kind, row.key, row.sequence, row.due_at, office.clock.now())
    with office.database.transaction() as session:
        due_came(replace(office.work(session), inside=inside), event)
    office.deliver()


def _big(*gone: str, count: int = 9) -> dict[str, Members]:
    return {GROUP_CHAT: Members(count, ALL - set(gone))}


def _roster(office: Office) -> set[str]:
    """Who has rights now."""
    with office.database.reading() as session:
        kept = select(OfficerAccount).where(col(OfficerAccount.removed_at).is_(None))
        names = {name: one.id for name, one in office.officers.items()}
        ids = {row.id for row in session.exec(kept)}
    return {name for name, officer_id in names.items() if officer_id in ids}


@pytest.fixture
def office(office: Office) -> Office:
    """A desk whose rounds are planned, in the evening."""
    go(office, "2026-11-22T20:00")
    plan(office)
    return office


def test_the_roll_is_called_each_day(office: Office) -> None:
    """Holidays too: who left may read along then as well."""
    zone, calendar = office.zone, WorkCalendar()
    for now, then in (("2026-11-22T20:00", "23"), ("2026-11-23T07:45", "24"),
                      ("2026-11-28T07:44", "28")):  # fmt: skip
        moment = datetime.fromisoformat(now).replace(tzinfo=zone)
        assert next_roll(calendar, moment, zone) == at(office, f"2026-11-{then}T07:45")
    assert due(office, MEMBERS) == [at(office, "2026-11-23T07:45")]
    _roll(office, "2026-11-23", _big())
    assert due(office, MEMBERS) == [at(office, "2026-11-24T07:45")]


def test_who_is_inside_no_more_loses_rights_and_cases(office: Office) -> None:
    """Telegram forgot by then that she left."""
    case = office.opens()
    office.taps("maria", case, "take")
    _roll(office, "2026-11-23", _big())
    assert _roster(office) == ALL
    _roll(office, "2026-11-24", _big("maria"))
    assert _roster(office) == ALL - {"maria"}
    assert office.stored(case).owner_id is None
    assert office.standing_in(GROUP_CHAT).count(office.texts("officers.group.officer_left")) == 1
    assert "Maria" not in office.newest_in(GROUP_CHAT)
    assert case.number in "\n".join(office.whispered("ratna"))
    with office.database.reading() as session:
        left = session.exec(select(RosterEvent).where(RosterEvent.what == "left")).all()
    assert [(e.officer_id, e.before) for e in left] == [(office.officers["maria"].id, "officer")]
    _roll(office, "2026-11-25", _big("maria"))
    assert office.standing_in(GROUP_CHAT).count(office.texts("officers.group.officer_left")) == 1


@pytest.mark.parametrize("told", [{}, {GROUP_CHAT: Members(0, frozenset())}])
def test_when_nobody_can_tell_nobody_loses_rights(
    office: Office, told: dict[str, Members]
) -> None:
    """An outage of Telegram must not empty the roster."""
    _roll(office, "2026-11-23", _big())
    _roll(office, "2026-11-24", told)
    assert _roster(office) == ALL
    again = "2026-11-24T08:45" if not told else "2026-11-25T07:45"
    assert due(office, MEMBERS) == [at(office, again)]


def test_who_was_never_inside_keeps_her_place(office: Office) -> None:
    """The operator puts people on the roster before they come."""
    for day in ("23", "24"):
        _roll(office, f"2026-11-{day}", _big("maria"))
    assert _roster(office) == ALL


def test_who_is_put_on_the_roster_anew_has_time_to_come_back(office: Office) -> None:
    """She was seen long ago, in another life."""
    _roll(office, "2026-11-23", _big())
    with office.database.transaction() as session:
        session.add(RosterEvent(
            organisation_id=office.organisation_id, at=office.clock.now(), what="added",
            officer_id=office.officers["maria"].id,
        ))  # fmt: skip
    _roll(office, "2026-11-24", _big("maria"))
    assert _roster(office) == ALL
    _roll(office, "2026-11-25", _big())
    _roll(office, "2026-11-26", _big("maria"))
    assert _roster(office) == ALL - {"maria"}


def test_who_left_the_small_group_loses_that_right_alone(office: Office) -> None:
    """Nothing says that she left the other one."""
    office.has_small_group()
    for day, inside in (("23", {"joko", "ratna"}), ("24", {"ratna"}), ("25", {"ratna"})):
        told = _big() | {SMALL_CHAT: Members(4, frozenset(inside))}
        _roll(office, f"2026-11-{day}", told)
    assert _roster(office) == ALL
    with office.database.reading() as session:
        joko = session.get_one(OfficerAccount, office.officers["joko"].id)
        assert not joko.confidential
    told = office.standing_in(SMALL_CHAT)
    assert told.count(office.texts("officers.group.left_small")) == 1
