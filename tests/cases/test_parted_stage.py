"""Merged and parted: the stage of before, and nothing that the reporter hears twice."""

import pytest

from bot.cases.stages import change_stage
from storage.cases import case_by_id
from storage.tables import Case
from tests.cases.office import Office
from tests.cases.several import opens, told_to

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _moves(office: Office, case: Case, *stages: str, further: str = "") -> None:
    for stage in stages:
        with office.database.transaction() as session:
            row = case_by_id(session, case.id or 0, lock=True)
            assert row is not None
            officer = office.officers["ratna"]
            change_stage(office.work(session), row, stage, officer=officer, further=further)


def _stage(office: Office, case: Case) -> tuple[str, int | None]:
    stored = office.stored(case)
    return stored.status, stored.owner_id


def test_a_case_that_is_further_on_does_not_fall_back(office: Office) -> None:
    """She was told that somebody reads it; that it is new again would be wrong."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    office.taps("joko", other, "take")
    heard = told_to(office, "DEWI")
    before = _stage(office, other)
    office.taps("ratna", other, "merge", str(main.id))
    assert _stage(office, other) == before == ("verifikasi", office.officers["joko"].id)
    office.taps("ratna", main, "take")
    assert told_to(office, "DEWI") == heard
    office.taps("ratna", other, "split")
    assert _stage(office, other) == before
    assert told_to(office, "DEWI") == heard
    _moves(office, other, "ditangani")
    assert len(told_to(office, "DEWI")) == len(heard) + 1


def test_it_goes_along_from_where_the_other_one_has_come_by(office: Office) -> None:
    """Then both stand at the same place again."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    _moves(office, other, "verifikasi", "ditangani")
    office.taps("ratna", other, "merge", str(main.id))
    heard = len(told_to(office, "DEWI"))
    _moves(office, main, "verifikasi", "ditangani")
    assert len(told_to(office, "DEWI")) == heard
    _moves(office, main, "bipartit", "ditangani")
    assert office.stored(other).status == "ditangani"
    assert len(told_to(office, "DEWI")) == heard + 2
    office.closes("ratna", main, "tercapai")
    assert office.stored(other).status == "selesai"
    office.taps("ratna", other, "split")
    assert office.stored(other).status == "selesai"  # what is closed stays so


def test_words_of_officers_reach_who_is_at_that_stage_already(office: Office) -> None:
    """The day of the meeting is news, although the stage is not."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    _moves(office, other, "verifikasi", "ditangani", "bipartit")
    office.taps("ratna", other, "merge", str(main.id))
    _moves(office, main, "verifikasi", "ditangani")
    _moves(office, main, "bipartit", further="Pertemuan pertama: Kamis.")
    assert "Pertemuan pertama: Kamis." in told_to(office, "DEWI")[-1]


def test_a_step_that_is_not_hers_is_put_right(office: Office) -> None:
    """She was told of talks with the company; hers are not held."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    office.taps("ratna", main, "take")
    _moves(office, other, "verifikasi")
    since = office.stored(other).status_since
    office.clock.advance(3600)
    office.taps("ratna", other, "merge", str(main.id))
    _moves(office, main, "ditangani", "bipartit")
    assert office.stored(other).status == "bipartit"
    heard = len(told_to(office, "DEWI"))
    office.taps("ratna", other, "split")
    stored = office.stored(other)
    assert (stored.status, stored.status_since) == ("verifikasi", since)
    assert (
        "ada yang kami perbaiki. Laporan Anda sekarang sedang dibaca petugas."
        in (told_to(office, "DEWI")[-1])
    )
    assert main.number not in told_to(office, "DEWI")[-1]
    _moves(office, other, "ditangani")
    assert len(told_to(office, "DEWI")) == heard + 2
    assert office.stored(main).status == "bipartit"


def test_who_takes_a_parted_case_does_not_tell_her_twice_that_it_is_read(office: Office) -> None:
    """She heard so while it was merged."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    office.taps("ratna", other, "merge", str(main.id))
    office.taps("ratna", main, "take")
    heard = told_to(office, "DEWI")
    assert any("sedang memeriksanya" in text for text in heard)
    office.taps("ratna", other, "split")
    assert _stage(office, other) == ("baru", None)
    office.taps("joko", other, "take")
    assert _stage(office, other) == ("verifikasi", office.officers["joko"].id)
    assert told_to(office, "DEWI") == heard
    whats = [(e.before, e.after) for e in office.trail(other) if e.what == "stage_restored"]
    assert whats == [("verifikasi", "baru")]


def test_merged_again_it_is_as_before_the_last_merge(office: Office) -> None:
    """Only the newest merge is undone."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    office.taps("ratna", main, "take")
    for own in ("verifikasi", "ditangani"):
        _moves(office, other, own)
        office.taps("ratna", other, "merge", str(main.id))
        office.taps("ratna", other, "split")
        assert office.stored(other).status == own
