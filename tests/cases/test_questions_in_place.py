"""What was answered gives way: no button that does nothing stays in a topic."""

import pytest

from bot.channels import TargetGone
from storage.tables import Case
from tests.cases.office import SMALL_CHAT, Answer, Office
from tests.cases.several import writes
from tests.outbox.scripted import GROUP_CHAT

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def case(office: Office) -> Case:
    """A case that Joko handles; its card stands."""
    return office.handled()


def _presses(office: Office, who: str, label: str) -> Answer:
    """Taps the newest such button; what follows is sent."""
    answer = office.presses(who, label)
    office.deliver()
    return answer


def _types(office: Office, who: str, case: Case, text: str) -> None:
    office.writes(who, case, text)
    office.deliver()


def _asking(office: Office, case: Case, chat: str = GROUP_CHAT) -> list[str]:
    """The words of all posts with buttons, but for the card and the checklist."""
    kept = {office.stored(case).card_id}
    checklist = office.texts("officers.check.ask")
    posts = office.posts_in(chat).items()
    return [t.text for id_, t in posts if t.choices and id_ not in kept and t.text != checklist]


def test_a_case_is_closed_in_one_post(office: Office, case: Case) -> None:
    """Four questions that stay would be four places for a thumb to go wrong."""
    _presses(office, "joko", "Ubah status")
    posts = len(office.posts_in(GROUP_CHAT))
    _presses(office, "joko", "Selesai")
    assert _asking(office, case) == [office.texts("officers.form.to_selesai.outcome")]
    _presses(office, "joko", "Tercapai")
    assert _asking(office, case) == [office.texts("officers.form.to_selesai.sentence")]
    _presses(office, "joko", "Lewati")
    assert _asking(office, case) == []
    assert len(office.posts_in(GROUP_CHAT)) == posts
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.done.closed")


def test_a_question_answered_in_words_keeps_its_own_and_loses_its_buttons(
    office: Office, case: Case
) -> None:
    """Question and answer are read again later; the buttons only lead astray."""
    _presses(office, "joko", "Tutup")
    _presses(office, "joko", "Tercapai")
    _types(office, "joko", case, "Upah sudah masuk.")
    standing = office.standing_in(GROUP_CHAT)
    assert office.texts("officers.form.to_selesai.sentence") in standing
    (asking,) = _asking(office, case)
    assert "Upah sudah masuk." in asking
    _types(office, "joko", case, "batal")
    assert _asking(office, case) == []


@on_sqlite
def test_another_officers_question_is_not_answered_by_a_foreign_thumb(
    office: Office, case: Case
) -> None:
    """Ratna's tap on Joko's question would close his case, or take his question from him."""
    _presses(office, "joko", "Tutup")
    before = office.posts_in(GROUP_CHAT)
    refused = Answer(office.texts("officers.refused.asked_another"), alert=True)
    assert _presses(office, "ratna", "Tercapai") == refused
    assert _presses(office, "ratna", "Batal") == refused
    assert office.posts_in(GROUP_CHAT) == before
    assert not _presses(office, "joko", "Tercapai").alert


@on_sqlite
def test_two_officers_who_answer_the_same_offer_keep_their_own_questions(
    office: Office, case: Case
) -> None:
    """The second tap must not push away what the first officer is about to answer."""
    _presses(office, "joko", "Ubah status")
    (offer,) = [p for p, t in office.posts_in(GROUP_CHAT).items() if "tahap mana" in t.text]
    tokens = {choice.label: choice.id for choice in office.posts_in(GROUP_CHAT)[offer].choices}
    office.taps_payload("joko", tokens["Bipartit"], offer)
    office.taps_payload("ratna", tokens["Mediasi"], offer)
    office.deliver()
    assert {text.partition("\n")[0] for text in _asking(office, case)} == {
        office.texts("officers.form.to_bipartit.meeting").partition("\n")[0],
        office.texts("officers.form.to_mediasi.office"),
    }


@on_sqlite
def test_a_second_tap_of_the_same_thumb_changes_nothing(office: Office, case: Case) -> None:
    """Phones are slow; people tap twice."""
    _presses(office, "joko", "Tutup")
    _presses(office, "joko", "Tercapai")
    (post,) = [p for p, t in office.posts_in(GROUP_CHAT).items() if "satu kalimat" in t.text]
    skip = next(c.id for c in office.posts_in(GROUP_CHAT)[post].choices if c.label == "Lewati")
    office.taps_payload("joko", skip, post)
    assert office.taps_payload("joko", skip, post).alert
    office.deliver()
    assert office.posts_in(GROUP_CHAT)[post].text == office.texts("officers.done.closed")


