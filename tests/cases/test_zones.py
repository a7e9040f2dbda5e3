"""Hours are told where the worker is, with the letters of the zone; officers keep their own."""

from datetime import UTC, datetime

import pytest

from bot.cases.appointments import upcoming
from storage.cases import case_by_id
from storage.tables import Case
from tests.cases.office import Office
from tests.cases.passing import go, posted, pushed

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
JAYAPURA, MAKASSAR, BEKASI, UNKNOWN = "91.71", "73.71", "32.16", ""


def _case(office: Office, region: str) -> Case:
    """A case from there that Joko handles, in Jakarta; it is Tuesday, nine o'clock WIB."""
    go(office, "2026-12-01 09:00")
    case = office.opens(region_code=region)
    office.taps("joko", case, "take")
    office.taps("joko", case, "to_stage", "ditangani")
    office.deliver()
    return case


def _notes(office: Office, case: Case, hour: str) -> None:
    office.writes("joko", case, "/janji baru")
    office.chooses("joko", case, "appointment", "kind", "mediasi")
    for words in ("4 desember", hour, "lewati"):
        office.writes("joko", case, words)


def _at(office: Office, case: Case) -> datetime:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        (noted,) = upcoming(office.work(session), row)
        return noted.at


@pytest.mark.parametrize(
    ("region", "hour"),
    [(JAYAPURA, "12.00 WIT"), (MAKASSAR, "11.00 WITA"), (BEKASI, "10.00 WIB"),
     (UNKNOWN, "10.00 WIB")],
)  # fmt: skip
def test_she_reads_the_hour_of_a_meeting_where_she_is(
    office: Office, region: str, hour: str
) -> None:
    """Ten in Jakarta is noon in Jayapura; who comes at ten waits for two hours or comes late."""
    case = _case(office, region)
    _notes(office, case, "10.00")
    assert f"Jumat, 4 Desember 2026, jam {hour}" in pushed(office)[-1][1]
    differs = region in {JAYAPURA, MAKASSAR}
    assert bool(
        posted(office, f"menurut jam di tempatnya: Jumat, 4 Desember 2026, jam {hour}")
    ) is (differs)


@pytest.mark.parametrize(("said", "at"), [("12.00 WIT", 3), ("jam 10 wib", 3), ("10.00", 3)])
def test_letters_that_an_officer_types_count(office: Office, said: str, at: int) -> None:
    """Read and forgotten, they make an appointment two hours too late."""
    case = _case(office, JAYAPURA)
    _notes(office, case, said)
    assert _at(office, case) == datetime(2026, 12, 4, at, tzinfo=UTC)


def test_an_hour_that_falls_on_another_day_here_is_asked_again(office: Office) -> None:
    """Half past midnight in Jayapura is yesterday in Jakarta; nobody meets then."""
    case = _case(office, JAYAPURA)
    _notes(office, case, "00.30 WIT")
    assert posted(office, office.texts("officers.appointment.no_hour"))


def test_all_that_she_reads_of_hours_is_of_one_zone(office: Office) -> None:
    """A first answer by one clock and a meeting by another cannot be compared."""
    case = _case(office, JAYAPURA)
    office.taps("joko", case, "to_stage", "bipartit")
    for words in ("4 desember", "jam 10", "lewati"):
        office.writes("joko", case, words)
    assert "perusahaan: Jumat, 4 Desember 2026, jam 12.00 WIT." in pushed(office)[-1][1]
    assert posted(office, "Waktunya: Jumat, 4 Desember 2026, jam 10.00 WIB.")
    second = office.opens(region_code=JAYAPURA)
    office.taps("joko", second, "to_urgency", "tinggi")
    office.taps("joko", second, "to_urgency", "normal")
    (later,) = [text for _, text in pushed(office) if "paling lambat" in text and "WI" in text]
    assert "Rabu, 2 Desember 2026, jam 11.00 WIT" in later
