"""When the clock is believed: deletions depend on it alone."""

from datetime import timedelta

import pytest

from storage.database import Database
from storage.seen_time import AHEAD, BEHIND, NEW, doubt, note_time, trust
from tests.storage.rows import NOW, Ground, ground_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ground(database: Database) -> Ground:
    """A database of which the clock was trusted now."""
    made = ground_of(database)
    with database.transaction() as session:
        trust(session, made.vault, NOW)
    return made


def notes(ground: Ground, *moments: timedelta) -> list[str]:
    """What is said at each of these moments after the start."""
    said = []
    for moment in moments:
        with ground.database.transaction() as session:
            before = doubt(session, ground.vault, NOW + moment)
            why = note_time(session, ground.vault, NOW + moment)
            assert before == why
            said.append(why)
    return said


def test_a_clock_that_goes_steadily_is_believed(ground: Ground) -> None:
    """A night without the program, or seconds between machines, are no reason to doubt."""
    moments = (HOUR, 2 * HOUR, 2 * HOUR - timedelta(minutes=4), 36 * HOUR)
    assert notes(ground, *moments) == ["", "", "", ""]


@pytest.mark.parametrize(
    ("leap", "why"),
    [(30 * DAY, AHEAD), (37 * HOUR, AHEAD), (-HOUR, BEHIND), (-400 * DAY, BEHIND)],
)
def test_after_a_leap_it_is_doubted_for_a_week(ground: Ground, leap: timedelta, why: str) -> None:
    """A wrong clock that goes on for an hour is not right by that."""
    week = [leap + day * DAY for day in range(7)]
    assert notes(ground, *week) == [why] * 7
    assert notes(ground, leap + 7 * DAY) == [""]


def test_the_way_back_is_doubted_too(ground: Ground) -> None:
    """Which of two times was the wrong one, nobody can tell."""
    assert notes(ground, 30 * DAY, HOUR) == [AHEAD, BEHIND]


def test_nobody_watched_a_new_one_yet(database: Database) -> None:
    """Its first week shows how it goes."""
    ground = ground_of(database)
    assert notes(ground, HOUR, DAY) == [NEW, NEW]
    assert notes(ground, *(DAY * day for day in range(2, 9)))[-1] == ""


def test_an_operator_ends_the_doubt(ground: Ground) -> None:
    """Who looked at the clock need not wait."""
    assert notes(ground, 30 * DAY) == [AHEAD]
    with ground.database.transaction() as session:
        trust(session, ground.vault, NOW + 30 * DAY)
    assert notes(ground, 30 * DAY + HOUR) == [""]
