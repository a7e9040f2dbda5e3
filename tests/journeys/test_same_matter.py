"""Several workers of one workplace, from their first words to one answer for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot.events import Address, MessageReceived
from storage.tables import Case, CaseVector
from tests.world import Worker, World, minds_of

PLACE = "PT Kenari Makmur"
STORIES = {
    "sri": f"gaji saya bulan kemarin belum dibayar sampai tgl 20 di {PLACE}, MARKASRI",
    "dewi": f"kami di {PLACE} belum terima gaji bulan kemarin, sudah tgl 20 MARKADEWI",
    "asep": f"upah bulan kemarin di {PLACE} belum dibayar juga sampai sekarang MARKAASEP",
}


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The whole program on each engine."""
    world = World(database_url, tmp_path)
    yield world
    world.close()


def _tells(world: World, name: str) -> tuple[Worker, Case]:
    worker = world.worker(name)
    worker.says(STORIES[name])
    worker.taps("Setuju")
    for _ in range(14):
        labels = worker.last_buttons()
        if "Kirim" in labels:
            break
        skip = next(label for label in ("Rahasiakan nama", "Lewati", *labels) if label in labels)
        worker.taps(skip)
    worker.taps("Kirim")
    case = world.cases()[-1]
    with world.app.database.transaction() as session:  # whatever the classifier made of it
        stored = session.get_one(Case, case.id)
        stored.category = "upah"
        session.add(stored)
    return worker, world.cases()[-1]


def test_three_workers_join_and_one_answer_reaches_each(world: World) -> None:
    """Asked in her own chat, answered by tap or by typing; nobody learns of another."""
    workers, cases = zip(*(_tells(world, name) for name in STORIES), strict=True)
    lead = cases[0]
    ratna = world.officer()
    ratna.writes(lead, "/ajak")
    for worker in workers:
        assert "laporan serupa dari tempat kerja Anda" in worker.heard()[-1]
        assert worker.last_buttons() == ["Ikut", "Tidak"]
    workers[0].taps("Ikut")
    assert "ikut laporan bersama" in workers[0].heard()[-1]
    workers[1].says("kenapa ditanya?")
    assert "sulit diabaikan" in workers[1].heard()[-1]
    workers[1].says("ikut")
    workers[2].says("tidak")
    assert "tangani sendiri" in workers[2].heard()[-1]
    ratna.writes(lead, "/balas_bersama Besok kita bertemu di aula")
    ratna.taps(lead, "Kirim")
    world.wait(30)
    for worker, case in zip(workers[:2], cases[:2], strict=True):
        assert "aula" in worker.heard()[-1]
        assert case.number in worker.heard()[-1]
    assert not any("aula" in text for text in workers[2].heard())
    for worker, own in zip(workers, cases, strict=True):
        everything = "\n".join(worker.heard())
        for name, other in zip(STORIES, cases, strict=True):
            if other.number != own.number:
                assert other.number not in everything
                assert f"MARKA{name.upper()}" not in everything


def test_a_late_answer_and_other_words_in_between_are_understood(world: World) -> None:
    """The question gives way to what she has to say, and stays open."""
    workers, cases = zip(*(_tells(world, name) for name in STORIES), strict=True)
    world.officer().writes(cases[0], "/ajak")
    workers[1].says("ini slip gaji saya masih saya cari dulu ya di rumah")
    world.wait(20)
    assert any("slip gaji" in text for text in world.in_group())
    workers[1].says("saya ikut")
    assert "ikut laporan bersama" in workers[1].heard()[-1]


def test_merged_workers_are_answered_each_alone_and_split_again(world: World) -> None:
    """What the merged one writes stands in the main topic with her number."""
    (sri, main), (dewi, other) = (_tells(world, name) for name in ("sri", "dewi"))
    ratna = world.officer()
    ratna.writes(other, f"/gabungkan {main.number}")
    dewi.says("tadi HRD bilang gaji dicicil MARKABARU")
    world.wait(20)
    assert any("MARKABARU" in text and other.number in text for text in world.in_group())
    ratna.writes(main, "/balas Sudah kami surati")
    ratna.taps(main, "Kirim")
    world.wait(30)
    assert main.number in sri.heard()[-1]
    assert other.number in dewi.heard()[-1]
    assert "surati" in sri.heard()[-1]
    assert "surati" in dewi.heard()[-1]
    dewi.says("HAPUS DATA")
    dewi.taps("Ya, hapus")
    dewi.taps("Hapus sekarang")
    world.wait(30)
    assert world.cases()[1].merged_into_id is None
    assert not any("MARKABARU" in text for text in world.in_group())
    with world.app.database.reading() as session:
        assert [row.case_id for row in session.exec(select(CaseVector)).all()] in ([main.id], [])


def test_a_story_is_measured_when_told_and_anew_by_another_model(world: World) -> None:
    """The vector is there before anybody compares; one of an older model is made again."""
    _, case = _tells(world, "sri")
    classifier = minds_of(world.settings.classifier).classifier
    if classifier.embedder is None:
        pytest.skip("the built-in model has no encoder")
    with world.app.database.transaction() as session:
        row = session.exec(select(CaseVector)).one()
        assert (row.case_id, row.model) == (case.id, classifier.model)
        row.model = "older"
        session.add(row)
    world.officer().writes(case, "/kasus_serupa")
    with world.app.database.reading() as session:
        assert session.exec(select(CaseVector)).one().model == classifier.model


def test_an_officer_asks_in_private_and_is_a_reporter_otherwise(world: World) -> None:
    """Commands are answered in the private chat; a plain word is a worker's word."""
    _, case = _tells(world, "sri")
    ratna = world.officer()
    event = MessageReceived(ratna_address(ratna), "p1", world.clock.now(), text="/kasus")
    world.accept("sim:ratna", event)
    world.settle()
    assert case.number in ratna.private_chat()[-1]
    plain = MessageReceived(ratna_address(ratna), "p2", world.clock.now(), text="gaji saya kurang")
    world.accept("sim:ratna", plain)
    world.settle()
    with world.app.database.reading() as session:
        assert len(session.exec(select(Case)).all()) == 1
    assert "setuju" in ratna.private_chat()[-1].lower()


def ratna_address(officer: object) -> Address:
    """The officer's own chat with the bot."""
    return Address("sim-telegram", officer.officer.user_id)  # type: ignore[attr-defined]
