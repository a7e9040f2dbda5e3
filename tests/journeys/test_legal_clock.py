"""The legal clock through the whole program: from the first meeting to the alarm."""

from datetime import UTC, datetime

from tests.world import World


def test_half_of_the_talks_are_over(world: World) -> None:
    """Officers, the card and the worker hear of it on the same morning, and once."""
    sri = world.worker(look="sim-telegram")
    world.opened_case(sri)
    ratna = world.officer("Ratna")
    ratna.taps(world.cases()[-1], "Saya tangani")
    for stage in ("Ditangani", "Bipartit"):
        ratna.taps(world.cases()[-1], "Ubah status")
        ratna.taps(world.cases()[-1], stage)
    for said in ("hari ini", "lewati", "lewati"):
        ratna.writes(world.cases()[-1], said)
    assert world.cases()[-1].status == "bipartit"
    morning = datetime(2026, 12, 14, 1, 0, tzinfo=UTC)  # eight in Jakarta, working day 15
    world.wait((morning - world.clock.now()).total_seconds() - 1)
    assert not any("separuh" in said for said in world.in_group())
    world.wait(1)
    world.wait(5)
    rang = [said for said in world.in_group() if "separuh" in said]
    assert len(rang) == 1
    assert "hari kerja ke-15 dari 30" in rang[0]
    assert "Petugas: Ratna" in rang[0]
    assert any("Hari kerja ke-15 dari 30 (bipartit), habis 8 Jan" in s for s in world.in_group())
    told = [said for said in sri.heard() if "Jumat, 8 Januari 2027" in said]
    assert len(told) == 1
