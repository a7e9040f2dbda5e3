"""What each stage asks for, who is told of it, and two officers who move a case at once."""

from datetime import date

import pytest
from sqlmodel import select

from bot.cases import card
from bot.cases.reminder_times import REMINDERS
from bot.cases.stage_records import answers_of
from bot.events import GroupChange, GroupChanged, Officer
from storage.cases import case_by_id
from storage.tables import Case, Due, StageRecord
from tests.cases.office import Answer, Office
from tests.outbox.scripted import GROUP_CHAT


@pytest.fixture
def case(office: Office) -> Case:
    """A case that Joko handles; its topic stands."""
    case = office.handled()
    office.whatsapp.sent.clear()
    return case


def _records(office: Office, case: Case) -> list[tuple[str, date | None, dict[str, str]]]:
    with office.database.reading() as session:
        work = office.work(session)
        rows = session.exec(select(StageRecord).where(StageRecord.case_id == case.id)).all()
        return [(row.stage, row.on_date, answers_of(work, row)) for row in rows]


def _card(office: Office, case: Case) -> str:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        return card.card(office.work(session), row).text


def _asked(office: Office) -> str:
    """The newest post in the group."""
    return str(office.payload(office.rows("post")[-1])["text"])


def _told(office: Office) -> str:
    """The newest message to the reporter."""
    office.deliver()
    return office.heard()[-1] if office.heard() else ""


def test_the_bipartite_talks_need_their_first_day(office: Office, case: Case) -> None:
    """The thirty working days of the law begin with it."""
    office.taps("joko", case, "to_stage", "bipartit")
    office.writes("joko", case, "nanti")
    assert _asked(office) == office.texts("officers.form.no_date")
    office.writes("joko", case, "lewati")
    assert office.stored(case).status == "ditangani"
    office.writes("joko", case, "3 desember 2026")
    office.writes("joko", case, "lewati")
    office.writes("joko", case, "HRD <b>dan</b> PUK")
    assert office.stored(case).status == "bipartit"
    told = {"meeting": "2026-12-03", "participants": "HRD <b>dan</b> PUK"}
    assert _records(office, case) == [("bipartit", date(2026, 12, 3), told)]
    assert "Pertemuan pertama dengan perusahaan: Kamis, 3 Desember 2026." in _told(office)
    shown = _card(office, case)
    assert "Bipartit: pertemuan pertama 3 Des 2026" in shown
    assert "HRD &lt;b&gt;dan" in shown


def test_what_may_be_skipped_is_skipped_by_tap_or_word(office: Office, case: Case) -> None:
    """A form that holds a case up for a number nobody has yet is in the way."""
    office.taps("joko", case, "to_stage", "mediasi")
    office.writes("joko", case, "Disnaker Gresik")
    office.writes("joko", case, "20/11/2026")
    office.chooses("joko", case, "to_mediasi", "registration")
    office.chooses("joko", case, "to_mediasi", "sure", "ya")
    assert office.stored(case).status == "mediasi"
    assert "Dicatat di Disnaker Gresik: Jumat, 20 November 2026." in _told(office)
    office.taps("joko", case, "to_stage", "phi")
    for _ in range(3):
        office.writes("joko", case, "lewati")
    assert office.stored(case).status == "phi"
    stages = [(stage, on) for stage, on, _ in _records(office, case)]
    assert stages == [("mediasi", date(2026, 11, 20)), ("phi", None)]


def test_the_court_and_the_day_of_the_hearing_are_told(office: Office, case: Case) -> None:
    """She has to know where her case lies, and when to be free."""
    office.taps("joko", case, "to_stage", "mediasi")
    for said in ("Disnaker Gresik", "hari ini", "560/12"):
        office.writes("joko", case, said)
    office.chooses("joko", case, "to_mediasi", "sure", "ya")
    assert "Nomor catatannya: 560/12" in _told(office)
    office.taps("joko", case, "to_stage", "phi")
    for said in ("PHI Gresik", "14/Pdt.Sus-PHI/2026", "7 januari 2027", "jam 9"):
        office.writes("joko", case, said)
    office.chooses("joko", case, "to_phi", "sure", "ya")
    heard = _told(office)
    assert "Pengadilannya: PHI Gresik" in heard
    assert "Nomor perkaranya: 14/Pdt.Sus-PHI/2026" in heard
    assert "Sidang pertama: Kamis, 7 Januari 2027, jam 09.00 WIB." in heard
    assert _records(office, case)[-1][1] == date(2027, 1, 7)
    assert "📅 7 Jan 2027 09.00 Sidang" in _card(office, case)


