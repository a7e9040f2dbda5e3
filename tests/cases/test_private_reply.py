"""A confidential case without a small group is answered in private: the group reads no word."""

from dataclasses import replace

import pytest

from bot.cases import desk, private_desk
from bot.channels import ContentRejected
from bot.commands import Part
from bot.events import Address, Media, MediaKind, MessageReceived
from storage.cases import message_content
from storage.people import meet_reporter
from storage.tables import Attachment, Case
from tests.cases.office import REPORT, SMALL_CHAT, Office
from tests.cases.test_confidential import SENSITIVE
from tests.cases.test_conversation import file
from tests.outbox.scripted import GROUP_CHAT

WORDS = "KENARI-BALASAN kami temani Ibu ke klinik."


@pytest.fixture
def case(office: Office) -> Case:
    """A confidential case that Joko handles."""
    opened = office.opens(SENSITIVE)
    office.taps("joko", opened, "take")
    office.deliver()
    return opened


def _privately(office: Office, user_id: str, text: str, *, edits: str | None = None) -> bool:
    """Somebody writes to the bot alone; whether it was taken for an officer's word."""
    office._count += 1
    said = MessageReceived(
        Address("telegram", user_id), f"p{office._count}", office.clock.now(), text=text,
        edits=edits,
    )  # fmt: skip
    if not private_desk.may_be_officers(said):
        return False
    with office.database.transaction() as session:
        word = private_desk.as_officers_word(office.work(session), said)
        if word is not None:
            desk.officer_wrote(office.work(session), word, None)
    office.deliver(3)
    return word is not None


def with_file(office: Office, said: MessageReceived, sent: Attachment) -> bool:
    """An officer sends the bot a file; whether it was wanted as her officer's word."""
    with office.database.transaction() as session:
        work = office.work(session)
        word = private_desk.as_officers_word(work, said)
        if word is None or not desk.is_officers_word(work, word):
            return False
        desk.officer_wrote(work, word, sent.id)
    return True


def _ever_in_the_group(office: Office) -> str:
    """All that the bot ever showed there, earlier versions too."""
    there = {s.id: s.text.text for s in office.telegram.sent if s.place.address.path == GROUP_CHAT}
    edits = [text.text for post, text in office.telegram.edits if post in there]
    return "\n".join([*there.values(), *edits, *office.telegram.topics.values()])


def _sends(office: Office, user_id: str = "joko") -> None:
    assert not office.presses(user_id, "Kirim", user_id).alert
    office.deliver(21)
    office.deliver(3)


def test_a_reply_is_written_checked_and_sent_in_the_private_chat(
    office: Office, case: Case
) -> None:
    """Thirty people must not read what is answered to a story that they must not know."""
    office.taps("joko", case, "read_case")
    office.deliver()
    office.presses("joko", "Balas", "joko")
    office.deliver(3)
    assert case.number in office.newest_in("joko")
    assert _privately(office, "joko", WORDS)
    assert WORDS in office.newest_in("joko")
    assert "Joko memeriksa balasan di chat pribadi sejak 23 Nov 09.00" in office.standing_in(
        GROUP_CHAT
    )
    office.presses("joko", "Ubah", "joko")
    office.deliver(3)
    assert _privately(office, "joko", WORDS + " Besok.")
    _sends(office)
    assert any("Besok." in told for told in office.heard())
    assert "KENARI" not in _ever_in_the_group(office)
    standing = office.standing_in(GROUP_CHAT)
    assert office.texts("officers.reply.hidden_words") in standing
    office.deliver(5)
    assert "✓ terkirim" in office.newest_in("joko")
    assert "Batalkan" not in [c.label for t in office.posts_in("joko").values() for c in t.choices]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_secret_reply_that_does_not_arrive_is_told_where_it_was_written(
    office: Office, case: Case
) -> None:
    """An edited post in the topic rings nobody, and shows no words."""
    _privately(office, "joko", f"/balas {case.number} {WORDS}")
    office.whatsapp.troubles["send_text"].append(ContentRejected("63005"))
    _sends(office)
    office.deliver(5)
    *_, written, news = office.posts_in("joko").values()
    assert WORDS in written.text
    assert "❌ gagal" in written.text
    assert [choice.label for choice in written.choices] == ["Kirim ulang"]
    assert "❌ gagal" in news.text
    assert case.number in news.text
    assert WORDS not in news.text
    office.presses("joko", "Kirim ulang", "joko")
    office.deliver(5)
    office.deliver(5)
    assert any("KENARI-BALASAN" in told for told in office.heard())
    *_, written, _news = office.posts_in("joko").values()
    assert "✓ terkirim" in written.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_taken_back_in_the_topic_does_not_seem_to_go_out_in_private(
    office: Office, case: Case
) -> None:
    """Its author, or a coordinator, taps the button that comes first."""
    _privately(office, "joko", f"/balas {case.number} {WORDS}")
    office.presses("joko", "Kirim", "joko")
    office.deliver(3)
    soon = office.texts("officers.reply.soon")
    assert soon in office.newest_in("joko")
    assert not office.presses("ratna", "Batalkan").alert
    office.deliver(5)
    assert soon not in office.standing_in("joko")
    assert office.texts("officers.reply.withdrawn") in office.newest_in("joko")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_sent_in_private_is_told_there_when_the_case_is_no_secret_any_more(
    office: Office, case: Case
) -> None:
    """The preview with its buttons would stand there as if nothing had been sent."""
    _privately(office, "joko", f"/balas {case.number} {WORDS}")
    office.taps("ratna", case, "to_category", "upah")
    assert not office.stored(case).sensitive
    office.presses("joko", "Kirim", "joko")
    office.deliver(21)
    office.deliver(5)
    assert any("KENARI" in told for told in office.heard())
    assert "✓ terkirim" in office.newest_in("joko")


