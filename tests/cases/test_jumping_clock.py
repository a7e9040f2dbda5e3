"""A clock that jumps: an hour on or back, a month on. Nothing comes twice, nothing goes early."""

from collections import Counter

import pytest
from sqlmodel import select

from bot.cases.retention_rules import RetentionRules
from bot.retention import Retention
from bot.worktime.calendar import WorkCalendar
from storage.tables import Case, Deletion
from tests.cases.office import Office
from tests.cases.passing import go, hour_by_hour, pushed, sweep

HOUR, DAY, MONTH = 3600.0, 86_400.0, 30 * 86_400.0


def _retention(office: Office) -> Retention:
    return Retention(
        database=office.database,
        vault=office.vault,
        texts=office.texts,
        taxonomy=office.taxonomy,
        zone=office.zone,
        calendar=WorkCalendar(),
        rules=RetentionRules(),
    )


def _days(office: Office, count: int) -> None:
    """So many days in which the program runs and looks for what is kept too long."""
    retention = _retention(office)
    for _ in range(count):
        office.clock.advance(DAY)
        retention.tick(office.clock.now())


def _deleted(office: Office, case: Case) -> bool:
    with office.database.reading() as session:
        receipts = session.exec(select(Deletion)).all()
    assert bool(receipts) == (office.stored(case).person_id is None)
    return bool(receipts)


def _closed_case(office: Office) -> Case:
    case = office.opens()
    office.deliver()
    office.taps("joko", case, "take")
    office.closes("joko", case, "tercapai")
    return case


@pytest.mark.parametrize("jump", [HOUR, -HOUR, MONTH])
def test_a_jump_and_its_correction_say_nothing_twice(office: Office, jump: float) -> None:
    """The survey, the promise and the word that it goes on each come once for their time."""
    go(office, "2026-11-23 09:30")
    closed, still_open = _closed_case(office), office.opens()
    hour_by_hour(office, "2026-11-23 10:00", "2026-11-30 08:30")
    office.clock.advance(jump)
    sweep(office)
    sweep(office)
    once = Counter(text for _, text in pushed(office))
    office.clock.advance(-jump)
    sweep(office)
    hour_by_hour(office, "2026-11-30 08:30", "2026-11-30 18:30")
    told = [text for _, text in pushed(office)]
    assert Counter(told) - once <= Counter(text for text in told if "masih diproses" in text)
    asked = [text for text in told if closed.number in text and "benar selesai" in text]
    assert len(asked) == 2  # asked and, three days later, reminded of
    goes_on = [text for text in told if still_open.number in text and "masih diproses" in text]
    assert len(goes_on) == 1
    late = [e.after for e in office.trail(still_open) if e.what == "promise_late"]
    assert len(late) == len(set(late))


@pytest.mark.parametrize("jump", [MONTH, 3 * 365 * DAY])
def test_a_leap_ahead_deletes_nothing(office: Office, jump: float) -> None:
    """What is gone cannot be brought back when the clock is set right again."""
    case = _closed_case(office)
    _days(office, 8)
    office.clock.advance(jump)
    _days(office, 5)
    assert not _deleted(office, case)
    office.clock.advance(-jump)
    _days(office, 5)
    assert not _deleted(office, case)


def test_nothing_goes_before_its_time_nor_without_a_month_of_warning(office: Office) -> None:
    """Two years by a clock that went steadily, a month after officers were told."""
    case = _closed_case(office)
    _days(office, 8)
    office.clock.advance(729 * DAY)
    _days(office, 8)  # doubted for a week, then the officers are told
    assert not _deleted(office, case)
    assert office.stored(case).warned_at is not None
    _days(office, 29)
    assert not _deleted(office, case)
    _days(office, 2)
    assert _deleted(office, case)
