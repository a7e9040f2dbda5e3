"""``calendar`` and ``due``: what the program counts with, and what waits for its time."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.cases.due_work import DUES
from bot.cli.due import KINDS
from storage.due import set_due
from storage.tables import Due, Inbound
from tests.cli.conftest import CommandLine, on_both_engines
from tests.world import START, World


def test_the_calendar_shows_each_free_day_and_its_decree(cli: CommandLine) -> None:
    """Officers who doubt a deadline can count for themselves."""
    told = cli.json("calendar", "show", "2027")
    assert (told["year"], told["certain"], len(told["days"])) == (2027, True, 26)
    assert told["decree"].startswith("SKB Nomor 1205")
    assert told["days"][0] == {
        "on": "2027-01-01", "name": "Tahun Baru Masehi", "kind": "libur", "estimated": False,
    }  # fmt: skip
    printed = cli.ok("calendar", "show", "2027")
    assert "2027-03-09" in printed
    assert "cuti bersama" in printed
    assert "Sudah pasti" in printed


def test_a_year_without_a_decree_says_what_to_do(cli: CommandLine, tmp_path: Path) -> None:
    """A guess that looks like the truth moves deadlines unseen."""
    assert not cli.json("calendar", "show", "2028")["certain"]
    printed = cli.ok("calendar", "show", "2028")
    assert "Belum pasti" in printed
    assert "perkiraan" in printed
    folder = tmp_path / "var" / "kalender"
    folder.mkdir()
    (folder / "2028.toml").write_text('decree = "SKB Nomor 1"')
    assert cli.json("calendar", "show", "2028")["decree"] == "SKB Nomor 1"


def test_without_a_year_it_is_this_one(cli: CommandLine) -> None:
    """The question is nearly always about now."""
    assert cli.json("calendar", "show")["year"] >= 2026


def test_a_wrong_file_is_named(cli: CommandLine, tmp_path: Path) -> None:
    """Operators must find the line that they mistyped."""
    folder = tmp_path / "var" / "kalender"
    folder.mkdir()
    (folder / "2028.toml").write_text("remove = [")
    assert "2028.toml" in cli.fails("calendar", "show")


def test_every_kind_of_row_has_a_name_that_operators_understand() -> None:
    """The word "still" tells nobody what will happen."""
    assert {*DUES, "quiet", "unfinished", "referral", "joining"} == set(KINDS)


@pytest.fixture
def waiting(world: World) -> World:
    """A program with one row for an hour ago and one for next year."""
    case = world.opened_case()
    with world.app.database.transaction() as session:
        for row in session.exec(select(Due)):
            session.delete(row)
        session.flush()
        for key, due_at in (
            ("legal:1:bipartit", START - timedelta(days=30)),
            ("legal:1:phi", START + timedelta(days=20000)),
        ):
            set_due(
                session,
                organisation_id=case.organisation_id,
                kind="legal",
                key=key,
                lane="x",
                due_at=due_at,
                case_id=case.id,
            )
    return world


def test_what_waits_is_listed_in_its_order(waiting: World, beside: CommandLine) -> None:
    """What comes next is the first question after an outage."""
    rows = beside.json("due", "list")
    assert [row["key"] for row in rows] == ["legal:1:bipartit", "legal:1:phi"]
    assert rows[0]["case"] == waiting.cases()[0].number
    printed = beside.ok("due", "list")
    assert "legal:1:phi" in printed


def test_what_will_be_due_at_a_time_can_be_seen_beforehand(
    waiting: World, beside: CommandLine
) -> None:
    """Dry means dry: nothing may have changed afterwards."""
    at = ("--now", "2026-11-23T09:00")
    assert [row["key"] for row in beside.json("due", "list", *at)] == ["legal:1:bipartit"]
    assert [row["key"] for row in beside.json("due", "run", *at, "--dry-run")] == [
        "legal:1:bipartit"
    ]
    later = beside.json("due", "run", "--now", "2090-01-01", "--dry-run")
    assert [row["late"] for row in later] == [True, True]
    assert len(beside.json("due", "list")) == 2


@on_both_engines
def test_what_is_due_is_handed_over_once(waiting: World, beside: CommandLine) -> None:
    """Run twice by two hands, it must still happen once."""
    with waiting.app.database.reading() as session:
        before = len(session.exec(select(Inbound.id).where(Inbound.source == "timer")).all())
    assert beside.json("due", "run") == {"fired": 1}
    assert beside.json("due", "run") == {"fired": 0}
    assert [row["key"] for row in beside.json("due", "list")] == ["legal:1:phi"]
    with waiting.app.database.reading() as session:
        after = len(session.exec(select(Inbound.id).where(Inbound.source == "timer")).all())
    assert after == before + 1
    assert "0 diserahkan" in beside.ok("due", "run", "--now", "2026-11-01T09:00+07:00")


def test_a_time_that_has_not_come_cannot_be_run(waiting: World, beside: CommandLine) -> None:
    """A reminder that fired a year early cannot be called back."""
    assert "--dry-run" in beside.fails("due", "run", "--now", "2099-01-01")
    assert beside.fails("due", "list", "--now", "besok", status=2)
    assert len(beside.json("due", "list")) == 2