def test_a_first_meeting_ahead_is_an_appointment_she_is_reminded_of(
    office: Office, case: Case
) -> None:
    """Who is told in November of a day in December forgets it, as with any other appointment."""
    office.taps("joko", case, "to_stage", "bipartit")
    for said in ("3 desember 2026", "jam 10 pagi", "lewati"):
        office.writes("joko", case, said)
    when = "Kamis, 3 Desember 2026, jam 10.00 WIB"
    assert _asked(office).endswith(office.texts("officers.done.reminds", when=when))
    heard = _told(office)
    assert "Pertemuan pertama dengan perusahaan: Kamis, 3 Desember 2026, jam 10.00 WIB." in heard
    assert heard.endswith("Kami ingatkan lagi sebelumnya.")
    assert "📅 3 Des 2026 10.00 Bipartit" in _card(office, case)
    with office.database.reading() as session:
        kinds = {due.kind for due in session.exec(select(Due).where(Due.case_id == case.id))}
    assert set(REMINDERS) <= kinds


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_first_meeting_that_was_is_no_appointment(office: Office, case: Case) -> None:
    """Nobody is reminded of last week, and no hour of it is asked for."""
    office.taps("joko", case, "to_stage", "bipartit")
    office.writes("joko", case, "16 november 2026")
    assert _asked(office) == office.texts("officers.form.to_bipartit.participants")
    office.writes("joko", case, "lewati")
    assert office.stored(case).status == "bipartit"
    assert "ingatkan" not in _told(office)
    assert "📅" not in _card(office, case)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_appointment_noted_by_hand_is_not_noted_twice(office: Office, case: Case) -> None:
    """Two reminders of one meeting sound like two meetings."""
    office.writes("joko", case, "/janji baru")
    office.chooses("joko", case, "appointment", "kind", "bipartit")
    for said in ("3 desember 2026", "10.00", "lewati"):
        office.writes("joko", case, said)
    office.taps("joko", case, "to_stage", "bipartit")
    for said in ("3 desember 2026", "10.00", "lewati"):
        office.writes("joko", case, said)
    assert _card(office, case).count("📅") == 1


def test_a_note_typed_while_a_form_waits_does_not_leave(office: Office, case: Case) -> None:
    """Who is disturbed in the middle writes the others a note, and it becomes an answer."""
    office.taps("joko", case, "to_stage", "mediasi")
    for said in ("Disnaker Gresik", "hari ini", "KENARI-CATATAN untuk kita saja"):
        office.writes("joko", case, said)
    assert "KENARI-CATATAN" in _asked(office)
    office.writes("joko", case, "batal")
    assert (office.stored(case).status, _told(office)) == ("ditangani", "")
    office.writes("joko", case, "/janji bukti besok")
    office.writes("joko", case, "KENARI-CATATAN lagi")
    assert "KENARI-CATATAN" in _asked(office)
    office.writes("joko", case, "batal")
    assert _told(office) == ""


def test_words_for_the_worker_are_shown_before_they_leave(office: Office, case: Case) -> None:
    """What an officer types in the group reaches her only after a look and a tap."""
    office.writes("joko", case, "/tutup")
    office.chooses("joko", case, "to_selesai", "outcome", "tercapai")
    office.writes("joko", case, "Gaji sudah masuk. Terima kasih, Bu.")
    assert "Gaji sudah masuk" in _asked(office)
    assert office.stored(case).status == "ditangani"
    assert _told(office) == ""
    assert office.chooses("joko", case, "to_selesai", "sure", "ya") == Answer(
        office.texts("officers.done.closed"), alert=False
    )
    stored = office.stored(case)
    assert (stored.status, stored.outcome) == ("selesai", "tercapai")
    assert _told(office).endswith("Pesan dari petugas: Gaji sudah masuk. Terima kasih, Bu.")


