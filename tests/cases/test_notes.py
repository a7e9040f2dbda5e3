"""Notes about a secret: taken out of the topic that everybody reads, kept, and read in private."""

import html
import re
from dataclasses import replace

import pytest

from bot.cases import desk, private_desk
from bot.cases.roster import add_officer
from bot.events import Address, Media, MediaKind, MessageReceived, Officer, OfficerWrote
from storage.cases import message_content
from storage.tables import Case
from tests.cases.office import REPORT, SMALL_CHAT, Office
from tests.cases.test_confidential import SENSITIVE
from tests.cases.test_conversation import file
from tests.cases.test_private_reply import with_file
from tests.outbox.scripted import GROUP_CHAT

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = "KENARI pelakunya kepala shift"
PHOTO = (Media(MediaKind.PHOTO, "F1"),)


@pytest.fixture
def case(office: Office) -> Case:
    """A confidential case that Joko handles; there is no small group."""
    opened = office.opens(SENSITIVE)
    office.taps("joko", opened, "take")
    office.deliver()
    return opened


def _privately(
    office: Office, user_id: str, text: str, edits: str | None = None, file_id: int | None = None
) -> bool:
    """Somebody writes to the bot alone; whether it was taken for an officer's word."""
    office._count += 1
    said = MessageReceived(
        Address("telegram", user_id), f"p{office._count}", office.clock.now(), text=text,
        edits=edits,
    )  # fmt: skip
    with office.database.transaction() as session:
        word = private_desk.as_officers_word(office.work(session), said)
        if word is not None:
            desk.officer_wrote(office.work(session), word, file_id)
    office.deliver(3)
    return word is not None


def _notes(office: Office, case: Case) -> list[str]:
    return [message_content(office.vault, m).text for m in office.messages(case, "note")]


def test_a_note_typed_in_the_topic_is_taken_away_kept_and_its_author_told(
    office: Office, case: Case
) -> None:
    """Thirty people read along there; a guide that says so is forgotten at night."""
    typed = [office.writes("joko", case, WORDS)]
    typed.append(office.writes("joko", case, "dan satu lagi"))
    office.deliver(3)
    assert set(typed) <= set(office.telegram.deleted)
    assert _notes(office, case) == [WORDS, "dan satu lagi"]
    told = [text for text in office.whispered("joko") if "sudah disimpan" in text]
    assert len(told) == 1, "once for what was written in one go"
    assert f"/catatan {case.number}" in told[0]
    shown = office.standing_in(GROUP_CHAT)
    assert shown.count(office.texts("officers.note.in_topic", name="Joko")) == 1
    assert "KENARI" not in shown


def test_colleagues_with_the_right_read_it_with_its_files_and_that_is_logged(
    office: Office, case: Case
) -> None:
    """Who goes on with the case must know what was found out."""
    photo = file(office, "foto")
    office.writes("joko", case, WORDS)
    assert _privately(office, "joko", f"/catatan {case.number} <b>bukti</b>", file_id=photo.id)
    office.deliver(3)
    assert not office.presses("ratna", "Baca di chat pribadi").alert
    office.deliver(3)
    read = "\n".join(office.whispered("ratna"))
    assert f"Joko: {WORDS}" in read
    assert "Joko: &lt;b&gt;bukti" in read
    assert any(s.file for s in office.telegram.sent if s.place.address.path == "ratna")
    assert "revealed_story" in [event.what for event in office.trail(case)]
    office.presses("maria", "Baca di chat pribadi")
    office.deliver(3)
    assert office.whispered("maria") == []


def test_long_notes_are_read_to_their_ends(office: Office, case: Case) -> None:
    """What a witness said stands nowhere else any more."""
    long = " ".join(f"saksi{number} & lain" for number in range(280))
    for _ in range(3):
        office.writes("joko", case, long)
    office.writes("joko", case, "singkat")
    office.taps("ratna", case, "read_case")
    office.deliver(3)
    read = [text for text in office.whispered("ratna") if "saksi" in text]
    assert sum("saksi279 &amp; lain" in text for text in read) == 3
    assert "Joko: singkat" in read[-1]
    assert max(len(html.unescape(text)) for text in read) < 4096


def test_a_note_is_written_in_private_and_corrected_there(office: Office, case: Case) -> None:
    """Where nobody else reads along."""
    assert _privately(office, "joko", f"/catatan {case.number.lower()} {WORDS}")
    written = f"p{office._count}"
    assert office.newest_in("joko") == office.texts("officers.note.kept", number=case.number)
    assert _privately(office, "joko", f"/catatan {case.number} {WORDS} malam", edits=written)
    (note,) = office.messages(case, "note")
    content = message_content(office.vault, note)
    assert (content.text, content.earlier) == (f"{WORDS} malam", (WORDS,))
    assert "KENARI" not in office.standing_in(GROUP_CHAT)
    assert office.texts("officers.note.in_topic", name="Joko") in office.standing_in(GROUP_CHAT)


