"""An officer's words on their way to the reporter: seen first, taken back in time, never doubled."""

import pytest

from bot.cases.own_data import empty_case
from bot.channels import OutcomeUnknown, Unreachable
from bot.commands import Part
from storage.cases import case_by_id, cases_of_person, message_content, row_id
from storage.tables import Case
from tests.cases.office import REPORT, Office


def _preview(
    office: Office, case: Case, text: str = "Kami hubungi HRD.", who: str = "joko"
) -> int:
    office.writes(who, case, f"/balas {text}")
    return office.messages(case, "reply")[-1].id or 0


@pytest.fixture
def case(office: Office) -> Case:
    """A case whose topic stands."""
    case = office.opens()
    office.deliver()
    return case


def test_nothing_leaves_before_the_officer_has_seen_and_sent_it(
    office: Office, case: Case
) -> None:
    """A note typed in the wrong place must not reach a frightened worker."""
    office.writes("joko", case, "HRD-nya bohong")
    message = _preview(office, case)
    office.deliver(3600)
    assert office.heard() == []
    assert "Kami hubungi HRD." in office.in_the_group()
    office.taps("joko", case, "reply_send", message_id=message)
    office.deliver(19)
    assert office.heard() == []
    office.deliver(1)
    assert len(office.heard()) == 1
    assert "Kami hubungi HRD." in office.heard()[0]


def test_a_reply_whose_words_were_deleted_is_not_told_as_sent(office: Office, case: Case) -> None:
    """She took her story back while an officer looked at the preview."""
    message = _preview(office, case)
    with office.database.transaction() as session:
        stored = case_by_id(session, row_id(case))
        assert stored is not None
        empty_case(office.work(session), stored)
    refused = office.taps("joko", case, "reply_send", message_id=message)
    assert (refused.alert, refused.text) == (True, office.texts("officers.refused.old_button"))
    assert office.stored(case).answered_at is None
    assert office.messages(case, "reply")[-1].state == "preview"


def test_undo_works_for_twenty_seconds_and_then_says_that_it_is_too_late(
    office: Office, case: Case
) -> None:
    """Everyone has sent something to the wrong person once."""
    message = _preview(office, case)
    office.taps("joko", case, "reply_send", message_id=message)
    office.deliver(15)
    assert not office.taps("joko", case, "reply_undo", message_id=message).alert
    office.deliver(60)
    assert office.heard() == []
    message = _preview(office, case, "Yang ini benar.")
    office.taps("joko", case, "reply_send", message_id=message)
    office.deliver(21)
    answer = office.taps("joko", case, "reply_undo", message_id=message)
    assert answer.text == office.texts("cases.refused.too_late_to_undo")
    assert len(office.heard()) == 1
    assert office.messages(case, "reply")[-1].state == "queued"


def test_a_reply_taken_back_neither_silences_the_bot_nor_takes_the_case(
    office: Office, case: Case
) -> None:
    """She would wait a day for words that were never sent, with an officer who does not know."""

    def speaks() -> bool:
        with office.database.transaction() as session:
            return office.meet(session).conversation.officer_speaks_until is not None

    message = _preview(office, case)
    office.taps("joko", case, "reply_send", message_id=message)
    assert (speaks(), office.stored(case).owner_id) == (True, office.officers["joko"].id)
    office.taps("joko", case, "reply_undo", message_id=message)
    assert (speaks(), office.stored(case).owner_id) == (False, None)
    message = _preview(office, case, "Yang ini sampai.")
    office.taps("joko", case, "reply_send", message_id=message)
    office.deliver(60)
    message = _preview(office, case, "Yang ini tidak.")
    office.taps("joko", case, "reply_send", message_id=message)
    office.taps("joko", case, "reply_undo", message_id=message)
    assert (speaks(), office.stored(case).owner_id) == (True, office.officers["joko"].id)


def test_a_long_reply_of_which_a_part_has_left_cannot_be_undone(
    office: Office, case: Case
) -> None:
    """Half a reply "taken back" would be a lie to the officer."""
    message = _preview(office, case, "Kalimat yang panjang sekali. " * 100)
    office.taps("joko", case, "reply_send", message_id=message)
    office.whatsapp.troubles["send_text"] = [None, OutcomeUnknown("x")]
    office.deliver(21)
    assert office.taps("joko", case, "reply_undo", message_id=message).alert


def test_sent_twice_by_a_double_tap_it_leaves_once(office: Office, case: Case) -> None:
    """Thumbs are impatient."""
    message = _preview(office, case)
    office.taps("joko", case, "reply_send", message_id=message)
    again = office.taps("joko", case, "reply_send", message_id=message)
    assert again.text == office.texts("cases.refused.already_sent")
    office.deliver(60)
    assert len(office.heard()) == 1


def test_only_its_author_or_a_coordinator_sends_a_preview(office: Office, case: Case) -> None:
    """A colleague's unfinished words are not mine to send."""
    message = _preview(office, case)
    answer = office.taps("maria", case, "reply_send", message_id=message)
    assert answer.text == office.texts("cases.refused.not_yours")
    assert not office.taps("ratna", case, "reply_send", message_id=message).alert