@on_sqlite
def test_what_was_deleted_by_hand_comes_anew(office: Office, case: Case) -> None:
    """An officer tidies up while another one answers."""
    _presses(office, "joko", "Tutup")
    posts = len(office.posts_in(GROUP_CHAT))
    office.presses("joko", "Tercapai")
    office.telegram.troubles["edit_text"].append(TargetGone("message_gone"))
    office.deliver()
    assert len(office.posts_in(GROUP_CHAT)) == posts + 1
    assert office.texts("officers.form.to_selesai.sentence") in _asking(office, case)


@on_sqlite
def test_a_question_of_yesterday_is_refused_and_loses_its_buttons(
    office: Office, case: Case
) -> None:
    """Half an hour later nobody remembers what it was about."""
    _presses(office, "joko", "Tutup")
    office.clock.advance(31 * 60)
    assert _presses(office, "joko", "Tercapai").alert
    assert _asking(office, case) == []
    assert office.stored(case).status == "ditangani"


@on_sqlite
def test_an_offer_about_what_is_no_more_is_refused_and_loses_its_buttons(
    office: Office, case: Case
) -> None:
    """The case moved on while the question stood there."""
    _presses(office, "joko", "Ubah status")
    office.taps("ratna", case, "to_stage", "dilimpahkan")
    office.closes("joko", case, "tercapai")
    office.deliver()
    assert _presses(office, "joko", "Mediasi").alert
    assert not any("tahap mana" in text for text in _asking(office, case))


@pytest.mark.parametrize(
    ("button", "question"), [("Ubah status", "tahap mana"), ("Lainnya", "Mau apa")]
)
@on_sqlite
def test_an_offer_can_be_left(office: Office, case: Case, button: str, question: str) -> None:
    """One of its buttons tells the reporter at once: it must not lie about."""
    _presses(office, "joko", button)
    assert _presses(office, "budi", "Batal").alert  # may only read
    assert any(question in text for text in _asking(office, case))
    assert not _presses(office, "joko", "Batal").alert
    assert _asking(office, case) == []
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.form.cancelled")


@on_sqlite
def test_balas_pushes_a_question_aside(office: Office, case: Case) -> None:
    """Her next words are a reply now; the question must not look as if it waited."""
    _presses(office, "joko", "Tutup")
    _presses(office, "joko", "Balas")
    assert _asking(office, case) == [office.texts("officers.reply.write")]


@on_sqlite
def test_a_corrected_category_says_what_it_is_now_and_nothing_of_a_confidential_one(
    office: Office, case: Case
) -> None:
    """The label of a confidential case tells thirty readers what happened to her."""
    _presses(office, "joko", "Lainnya")
    _presses(office, "joko", "Kategori")
    _presses(office, "joko", "Lembur & jam kerja")
    assert office.newest_in(GROUP_CHAT) == "Kategori sekarang: Lembur &amp; jam kerja."
    office.writes("joko", case, "/kategori")
    office.deliver()
    _presses(office, "joko", "Pelecehan/kekerasan")
    assert "Kategori sekarang: Pelecehan" not in office.standing_in(GROUP_CHAT)


@on_sqlite
def test_a_tap_in_the_big_group_edits_nothing_in_the_small_one(office: Office, case: Case) -> None:
    """Numbers of messages count in each group anew: another case's card may bear this one."""
    office.has_small_group()
    office.writes("joko", case, "/kategori")
    office.deliver()
    _presses(office, "joko", "Pelecehan/kekerasan")
    there = [office.payload(row) for row in office.rows("post") if row.chat == SMALL_CHAT]
    assert there
    assert not any(post["edits"] for post in there)


@on_sqlite
def test_what_she_writes_after_the_closing_reopens_with_one_tap(
    office: Office, case: Case
) -> None:
    """She was told to write when it is not solved; the button must not be searched for."""
    office.closes("joko", case, "tercapai")
    writes(office, case, "belum semua dibayar")
    office.deliver()
    assert office.texts("officers.post.after_closing") in _asking(office, case)
    _presses(office, "joko", "Buka lagi")
    assert office.stored(case).status == "ditangani"
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.done.reopened")


@on_sqlite
def test_who_takes_what_was_let_go_takes_its_button(office: Office, case: Case) -> None:
    """Two would otherwise both believe that it is free."""
    _types(office, "joko", case, "/lepas")
    assert len(_asking(office, case)) == 1
    _presses(office, "maria", "Saya tangani")
    assert _asking(office, case) == []
    assert "Siapa yang melanjutkan?" in office.standing_in(GROUP_CHAT)


@on_sqlite
def test_a_typed_command_is_answered_in_the_topic(office: Office, case: Case) -> None:
    """Who types sees nothing pop up: without an answer she types it again."""
    _types(office, "joko", case, "/tempat PT Maju Jaya")
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.done.workplace")
    _types(office, "ratna", case, "/cepat hapus thr")
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.done.canned_removed")
    _types(office, "ratna", case, "/ambil")
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.handover.taken", name="Ratna")
