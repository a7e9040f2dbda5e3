"""Promises of service: reckoned, kept, paused, and what happens when they are not kept."""

import pytest
from sqlmodel import col, select

from bot.cases.opening import add_to_case, page_officers
from bot.cases.promises import refresh
from bot.cases.stages import change_stage
from bot.commands import Part
from bot.flows.knowledge import Understanding
from storage.cases import case_by_id
from storage.setup import ensure_organisation
from storage.tables import Case, Organisation, ServicePromise
from tests.cases.office import Office
from tests.cases.passing import go, hour_by_hour, posted, promised, sweep, whispered

SATURDAY = "2026-11-28 10:00"


def _promises(office: Office, case: Case) -> list[ServicePromise]:
    with office.database.reading() as session:
        query = select(ServicePromise).where(ServicePromise.case_id == case.id)
        return list(session.exec(query.order_by(col(ServicePromise.id))).all())


def _answers(office: Office, case: Case, who: str = "joko") -> int:
    office.writes(who, case, "/balas Kami hubungi HRD.")
    message = office.messages(case, "reply")[-1].id or 0
    office.taps(who, case, "reply_send", message_id=message)
    return message


def _she_writes(office: Office, case: Case, text: str = "ini kak") -> None:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        nothing = Understanding("pengaduan", "upah", (), (), "normal", abstain=True)
        add_to_case(office.work(session), row, (Part(text),), lambda _text: nothing)


@pytest.fixture
def case(office: Office) -> Case:
    """A case of Monday nine o'clock whose topic stands."""
    case = office.opens()
    office.deliver()
    return case


@pytest.mark.parametrize(
    ("opened", "urgency", "due"),
    [
        ("2026-11-23 09:00", "normal", "24.11. 09:00"),
        ("2026-11-23 20:00", "normal", "24.11. 17:00"),
        ("2026-11-27 16:00", "normal", "30.11. 16:00"),
        ("2026-11-23 09:00", "tinggi", "23.11. 13:00"),
        ("2026-11-27 15:00", "tinggi", "30.11. 10:00"),
        (SATURDAY, "darurat", "28.11. 11:00"),
        ("2026-12-23 15:00", "tinggi", "28.12. 10:00"),  # cuti bersama and Christmas between
    ],
)
def test_the_first_answer_is_promised_by_urgency_and_working_time(
    office: Office, opened: str, urgency: str, due: str
) -> None:
    """What the receipt tells her is what the clock of the officers shows."""
    go(office, opened)
    assert promised(office, office.opens(urgency=urgency)) == f"first_answer {due}"


def test_an_answer_keeps_the_promise_and_begins_the_next(office: Office, case: Case) -> None:
    """After each step the next one is promised."""
    go(office, "2026-11-23 11:00")
    _answers(office, case)
    first, following = _promises(office, case)
    assert first.kept_at is not None
    assert first.kept_at <= first.due_at
    assert promised(office, case) == "next_step 30.11. 11:00"
    assert following.kept_at is None


def test_that_it_was_taken_is_no_answer_but_another_stage_is(office: Office, case: Case) -> None:
    """A tap on "Saya tangani" tells her nothing that she asked."""
    office.taps("joko", case, "take")
    assert promised(office, case) == "first_answer 24.11. 09:00"
    go(office, "2026-11-23 12:00")
    office.taps("joko", case, "to_stage", "ditangani")
    assert promised(office, case) == "next_step 30.11. 12:00"


def test_a_reply_that_was_taken_back_kept_nothing(office: Office, case: Case) -> None:
    """Undone within its seconds it never was."""
    message = _answers(office, case)
    office.taps("joko", case, "reply_undo", message_id=message)
    assert promised(office, case) == "first_answer 24.11. 09:00"
    assert len(_promises(office, case)) == 1


def test_the_clock_stands_still_while_she_is_waited_for(office: Office, case: Case) -> None:
    """Working time in which it was her turn is not counted against the officers."""
    go(office, "2026-11-23 10:00")
    office.taps("joko", case, "take")
    office.taps("joko", case, "wait")
    go(office, "2026-11-24 15:00")
    assert sweep(office, "promise") == []
    _she_writes(office, case)
    assert promised(office, case) == "first_answer 25.11. 14:00"  # 14 working hours later
    assert posted(office, "pelapor masih menunggu") == []


def test_a_closed_case_promises_nothing_and_a_reopened_one_does(
    office: Office, case: Case
) -> None:
    """Nobody is called for what is over."""
    office.taps("joko", case, "take")
    office.closes("joko", case, "tercapai")
    assert promised(office, case) == ""
    hour_by_hour(office, "2026-11-23 10:00", "2026-11-26 10:00", "promise")
    assert posted(office, "pelapor masih menunggu") == []
    office.taps("joko", case, "reopen")
    assert promised(office, case).startswith("next_step")