def test_after_tapping_reply_the_next_words_are_previewed_and_only_those(
    office: Office, case: Case
) -> None:
    """The button is for officers who do not like commands."""
    office.taps("joko", case, "reply")
    office.writes("maria", case, "catatan Maria")
    office.writes("joko", case, "Halo, kami bantu")
    office.writes("joko", case, "catatan Joko")
    assert [m.state for m in office.messages(case, "reply")] == ["preview"]
    assert len(office.messages(case, "note")) == 2


@pytest.mark.parametrize(
    "typed", ["/balas\nHalo Bu", "/balas\u00a0Halo Bu", " /BALAS@bot  Halo Bu "]
)
def test_a_reply_may_begin_on_a_new_line(office: Office, case: Case, typed: str) -> None:
    """Phones put the text below the command; it must not become a note nobody answers."""
    office.writes("joko", case, typed)
    (reply,) = office.messages(case, "reply")
    assert message_content(office.vault, reply).text == "Halo Bu"
    assert office.messages(case, "note") == []


@pytest.mark.parametrize("typed", ["/blas halo", "/balashalo", "/"])
def test_a_mistyped_command_is_answered_and_a_note_is_not(
    office: Office, case: Case, typed: str
) -> None:
    """He believes that she was told; a silent note would leave both waiting."""
    hint = office.texts("officers.refused.unknown_command")
    office.writes("joko", case, "gaji 2 bulan / 3 juta")
    office.deliver()
    assert hint not in office.in_the_group()
    office.writes("joko", case, typed)
    office.deliver()
    assert hint in office.in_the_group()
    assert len(office.messages(case, "note")) == 1
    assert office.messages(case, "reply") == []


def test_a_cancelled_reply_cannot_be_sent(office: Office, case: Case) -> None:
    """The old buttons still stand under the message."""
    message = _preview(office, case)
    office.taps("joko", case, "reply_cancel", message_id=message)
    assert office.taps("joko", case, "reply_send", message_id=message).alert
    office.deliver(60)
    assert office.heard() == []


def test_send_again_looks_first_whether_it_arrived(office: Office, case: Case) -> None:
    """The person who decides must not make it two by deciding."""
    message = _preview(office, case)
    office.taps("joko", case, "reply_send", message_id=message)
    office.whatsapp.troubles["send_text"] = [OutcomeUnknown("timeout")]
    office.whatsapp.keeps_it = True
    office.deliver(21)
    office.whatsapp.found = "m1"
    assert not office.taps("joko", case, "reply_resend", message_id=message).alert
    office.deliver()
    assert len(office.heard()) == 1
    row = next(row for row in office.rows("say") if row.message_id == message)
    assert (row.status, row.external_id) == ("sent", office.vault.lookup("m1"))


def test_a_reply_that_was_refused_says_why_and_can_be_sent_again(
    office: Office, case: Case
) -> None:
    """The officer must know what to do next."""
    message = _preview(office, case)
    office.taps("joko", case, "reply_send", message_id=message)
    office.whatsapp.troubles["send_text"] = [Unreachable("63014")]
    office.deliver(21)
    office.deliver()
    assert "memblokir" in office.in_the_group()
    office.taps("joko", case, "reply_resend", message_id=message)
    office.deliver()
    assert len(office.heard()) == 1


def test_an_edited_note_keeps_both_versions_and_an_edited_command_does_nothing(
    office: Office, case: Case
) -> None:
    """A corrected typo must neither vanish from the trail nor close a case a second time."""
    note = office.writes("joko", case, "gaji 2 bulan")
    office.writes("joko", case, "gaji 3 bulan", message_id=note, edited=True)
    office.writes("joko", case, "/tutup", message_id="g99", edited=True)
    (stored,) = office.messages(case, "note")
    content = message_content(office.vault, stored)
    assert (content.text, content.earlier) == ("gaji 3 bulan", ("gaji 2 bulan",))
    office.deliver()
    assert office.texts("officers.form.to_selesai.outcome") not in office.in_the_group()


def test_the_case_last_written_in_comes_first(office: Office, case: Case) -> None:
    """What she answers goes to the first of her open cases: the one the officer asked in."""
    office.clock.advance(3600)
    newer = office.opens(REPORT, parts=(Part("lembur tidak dibayar", source="whatsapp:2"),))

    def order() -> list[int | None]:
        with office.database.reading() as session:
            person_id = office.stored(case).person_id or 0
            return [c.id for c in cases_of_person(session, person_id) if c.id != office.case.id]

    assert order() == [newer.id, case.id]
    office.clock.advance(60)
    message = _preview(office, case, "Kapan bisa ditelepon?")
    office.writes("joko", case, "catatan")
    assert order() == [newer.id, case.id]
    office.taps("joko", case, "reply_send", message_id=message)
    assert order() == [case.id, newer.id]
    office.taps("joko", case, "reply_undo", message_id=message)
    assert order() == [newer.id, case.id]
