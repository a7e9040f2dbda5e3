"""The manners at every step: words that always work, taps, misunderstandings, coming back."""

import pytest

from bot.commands import (
    AddToCase,
    CorrectMessage,
    DeleteDraft,
    DeleteOwnData,
    OpenCase,
    PageOfficers,
    Part,
    Promise,
    RecordConsent,
    SendOwnData,
    SetPushes,
)
from bot.flows.script import State
from tests.flows.beginnings import STORY, agreed, step, with_case
from tests.flows.chat import Chat

DAY = 24 * 60 * 60.0


# --- command words ---------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["STATUS", "BANTUAN", "data saya"])
def test_an_aside_returns_to_the_question(word: str) -> None:
    """Asking for help must not cost the place in the conversation."""
    chat = agreed()
    (reply,) = chat.say(word)
    assert reply.text.endswith("Apa nama tempat kerjanya?")
    assert step(chat) == "workplace"


def test_an_aside_while_she_is_telling_does_not_interrupt_the_story() -> None:
    """The burst goes on, and its end is still heard."""
    chat = Chat(consented=True)
    chat.say(STORY)
    chat.say("bantuan")
    chat.say("terus bonus juga gak ada")
    chat.hush()
    assert step(chat) == "workplace"


def test_the_menu_gives_way_to_an_answer() -> None:
    """Who opens the menu and answers after all is understood."""
    chat = agreed()
    chat.say("menu")
    chat.say("PT Sinar Abadi")
    assert chat.state is not None
    assert chat.state.answers["workplace"] == "PT Sinar Abadi"


def test_menu_items_can_be_typed_by_number() -> None:
    """Not every phone shows lists."""
    chat = with_case()
    chat.say("menu")
    (reply,) = chat.say("2")
    assert "KB-0000-0001" in reply.text


def test_back_at_the_first_question_says_so() -> None:
    """There is always an answer."""
    chat = Chat()
    chat.say("halo")
    (reply,) = chat.say("kembali")
    assert reply.text.startswith("Ini sudah pertanyaan pertama.")


def test_back_undoes_one_answer() -> None:
    """A wrong answer is one word away from being right."""
    chat = agreed()
    chat.say("PT Salah")
    chat.say("kembali")
    assert step(chat) == "workplace"
    chat.say("PT Sinar Abadi")
    assert chat.state is not None
    assert chat.state.answers["workplace"] == "PT Sinar Abadi"


def test_cancelling_asks_once_and_deletes() -> None:
    """What is deleted is gone, so it is asked."""
    chat = agreed()
    chat.say("batal")
    assert chat.ordered(DeleteDraft) == []
    chat.tap("Ya, hapus")
    assert chat.ordered(DeleteDraft) == [DeleteDraft()]
    assert chat.ordered(OpenCase) == []


def test_cancelling_can_be_taken_back() -> None:
    """The question comes again as if nothing had been said."""
    chat = agreed()
    chat.say("batal")
    chat.tap("Lanjutkan")
    assert step(chat) == "workplace"


@pytest.mark.parametrize("word", ["lanjut", "gak jadi", "tidak", "lanjutkan aja", "mau lanjut"])
def test_a_word_of_going_on_never_deletes(word: str) -> None:
    """At "yakin mau dibatalkan?" a yes to going on is no yes to deleting."""
    chat = agreed()
    chat.say("batal")
    chat.say(word)
    assert chat.ordered(DeleteDraft) == []
    assert step(chat) == "workplace"


def test_before_consent_nothing_can_be_saved() -> None:
    """Saving needs her permission."""
    chat = Chat()
    chat.say(STORY)
    (reply,) = chat.say("batal")
    assert [choice.label for choice in reply.choices] == ["Ya, hapus", "Lanjutkan"]


def test_cancel_with_nothing_running_says_so() -> None:
    """A case that was sent is not undone by one word."""
    chat = with_case()
    (reply,) = chat.say("batal")
    assert reply.text.startswith("Tidak ada yang sedang diisi")
    assert chat.ordered(DeleteDraft) == []


def test_asking_for_a_person_saves_the_story_and_pages() -> None:
    """Officers must see what it is about."""
    chat = agreed()
    chat.say("petugas")
    assert [order.complete for order in chat.ordered(OpenCase)] == [False]
    assert chat.ordered(PageOfficers) == [PageOfficers("minta_petugas", number="KB-0000-0001")]
    assert step(chat) == "workplace"