def test_what_is_typed_in_the_topic_is_taken_away_and_checked_in_private(
    office: Office, case: Case
) -> None:
    """Habit is stronger than a guide."""
    typed = [office.writes("joko", case, f"/balas {WORDS}")]
    assert office.taps("joko", case, "reply").text == office.texts("officers.done.in_private")
    typed.append(office.writes("joko", case, f"{WORDS} lagi"))
    office.deliver(3)
    assert set(typed) <= set(office.telegram.deleted)
    assert f"{WORDS} lagi" in office.newest_in("joko")
    assert "KENARI" not in _ever_in_the_group(office)
    assert len(office.messages(case, "reply")) == 2
    assert office.messages(case, "note") == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_sentence_that_closes_the_case_does_not_stay_in_the_topic(
    office: Office, case: Case
) -> None:
    """It is read by the worker, and tells what the case was about."""
    place = office.writes("joko", case, "/tempat PT KENARI Jaya")
    office.taps("joko", case, "close")
    office.chooses("joko", case, "to_selesai", "outcome", "tercapai")
    typed = office.writes("joko", case, WORDS)
    office.deliver(3)
    assert place in office.telegram.deleted
    assert WORDS in office.newest_in("joko")
    office.chooses("joko", case, "to_selesai", "sure", "ya")
    office.deliver(21)
    assert office.stored(case).status == "selesai"
    assert typed in office.telegram.deleted
    assert "KENARI" not in _ever_in_the_group(office)
    assert any("KENARI" in told for told in office.heard())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_to_whom_the_case_is_to_go_is_checked_in_private(office: Office, case: Case) -> None:
    """The name of a shelter tells what the case is about."""
    office.taps("joko", case, "to_stage", "dilimpahkan")
    typed = office.writes("joko", case, "KENARI rumah aman")
    office.deliver(3)
    assert typed in office.telegram.deleted
    assert "KENARI rumah aman" in office.newest_in("joko")
    assert "KENARI" not in _ever_in_the_group(office)


def test_a_command_with_the_number_answers_in_private(office: Office, case: Case) -> None:
    """Who is in the private chat already needs no button."""
    assert _privately(office, "joko", f"/balas {case.number}\n{WORDS}\n\nSampai besok.")
    assert f"{WORDS}\n\nSampai besok." in office.newest_in("joko")
    _sends(office)
    assert any("KENARI-BALASAN" in told for told in office.heard())
    how = office.texts("officers.reply.nothing_private")
    plain = office.opens(REPORT)
    for words in ("", "KB-0000-0000 halo", "halo", f"{plain.number} halo"):
        assert _privately(office, "joko", f"/balas {words}")
        assert office.newest_in("joko") == how
    assert _privately(office, "joko", "/tutup")
    assert office.newest_in("joko") == office.texts("officers.refused.not_in_topic")
    assert _privately(office, "joko", "/mulai_grup KODE")
    assert office.newest_in("joko") == office.texts("officers.onboarding.in_group")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", ["maria", "budi", "orang", "lama"])
