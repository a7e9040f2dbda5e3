"""Appointments: noted by officers, told and reminded, moved and called off; promised evidence."""

from datetime import date

import pytest
from sqlmodel import select

from bot.cases.appointments import forget, upcoming, what_of
from bot.cases.opening import add_to_case
from bot.cases.promised_evidence import promised_day
from bot.commands import Part
from bot.flows.knowledge import Understanding
from storage.cases import case_by_id
from storage.tables import Appointment, Attachment, Case, Person
from tests.cases.office import Office
from tests.cases.passing import go, hour_by_hour, posted, pushed, sweep

TODAY = date(2026, 11, 23)  # a Monday
KIND = "appointment"


@pytest.fixture
def case(office: Office) -> Case:
    """A case of Monday nine o'clock whose topic stands, taken by Joko."""
    case = office.opens()
    office.deliver()
    office.taps("joko", case, "take")
    return case


def _makes(
    office: Office, case: Case, on: str = "3 desember", hour: str = "10.00", what: str = "-"
) -> None:
    office.writes("joko", case, "/janji baru")
    office.chooses("joko", case, "appointment", "kind", "mediasi")
    for words in (on, hour, what):
        office.writes("joko", case, words)
    if what != "-":
        office.chooses("joko", case, "appointment", "sure", "ya")


def _ahead(office: Office, case: Case) -> list[Appointment]:
    with office.database.reading() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        return list(upcoming(office.work(session), row))


def _says(office: Office, case: Case, text: str, attachment: str = "") -> None:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        nothing = Understanding("pengaduan", "upah", abstain=True)
        part = Part(text, source=f"w:{text}{attachment}", attachment=attachment)
        add_to_case(office.work(session), row, (part,), lambda _text: nothing)


def _told(office: Office, part: str) -> list[str]:
    return [at for at, text in pushed(office) if part in text]


def test_an_appointment_is_told_and_reminded_of_in_time(office: Office, case: Case) -> None:
    """At once, the day before, two hours before; the officers in the morning."""
    _makes(office, case, what="Disnaker Bekasi, bawa slip gaji")
    (text,) = [text for _, text in pushed(office) if "ada jadwal mediasi" in text]
    assert "Kamis, 3 Desember 2026, jam 10.00" in text
    assert "Disnaker Bekasi, bawa slip gaji" in text
    hour_by_hour(office, "2026-11-23 12:00", "2026-12-05 12:00", KIND)
    assert _told(office, "besok ada mediasi") == ["02.12. 16:00"]
    assert _told(office, "sebentar lagi ada mediasi") == ["03.12. 08:00"]
    (line,) = posted(office, "Hari ini:")
    assert "3 Des 2026 10.00 Mediasi" in line
    assert _ahead(office, case) == []


def test_reminders_keep_to_quiet_hours_and_to_hers(office: Office) -> None:
    """A hearing at nine is reminded of at eight; of hers who is safe in the evening, then."""
    early = office.opens()
    office.deliver()
    office.taps("joko", early, "take")
    _makes(office, early, hour="09.00")
    hour_by_hour(office, "2026-12-02 10:00", "2026-12-03 10:00", KIND)
    assert _told(office, "sebentar lagi") == ["03.12. 08:00"]


def test_reminders_keep_to_her_safe_hours(office: Office) -> None:
    """What would come too late at such an hour does not come at all."""
    case = office.opens(safe_hours="malam setelah jam 7")
    office.deliver()
    office.taps("joko", case, "take")
    _makes(office, case)
    hour_by_hour(office, "2026-12-02 10:00", "2026-12-03 20:00", KIND)
    assert _told(office, "besok ada mediasi") == ["02.12. 19:00"]
    assert _told(office, "sebentar lagi") == []


def test_an_appointment_without_an_hour_is_reminded_of_the_day_before(
    office: Office, case: Case
) -> None:
    """Two hours before is no time when nobody knows the hour."""
    _makes(office, case, hour="-")
    hour_by_hour(office, "2026-11-24 10:00", "2026-12-05 10:00", KIND)
    assert _told(office, "besok ada mediasi") == ["02.12. 16:00"]
    assert _told(office, "sebentar lagi") == []


