"""``retention run``: what will go, what went, and the refusal while the clock is doubted."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.clock import SystemClock
from storage.seen_time import note_time
from storage.tables import Case, Deletion
from tests.cli.conftest import CommandLine, on_both_engines
from tests.world import World

AGES_AGO = timedelta(days=2000)


@pytest.fixture
def old(world: World) -> World:
    """A program with a case that was closed years ago and announced two months ago."""
    case, now = world.opened_case(), SystemClock().now()
    with world.app.database.transaction() as session:
        stored = session.get_one(Case, case.id)
        stored.status, stored.closed_at = "selesai", now - AGES_AGO
        stored.warned_at = now - timedelta(days=60)
        session.add(stored)
    return world


def kept(world: World) -> list[bool]:
    """Of each case whether its reporter is still known."""
    return [case.person_id is not None for case in world.cases()]


def test_a_dry_run_shows_what_will_go_and_changes_nothing(old: World, beside: CommandLine) -> None:
    """Who sets rules wants to see first what they do."""
    [step] = beside.json("retention", "run", "--dry-run")
    assert (step["action"], step["what"], step["rule"]) == ("delete", "case", "status:selesai")
    assert step["number"] == old.cases()[0].number
    assert "dihapus" in beside.ok("retention", "run", "--dry-run")
    assert beside.json("retention", "run", "--dry-run", "--now", "2001-01-01") == []
    assert kept(old) == [True]


def test_a_file_of_rules_counts(old: World, beside: CommandLine) -> None:
    """A union that keeps longer must see it at once."""
    rules = Path(old.settings.data_dir) / "retensi.toml"
    rules.write_text("[status]\nselesai = 9000")
    assert beside.json("retention", "run", "--dry-run") == []
    rules.write_text("[status]\nselesai = 1")
    assert "retensi.toml" in beside.fails("retention", "run", "--dry-run")


@on_both_engines
def test_nothing_goes_while_the_clock_is_doubted(old: World, beside: CommandLine) -> None:
    """The operator looks at the clock, says so, and only then it is deleted, with a receipt."""
    said = beside.fails("retention", "run")
    assert "--clock-is-right" in said
    assert kept(old) == [True]
    [step] = beside.json("retention", "run", "--clock-is-right")
    assert step["action"] == "delete"
    assert kept(old) == [False]
    with old.app.database.reading() as session:
        assert session.exec(select(Deletion.number)).all() == [step["number"]]
    assert beside.json("retention", "run") == []


def test_a_clock_that_leapt_since_is_doubted_again(old: World, beside: CommandLine) -> None:
    """What was right once is not right for ever."""
    now = SystemClock().now()
    with old.app.database.transaction() as session:
        note_time(session, old.app.vault, now + timedelta(days=30))
    assert "timedatectl" in beside.fails("retention", "run")
    assert kept(old) == [True]


def test_a_time_that_has_not_come_cannot_be_run(old: World, beside: CommandLine) -> None:
    """Deleted early is deleted for good."""
    said = beside.fails("retention", "run", "--now", "2099-01-01", "--clock-is-right")
    assert "--dry-run" in said
    assert kept(old) == [True]


def test_where_nothing_is_due_it_says_so(cli: CommandLine) -> None:
    """Silence would leave the operator guessing."""
    assert "Tidak ada" in cli.ok("retention", "run", "--clock-is-right")
