"""That a worker will be reminded is said where she will be, to her and to the officers."""

import pytest

from storage.tables import Case, Person
from tests.cases.office import Office
from tests.cases.passing import go, hour_by_hour, posted, pushed

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PROMISED, REMINDED = "Kami ingatkan lagi sebelumnya", "Pengingat"
ONLY = "Sebelum itu pelapor tidak diingatkan lagi"


def _case(office: Office, at: str, **fields: str) -> Case:
    """A case that Joko handles, at this time of Tuesday, 1 December."""
    go(office, f"2026-12-01 {at}")
    case = office.opens(region_code="32.16", **fields)
    office.taps("joko", case, "take")
    office.taps("joko", case, "to_stage", "ditangani")
    office.deliver()
    return case


def _to_bipartit(office: Office, case: Case, on: str, hour: str) -> None:
    office.taps("joko", case, "to_stage", "bipartit")
    for words in (on, hour, "lewati"):
        office.writes("joko", case, words)
    assert office.stored(case).status == "bipartit"


def _by_hand(office: Office, case: Case, on: str, hour: str) -> None:
    office.writes("joko", case, "/janji baru")
    office.chooses("joko", case, "appointment", "kind", "bipartit")
    for words in (on, hour, "lewati"):
        office.writes("joko", case, words)


def _stops_news(office: Office) -> None:
    with office.database.transaction() as session:
        person = session.get_one(Person, office.case.person_id)
        person.pushes_on = False
        session.add(person)


NEAR = [
    ("17:00", "besok", "lewati", "", False),  # four o'clock is over, and no hour is known
    ("10:00", "hari ini", "11.00", "", False),
    ("17:00", "besok", "09.00", "", True),
    ("10:00", "besok", "lewati", "", True),
    ("10:00", "5 desember", "lewati", "pagi jam 6 sampai jam 8", False),  # no word on the day
]


@pytest.mark.parametrize("note", [_to_bipartit, _by_hand])
@pytest.mark.parametrize(("at", "on", "hour", "safe_hours", "reminds"), NEAR)
def test_a_reminder_is_promised_only_where_one_comes(
    office: Office, at: str, on: str, hour: str, safe_hours: str, reminds: bool, note: object
) -> None:
    """Who waits for a reminder that never comes misses the meeting."""
    case = _case(office, at, safe_hours=safe_hours)
    note(office, case, on, hour)  # type: ignore[operator]
    news = pushed(office)[-1][1]
    assert (PROMISED in news) is reminds
    assert bool(posted(office, ONLY)) is not reminds
    hour_by_hour(office, f"2026-12-01 {at}", "2026-12-06 12:00", "appointment")
    assert any(REMINDED in text for _, text in pushed(office)) is reminds


def test_officers_learn_that_who_stopped_news_hears_nothing_of_the_meeting(
    office: Office,
) -> None:
    """They read that she is reminded, and nobody came."""
    case = _case(office, "09:00")
    _stops_news(office)
    _to_bipartit(office, case, "4 desember", "09.00")
    assert len(posted(office, "menghentikan kabar (BERHENTI)")) == 1
    assert posted(office, ONLY)
    assert not posted(office, "Pelapor diingatkan sebelumnya")


@pytest.mark.parametrize("note", [_to_bipartit, _by_hand])
def test_officers_learn_that_the_first_news_comes_too_late(office: Office, note: object) -> None:
    """By night her phone stays silent, and the meeting is at half past seven."""
    case = _case(office, "21:00")
    note(office, case, "besok", "07.30")  # type: ignore[operator]
    assert len(posted(office, "sesudah waktunya lewat")) == 1


@pytest.mark.parametrize(("at", "reminds"), [("10:00", True), ("19:00", False)])
def test_evidence_is_reminded_of_on_its_day_or_that_is_not_said(
    office: Office, at: str, reminds: bool
) -> None:
    """What is asked for in the evening is reminded of in the morning after."""
    case = _case(office, at)
    office.writes("joko", case, "/janji bukti hari ini")
    office.writes("joko", case, "lewati")
    assert ("Kami ingatkan pada hari itu" in pushed(office)[-1][1]) is reminds
    assert bool(posted(office, "Pelapor tidak diingatkan pada hari itu")) is not reminds


def test_officers_learn_that_she_does_not_hear_of_a_later_answer(office: Office) -> None:
    """She was promised an earlier one, and wants no news."""
    go(office, "2026-12-01 09:00")
    case = office.opens()
    office.taps("joko", case, "take")
    office.taps("joko", case, "to_urgency", "tinggi")
    _stops_news(office)
    before = len(pushed(office))
    office.taps("joko", case, "to_urgency", "normal")
    assert len(pushed(office)) == before
    assert len(posted(office, "menghentikan kabar (BERHENTI)")) == 1