def test_a_moved_appointment_is_told_at_once_and_reminded_of_at_its_new_time(
    office: Office, case: Case
) -> None:
    """She hears both times before the old one passes."""
    _makes(office, case)
    (appointment,) = _ahead(office, case)
    go(office, "2026-12-01 10:00")
    office.taps("joko", case, "appointment_move", str(appointment.id))
    office.writes("joko", case, "8 desember")
    office.writes("joko", case, "jam 2 siang")
    (text,) = [text for _, text in pushed(office) if "berubah" in text]
    assert "Semula: Kamis, 3 Desember 2026, jam 10.00" in text
    assert "Sekarang: Selasa, 8 Desember 2026, jam 14.00" in text
    hour_by_hour(office, "2026-12-01 11:00", "2026-12-09 10:00", KIND)
    assert _told(office, "besok ada mediasi") == ["07.12. 16:00"]
    assert _told(office, "sebentar lagi") == ["08.12. 12:00"]


def test_an_appointment_that_is_called_off_is_told_and_not_reminded_of(
    office: Office, case: Case
) -> None:
    """Nobody travels for nothing."""
    _makes(office, case)
    (appointment,) = _ahead(office, case)
    office.taps("joko", case, "appointment_off", str(appointment.id))
    assert _told(office, "batal") == []
    office.chooses("joko", case, "appointment_off", "sure", "ya")
    assert _told(office, "batal") == ["23.11. 09:00"]
    hour_by_hour(office, "2026-11-24 10:00", "2026-12-05 10:00", KIND)
    assert _told(office, "besok ada") == []
    assert posted(office, "Hari ini:") == []


def test_a_change_that_reaches_her_too_late_is_said_to_the_officers(
    office: Office, case: Case
) -> None:
    """By night nobody rings her; a person must decide what to do."""
    _makes(office, case, on="24 november", hour="07.30")
    (appointment,) = _ahead(office, case)
    go(office, "2026-11-23 21:00")
    office.taps("joko", case, "appointment_off", str(appointment.id))
    office.chooses("joko", case, "appointment_off", "sure", "ya")
    assert _told(office, "batal") == ["24.11. 08:00"]
    assert len(posted(office, "sesudah waktunya lewat")) == 1


def test_officers_learn_when_she_is_not_told(office: Office, case: Case) -> None:
    """Who wrote BERHENTI must be told by a person."""
    with office.database.transaction() as session:
        person = session.get_one(Person, office.case.person_id)
        person.pushes_on = False
        session.add(person)
    _makes(office, case)
    assert _told(office, "ada jadwal") == []
    assert len(posted(office, "menghentikan kabar (BERHENTI)")) == 1


def test_the_list_offers_to_move_and_to_call_off(office: Office, case: Case) -> None:
    """``/janji`` shows what lies ahead."""
    _makes(office, case)
    office.writes("joko", case, "/janji")
    (line,) = posted(office, "Janji dalam kasus ini")
    assert "1. 3 Des 2026 10.00 Mediasi" in line


@pytest.mark.parametrize("words", ["kemarin", "20 november", "entahlah"])
def test_a_day_that_is_over_or_unclear_is_refused(office: Office, case: Case, words: str) -> None:
    """Nobody is reminded of yesterday."""
    office.writes("joko", case, "/janji baru")
    office.chooses("joko", case, "appointment", "kind", "mediasi")
    office.writes("joko", case, words)
    assert _ahead(office, case) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_hour_that_is_over_is_asked_again(office: Office, case: Case) -> None:
    """Refused after the last answer, all of it would have to be typed once more."""
    office.writes("joko", case, "/janji baru")
    office.chooses("joko", case, "appointment", "kind", "mediasi")
    office.writes("joko", case, "hari ini")
    office.writes("joko", case, "jam 1 pagi")
    assert office.payload(office.rows("post")[-1])["text"] == office.texts(
        "officers.appointment.past"
    )
    for said in ("jam 4 sore", "lewati"):
        office.writes("joko", case, said)
    assert len(_ahead(office, case)) == 1


