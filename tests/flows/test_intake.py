"""What the intake asks, takes and hands on."""

import pytest

from bot.commands import (
    DeleteDraft,
    OpenCase,
    PageOfficers,
    Part,
    Promise,
    RecordConsent,
    Reply,
)
from bot.events import MediaKind
from tests.flows.beginnings import STORY, agreed, at_review, pass_to_review
from tests.flows.chat import Chat


def the_case(chat: Chat) -> OpenCase:
    return chat.ordered(OpenCase)[-1]


def buttons(reply: Reply) -> list[str]:
    return [choice.label for choice in reply.choices]


def test_consent_is_stored_with_its_version() -> None:
    """Which text she agreed to must be provable."""
    chat = agreed()
    assert chat.ordered(RecordConsent) == [RecordConsent("2026-11-21", given=True)]


def test_nothing_is_handed_on_before_consent() -> None:
    """Until she agrees there is a draft, no case."""
    chat = Chat()
    chat.say(STORY)
    chat.hush()
    assert chat.ordered(OpenCase) == []


def test_declining_forgets_the_draft() -> None:
    """A refusal leaves nothing behind."""
    chat = Chat()
    chat.say(STORY)
    chat.tap("Tidak")
    assert chat.ordered(DeleteDraft) == [DeleteDraft()]
    assert chat.ordered(RecordConsent) == [RecordConsent("2026-11-21", given=False)]
    assert STORY not in (chat.state.as_json() if chat.state else "")


def test_who_agreed_before_is_not_asked_again() -> None:
    """A second matter begins at the story."""
    chat = Chat(consented=True)
    chat.say("halo min")
    assert chat.state is not None
    assert chat.state.step == "story"


def test_a_story_that_comes_at_once_waits_for_silence_when_consent_is_known() -> None:
    """She may still be typing."""
    chat = Chat(consented=True)
    assert chat.say(STORY) == []
    assert chat.say("dari bulan maret") == []
    assert len(chat.hush()) == 1


def test_the_parts_keep_their_messages_and_files() -> None:
    """Officers quote and open what she sent."""
    chat = Chat(consented=True)
    chat.say(STORY)
    chat.photo("slip", count=2)
    chat.hush()
    assert chat.state is not None
    assert chat.state.parts == (
        Part(STORY, "m1"),
        Part("slip", "m2", "a2-0"),
        Part("", "m2", "a2-1"),
    )


def test_a_very_short_story_is_asked_for_more_once() -> None:
    """Three words help nobody, but nobody is pressed twice."""
    chat = Chat(consented=True)
    chat.say("halo")
    chat.say("gaji telat")
    (more,) = chat.hush()
    assert buttons(more) == ["Sudah cukup"]
    chat.tap("Sudah cukup")
    assert chat.state is not None
    assert chat.state.step == "workplace"


def test_sudah_ends_the_story_at_once() -> None:
    """Nobody has to wait for a silence to pass."""
    chat = Chat(consented=True)
    chat.say("halo")
    chat.say(STORY)
    chat.say("sudah kak")
    assert chat.state is not None
    assert chat.state.step == "workplace"


def test_sudah_without_a_story_asks_in_other_words() -> None:
    """An empty report is no report."""
    chat = Chat(consented=True)
    chat.say("halo")
    (reply,) = chat.say("sudah")
    assert reply.text.startswith("Ceritanya belum masuk.")


def test_an_uncertain_category_is_asked_with_three_and_a_way_to_all() -> None:
    """The classifier suggests, she decides."""
    chat = agreed("gaji lembur saya kurang terus min")
    question = chat.unread[-1]
    assert len(question.choices) == 4
    assert question.choices[-1].label == "Bukan itu semua"
    assert question.list_label != ""


@pytest.mark.parametrize(
    ("story", "confirmed"), [("gaji lembur kurang terus min", True), (STORY, False)]
)
def test_a_category_she_chose_is_marked_as_hers(story: str, confirmed: bool) -> None:
    """Officers see whether a person or a model said so."""
    chat = agreed(story)
    if confirmed:
        chat.say("lembur")
    pass_to_review(chat)
    chat.tap("Kirim")
    assert the_case(chat).report.confirmed is confirmed
    assert the_case(chat).report.category == ("lembur_jam_kerja" if confirmed else "upah")


def test_all_categories_are_reached_on_two_pages() -> None:
    """A list holds ten items."""
    chat = agreed("gaji lembur saya kurang terus min")
    (first,) = chat.tap("Bukan itu semua")
    (second,) = chat.tap("Lihat yang lain")
    seen = {*buttons(first), *buttons(second)} - {"Lihat yang lain", "Kembali ke awal"}
    assert len(seen) == 14
    chat.tap("Lainnya")
    assert chat.state is not None
    assert (chat.state.answers["category"], chat.state.step) == ("lainnya", "workplace")


