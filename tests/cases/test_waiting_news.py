"""What waits until a worker opens WhatsApp: she reads it once, and only what is true then."""

from datetime import date, datetime

import pytest

from bot.cases.appointments import call_off, make, move, upcoming
from bot.cases.legal_clock import set_deadlines
from bot.cases.stage_records import keep_record
from bot.cases.stages import change_stage
from bot.outbox.window import opened
from storage.cases import case_by_id
from storage.tables import Case
from tests.cases.office import Office
from tests.cases.passing import go, sweep

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def case(office: Office) -> Case:
    """A dismissal that Joko handles; the worker wrote last on Tuesday, 1 December, at nine."""
    go(office, "2026-12-01 09:00")
    case = office.opens(category="phk_pesangon", region_code="32.16")
    office.taps("joko", case, "take")
    _writes(office)
    office.deliver()
    return case


def _writes(office: Office) -> list[str]:
    """She writes, so that her window opens; what she reads then."""
    before = len(office.heard())
    with office.database.transaction() as session:
        reporter = office.meet(session)
        opened(session, reporter.person.id or 0, "whatsapp", office.clock.now())
    office.deliver(9)
    return office.heard()[before:]


def _notes(office: Office, case: Case, record: str, on: date) -> None:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        keep_record(office.work(session), row, record, {}, officer_id=None, on_date=on)
        set_deadlines(office.work(session), row)


def _passes(office: Office, *moments: str) -> None:
    """At these moments everything happens that came due, and is sent."""
    for at in moments:
        go(office, at)
        sweep(office)
        office.deliver(3)


def _meets(office: Office, case: Case) -> None:
    """Talks are noted for Friday, 4 December, at ten; she hears of them at once."""
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        at = datetime(2026, 12, 4, 10, tzinfo=office.zone)
        make(office.work(session), row, "bipartit", at)
    office.deliver()


def test_a_term_that_still_runs_is_told_though_the_case_moved_on(
    office: Office, case: Case
) -> None:
    """She must write the letter by then whatever the officers do; nobody would tell her again."""
    _notes(office, case, "phk_notice", date(2026, 12, 1))
    _passes(office, "2026-12-04 09:00", "2026-12-07 09:00")
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        change_stage(office.work(session), row, "ditangani", tells=False)
    read = _writes(office)
    assert any(
        "surat penolakannya perlu dibuat sampai Kamis, 10 Desember" in text for text in read
    )


def test_of_three_reminders_of_a_term_she_reads_the_last(office: Office, case: Case) -> None:
    """The same sentence three times reads like a broken machine."""
    _notes(office, case, "phk_notice", date(2026, 12, 1))
    _passes(office, *(f"2026-12-{day:02d} 09:00" for day in range(2, 10)))
    read = [text for text in _writes(office) if "surat penolakan" in text]
    assert len(read) == 1
    assert "sampai Kamis, 10 Desember" in read[0]


def test_a_corrected_last_day_takes_the_place_of_the_wrong_one(office: Office, case: Case) -> None:
    """Who trusts the first date comes too late."""
    _notes(office, case, "phk_notice", date(2026, 12, 1))
    _passes(office, "2026-12-04 09:00")
    _notes(office, case, "phk_notice", date(2026, 11, 30))
    _passes(office, "2026-12-04 09:30")
    read = [text for text in _writes(office) if "surat penolakan" in text]
    assert len(read) == 1
    assert "sampai Rabu, 9 Desember" in read[0]


def test_what_was_done_meanwhile_is_not_asked_of_her(office: Office, case: Case) -> None:
    """Her letter was sent; who reads that it is missing writes another."""
    _notes(office, case, "phk_notice", date(2026, 12, 1))
    _passes(office, "2026-12-04 09:00")
    _notes(office, case, "phk_answered", date(2026, 12, 4))
    assert not any("surat penolakan" in text for text in _writes(office))


def test_a_meeting_that_fell_through_is_not_reminded_of(office: Office, case: Case) -> None:
    """First "besok ada", then "batal": who reads the first only takes a day off for nothing."""
    _meets(office, case)
    _passes(office, "2026-12-03 16:00")
    with office.database.transaction() as session:
        work, row = office.work(session), case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        call_off(work, row, upcoming(work, row)[0])
    go(office, "2026-12-03 18:00")
    read = _writes(office)
    assert [text for text in read if "perundingan" in text] == [read[-1]]
    assert "batal" in read[-1]


def test_of_a_meeting_that_moved_she_reads_the_new_time_and_what_is_near(
    office: Office, case: Case
) -> None:
    """The news of it and the reminder are two things: the reminder ends, the news does not."""
    go(office, "2026-12-02 12:00")
    _meets(office, case)
    with office.database.transaction() as session:
        work, row = office.work(session), case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        at = datetime(2026, 12, 5, 10, tzinfo=office.zone)
        move(work, row, upcoming(work, row)[0], at)
    _passes(office, "2026-12-03 16:00", "2026-12-04 16:00")
    read = [text for text in _writes(office) if "perundingan" in text]
    assert ["berubah" in text for text in read] == [True, False]
    assert "besok ada" in read[1]
    assert "Sabtu, 5 Desember" in read[1]


def test_whether_she_is_safe_is_asked_once(office: Office, case: Case) -> None:
    """After 7, 30 and 90 days; each time she was silent."""
    office.closes("joko", case, "tercapai")
    _passes(office, "2026-12-09 09:00", "2027-01-01 09:00", "2027-03-02 09:00")
    asked = office.texts("check_in.ask")
    assert sum(office.payload(row)["text"] == asked for row in office.rows("say")) == 3
    assert _writes(office).count(asked) == 1


def test_newer_words_do_not_put_the_officers_alarm_off(office: Office, case: Case) -> None:
    """She opens nothing since Wednesday, however often the meeting moves."""
    go(office, "2026-12-02 12:00")
    _meets(office, case)
    go(office, "2026-12-04 09:00")
    with office.database.transaction() as session:
        work, row = office.work(session), case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        move(work, row, upcoming(work, row)[0], datetime(2026, 12, 9, 10, tzinfo=office.zone))
    office.deliver()
    _passes(office, "2026-12-04 12:01")
    assert "belum dibuka" in office.in_the_group()