def test_asking_for_a_person_with_an_open_case_names_it() -> None:
    """The handling officer is the one to be called."""
    chat = with_case()
    chat.say("petugas")
    assert chat.ordered(PageOfficers) == [PageOfficers("minta_petugas", number="KB-0000-0001")]


def test_a_stranger_who_wants_a_person_is_told_when_one_can_answer() -> None:
    """A promise that nobody can keep is worse than none."""
    chat = Chat()
    (reply,) = chat.say("petugas")
    assert chat.ordered(PageOfficers) == []
    assert reply.text.startswith("Petugas bisa menjawab Anda di sini setelah Anda setuju.")
    assert step(chat) == "consent"


def test_a_stranger_who_wants_a_person_gets_one_when_she_agrees() -> None:
    """Officers answer in a case, even in an empty one."""
    chat = Chat()
    chat.say("petugas")
    (reply,) = chat.tap("Setuju")
    assert reply.text.startswith("Petugas serikat sudah kami panggil")
    assert [(o.number, o.complete) for o in chat.ordered(OpenCase)] == [("KB-0000-0001", False)]
    assert chat.ordered(PageOfficers) == [PageOfficers("minta_petugas", number="KB-0000-0001")]
    assert step(chat) == "story"


def test_someone_known_who_wants_a_person_gets_a_case_to_be_answered_in() -> None:
    """There must be a topic to write in."""
    chat = Chat(consented=True)
    chat.say("petugas")
    assert [(o.number, o.complete) for o in chat.ordered(OpenCase)] == [("KB-0000-0001", False)]
    assert chat.ordered(PageOfficers) == [PageOfficers("minta_petugas", number="KB-0000-0001")]
    assert step(chat) == "story"


@pytest.mark.parametrize("word", ["menu", "batal", "mulai", "lapor baru", "/start abc"])
def test_a_strangers_first_word_is_a_beginning(word: str) -> None:
    """Nobody has to know our words."""
    chat = Chat()
    chat.say(word)
    assert step(chat) == "consent"


def test_stop_and_start_switch_unasked_messages() -> None:
    """Her case goes on all the same."""
    chat = with_case()
    chat.say("BERHENTI")
    chat.say("MULAI")
    assert chat.ordered(SetPushes) == [SetPushes(on=False), SetPushes(on=True)]


def test_a_copy_of_her_data_is_sent() -> None:
    """It is her right."""
    chat = with_case()
    chat.say("data saya")
    assert chat.ordered(SendOwnData) == [SendOwnData()]


def test_deletion_needs_two_confirmations() -> None:
    """It cannot be undone."""
    chat = with_case()
    chat.say("hapus data")
    chat.tap("Ya, hapus")
    assert chat.ordered(DeleteOwnData) == []
    chat.tap("Hapus sekarang")
    assert chat.ordered(DeleteOwnData) == [DeleteOwnData()]


def test_deletion_in_the_middle_forgets_the_draft() -> None:
    """Nothing of the unfinished report may stay."""
    chat = agreed()
    chat.say("hapus data")
    chat.say("ya")
    chat.say("1")
    assert chat.ordered(DeleteDraft) == [DeleteDraft()]
    assert STORY not in (chat.state.as_json() if chat.state else "")


def test_withdrawing_consent_is_stored_and_forgets_the_draft() -> None:
    """Taking back must be as easy as giving."""
    chat = agreed()
    chat.say("cabut izin")
    chat.tap("Ya, cabut")
    assert chat.ordered(RecordConsent)[-1] == RecordConsent("2026-11-21", given=False)
    assert chat.ordered(DeleteDraft) == [DeleteDraft()]


# --- taps ------------------------------------------------------------------------------------


def test_a_button_of_an_older_question_repeats_the_current_one() -> None:
    """Old buttons stay on the screen for ever."""
    chat = agreed()
    chat.say("PT Sinar Abadi")
    (reply,) = chat.receive(choice="intake.consent.decline")
    assert reply.text.startswith("Pertanyaan yang tadi sudah lewat.")
    assert step(chat) == "region"
    assert chat.consented


