"""A case that stands still: its reporter hears so, honestly, at most once a week."""

from dataclasses import replace

import pytest

from bot.cases.pushes import drop_waiting
from bot.cases.silence import patience
from storage.cases import case_by_id
from storage.tables import Case, Person
from tests.cases.office import Office
from tests.cases.passing import go, hour_by_hour, pushed, sweep

STILL = "still"


def _told(office: Office) -> list[tuple[str, str]]:
    return [(at, text) for at, text in pushed(office) if "masih diproses" in text]


@pytest.fixture
def case(office: Office) -> Case:
    """A case of Monday nine o'clock whose topic stands."""
    case = office.opens()
    office.deliver()
    return case


def test_after_a_week_without_news_she_hears_that_it_goes_on(office: Office, case: Case) -> None:
    """What is waited for and what comes next stand in it."""
    office.taps("joko", case, "take")
    office.taps("joko", case, "to_stage", "ditangani")
    hour_by_hour(office, "2026-11-23 10:00", "2026-11-30 09:00", STILL)
    assert _told(office) == []
    hour_by_hour(office, "2026-11-30 09:00", "2026-12-01 09:00", STILL)
    ((at, text),) = _told(office)
    assert at == "30.11. 09:00"
    assert case.number in text
    assert "sedang ditangani petugas" in text
    assert "Yang ditunggu: petugas menyiapkan langkah berikutnya." in text
    assert "Langkah berikutnya: Petugas" in text


def test_it_is_said_once_a_week_and_no_more(office: Office, case: Case) -> None:
    """Four weeks bring four messages."""
    hour_by_hour(office, "2026-11-23 10:00", "2026-12-22 10:00", STILL)
    assert [at for at, _ in _told(office)] == [
        "30.11. 09:00", "07.12. 09:00", "14.12. 09:00", "21.12. 09:00",
    ]  # fmt: skip
    assert case.number in _told(office)[0][1]


def test_a_stage_may_have_days_of_its_own(office: Office, case: Case) -> None:
    """A court that is silent for three weeks is no news; an officer is."""
    with office.database.reading() as session:
        work = replace(office.work(session), silent_stages={"phi": 21})
        assert [
            patience(work, Case(**(case.model_dump() | {"status": stage}))).days
            for stage in ("phi", "baru")
        ] == [21, 7]


def test_what_moved_meanwhile_begins_the_week_anew(office: Office, case: Case) -> None:
    """News of Thursday make a word on Monday superfluous."""
    go(office, "2026-11-26 10:00")
    office.taps("joko", case, "take")
    hour_by_hour(office, "2026-11-26 11:00", "2026-12-03 10:00", STILL)
    assert _told(office) == []
    hour_by_hour(office, "2026-12-03 10:00", "2026-12-03 12:00", STILL)
    assert [at for at, _ in _told(office)] == ["03.12. 10:00"]


def test_a_first_answer_that_was_promised_sooner_is_told_before_that_passes(
    office: Office,
) -> None:
    """Four hours were promised; who waits for them in vain stops trusting the union."""
    case = office.opens(urgency="tinggi")
    office.taps("ratna", case, "to_urgency", "normal")
    (said,) = [text for _, text in pushed(office) if "paling lambat" in text]
    assert "paling lambat Selasa, 24 November 2026, jam 09.00" in said
    office.taps("ratna", case, "to_urgency", "darurat")
    office.taps("ratna", case, "to_urgency", "darurat")
    assert len([text for _, text in pushed(office) if "paling lambat" in text]) == 1


def test_a_promise_that_was_not_kept_is_owned_up_to(office: Office, case: Case) -> None:
    """Five working days were promised; silence about that is a lie by leaving out."""
    office.taps("joko", case, "take")
    go(office, "2026-12-01 10:00")
    sweep(office, STILL)
    assert "Maaf, ini lebih lama dari janji kami." in _told(office)[0][1]


def test_it_says_when_it_is_her_turn(office: Office, case: Case) -> None:
    """Nobody waits for the officers when the officers wait for her."""
    office.taps("joko", case, "take")
    office.taps("joko", case, "wait")
    go(office, "2026-12-01 10:00")
    sweep(office, STILL)
    assert "Yang ditunggu: jawaban Anda. Petugas bertanya pada 23 Nov 2026." in _told(office)[0][1]


def test_it_waits_for_an_hour_that_suits_her(office: Office) -> None:
    """Also when the week ends by night."""
    go(office, "2026-11-23 22:00")
    office.opens()
    hour_by_hour(office, "2026-11-30 21:00", "2026-12-01 12:00", STILL)
    assert [at for at, _ in _told(office)] == ["01.12. 08:00"]


def test_after_weeks_of_death_it_is_said_once(office: Office, case: Case) -> None:
    """Three missed weeks are one message, for the case as it is."""
    go(office, "2026-12-15 10:00")
    sweep(office, STILL)
    sweep(office, STILL)
    assert len(_told(office)) == 1
    assert case.number in _told(office)[0][1]


def test_a_closed_case_is_over(office: Office, case: Case) -> None:
    """Nothing goes on."""
    office.taps("joko", case, "take")
    office.closes("joko", case, "tercapai")
    hour_by_hour(office, "2026-11-30 08:00", "2026-12-08 10:00", STILL)
    assert _told(office) == []


def test_who_stopped_news_hears_nothing_until_she_wants_it(office: Office, case: Case) -> None:
    """With MULAI it begins again."""
    with office.database.transaction() as session:
        person = session.get_one(Person, office.case.person_id)
        person.pushes_on = False
        session.add(person)
        drop_waiting(office.work(session), person)
    hour_by_hour(office, "2026-11-30 08:00", "2026-12-01 10:00", STILL)
    assert _told(office) == []
    assert "still_told" not in [event.what for event in office.trail(case)]
    with office.database.transaction() as session:
        person = session.get_one(Person, office.case.person_id)
        person.pushes_on = True
        session.add(person)
    hour_by_hour(office, "2026-12-01 10:00", "2026-12-08 10:00", STILL)
    assert len(_told(office)) == 1


def test_a_merged_case_is_told_of_by_the_one_that_answers_for_it(
    office: Office, case: Case
) -> None:
    """Two messages about one matter would contradict each other."""
    other = office.opens()
    with office.database.transaction() as session:
        row = case_by_id(session, other.id or 0)
        assert row is not None
        row.merged_into_id = case.id
        session.add(row)
    hour_by_hour(office, "2026-11-30 08:00", "2026-12-01 10:00", STILL)
    assert {case.number in text for _, text in _told(office)} == {True}