def test_a_case_is_closed_without_a_sentence_too(office: Office, case: Case) -> None:
    """Nothing to say is no reason to keep a case open."""
    assert not office.closes("joko", case, "dicabut").alert
    assert office.stored(case).outcome == "dicabut"
    assert "Pesan dari petugas" not in _told(office)


def test_a_refusal_says_why_and_where_to_go(office: Office, case: Case) -> None:
    """A closed door without a sign leaves people standing."""
    office.taps("joko", case, "to_stage", "ditolak")
    office.writes("joko", case, "lewati")
    assert office.stored(case).status == "ditangani"
    office.writes("joko", case, "Ini urusan sewa rumah, bukan pekerjaan.")
    office.writes("joko", case, "LBH Bandung")
    assert "LBH Bandung" in _asked(office)
    office.writes("joko", case, "kirim")
    assert office.stored(case).status == "ditolak"
    heard = _told(office)
    assert "Alasannya: Ini urusan sewa rumah, bukan pekerjaan." in heard
    assert "Yang mungkin bisa membantu Anda: LBH Bandung" in heard


def test_a_form_that_is_given_up_changes_nothing(office: Office, case: Case) -> None:
    """A thumb on the wrong stage must not move a case."""
    office.taps("joko", case, "to_stage", "bipartit")
    office.writes("joko", case, "batal")
    assert _asked(office) == office.texts("officers.form.cancelled")
    office.writes("joko", case, "3 desember")
    assert office.stored(case).status == "ditangani"
    assert [message.direction for message in office.messages(case, "note")] == ["note"]


def test_of_two_officers_who_move_a_case_one_wins_and_the_other_is_told(
    office: Office, case: Case
) -> None:
    """Both would otherwise believe that their stage holds."""
    office.taps("joko", case, "to_stage", "bipartit")
    office.taps("ratna", case, "to_stage", "mediasi")
    for said in ("3 desember", "lewati", "lewati"):
        office.writes("joko", case, said)
    office.writes("ratna", case, "Disnaker Gresik")
    office.writes("ratna", case, "hari ini")
    office.chooses("ratna", case, "to_mediasi", "registration")
    answer = office.chooses("ratna", case, "to_mediasi", "sure", "ya")
    assert answer == Answer(office.texts("cases.refused.moved_on", stage="Bipartit"), alert=True)
    assert office.stored(case).status == "bipartit"
    assert [stage for stage, _, _ in _records(office, case)] == ["bipartit"]


def test_who_lost_the_case_meanwhile_cannot_end_the_form(office: Office, case: Case) -> None:
    """Rights count at the end, not at the beginning."""
    office.taps("joko", case, "close")
    office.taps("ratna", case, "to_officer", str(office.officers["maria"].id))
    office.chooses("joko", case, "to_selesai", "outcome", "tercapai")
    answer = office.chooses("joko", case, "to_selesai", "sentence")
    assert answer == Answer(office.texts("cases.refused.other_owner", owner="Maria"), alert=True)
    assert office.stored(case).status == "ditangani"