def test_a_button_with_nothing_running_offers_a_way_on() -> None:
    """A dead button needs a word."""
    chat = with_case()
    (reply,) = chat.receive(choice="intake.identity.named")
    assert [choice.label for choice in reply.choices] == ["Lapor baru", "Cek status laporan"]


def test_a_tap_that_is_not_ours_counts_as_its_words() -> None:
    """Templates and other systems have buttons of their own."""
    chat = agreed()
    chat.receive(choice="payload-of-someone-else", text="PT Sinar Abadi")
    assert step(chat) == "region"


# --- misunderstandings -----------------------------------------------------------------------


def test_two_misunderstandings_offer_a_person() -> None:
    """Nobody is left alone with a machine that does not understand."""
    chat = agreed("gaji lembur kurang terus min")
    (first,) = chat.say("hmm")
    (second,) = chat.say("apaan tuh")
    assert "Hubungi petugas" not in [choice.label for choice in first.choices]
    assert "Hubungi petugas" in [choice.label for choice in second.choices]
    chat.tap("Hubungi petugas")
    assert chat.ordered(PageOfficers)[-1].reason == "minta_petugas"


def test_what_was_not_understood_is_kept() -> None:
    """Officers read what the machine could not."""
    chat = agreed("gaji lembur kurang terus min")
    chat.say("bosnya galak")
    assert chat.state is not None
    assert chat.state.parts[-1].text == "bosnya galak"


def test_a_story_at_a_choice_is_added_and_asked_again_after_silence() -> None:
    """She was not done telling."""
    chat = agreed("gaji lembur kurang terus min")
    assert chat.say("terus kalau protes malah diancam dipindah ke gudang") == []
    (reply,) = chat.hush()
    assert reply.text.startswith("Sudah kami catat.")
    assert chat.state is not None
    assert (step(chat), chat.state.misses) == ("category", 0)


def test_several_short_messages_at_the_consent_are_answered_once() -> None:
    """A burst must not be scolded piece by piece."""
    chat = Chat()
    chat.say("gaji telat min")
    assert chat.say("udah dua bulan") == []
    assert chat.say("di pabrik sepatu") == []
    (reply,) = chat.hush()
    assert reply.text.startswith("Terima kasih, pesannya sudah masuk.")


def test_why_is_answered_at_the_question_where_it_is_asked() -> None:
    """The reason belongs to the question."""
    chat = agreed()
    (reply,) = chat.say("kenapa ditanya?")
    assert reply.text.startswith("Supaya petugas tahu harus bicara dengan siapa.")
    assert step(chat) == "workplace"


def test_what_cannot_be_read_is_said_kindly() -> None:
    """A sticker is no mistake."""
    chat = agreed()
    (reply,) = chat.receive(unsupported="sticker")
    assert reply.text.startswith("Maaf, yang ini belum bisa kami baca.")
    assert step(chat) == "workplace"


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "\u202e\u202c"])
def test_an_empty_message_changes_nothing(text: str) -> None:
    """Nothing was said."""
    chat = agreed()
    before = chat.state
    assert chat.say(text) == []
    assert chat.state is not None
    assert before is not None
    assert (chat.state.parts, chat.state.step) == (before.parts, before.step)


@pytest.mark.parametrize("text", ["lewati", "gak tau", "terserah", "bingung kak"])
def test_the_category_can_be_passed_over(text: str) -> None:
    """A person who does not know must not be held."""
    chat = agreed("gaji lembur kurang terus min")
    chat.say(text)
    assert step(chat) == "workplace"
    chat.say("batal")
    chat.tap("Simpan dulu")
    report = chat.ordered(OpenCase)[-1].report
    assert (report.category, report.confirmed) == ("upah", False)


def test_after_two_misunderstandings_the_category_is_let_go() -> None:
    """The best guess is better than a wall."""
    chat = agreed("gaji lembur kurang terus min")
    for text in ("hmm", "apaan tuh"):
        chat.say(text)
        assert step(chat) == "category"
    chat.say("bosnya galak")
    assert step(chat) == "workplace"
    assert chat.state is not None
    assert chat.state.parts[-1].text == "bosnya galak"


def test_the_offered_categories_keep_their_order_when_asked_again() -> None:
    """A number must mean the same as a moment ago."""
    chat = agreed("gaji lembur kurang terus min")
    before = [choice.label for choice in chat.unread[-1].choices]
    (again,) = chat.say("lembur lembur lembur bpjs bpjs")
    assert [choice.label for choice in again.choices] == before


