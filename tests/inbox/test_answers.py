"""Answers about rights on the whole way: from the encoder through the turn to her phone."""

from nlp.rights import load_rights
from tests.world import World

QUESTION = "thr dicicil boleh?"
UNKNOWN = "kak, gaji saya salah transfer ke rekening orang lain, gimana ya ngurusnya?"


def test_a_question_is_answered_with_its_law_and_no_case_is_made(world: World) -> None:
    """The answer that the union reviewed arrives word for word."""
    sri = world.worker()
    sri.says(QUESTION)
    sri.taps("Setuju")
    entry = next(entry for entry in load_rights() if entry.slug == "thr_telat_dicicil")
    assert entry.question in sri.heard()[-1]
    assert entry.answer in sri.heard()[-1]
    assert "(perlu dicek)" in sri.heard()[-1]
    assert sri.last_buttons()[:3] == ["Sudah jelas", "Tanya petugas", "Ya, laporkan"]
    sri.taps("Sudah jelas")
    assert world.cases() == []


def test_a_question_without_an_answer_becomes_a_case_of_its_kind(world: World) -> None:
    """A person gets it, and reads at once that it is a question."""
    sri = world.worker()
    sri.says(UNKNOWN)
    sri.taps("Setuju")
    sri.taps("Tanya petugas")
    sri.taps("Kirim")
    (case,) = world.cases()
    assert (case.kind, case.status) == ("pertanyaan", "baru")
    assert any("Pertanyaan · Upah" in said for said in world.in_group())