def test_the_checklist_is_ticked_by_tapping(office: Office) -> None:
    """What is known and what is not must be seen at a glance, without a form."""
    case = office.opens()
    office.taps("joko", case, "take")
    assert _asked(office) == office.texts("officers.check.ask")
    for check in ("reachable", "evidence", "evidence"):
        assert not office.taps("joko", case, "check", check).alert
    labels = [choice[1] for choice in office.payload(office.rows("post")[-1])["choices"]]  # type: ignore[attr-defined]
    assert labels == ["✓ Pelapor bisa dihubungi", "Tempat kerja jelas", "✓ Bukti dilihat"]
    assert "Verifikasi: pelapor bisa dihubungi · bukti dilihat" in _card(office, case)
    office.taps("joko", case, "uncheck", "evidence")
    assert "Verifikasi: pelapor bisa dihubungi\n" in _card(office, case) + "\n"
    whats = [event.what for event in office.trail(case) if "checked" in event.what]
    assert whats == ["checked", "checked", "unchecked"]
    assert office.taps("joko", case, "check", "shoe_size").alert


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["aspirasi", "pertanyaan"])
def test_a_wish_or_a_question_has_no_checklist(office: Office, kind: str) -> None:
    """Nobody looks at the evidence of a question."""
    case = office.opens(kind=kind)
    office.taps("joko", case, "take")
    assert _asked(office) != office.texts("officers.check.ask")


def test_the_card_of_a_confidential_case_shows_only_days(office: Office) -> None:
    """Whom the union meets tells thirty readers what it is about."""
    case = office.opens(category="pelecehan_kekerasan")
    office.taps("joko", case, "take")
    office.deliver()
    office.taps("joko", case, "to_stage", "ditangani")
    office.taps("joko", case, "to_stage", "bipartit")
    for said in ("3 desember 2026", "lewati", "mandor dan Bu KENARI"):
        office.writes("joko", case, said)
    shown = _card(office, case)
    assert "Bipartit: pertemuan pertama 3 Des 2026" in shown
    assert "KENARI" not in shown


def test_closing_ends_the_waiting(office: Office, case: Case) -> None:
    """A closed case waits for nobody."""
    office.taps("joko", case, "wait")
    assert office.stored(case).waiting_since is not None
    office.closes("joko", case, "tercapai")
    assert office.stored(case).waiting_since is None


@pytest.mark.parametrize(
    ("closed", "change", "question"),
    [
        (False, GroupChange.TOPIC_CLOSED, "closed_by_hand"),
        (True, GroupChange.TOPIC_REOPENED, "opened_by_hand"),
    ],
)
def test_a_topic_closed_or_opened_by_hand_asks_about_the_case(
    office: Office, case: Case, *, closed: bool, change: GroupChange, question: str
) -> None:
    """The topic and the case must not say different things."""
    from bot.cases.group_changes import group_changed

    if closed:
        office.closes("joko", case, "tercapai")
        office.deliver()
    event = GroupChanged(
        channel="telegram", change=change, chat_id=GROUP_CHAT, at=office.clock.now(),
        officer=Officer("joko"), thread_id=office.stored(case).thread_id,
    )  # fmt: skip
    with office.database.transaction() as session:
        group_changed(office.work(session), event)
    post = office.payload(office.rows("post")[-1])
    assert post["text"] == office.texts(f"officers.ask.{question}")
    choice, _ = post["choices"]  # type: ignore[misc]
    assert not office.taps_payload("joko", choice[0]).alert  # type: ignore[index]
    if closed:
        assert office.stored(case).status == "ditangani"
    else:
        assert _asked(office) == office.texts("officers.form.to_selesai.outcome")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("closed", [False, True])
def test_a_topic_that_was_closed_or_opened_by_mistake_is_brought_back(
    office: Office, case: Case, *, closed: bool
) -> None:
    """An open case in a closed topic is one that nobody works at any more."""
    if closed:
        office.closes("joko", case, "tercapai")
    office.deliver()
    change = GroupChange.TOPIC_REOPENED if closed else GroupChange.TOPIC_CLOSED
    office.happens(change, "joko", thread_id=office.stored(case).thread_id)
    office.deliver()
    assert office.presses("budi", "Belum").alert  # may only read
    assert not office.presses("joko", "Belum").alert
    assert office.payload(office.rows("topic")[-1])["closed"] == closed
    office.deliver()
    word = "closed" if closed else "opened"
    assert office.newest_in(GROUP_CHAT) == office.texts(f"officers.done.topic_{word}")
    assert (office.stored(case).status == "selesai") == closed
