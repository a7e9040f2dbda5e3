"""``survey results``: tables and JSON, groups that are too small hidden in both."""

from sqlmodel import Session

from storage.cases import CaseContent, seal_content
from storage.tables import Case, Survey
from tests.cli.conftest import CommandLine
from tests.world import World


def answered(world: World, session: Session, category: str, count: int, score: int) -> None:
    """So many answered surveys about a category."""
    now, organisation_id = world.clock.now(), world.organisation_id(session)
    for n in range(count):
        case = Case(
            number=f"KB-{category[:4].upper()}-{n:04d}", organisation_id=organisation_id,
            kind="pengaduan", category=category, urgency="normal", status="selesai",
            status_since=now, opened_at=now, sealed=seal_content(world.app.vault, CaseContent()),
        )  # fmt: skip
        session.add(case)
        session.flush()
        session.add(
            Survey(
                organisation_id=organisation_id, case_id=case.id, closure=0, state="answered",
                solved="ya", score=score, planned_at=now, asked_at=now, answered_at=now,
            )
        )  # fmt: skip


def test_results_are_printed_and_small_groups_are_not(world: World, beside: CommandLine) -> None:
    """What an operator forwards to the board must name nobody."""
    with world.app.database.transaction() as session:
        answered(world, session, "upah", 12, 4)
        answered(world, session, "k3", 7, 5)
        answered(world, session, "cuti_istirahat", 2, 1)
    options = ("survey", "results", "--by", "category", "--organisation", "simulasi")
    printed = beside.ok(*options)
    assert "Upah" in printed
    assert "4,0" in printed
    assert "Disembunyikan, seluruhnya atau sebagian: 2 kelompok" in printed
    document = beside.json(*options)
    assert [group["group"] for group in document["groups"]] == ["upah"]
    assert (document["hidden_groups"], document["total"]["answered"]) == (2, 21)


def test_practice_is_left_out_unless_it_is_named(world: World, beside: CommandLine) -> None:
    """Invented workers must not make the union look better."""
    with world.app.database.transaction() as session:
        answered(world, session, "upah", 6, 5)
    assert beside.json("survey", "results")["groups"] == []
    assert "Belum ada hasil" in beside.ok("survey", "results", "--by", "officer")


def test_an_unknown_union_is_told_with_what_there_is(cli: CommandLine) -> None:
    """A typing mistake must not look like an empty result."""
    said = cli.fails("survey", "results", "--organisation", "salah")
    assert "Pilih salah satu" in said