def test_a_known_company_is_offered_and_taken_by_tap() -> None:
    """Half a name is enough."""
    chat = agreed()
    (which,) = chat.say("maju jaya sandal")
    assert buttons(which)[-1] == "Bukan, nama lain"
    assert "PT Maju Jaya Garmen" in which.text
    chat.tap(next(label for label in buttons(which) if "Garmen" in label))
    assert chat.state is not None
    assert chat.state.answers["workplace"] == "PT Maju Jaya Garmen"


def test_yes_takes_the_one_company_that_was_offered() -> None:
    """The word "iya" answers "maksudnya PT …?"."""
    chat = agreed()
    chat.say("maju jaya group")
    chat.say("iya betul")
    assert chat.state is not None
    assert chat.state.answers["workplace"] == "PT Maju Jaya Garmen"


def test_another_name_than_the_offered_ones_is_taken_as_it_stands() -> None:
    """A company that nobody knows yet must not be argued about."""
    chat = agreed()
    chat.say("maju jaya sandal")
    chat.tap("Bukan, nama lain")
    chat.say("maju jaya konveksi rumahan")
    assert chat.state is not None
    assert chat.state.answers["workplace"] == "maju jaya konveksi rumahan"


def test_kabupaten_and_kota_of_one_name_are_asked() -> None:
    """Their minimum wages differ."""
    chat = agreed()
    chat.say("lewati")
    (which,) = chat.say("bekasi")
    assert buttons(which) == ["Kab. Bekasi", "Kota Bekasi", "Bukan, daerah lain"]
    chat.say("kota")
    assert chat.state is not None
    assert chat.state.answers["region"] == "Kota Bekasi"
    assert chat.state.answers["region_code"] == "32.75"


def test_a_shared_place_answers_the_region() -> None:
    """One tap instead of typing."""
    chat = agreed()
    chat.say("lewati")
    chat.place("Kota Batam")
    assert chat.state is not None
    assert chat.state.answers["region"] == "Kota Batam"


def test_a_shared_place_without_a_name_is_kept_as_text() -> None:
    """Coordinates help too."""
    chat = agreed()
    chat.say("lewati")
    chat.place()
    assert chat.state is not None
    assert chat.state.answers["region"] == "Lokasi: (-6.30000, 107.10000)"


def test_files_are_acknowledged_once_in_a_burst() -> None:
    """Ten photos deserve one answer."""
    chat = agreed()
    for _ in range(4):
        chat.say("lewati")
    chat.unread.clear()
    for _ in range(5):
        assert chat.photo() == []
    (reply,) = chat.hush()
    assert reply.text == "Sudah masuk 5 berkas. Ada lagi?"
    assert buttons(reply) == ["Selesai"]


def test_words_among_the_evidence_are_kept() -> None:
    """A line like "ini slip bulan maret" belongs to the photo."""
    chat = agreed()
    for _ in range(4):
        chat.say("lewati")
    chat.say("buktinya dipegang mandor")
    assert chat.state is not None
    assert chat.state.evidence == (Part("buktinya dipegang mandor", "m7"),)


def test_identity_cannot_be_skipped() -> None:
    """It is the one question that has to be answered."""
    chat = agreed()
    for _ in range(5):
        chat.say("lewati")
    chat.say("lewati")
    assert chat.state is not None
    assert chat.state.step == "identity"


def test_only_who_gives_a_name_is_asked_for_it() -> None:
    """Who wants to stay hidden is not tempted."""
    chat = agreed()
    for _ in range(5):
        chat.say("lewati")
    chat.tap("Rahasiakan nama")
    assert chat.state is not None
    assert chat.state.step == "member"


def test_the_receipt_is_said_once_and_must_not_be_doubled() -> None:
    """A receipt number may not be sent twice on a guess."""
    chat = at_review()
    (receipt,) = chat.tap("Kirim")
    assert receipt.promise is Promise.RECEIPT
    assert "KB-0000-0001" in receipt.text


def test_the_report_holds_what_was_told() -> None:
    """What officers get is what she said."""
    chat = at_review(f"{STORY} di PT Sinar Abadi")
    chat.tap("Kirim")
    order = the_case(chat)
    assert (order.number, order.complete) == ("KB-0000-0001", True)
    assert order.report.kind == "pengaduan"
    assert order.report.category == "upah"
    assert order.report.workplace == "PT Sinar Abadi"
    assert order.report.identity == "rahasia"
    assert order.report.parts == (Part(f"{STORY} di PT Sinar Abadi", "m1"),)


def test_a_second_tap_on_send_does_nothing() -> None:
    """Impatient thumbs must not open two cases."""
    chat = at_review()
    chat.tap("Kirim")
    assert chat.tap("Kirim") == []
    assert len(chat.ordered(OpenCase)) == 1


