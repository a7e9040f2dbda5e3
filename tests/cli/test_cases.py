"""``cases``: what operators see, what stays closed, what a reveal leaves behind."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from bot.cli.case_export import safe_cell
from storage.cases import content_of, events_of, row_id, seal_content
from storage.tables import Case
from tests.cli.conftest import CommandLine
from tests.world import STORY, World

WORKPLACE = "Maju Jaya"


def test_list_shows_the_case_without_a_word_of_it(world: World, beside: CommandLine) -> None:
    """A list over somebody's shoulder must tell nothing."""
    case = world.opened_case()
    printed = beside.ok("cases", "list")
    assert case.number in printed
    assert WORKPLACE not in printed
    assert [row["number"] for row in beside.json("cases", "list")] == [case.number]


def test_list_is_narrowed_by_every_option(world: World, beside: CommandLine) -> None:
    """Filters that filter nothing mislead."""
    case = world.opened_case()
    for option, fits, other in (
        ("--status", "baru", "selesai"),
        ("--category", case.category, "k3"),
        ("--organisation", "simulasi", "utama"),
    ):
        assert len(beside.json("cases", "list", option, fits)) == 1
        assert beside.json("cases", "list", option, other) == []
    world.opened_case(world.worker("dewi"))
    assert len(beside.json("cases", "list", "--limit", "1")) == 1


def test_show_tells_trail_and_delivery_but_not_the_story(
    world: World, beside: CommandLine
) -> None:
    """Looking after the machine needs no reading of complaints."""
    case = world.opened_case()
    world.officer().taps(case, "Saya tangani")
    facts = beside.json("cases", "show", case.number)
    assert [event["what"] for event in facts["timeline"]] == ["opened", "taken", "stage"]
    assert facts["delivery"]
    assert {row["status"] for row in facts["delivery"]} <= {"sent", "delivered", "read"}
    for printed in (json.dumps(facts), beside.ok("cases", "show", case.number.lower())):
        assert WORKPLACE not in printed
        assert STORY not in printed


def test_a_reveal_is_written_into_the_trail(world: World, beside: CommandLine) -> None:
    """Whoever reads a story leaves a trace that officers can see."""
    case = world.opened_case()
    assert STORY in beside.ok("cases", "show", case.number, "--reveal")
    with world.app.database.reading() as session:
        trail = [event.what for event in events_of(session, row_id(case))]
    assert trail.count("revealed_by_operator") == 1


def test_a_hidden_name_stays_hidden_from_operators(world: World, beside: CommandLine) -> None:
    """'Rahasiakan nama' is a promise that no command breaks."""
    sri = world.worker()
    case = world.opened_case(sri)
    told = beside.json("cases", "show", case.number, "--reveal")["revealed"]
    assert told["story"]
    assert told["name"] == told["address"] == ""
    assert told["pseudonym"]


def test_show_knows_no_such_case(cli: CommandLine) -> None:
    """A number that is none is wrong usage, one that is unknown a fault."""
    cli.fails("cases", "show", "12345", status=2)
    assert "KB-0000-0000" in cli.fails("cases", "show", "KB-0000-0000")


def test_export_leaves_out_what_was_told(
    world: World, beside: CommandLine, tmp_path: Path
) -> None:
    """A file for statistics must not be a leak."""
    case = world.opened_case()
    for name in ("a.csv", "a.jsonl"):
        file = tmp_path / name
        beside.ok("cases", "export", str(file), "--organisation", "simulasi")
        content = file.read_text(encoding="utf-8-sig")
        assert case.number in content
        assert WORKPLACE not in content
        assert file.stat().st_mode & 0o777 == 0o600


def test_export_with_reveal_is_logged_for_every_case(
    world: World, beside: CommandLine, tmp_path: Path
) -> None:
    """Taking everything out at once must be seen in every case."""
    world.opened_case()
    world.opened_case(world.worker("dewi"))
    file = tmp_path / "a.jsonl"
    beside.ok("cases", "export", str(file), "--organisation", "simulasi", "--reveal")
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [STORY in row["story"] for row in rows] == [True, True]
    with world.app.database.reading() as session:
        for case in session.exec(select(Case)).all():
            trail = [event.what for event in events_of(session, row_id(case))]
            assert trail.count("revealed_by_operator") == 1


def test_practice_cases_are_exported_only_when_asked_for(
    world: World, beside: CommandLine, tmp_path: Path
) -> None:
    """Figures of a union must not count the simulator's workers."""
    world.opened_case()
    everything = ("cases", "export", str(tmp_path / "a.csv"))
    assert beside.json(*everything)["cases"] == 0
    assert beside.json(*everything, "--organisation", "simulasi")["cases"] == 1


def test_a_story_cannot_run_as_a_formula(
    world: World, beside: CommandLine, tmp_path: Path
) -> None:
    """CWE-1236: the officer's spreadsheet would run what a reporter wrote."""
    case, vault = world.opened_case(), world.app.vault
    content = replace(content_of(vault, case), story='=HYPERLINK("http://contoh.id","gaji")')
    with world.app.database.transaction() as session:
        case.sealed = seal_content(vault, content)
        session.add(case)
    file = tmp_path / "a.csv"
    beside.ok("cases", "export", str(file), "--organisation", "simulasi", "--reveal")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        row = next(csv.DictReader(opened))
    assert row["story"].startswith("'=HYPERLINK")


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+62812",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u200b=1",
        "\uff1d1",
        "\0=1",
    ],
)
def test_every_start_of_a_formula_is_guarded(cell: str) -> None:
    """Spreadsheets trim what they do not show before they look for a formula."""
    assert safe_cell(cell).startswith("'")


@pytest.mark.parametrize("cell", ["gaji", "KB-7F3K-92QM", "2 bulan", ""])
def test_harmless_cells_stay_as_they_are(cell: str) -> None:
    """Guarding everything would spoil the file."""
    assert safe_cell(cell) == cell