def test_nobody_else_answers_in_private(office: Office, case: Case, who: str) -> None:
    """Without the right, without the role, without a place on the roster."""
    taken = _privately(office, who, f"/balas {case.number} {WORDS}")
    assert taken == (who in {"maria", "budi"})
    assert not _privately(office, who, WORDS)
    assert office.messages(case, "reply") == []


def test_a_reply_that_comes_too_late_is_neither_lost_nor_a_report_of_hers(
    office: Office, case: Case
) -> None:
    """It would stand in the big group as the story of an officer."""
    office.taps("joko", case, "reply")
    office.deliver(3)
    office.clock.advance(601)
    assert _privately(office, "joko", WORDS)
    assert f"<code>{WORDS}</code>" in office.newest_in("joko")
    assert office.messages(case, "reply")[-1].state == "draft"
    office.presses("joko", f"Balas {case.number}", "joko")
    assert _privately(office, "joko", WORDS)
    _sends(office)
    assert any("KENARI-BALASAN" in told for told in office.heard())
    assert _privately(office, "joko", WORDS + " Bawa KTP."), "what she forgot is none, too"
    assert "Bawa KTP." in office.newest_in("joko")
    assert "KENARI" not in _ever_in_the_group(office)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_words_after_reading_a_story_are_asked_about_and_so_is_a_change_of_them(
    office: Office, case: Case
) -> None:
    """She answers what she has just read, without looking for a button."""
    office.taps("joko", case, "read_case")
    office.deliver()
    assert _privately(office, "joko", WORDS)
    asked = office.newest_in("joko")
    assert _privately(office, "joko", WORDS + "!", edits=f"p{office._count}")
    assert office.newest_in("joko") == asked.replace("</code>", "!</code>")
    office.clock.advance(24 * 3600)
    assert not _privately(office, "joko", WORDS)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_an_album_after_reading_she_is_asked_once(office: Office, case: Case) -> None:
    """Telegram sends ten messages for ten photos; ten questions would hide all else."""
    office.taps("joko", case, "read_case")
    office.deliver()
    before = len(office.whispered("joko"))
    for number in range(3):
        photo = (Media(MediaKind.PHOTO, f"F{number}"),)
        said = MessageReceived(
            Address("telegram", "joko"), f"a{number}", office.clock.now(), media=photo, album="9"
        )
        with office.database.transaction() as session:
            work = office.work(session)
            word = private_desk.as_officers_word(work, said)
            assert word is not None
            desk.officer_wrote(work, word, None)
    office.deliver(3)
    assert office.whispered("joko")[before:] == [office.texts("officers.reply.whose_file")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("words", ["LAPOR BARU", "halo min, mau lapor", "mau lapor tapi takut"])
def test_an_officer_may_report_herself_beside_a_secret_case(
    office: Office, case: Case, words: str
) -> None:
    """One word, and she is a worker like any other."""
    office.taps("joko", case, "read_case")
    assert not _privately(office, "joko", words)
    office.clock.advance(1)
    with office.database.transaction() as session:
        own, org = Address("telegram", "joko"), office.work(session).organisation.id
        meet_reporter(session, office.vault, org, own, (), office.clock.now())
    assert not _privately(office, "joko", "gaji saya belum dibayar")
    assert not _privately(office, "joko", "gaji saya belum dibayar sama sekali", edits="p7")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_her_own_report_is_corrected_also_while_a_reply_waits(office: Office, case: Case) -> None:
    """An officer is a worker, too; her correction is hers, whatever else she is writing."""
    office.opens(replace(REPORT, parts=(Part("gaji saya", source="p7"),)))
    office.taps("joko", case, "reply")
    assert not _privately(office, "joko", "gaji saya Mei", edits="p7")
    assert _privately(office, "joko", WORDS, edits="p8"), "what is no report may be a reply"


def test_words_wait_only_for_who_may_still_see_it(office: Office, case: Case) -> None:
    """Who was kept away meanwhile answers no more."""
    office.taps("joko", case, "reply")
    office.taps("ratna", case, "recuse", str(office.officers["joko"].id))
    assert not _privately(office, "joko", WORDS)


def test_what_she_writes_answers_the_case_that_she_began_last(office: Office, case: Case) -> None:
    """Words for one victim must not become a preview for another."""
    other = office.opens(SENSITIVE)
    office.taps("joko", other, "take")
    for each in (case, other):
        office.taps("joko", each, "reply")
    office.deliver(3)
    assert [reply.state for reply in office.messages(case, "reply")] == ["withdrawn"]
    assert _privately(office, "joko", WORDS)
    assert other.number in office.newest_in("joko")
    assert _privately(office, "joko", "dan bawa KTP")
    assert {choice.label for choice in list(office.posts_in("joko").values())[-1].choices} == {
        f"Balas {case.number}", f"Balas {other.number}",
    }  # fmt: skip
    assert len(office.messages(case, "reply")) == 1


def test_what_she_changes_in_private_begins_no_report_of_hers(office: Office, case: Case) -> None:
    """A corrected typing error was answered like a worker's first message."""
    _privately(office, "joko", "/tugasku")
    _privately(office, "joko", f"/balas {case.number} {WORDS}")
    before = len(office.whispered("joko"))
    for words in ("/kasus", f"/balas {case.number} lain"):
        assert _privately(office, "joko", words, edits="p1")
    assert len(office.whispered("joko")) == before
    assert _privately(office, "joko", WORDS + "!", edits="p1")
    assert f"<code>{WORDS}!</code>" in office.newest_in("joko")
    assert len(office.messages(case, "reply")) == 1


def test_replies_that_stood_in_the_topic_lose_their_words_when_it_becomes_confidential(
    office: Office,
) -> None:
    """What was answered tells what was asked."""
    case = office.opens(REPORT)
    office.taps("joko", case, "take")
    office.deliver()
    office.writes("joko", case, f"/balas {WORDS}")
    office.deliver(3)
    assert "KENARI" in office.standing_in(GROUP_CHAT)
    office.taps("ratna", case, "to_category", "pelecehan_kekerasan")
    office.deliver(3)
    assert "KENARI" not in office.standing_in(GROUP_CHAT)
    assert WORDS in "".join(office.whispered("joko"))
    _sends(office)
    assert any("KENARI" in told for told in office.heard())


def test_the_words_of_a_sent_reply_are_read_on_a_tap_and_logged(
    office: Office, case: Case
) -> None:
    """A colleague who goes on with the case must know what was said."""
    _privately(office, "joko", f"/balas {case.number} {WORDS}")
    _sends(office)
    assert not office.presses("ratna", "Baca di chat pribadi").alert
    office.deliver()
    assert WORDS in office.newest_in("ratna")
    assert "revealed_message" in [event.what for event in office.trail(case)]
    office.presses("maria", "Baca di chat pribadi")
    office.deliver()
    assert office.whispered("maria") == []


def test_in_the_small_group_replies_stand_as_ever(office: Office) -> None:
    """All who read there may read them."""
    office.has_small_group()
    case = office.opens(SENSITIVE)
    office.taps("joko", case, "take")
    office.deliver()
    office.writes("joko", case, f"/balas {WORDS}", chat_id=SMALL_CHAT)
    office.deliver(3)
    assert WORDS in office.standing_in(SMALL_CHAT)
    assert office.telegram.deleted == []


def test_no_part_of_an_album_becomes_a_report_of_the_officers(office: Office, case: Case) -> None:
    """Telegram sends three messages for three pages."""
    office.taps("joko", case, "reply")
    for number in range(3):
        said = MessageReceived(
            Address("telegram", "joko"), f"a{number}", office.clock.now(), album="9",
            media=(Media(MediaKind.PHOTO, f"F{number}"),),
        )  # fmt: skip
        assert with_file(office, said, file(office, f"b{number}"))
    (reply,) = office.messages(case, "reply")
    assert len(message_content(office.vault, reply).files) == 3


def test_a_file_is_wanted_only_for_a_reply(office: Office, case: Case) -> None:
    """What an officer sends as a reporter is fetched as hers."""
    photo = (Media(MediaKind.PHOTO, "F1"),)
    said = MessageReceived(Address("telegram", "joko"), "p9", office.clock.now(), media=photo)
    with office.database.reading() as session:
        assert private_desk.as_officers_word(office.work(session), said) is None
    office.taps("joko", case, "reply")
    with office.database.reading() as session:
        word = private_desk.as_officers_word(office.work(session), said)
        assert word is not None
        assert word.media == photo
        assert desk.is_officers_word(office.work(session), word)