def test_a_change_returns_to_the_review() -> None:
    """One correction, and everything else stays."""
    chat = at_review()
    chat.tap("Ubah")
    chat.say("tempat kerja")
    (review,) = chat.say("PT Sinar Abadi")
    assert chat.state is not None
    assert chat.state.step == "review"
    assert "Tempat kerja: PT Sinar Abadi" in review.text


def test_more_story_from_the_review_returns_there() -> None:
    """What was forgotten can still be told."""
    chat = at_review()
    chat.tap("Ubah")
    chat.tap("Tambah cerita")
    chat.say("oh ya, slip juga gak pernah dikasih")
    (review,) = chat.hush()
    assert chat.state is not None
    assert chat.state.step == "review"
    assert "slip juga gak pernah dikasih" in review.text


def test_a_name_given_up_is_no_longer_in_the_report() -> None:
    """Who changes her mind must be hidden at once."""
    chat = agreed()
    for _ in range(5):
        chat.say("lewati")
    chat.tap("Pakai nama")
    chat.say("Siti Aminah")
    chat.say("lewati")
    chat.say("lewati")
    chat.tap("Ubah")
    chat.tap("Nama atau rahasia")
    (review,) = chat.tap("Rahasiakan nama")
    chat.tap("Kirim")
    assert "Siti" not in review.text
    assert (the_case(chat).report.identity, the_case(chat).report.name) == ("rahasia", "")


def test_a_very_long_story_is_kept_whole_and_shown_short() -> None:
    """Thirty thousand characters of grief fit in, and the summary stays readable."""
    long = "gaji kami dipotong terus " * 1200
    chat = at_review(long)
    review = chat.unread[-1]
    assert len(review.text) <= 1024
    chat.tap("Kirim")
    assert the_case(chat).report.parts[0].text == long


def test_a_very_long_answer_also_joins_the_story() -> None:
    """An answer field is no place for a page, and a page is not thrown away."""
    chat = agreed()
    page = "PT Sinar Abadi bagian jahit " * 20
    chat.say(page)
    assert chat.state is not None
    assert len(chat.state.answers["workplace"]) <= 200
    assert chat.state.parts[-1].text.strip() == page.strip()


@pytest.mark.parametrize(
    "text",
    ["<b>gaji</b> &amp; upah", "*gaji* _upah_ `x`", "مرحبا gaji", "{nomor} {0} %s", "🙏🙏"],
)
def test_marks_and_scripts_of_any_kind_are_kept_as_they_are(text: str) -> None:
    """Nothing she types is markup to us."""
    chat = Chat(consented=True)
    chat.say("halo")
    chat.say(text)
    chat.say(STORY)
    chat.hush()
    assert chat.state is not None
    assert chat.state.parts[0].text == text


def test_an_edited_message_replaces_the_part() -> None:
    """The report holds what she meant in the end."""
    chat = Chat(consented=True)
    chat.say(STORY)
    chat.receive(text=f"{STORY} 300rb", edits="m1")
    assert chat.state is not None
    assert chat.state.parts == (Part(f"{STORY} 300rb", "m1"),)


def test_a_wish_is_not_asked_for_proofs_or_names() -> None:
    """A proposal needs no evidence."""
    chat = agreed("usul min semoga mess dikasih kipas")
    assert chat.state is not None
    assert chat.state.step == "review"
    chat.tap("Kirim")
    assert the_case(chat).report.kind == "aspirasi"


def test_a_voice_note_answers_a_question() -> None:
    """Who cannot write well can still answer."""
    chat = agreed()
    chat.voice()
    assert chat.state is not None
    assert chat.state.step == "region"
    assert chat.state.parts[-1] == Part("", "m3", "a3-0")


def test_a_photo_at_a_question_is_evidence_and_the_question_comes_again() -> None:
    """She sent it when it was at hand."""
    chat = agreed()
    assert chat.photo("slip") == []
    (reply,) = chat.hush()
    assert reply.text.startswith("Sudah kami catat.")
    assert chat.state is not None
    assert chat.state.evidence == (Part("slip", "m3", "a3-0"),)


def test_a_contact_is_kept_as_text() -> None:
    """A witness's number is worth keeping."""
    chat = Chat(consented=True)
    chat.say(STORY)
    chat.receive(contact="Budi 0812")
    chat.hush()
    assert chat.state is not None
    assert chat.state.parts[-1].text == "Kontak: Budi 0812"


def test_a_document_in_the_story_stays_in_the_story() -> None:
    """The order in which she tells is the order in which it is read."""
    chat = Chat(consented=True)
    chat.send_file(MediaKind.DOCUMENT, "surat phk saya dari hrd")
    chat.hush()
    assert chat.state is not None
    assert chat.state.parts == (Part("surat phk saya dari hrd", "m1", "a1-0"),)


def test_an_intake_without_danger_pages_nobody() -> None:
    """An alarm that rings for everything is heard for nothing."""
    chat = at_review()
    chat.tap("Kirim")
    assert chat.ordered(PageOfficers) == []
