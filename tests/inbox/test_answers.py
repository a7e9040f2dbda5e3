"""Answers about rights on the whole way: from an encoder through the turn to her phone."""

import re
import zlib
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest

from nlp.rights import load_rights
from nlp.rights_finder import load_rights_finder
from tests.world import World

QUESTION = "thr dicicil boleh?"
UNKNOWN = "kak, gaji saya salah transfer ke rekening orang lain, gimana ya ngurusnya?"


class Bag:
    """An encoder that knows words only: texts are as close as the words they share."""

    def embed(self, text: str) -> npt.NDArray[np.float32]:
        place = np.zeros(4096, np.float32)
        for word in re.findall(r"\w+", text.casefold()):
            place[zlib.crc32(word.encode()) % 4096] += 1
        length = float(np.linalg.norm(place))
        return place / length if length else place


@dataclass(frozen=True)
class WithBag:
    """What a finder needs of a classifier."""

    embedder: Bag
    folder: None = None


@pytest.fixture
def asked(world: World) -> World:
    """The program with an encoder."""
    finder = load_rights_finder(WithBag(Bag()), load_rights())  # type: ignore[arg-type]
    world.app.runner._minds = replace(world.app.runner._minds, rights=finder)
    return world


def test_a_question_is_answered_with_its_law_and_no_case_is_made(asked: World) -> None:
    """The answer that the union reviewed arrives word for word."""
    sri = asked.worker()
    sri.says(QUESTION)
    sri.taps("Setuju")
    entry = next(entry for entry in load_rights() if entry.slug == "thr_telat_dicicil")
    assert entry.question in sri.heard()[-1]
    assert entry.answer in sri.heard()[-1]
    assert "(perlu dicek)" in sri.heard()[-1]
    assert sri.last_buttons()[:3] == ["Sudah jelas", "Tanya petugas", "Ya, laporkan"]
    sri.taps("Sudah jelas")
    assert asked.cases() == []


def test_a_question_without_an_answer_becomes_a_case_of_its_kind(asked: World) -> None:
    """A person gets it, and reads at once that it is a question."""
    sri = asked.worker()
    sri.says(UNKNOWN)
    sri.taps("Setuju")
    sri.taps("Tanya petugas")
    sri.taps("Kirim")
    (case,) = asked.cases()
    assert (case.kind, case.status) == ("pertanyaan", "baru")
    assert any("Pertanyaan · Upah" in said for said in asked.in_group())