# --- silence and absence ---------------------------------------------------------------------


def test_a_silence_that_nobody_waits_for_is_nothing() -> None:
    """A late timer must not speak."""
    chat = Chat(consented=True)
    chat.say(STORY)
    chat.say("sudah")
    before = chat.state
    assert chat.hush() == []
    assert chat.state == before


def test_a_day_of_silence_brings_one_reminder() -> None:
    """Once, not every day."""
    chat = agreed()
    (reminder,) = chat.wait(DAY)
    assert [choice.label for choice in reminder.choices] == ["Lanjutkan", "Hapus"]
    assert reminder.promise is Promise.NOTICE
    assert chat.wait(DAY) == []


def test_after_the_reminder_an_answer_is_still_an_answer() -> None:
    """She need not tap anything."""
    chat = agreed()
    chat.wait(DAY)
    chat.say("PT Sinar Abadi")
    assert chat.state is not None
    assert chat.state.answers["workplace"] == "PT Sinar Abadi"


def test_no_reminder_goes_to_who_wants_none_and_the_story_is_saved_all_the_same() -> None:
    """BERHENTI is kept, and so is the story."""
    chat = agreed()
    chat.say("berhenti")
    assert chat.wait(4 * DAY) == []
    assert [order.complete for order in chat.ordered(OpenCase)] == [False]


def test_three_days_of_silence_save_what_there_is_and_tell_her() -> None:
    """A fragment is worth an officer's look."""
    chat = agreed()
    chat.wait(DAY)
    (saved,) = chat.wait(2 * DAY)
    assert "KB-0000-0001" in saved.text
    assert [order.complete for order in chat.ordered(OpenCase)] == [False]


def test_after_all_that_one_tap_resumes() -> None:
    """Nothing has to be told again."""
    chat = agreed()
    chat.wait(4 * DAY)
    (reply,) = chat.tap("Lanjutkan")
    assert reply.text.endswith("Apa nama tempat kerjanya?")


def test_after_all_that_a_message_is_kept_and_asked_about() -> None:
    """It may be more of the same story or a new worry."""
    chat = agreed()
    chat.wait(4 * DAY)
    (reply,) = chat.say("ada tambahan min")
    assert [choice.label for choice in reply.choices] == ["Lanjutkan", "Hapus"]
    assert chat.ordered(OpenCase)[-1].report.parts[-1] == Part("ada tambahan min", "m3")


def test_a_draft_without_consent_is_forgotten_at_last() -> None:
    """What she never allowed must not stay."""
    chat = Chat()
    chat.say(STORY)
    chat.wait(4 * DAY)
    assert chat.ordered(DeleteDraft) == [DeleteDraft()]
    assert chat.state is None


@pytest.mark.parametrize("aside", [(), ("status",), ("bantuan", "status"), ("menu",)])
def test_a_saved_draft_is_resumed_by_its_word(aside: tuple[str, ...]) -> None:
    """The word stands in every status of an unfinished report."""
    chat = agreed()
    chat.say("batal")
    (saved,) = chat.tap("Simpan dulu")
    assert "LANJUTKAN" in saved.text
    for word in aside:
        (reply,) = chat.say(word)
        assert "Apa nama tempat kerjanya?" not in reply.text
    (reply,) = chat.say("LANJUTKAN")
    assert reply.text == "Kita lanjutkan, ya.\n\nApa nama tempat kerjanya?"
    chat.say("PT Sinar Abadi")
    assert step(chat) == "region"


def test_a_saved_draft_is_not_reminded_of() -> None:
    """She said that it can wait."""
    chat = agreed()
    chat.say("batal")
    chat.tap("Simpan dulu")
    assert chat.wait(5 * DAY) == []


def test_what_is_written_to_a_saved_draft_is_no_answer_to_its_question() -> None:
    """She may add to it without going on."""
    chat = agreed()
    chat.say("batal")
    chat.tap("Simpan dulu")
    (reply,) = chat.say("bonus juga dipotong")
    assert [choice.label for choice in reply.choices] == ["Lanjutkan", "Hapus"]
    assert chat.ordered(OpenCase)[-1].report.parts[-1].text == "bonus juga dipotong"


