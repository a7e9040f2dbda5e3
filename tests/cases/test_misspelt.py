"""Words typed in haste find what was meant, and words of their own find nothing else."""

import pytest

from bot.cases.misspelt import is_misspelt
from bot.commands import Part
from tests.cases.office import Office
from tests.outbox.scripted import GROUP_CHAT

MEANT = """
gji gaji; gji gajinya; lembr lembur; lembru lembur; lembur lemburnya; pesagon pesangon;
pesangn pesangonnya; upha upah; upahh upahnya; kontrk kontrak; kontrak dikontrak; cti cuti;
jamsostk jamsostek; intimidsi mengintimidasi; intimidasi diintimidsi; pelecehn pelecehan;
mandr mandor; garmn garmen; garmndo garmindo; sejahtra sejahtera; makmr makmur; tekstl tekstil;
disnakr disnaker; bpsj bpjs; skorsng skorsing; dirumahkn dirumahkan
"""
NOT_MEANT = """
kenari kemarin; cuti kuli; upah ubah; gaji haji; gudang dulang; kapal modal;
mesin musim; mandor motor; lembur sembur; pesangon pasangan; nuklir keluar; phk phl; pt st;
garmen semen; buruh suruh; kerja meja
"""


def _pairs(table: str) -> list[tuple[str, str]]:
    return [(pair.split()[0], pair.split()[1]) for pair in table.split(";")]


@pytest.mark.parametrize(("typed", "word"), _pairs(MEANT))
def test_a_slip_of_the_thumb_is_forgiven(typed: str, word: str) -> None:
    """Officers type on phones, between two calls."""
    assert is_misspelt(typed, word)


@pytest.mark.parametrize(("typed", "word"), _pairs(NOT_MEANT))
def test_another_word_is_another_word(typed: str, word: str) -> None:
    """A list of cases that do not fit hides the one that does."""
    assert not is_misspelt(typed, word)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_search_takes_no_word_for_another_one(office: Office) -> None:
    """Who looks for the PT Kenari does not want everything that happened yesterday."""
    case = office.opens(parts=(Part("kemarin gaji dipotong"),), workplace="PT Maju Jaya")
    office.deliver()
    for words, finds in (("kenari", False), ("gji dipotng", True), ("gji kenari", False)):
        office.says("joko", f"/cari {words}")
        office.deliver()
        assert (case.number in office.newest_in(GROUP_CHAT)) is finds, words