def test_an_incomplete_report_promises_nothing(office: Office) -> None:
    """It is still hers to finish."""
    with office.database.transaction() as session:
        row = case_by_id(session, office.case.id or 0)
        assert row is not None
        row.status = "belum_lengkap"
        session.add(row)
        refresh(office.work(session), row)
    assert promised(office, office.case) == ""
    with office.database.transaction() as session:
        row = case_by_id(session, office.case.id or 0)
        assert row is not None
        change_stage(office.work(session), row, "baru", by_reporter=True)
    assert promised(office, office.case) == "first_answer 24.11. 09:00"


def test_it_goes_up_level_by_level_each_told_why(office: Office, case: Case) -> None:
    """First who has it, then the coordinators, then the federation: with nothing but a number."""
    with office.database.transaction() as session:
        above = ensure_organisation(session, slug="fed", name="Federasi", now=office.clock.now())
        above.officer_chat = "-1009"
        session.add(above)
        session.flush()
        own = session.get_one(Organisation, office.organisation_id)
        own.parent_id = above.id
        session.add(own)
    office.taps("joko", case, "take")
    hour_by_hour(office, "2026-11-23 10:00", "2026-11-24 09:00", "promise")
    assert posted(office, "pelapor masih menunggu") == []
    hour_by_hour(office, "2026-11-24 09:00", "2026-11-25 08:00", "promise")
    assert [to for to, _ in whispered(office, "pelapor masih menunggu")] == ["joko"]
    (line,) = posted(office, "pelapor masih menunggu")
    assert "jawaban pertama paling lambat 24 Nov 09.00" in line
    hour_by_hour(office, "2026-11-25 08:00", "2026-11-26 08:00", "promise")
    (told,) = whispered(office, "sampai ke Anda, koordinator")
    assert told[0] == "ratna"
    assert "Joko sudah diingatkan" in told[1]
    hour_by_hour(office, "2026-11-26 08:00", "2026-12-04 08:00", "promise")
    (alarm,) = posted(office, "belum ditindaklanjuti")
    assert case.number in alarm
    assert "gaji" not in alarm
    assert "Upah" not in alarm
    assert len(posted(office, "pelapor masih menunggu")) == 3
    levels = [event.after for event in office.trail(case) if event.what == "promise_late"]
    assert levels == ["1", "2", "3"]


def test_an_answer_on_the_way_ends_the_escalation(office: Office, case: Case) -> None:
    """Checked again just before it rings."""
    office.taps("joko", case, "take")
    hour_by_hour(office, "2026-11-24 09:00", "2026-11-24 11:00", "promise")
    _answers(office, case)
    hour_by_hour(office, "2026-11-24 11:00", "2026-11-27 11:00", "promise")
    assert whispered(office, "koordinator") == []


def test_an_emergency_rings_by_night(office: Office) -> None:
    """An hour is an hour, also on Saturday evening."""
    go(office, "2026-11-28 21:00")
    case = office.opens(urgency="darurat")
    office.deliver()
    go(office, "2026-11-28 21:59")
    assert sweep(office, "promise") == []
    go(office, "2026-11-28 22:00")
    assert sweep(office, "promise") == ["promise"]
    assert len(posted(office, f"{case.number}: pelapor masih menunggu")) == 1
    go(office, "2026-11-28 22:30")
    sweep(office, "promise")
    assert [to for to, _ in whispered(office, "sampai ke Anda, koordinator")] == ["ratna"]


def test_a_case_that_becomes_urgent_has_its_shorter_time_from_then_on(
    office: Office, case: Case
) -> None:
    """Not from its opening: an old case would be late at once."""
    go(office, "2026-11-23 14:00")
    with office.database.transaction() as session:
        page_officers(office.work(session), "darurat", ("dipukul",), case.number)
    assert promised(office, case) == "first_answer 23.11. 15:00"
    office.taps("ratna", case, "to_urgency", "normal")
    assert promised(office, case) == "first_answer 24.11. 09:00"


def test_after_three_days_of_death_each_level_has_its_turn(office: Office, case: Case) -> None:
    """The officer is not passed over because the program slept."""
    office.taps("joko", case, "take")
    go(office, "2026-11-28 03:00")  # a Saturday night
    sweep(office, "promise")
    assert posted(office, "pelapor masih menunggu") == []
    go(office, "2026-11-30 08:00")
    sweep(office, "promise")
    assert [to for to, _ in whispered(office, "pelapor masih menunggu")] == ["joko"]
    go(office, "2026-12-01 08:00")
    sweep(office, "promise")
    assert [to for to, _ in whispered(office, "sampai ke Anda, koordinator")] == ["ratna"]


def test_who_may_not_see_a_case_is_not_told_of_it(office: Office) -> None:
    """Confidential stays confidential when it is late."""
    case = office.opens(category="pelecehan_kekerasan")
    office.deliver()
    office.taps("joko", case, "take")
    hour_by_hour(office, "2026-11-24 09:00", "2026-11-27 09:00", "promise")
    assert {to for to, _ in whispered(office, case.number)} <= {"joko", "ratna"}