def test_a_new_report_may_begin_beside_a_saved_draft() -> None:
    """Two troubles are two cases."""
    chat = agreed()
    chat.say("batal")
    chat.tap("Simpan dulu")
    chat.say("lapor baru")
    assert chat.state is not None
    assert (step(chat), chat.state.parts) == ("story", ())


def test_to_resume_is_no_answer_to_a_question() -> None:
    """A workplace called "lanjutkan" is none."""
    chat = agreed()
    (reply,) = chat.say("lanjutkan")
    assert reply.text == "Kita lanjutkan, ya.\n\nApa nama tempat kerjanya?"


def test_typing_the_button_that_goes_on_ends_the_question_whether_to_cancel() -> None:
    """The label of an offered answer is that answer."""
    chat = agreed()
    chat.say("batal")
    chat.say("lanjutkan")
    assert step(chat) == "workplace"


# --- follow-up -------------------------------------------------------------------------------


def test_a_message_goes_to_the_open_case_at_once_and_is_answered_once() -> None:
    """Officers see each piece, she reads one line."""
    chat = with_case()
    assert chat.say("kipasnya rusak lagi") == []
    assert chat.photo("ini") == []
    assert [order.parts[0].text for order in chat.ordered(AddToCase)] == [
        "kipasnya rusak lagi",
        "ini",
    ]
    (reply,) = chat.hush()
    assert "KB-0000-0001" in reply.text


@pytest.mark.parametrize("text", ["makasih ya min", "terima kasih banyak kak", "ok suwun"])
def test_thanks_are_answered_and_not_added(text: str) -> None:
    """An officer need not read every "makasih"."""
    chat = with_case()
    for _ in range(2):
        (reply,) = chat.say(text)
        assert reply.text == "Sama-sama. Kalau ada kabar, tulis saja di sini."
    assert chat.ordered(AddToCase) == []
    chat.say("makasih min, tapi kipasnya rusak lagi")
    assert len(chat.ordered(AddToCase)) == 1


def test_with_several_cases_the_message_waits_for_her_choice() -> None:
    """It is kept until it is clear where it belongs."""
    chat = with_case(2)
    (which,) = chat.say("kipasnya rusak lagi")
    assert [choice.label for choice in which.choices] == ["KB-0000-0002", "KB-0000-0001"]
    assert chat.ordered(AddToCase) == []
    chat.tap("KB-0000-0001")
    (added,) = chat.ordered(AddToCase)
    assert (added.number, added.parts[0].text) == ("KB-0000-0001", "kipasnya rusak lagi")


def test_a_message_without_a_chosen_case_is_not_lost() -> None:
    """After an hour it goes to the case she wrote in last."""
    chat = with_case(2)
    chat.say("kipasnya rusak lagi")
    chat.wait(2 * 60 * 60.0)
    (added,) = chat.ordered(AddToCase)
    assert (added.number, added.parts[0].text) == ("KB-0000-0002", "kipasnya rusak lagi")


def test_while_an_officer_speaks_the_bot_is_silent() -> None:
    """A machine must not talk over a person."""
    chat = with_case()
    chat.officer_speaks = True
    assert chat.say("baik pak, besok saya bawa") == []
    assert chat.hush() == []
    assert chat.ordered(AddToCase)[0].parts[0].text == "baik pak, besok saya bawa"


def test_command_words_work_while_an_officer_speaks() -> None:
    """Her own words stay hers."""
    chat = with_case()
    chat.officer_speaks = True
    (reply,) = chat.say("status")
    assert "KB-0000-0001" in reply.text


def test_a_greeting_opens_the_menu_and_bothers_nobody() -> None:
    """A "halo" alone is nothing to add."""
    chat = with_case()
    (menu,) = chat.say("halo min")
    assert len(menu.choices) == 5
    assert chat.ordered(AddToCase) == []


def test_a_new_report_starts_beside_the_open_one() -> None:
    """Two troubles are two cases."""
    chat = with_case()
    chat.say("lapor baru")
    chat.say(STORY)
    assert chat.ordered(AddToCase) == []
    assert step(chat) == "story"


def test_a_correction_of_an_old_message_is_passed_on() -> None:
    """Both versions are kept."""
    chat = with_case()
    assert chat.receive(text="dua kipas", edits="m2") == []
    assert chat.ordered(CorrectMessage) == [CorrectMessage("m2", "dua kipas")]