def test_a_note_of_yesterday_is_corrected_and_is_no_report_of_hers(
    office: Office, case: Case
) -> None:
    """She leaves the command away, and what she read is a day ago."""
    office.clock.advance(3600 * 24 * 2)
    _privately(office, "joko", f"/catatan {case.number} {WORDS}")
    written, before = f"p{office._count}", len(office.whispered("joko"))
    office.clock.advance(3600 * 25)
    assert _privately(office, "joko", f"{WORDS} malam", edits=written)
    assert _notes(office, case) == [f"{WORDS} malam"]
    assert len(office.whispered("joko")) == before, "nothing to ask"


def test_a_note_stays_with_its_case_and_its_author_is_told(office: Office, case: Case) -> None:
    """A wrong number that is corrected seems to have moved it."""
    other = office.opens(SENSITIVE)
    _privately(office, "joko", f"/catatan {case.number} {WORDS}")
    written = f"p{office._count}"
    assert _privately(office, "joko", f"/catatan {other.number} lain", edits=written)
    stays = office.texts("officers.note.other_case", number=case.number)
    assert office.newest_in("joko") == stays
    assert (_notes(office, case), _notes(office, other)) == ([WORDS], [])


def test_an_album_under_a_private_note_is_a_note_and_no_report_of_hers(
    office: Office, case: Case
) -> None:
    """Telegram sends three messages for three pages, the command stands in one."""
    office.clock.advance(3600 * 24 * 2)
    for number, words in enumerate((f"/catatan {case.number} {WORDS}", "", "")):
        said = MessageReceived(
            Address("telegram", "joko"), f"a{number}", office.clock.now(), text=words,
            media=PHOTO, album="9",
        )  # fmt: skip
        assert with_file(office, said, file(office, f"b{number}"))
    assert [bool(note.attachment_id) for note in office.messages(case, "note")] == [True] * 3
    assert _notes(office, case) == [WORDS, "", ""]
    office.deliver(3)
    (*_, told) = office.whispered("joko")
    assert told == office.texts("officers.note.kept", number=case.number)


def test_words_after_a_note_in_the_topic_are_asked_about(office: Office, case: Case) -> None:
    """She was just told to write in the private chat."""
    office.clock.advance(3600 * 24 * 2)
    office.writes("joko", case, WORDS)
    assert _privately(office, "joko", "KENARI juga di gudang")
    assert "<code>KENARI juga di gudang</code>" in office.newest_in("joko")


def test_what_is_no_private_note_is_answered_with_the_way(office: Office, case: Case) -> None:
    """A note without a case, or about one that others must not know of, is kept nowhere."""
    plain, how = office.opens(REPORT), office.texts("officers.note.nothing_private")
    for words in ("", "halo", "KB-0000-0000 halo", case.number, f"{plain.number} halo"):
        assert _privately(office, "joko", f"/catatan {words}")
        assert office.newest_in("joko") == how
    assert _privately(office, "maria", f"/catatan {case.number} {WORDS}")
    assert office.newest_in("maria") == how
    assert not _privately(office, "orang", f"/catatan {case.number} {WORDS}")
    assert _notes(office, case) == _notes(office, plain) == []


def test_words_of_who_may_not_see_it_are_taken_away_too(office: Office, case: Case) -> None:
    """What a colleague or a guest guesses about a secret is read by as many."""
    typed = [office.writes(who, case, WORDS) for who in ("maria", "orang")]
    office.deliver(3)
    assert set(typed) <= set(office.telegram.deleted)
    assert _notes(office, case) == []


@pytest.mark.parametrize(("who", "why"), [("", "anonymous"), ("orang", "not_on_roster")])
def test_a_note_that_nobody_known_wrote_is_not_taken_away_in_silence(
    office: Office, case: Case, who: str, why: str
) -> None:
    """An officer who is an anonymous administrator would believe that it was kept."""
    typed = office.writes(who, case, WORDS)
    office.deliver(3)
    assert typed in office.telegram.deleted
    assert office.texts(f"officers.refused.{why}") in office.standing_in(GROUP_CHAT)


def test_a_command_with_words_goes_and_a_bare_one_stays(office: Office, case: Case) -> None:
    """Reasons and names tell of the story; that somebody asked for the timeline does not."""
    bare = office.writes("ratna", case, "/riwayat")
    told = office.writes("ratna", case, "/tahan KENARI sidang")
    lost = office.writes("joko", case, "/catat KENARI <x>")
    shown = office.writes("joko", case, "/balas", media=PHOTO)
    office.deliver(3)
    assert bare not in office.telegram.deleted
    assert {told, lost, shown} <= set(office.telegram.deleted)
    assert office.stored(case).legal_hold
    assert "<code>/catat KENARI &lt;x&gt;</code>" in "".join(office.whispered("joko"))


