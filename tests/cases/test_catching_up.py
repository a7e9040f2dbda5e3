"""The program was dead for three days: what came due is caught up once, in order, and with sense."""

from datetime import date, datetime

import pytest
from sqlmodel import col, select

from bot.cases import appointments
from bot.cases.legal_clock import set_deadlines
from bot.cases.stage_records import keep_record
from bot.cases.stages import change_stage
from storage.cases import case_for_officer, row_id
from storage.tables import Case, CheckIn, Due, ServicePromise, Survey
from tests.cases.office import Office
from tests.cases.passing import go, posted, pushed, sweep

DEATH, BIRTH = "2026-12-08 16:00", "2026-12-11 16:00"


def _move(office: Office, case: Case, stage: str, outcome: str = "") -> None:
    with office.database.transaction() as session:
        row = case_for_officer(session, row_id(case))
        assert row is not None
        change_stage(office.work(session), row, stage, outcome=outcome,
                     officer=office.officers["joko"])  # fmt: skip


def _meets(office: Office, case: Case, local: str) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=office.zone)
    with office.database.transaction() as session:
        row = case_for_officer(session, row_id(case))
        assert row is not None
        appointments.make(office.work(session), row, "mediasi", at)


def _in_talks_since(office: Office, case: Case, on: date) -> None:
    with office.database.transaction() as session:
        row = case_for_officer(session, row_id(case))
        assert row is not None
        keep_record(office.work(session), row, "bipartit", {}, officer_id=None, on_date=on)
        set_deadlines(office.work(session), row)


def _coming(office: Office) -> list[str]:
    """The keys that wait, in the order in which they come due."""
    with office.database.reading() as session:
        order = (col(Due.due_at), col(Due.id))
        rows = session.exec(select(Due).where(Due.status == "waiting").order_by(*order)).all()
        return [row.kind for row in rows if row.due_at <= office.clock.now()]


@pytest.fixture
def busy(office: Office) -> dict[str, Case]:
    """Cases of which something comes due while the program is dead."""
    names = ("dismissed", "talks", "closed", "untouched")
    go(office, "2026-11-17 10:00")
    cases = {"talks": office.opens(), "dismissed": office.opens(category="phk_pesangon")}
    for case in cases.values():
        office.taps("joko", case, "take")
        _move(office, case, "ditangani")
    _move(office, cases["talks"], "bipartit")
    _in_talks_since(office, cases["talks"], date(2026, 11, 19))  # half of it is on 10 December
    go(office, "2026-12-02 17:00")
    _move(
        office, cases["dismissed"], "selesai", "tercapai"
    )  # asked on the 9th whether she is safe
    sweep(office)
    go(office, "2026-12-08 09:00")
    sweep(office)
    cases |= {"closed": office.opens(), "untouched": office.opens()}
    office.taps("joko", cases["closed"], "take")
    _move(office, cases["closed"], "selesai", "tercapai")
    _meets(office, cases["talks"], "2026-12-10 10:00")
    _meets(office, cases["untouched"], "2026-12-12 10:00")
    go(office, DEATH)
    sweep(office)
    return {name: cases[name] for name in names}


def test_everything_is_caught_up_once_and_in_order(office: Office, busy: dict[str, Case]) -> None:
    """After a power cut nobody is asked twice, and nothing is forgotten."""
    before = len(pushed(office))
    go(office, BIRTH)
    waited = _coming(office)
    assert set(waited) >= {"survey", "check_in", "legal", "promise",
                           "appointment_day", "appointment_soon", "appointment_morning"}  # fmt: skip
    swept = sweep(office)
    assert swept[: len(waited)] == waited
    told = [text for _, text in pushed(office)[before:]]
    for case, words, count in (
        (busy["closed"], "benar selesai", 1),
        (busy["talks"], "besok ada", 0),  # it was yesterday
        (busy["talks"], "sebentar lagi", 0),
        (busy["untouched"], "besok ada", 1),
    ):
        assert sum(case.number in said and words in said for said in told) == count, words
    assert len(posted(office, "hari kerja ke-")) == 1
    assert len(posted(office, f"{busy['untouched'].number}: pelapor masih menunggu")) == 1
    again = len(pushed(office))
    assert sweep(office) == []
    office.clock.advance(1800)
    sweep(office)
    assert len(pushed(office)) == again


def test_what_was_asked_stands_in_the_books_once(office: Office, busy: dict[str, Case]) -> None:
    """Each row of the database tells the same as the words."""
    go(office, BIRTH)
    sweep(office)
    with office.database.reading() as session:
        survey = session.exec(select(Survey).where(Survey.case_id == busy["closed"].id)).one()
        days = select(CheckIn).where(CheckIn.case_id == busy["dismissed"].id, CheckIn.day == 7)
        check_in = session.exec(days).one()
        open_ones = select(ServicePromise).where(ServicePromise.case_id == busy["untouched"].id)
        promise = session.exec(open_ones).one()
    assert (survey.state, survey.asked_at) == ("asked", office.clock.now())
    assert (check_in.state, check_in.asked_at) == ("asked", office.clock.now())
    assert promise.level == 1


def test_started_by_night_it_wakes_no_reporter(office: Office, busy: dict[str, Case]) -> None:
    """The morning is early enough for all of it."""
    before = len(pushed(office))
    go(office, "2026-12-11 23:00")
    sweep(office)
    assert {at for at, _ in pushed(office)[before:]} <= {"12.12. 08:00"}
    go(office, "2026-12-12 08:00")
    sweep(office)
    asked = [text for _, text in pushed(office)[before:] if "benar selesai" in text]
    assert [busy["closed"].number in said for said in asked].count(True) == 1
