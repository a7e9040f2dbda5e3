"""What waits until a worker opens WhatsApp: she reads it once, and only what is true then."""

from datetime import date

import pytest

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


def _each_morning(office: Office, *days: int) -> None:
    """At nine on these days of December everything happens that came due, and is sent."""
    for day in days:
        go(office, f"2026-12-{day:02d} 09:00")
        sweep(office)
        office.deliver(3)


def test_a_term_that_still_runs_is_told_though_the_case_moved_on(
    office: Office, case: Case
) -> None:
    """She must write the letter by then whatever the officers do; nobody would tell her again."""
    _notes(office, case, "phk_notice", date(2026, 12, 1))
    _each_morning(office, 4, 7)
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        change_stage(office.work(session), row, "ditangani", tells=False)
    read = _writes(office)
    assert any(
        "surat penolakannya perlu dibuat sampai Kamis, 10 Desember" in text for text in read
    )