def test_status_lists_open_cases_first() -> None:
    """What is going on matters more than what is over."""
    chat = with_case(2)
    chat.cases[0] = type(chat.cases[0])(
        **{**{f: getattr(chat.cases[0], f) for f in chat.cases[0].__slots__}, "open": False}
    )
    (reply,) = chat.say("status")
    assert reply.text.index("KB-0000-0001") < reply.text.index("KB-0000-0002")
    assert "23 November 2026" in reply.text


def test_status_without_a_case_says_so_kindly() -> None:
    """An empty list needs words."""
    chat = Chat()
    (reply,) = chat.say("status")
    assert reply.text.startswith("Belum ada laporan dari Anda.")


def test_state_is_none_only_where_nothing_was_ever_said() -> None:
    """The last tap is remembered, so that a second one does nothing."""
    chat = with_case()
    assert isinstance(chat.state, State)
    assert chat.state.flow == "rest"


def test_more_story_at_a_question_is_no_answer_to_it() -> None:
    """She was still telling when the question came."""
    chat = agreed()
    assert chat.say("terus bonus tahun kemarin juga gak dikasih sama sekali") == []
    (reply,) = chat.hush()
    assert reply.text == "Sudah kami catat.\n\nApa nama tempat kerjanya?"
    assert chat.state is not None
    assert chat.state.parts[-1].text.startswith("terus bonus")
    assert "workplace" not in chat.state.answers


def test_a_company_named_in_a_sentence_is_the_answer() -> None:
    """People answer in sentences."""
    chat = agreed()
    chat.say("saya kerja di PT Sinar Abadi bagian jahit line tiga min")
    assert chat.state is not None
    assert chat.state.answers["workplace"] == "PT Sinar Abadi"
    assert chat.state.parts[-1].text.endswith("line tiga min")


def test_a_long_description_is_taken_when_it_is_said_again() -> None:
    """Not every workplace has a name."""
    chat = agreed()
    chat.say("konveksi rumahan punya pak haji belakang pasar lama")
    chat.hush()
    chat.say("ya itu konveksi rumahan punya pak haji")
    assert chat.state is not None
    assert chat.state.answers["workplace"] == "ya itu konveksi rumahan punya pak haji"


def test_calling_out_at_a_question_brings_the_question_back() -> None:
    """A "halo?" is no name of a company."""
    chat = agreed()
    (reply,) = chat.say("halo?")
    assert reply.text == "Apa nama tempat kerjanya?"


def test_a_time_of_day_is_an_answer_and_no_greeting() -> None:
    """A "malam" tells when she is safe."""
    chat = agreed()
    for _ in range(5):
        chat.say("lewati")
    chat.tap("Rahasiakan nama")
    chat.say("lewati")
    chat.say("malam aja kak")
    assert chat.state is not None
    assert chat.state.answers["safe_hours"] == "malam aja kak"


def test_a_tap_under_the_reminded_question_still_counts() -> None:
    """The question above the reminder is the current one."""
    chat = agreed()
    chat.wait(DAY)
    chat.receive(choice="intake.workplace.skip")
    assert step(chat) == "region"


def test_a_new_report_takes_along_what_had_no_case_yet() -> None:
    """She is asked which case, and says that it is another matter."""
    chat = with_case(2)
    chat.say("gaji kami dipotong terus")
    chat.say("lapor baru")
    assert step(chat) == "story"
    assert chat.state is not None
    assert chat.state.parts == (Part("gaji kami dipotong terus", chat.state.parts[0].source),)


def test_an_edit_while_a_menu_is_open_reaches_the_story() -> None:
    """The draft underneath is corrected as well."""
    chat = agreed()
    chat.say("menu")
    chat.receive(text="gaji dipotong 300rb", edits="m1")
    chat.say("PT Sinar Abadi")
    assert chat.state is not None
    assert chat.state.parts[0] == Part("gaji dipotong 300rb", "m1")


def test_what_denies_something_else_is_asked_about_once() -> None:
    """A late "tidak ada bukti" is no number of people."""
    chat = agreed()
    for _ in range(3):
        chat.say("lewati")
    chat.say("tidak ada bukti")
    assert step(chat) == "affected"
    chat.say("tidak ada yang lain")
    assert step(chat) == "evidence"