def test_an_answer_that_is_refused_comes_back_whole(office: Office, case: Case) -> None:
    """It stands nowhere any more, and it took long to write."""
    office.taps("joko", case, "close")
    office.chooses("joko", case, "to_selesai", "outcome", "tercapai")
    long = "\n".join(f"KENARI-{number} https://serikat.id & lain" for number in range(200))
    typed = office.writes("joko", case, long)
    office.deliver(3)
    assert typed in office.telegram.deleted
    why = office.texts("officers.form.too_long", most=600)
    back = [text for text in office.whispered("joko") if "<code>" in text]
    head = office.texts("officers.note.words_back", number=case.number, why=why)
    assert back[0].startswith(head)
    assert max(map(len, back)) < 4096
    copied = "\n".join(re.findall("<code>(.*?)</code>", "\n".join(back), re.DOTALL))
    assert html.unescape(copied) == long, "with its links as they were typed"
    assert "KENARI" not in office.standing_in(GROUP_CHAT)


def test_a_file_with_an_answer_is_kept_as_a_note(office: Office, case: Case) -> None:
    """It was taken out of the topic with the words, and stands nowhere else."""
    office.taps("joko", case, "close")
    office.chooses("joko", case, "to_selesai", "outcome", "tercapai")
    photo = file(office, "foto")
    answer = OfficerWrote("telegram", Officer("joko"), GROUP_CHAT, "g900", office.clock.now(),
                          office.stored(case).thread_id, WORDS, PHOTO)  # fmt: skip
    with office.database.transaction() as session:
        desk.officer_wrote(office.work(session), answer, photo.id)
    office.chooses("joko", case, "to_selesai", "sure", "ya")
    assert office.stored(case).status == "selesai"
    assert [note.attachment_id for note in office.messages(case, "note")] == [photo.id]


def test_a_reply_that_is_refused_comes_back_with_its_file(office: Office, case: Case) -> None:
    """Joko took the case a moment before."""
    with office.database.transaction() as session:
        office.officers["dian"] = add_officer(
            session, office.vault, office.organisation_id, user_id="dian", name="Dian",
            role="officer", now=office.clock.now(), confidential=True,
        )  # fmt: skip
    photo = file(office, "foto")
    asked = OfficerWrote("telegram", Officer("dian"), GROUP_CHAT, "g900", office.clock.now(),
                         office.stored(case).thread_id, "/balas " + WORDS)  # fmt: skip
    with office.database.transaction() as session:
        desk.officer_wrote(office.work(session), asked, photo.id)
        wordless = replace(asked, message_id="g901", text="/balas", media=PHOTO)
        desk.officer_wrote(office.work(session), wordless, photo.id)
    office.deliver(3)
    assert {"g900", "g901"} <= set(office.telegram.deleted)
    words, alone = office.whispered("dian")[-2:]
    assert (f"<code>/balas {WORDS}</code>" in words, "<code>" in alone) == (True, False)
    assert "Joko" in words, "why"
    sent = [s.file for s in office.telegram.sent if s.place.address.path == "dian"]
    assert all(sent[-2:])
    assert "KENARI" not in office.standing_in(GROUP_CHAT)


def test_what_is_soon_typed_again_or_stands_there_still_does_not_come_back(
    office: Office, case: Case
) -> None:
    """A single word, words in an open topic, and words about what one may not know of."""
    office.taps("joko", case, "close")
    office.writes("joko", case, "kembali")
    plain = office.opens(REPORT)
    office.writes("budi", plain, f"/balas {WORDS}")
    office.writes("maria", case, f"/balas {WORDS}")
    office.deliver(3)
    for who in ("joko", "budi", "maria"):
        assert not any("<code>" in text for text in office.whispered(who))


@pytest.mark.parametrize("place", ["open", "small group"])
def test_where_the_topic_may_read_it_a_note_stays(office: Office, place: str) -> None:
    """A note in the topic is how colleagues talk."""
    if place == "small group":
        office.has_small_group()
    case = office.opens(SENSITIVE if place == "small group" else REPORT)
    office.deliver()
    chat = SMALL_CHAT if place == "small group" else GROUP_CHAT
    before = len(office.whispered("joko"))
    for words in (WORDS, f"/catatan {WORDS}"):
        office.writes("joko", case, words, chat_id=chat)
    office.deliver(3)
    office.writes("joko", case, "/catatan", chat_id=chat)
    office.deliver(3)
    assert office.telegram.deleted == []
    assert _notes(office, case) == [WORDS, WORDS]
    assert office.newest_in(chat) == office.texts("officers.note.nothing_private")
    assert len(office.whispered("joko")) == before