def test_after_three_days_of_death_only_what_still_helps_is_said(
    office: Office, case: Case
) -> None:
    """A reminder of what is over confuses."""
    _makes(office, case, on="26 november")
    _makes(office, case, on="1 desember")
    go(office, "2026-11-30 17:30")
    sweep(office, KIND)
    assert _told(office, "besok ada mediasi") == ["30.11. 17:30"]
    assert _told(office, "sebentar lagi") == []
    assert posted(office, "Hari ini:") == []


def test_what_was_written_about_it_is_sealed_and_goes_with_her_data(
    office: Office, case: Case
) -> None:
    """A place and a name are hers."""
    _makes(office, case, what="rumah Bu Sri")
    with office.database.reading() as session:
        (row,) = session.exec(select(Appointment)).all()
        assert b"Sri" not in row.sealed
        assert what_of(office.work(session), row) == "rumah Bu Sri"
    with office.database.transaction() as session:
        stored = case_by_id(session, case.id or 0)
        assert stored is not None
        forget(office.work(session), stored)
    with office.database.reading() as session:
        assert what_of(office.work(session), session.get_one(Appointment, row.id)) == ""
    assert _ahead(office, case) == []
    hour_by_hour(office, "2026-12-02 10:00", "2026-12-03 12:00", KIND)
    assert _told(office, "besok ada mediasi") == []


def test_evidence_that_officers_ask_for_is_reminded_of_on_its_day(
    office: Office, case: Case
) -> None:
    """``/janji bukti`` with the day at once."""
    office.writes("joko", case, "/janji bukti 26 november")
    office.writes("joko", case, "slip gaji oktober")
    office.chooses("joko", case, "evidence", "sure", "ya")
    assert len(_told(office, "Petugas menunggu bukti")) == 1
    hour_by_hour(office, "2026-11-24 10:00", "2026-11-28 10:00", KIND)
    assert _told(office, "apakah buktinya sudah ada") == ["26.11. 09:00"]


def test_evidence_that_came_is_not_reminded_of(office: Office, case: Case) -> None:
    """Who kept her word is thanked with silence."""
    office.writes("joko", case, "/janji bukti 26 november")
    office.writes("joko", case, "-")
    go(office, "2026-11-25 10:00")
    with office.database.transaction() as session:
        session.add(Attachment(
            key="a.1", organisation_id=office.organisation_id, channel="whatsapp", kind="photo",
            state="stored", due_at=office.clock.now(), created_at=office.clock.now(),
            sealed=office.vault.seal_json({"reference": "", "name": ""}, "attachments"),
        ))  # fmt: skip
    _says(office, case, "", attachment="a.1")
    hour_by_hour(office, "2026-11-25 11:00", "2026-11-28 10:00", KIND)
    assert _told(office, "apakah buktinya sudah ada") == []


def test_evidence_that_she_promised_is_reminded_of_once(office: Office, case: Case) -> None:
    """She forgets in a hard week; officers see that she is reminded."""
    _says(office, case, "besok saya kirim slip gajinya ya kak")
    _says(office, case, "nanti saya kirim juga fotonya")
    assert len(posted(office, "akan mengirim bukti")) == 1
    hour_by_hour(office, "2026-11-23 12:00", "2026-11-28 10:00", KIND)
    assert _told(office, "apakah buktinya sudah ada") == ["24.11. 09:00"]


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("nanti saya kirim slipnya", date(2026, 11, 25)),
        ("besok sy kirim fotonya kak", date(2026, 11, 24)),
        ("buktinya menyusul ya", date(2026, 11, 25)),
        ("lusa saya kirimkan surat phknya", date(2026, 11, 25)),
        ("hari jumat saya kirim fotonya", date(2026, 11, 27)),
        ("tgl 5 desember saya kirim slip", date(2026, 12, 5)),
        ("saya belum sempat, besok saya kirim", date(2026, 11, 24)),
        ("sudah saya kirim tadi", None),
        ("nanti tidak bisa saya kirim", None),
        ("kapan saya kirim fotonya?", None),
        ("bos bilang nanti gaji dibayar", None),
        (
            "kata hrd nanti uangnya baru cair kalau besok saya kirim surat mundur ke kantor pusat",
            None,
        ),
    ],
)
def test_a_promise_of_evidence_is_told_from_other_words(said: str, on: date | None) -> None:
    """What is no promise is not reminded of."""
    assert promised_day(said, TODAY) == on
