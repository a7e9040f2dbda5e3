"""Unasked words: at an hour that suits her, and none to who wants none."""

from datetime import timedelta

import pytest

from bot.cases.pushes import drop_waiting, push
from bot.cases.stages import change_stage
from storage.cases import case_by_id
from storage.tables import Case, Person, PersonAddress
from tests.cases.office import Office
from tests.cases.passing import go, pushed


def _push(office: Office, case: Case, text: str = "Ada kabar.", **fields: bool) -> str:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        return push(office.work(session), row, text, **fields)


def _stop(office: Office) -> None:
    with office.database.transaction() as session:
        person = session.get_one(Person, office.case.person_id)
        person.pushes_on = False
        session.add(person)
        drop_waiting(office.work(session), person)


@pytest.mark.parametrize(
    ("now", "region", "safe_hours", "leaves"),
    [
        ("2026-11-23 10:00", "", "", "23.11. 10:00"),
        ("2026-11-23 19:59", "", "", "23.11. 19:59"),
        ("2026-11-23 20:00", "", "", "24.11. 08:00"),
        ("2026-11-24 07:59", "", "", "24.11. 08:00"),
        ("2026-11-23 18:30", "91.71", "", "24.11. 06:00"),  # 20.30 in Jayapura
        ("2026-11-23 18:30", "73.71", "", "23.11. 18:30"),  # 19.30 in Makassar
        ("2026-11-23 10:00", "", "malam setelah jam 8", "23.11. 20:00"),
        ("2026-11-23 21:00", "", "malam setelah jam 8", "23.11. 21:00"),
        ("2026-11-23 21:00", "", "chat saja", "24.11. 08:00"),
    ],
)
def test_news_leaves_at_an_hour_that_suits_her(
    office: Office, now: str, region: str, safe_hours: str, leaves: str
) -> None:
    """A phone that rings at the wrong hour can give her away."""
    go(office, now)
    case = office.opens(region_code=region, safe_hours=safe_hours)
    assert _push(office, case) == ""
    assert pushed(office) == [(leaves, "Ada kabar.")]


def test_danger_waits_for_nothing(office: Office) -> None:
    """In an emergency the night does not count."""
    go(office, "2026-11-23 23:00")
    case = office.opens(safe_hours="siang")
    _push(office, case, danger=True)
    assert pushed(office) == [("23.11. 23:00", "Ada kabar.")]


def test_what_waits_for_the_morning_holds_up_no_answer(office: Office) -> None:
    """An officer's reply by night leaves although news of the evening still waits."""
    go(office, "2026-11-23 21:00")
    case = office.opens()
    office.deliver()
    _push(office, case)
    office.writes("joko", case, "/balas Kami datang besok.")
    message = office.messages(case, "reply")[-1].id
    office.taps("joko", case, "reply_send", message_id=message)
    office.deliver(30)
    assert [text for text in office.heard() if "Kami datang besok." in text]
    assert "Ada kabar." not in office.heard()
    go(office, "2026-11-24 08:00")
    office.deliver()
    assert office.heard()[-1] == "Ada kabar."


@pytest.mark.parametrize(("further", "heard"), [("", 1), ("Besok kami telepon.", 2)])
def test_news_that_waited_until_the_next_stage_is_not_said_but_for_officers_words(
    office: Office, further: str, heard: int
) -> None:
    """A step "within five days" of a case that was closed since is a promise nobody keeps."""
    go(office, "2026-11-23 22:00")
    case = office.opens()
    for stage in ("ditangani", "bipartit"):
        with office.database.transaction() as session:
            row = case_by_id(session, case.id or 0, lock=True)
            assert row is not None
            change_stage(office.work(session), row, stage, further=further)
    go(office, "2026-11-24 08:00")
    office.deliver()
    assert len(office.heard()) == heard
    assert "bipartit" in office.heard()[-1]


@pytest.mark.parametrize(("hours", "warns"), [(3, True), (0, False)])
def test_an_officer_who_answers_at_night_is_told_that_her_phone_rings(
    office: Office, hours: int, warns: bool
) -> None:
    """An answer goes at once; whoever sleeps beside her hears it too. Who just wrote expects it."""
    go(office, "2026-11-23 19:30")
    case = office.opens()
    with office.database.transaction() as session:
        address = session.get_one(PersonAddress, office.reporter.address.id)
        address.last_inbound_at = office.clock.now() + timedelta(hours=2 - hours)
        session.add(address)
    office.deliver()
    go(office, "2026-11-23 22:00")
    office.writes("joko", case, "/balas Kami datang besok.")
    office.deliver()
    assert ("tekan Kirim mulai 24 Nov 08.00" in office.in_the_group()) is warns


def test_who_stopped_news_gets_none_and_loses_what_waited(office: Office) -> None:
    """BERHENTI counts from the moment she writes it."""
    go(office, "2026-11-23 21:00")
    case = office.opens()
    _push(office, case)
    _stop(office)
    assert _push(office, case, "Kabar lain.") == "stopped"
    go(office, "2026-11-24 09:00")
    office.deliver()
    assert office.heard() == []


def test_who_cannot_be_reached_or_is_gone_is_told_nothing(office: Office) -> None:
    """The caller learns why, so that it can say so."""
    case = office.opens()
    with office.database.transaction() as session:
        address = session.get_one(PersonAddress, office.reporter.address.id)
        address.unreachable = "blocked"
        session.add(address)
    assert _push(office, case) == "unreachable"
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        row.person_id = None
        session.add(row)
    assert _push(office, case) == "deleted"
    assert pushed(office) == []


@pytest.mark.parametrize(("urgency", "leaves"), [("normal", "24.11. 08:00"), ("darurat", "now")])
def test_a_new_stage_by_night_is_told_in_the_morning_but_for_an_emergency(
    office: Office, urgency: str, leaves: str
) -> None:
    """That somebody took up an emergency is worth waking up for."""
    go(office, "2026-11-23 22:00")
    case = office.opens(urgency=urgency)
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        change_stage(office.work(session), row, "verifikasi")
    ((at, text),) = pushed(office)
    assert at == ("23.11. 22:00" if leaves == "now" else leaves)
    assert case.number in text
