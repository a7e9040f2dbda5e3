"""An officer corrects her own message in Telegram: what was not sent yet follows it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.cases import desk, private_desk
from bot.events import Address, Media, MediaKind, MessageReceived, Officer, OfficerWrote
from storage.cases import message_content
from storage.tables import Attachment, Case
from tests.cases.office import Office
from tests.cases.test_confidential import SENSITIVE
from tests.cases.test_conversation import file
from tests.cases.test_reply_albums import part
from tests.databases import ON_SQLITE
from tests.outbox.scripted import GROUP_CHAT

pytestmark = ON_SQLITE

SENT = "officers.reply.edit_sent"


@pytest.fixture
def case(office: Office) -> Case:
    """A case whose topic stands."""
    case = office.opens()
    office.deliver()
    return case


def edits(office: Office, case: Case, post: str, text: str, who: str = "joko") -> None:
    """Somebody changes a message in the topic."""
    office.writes(who, case, text, message_id=post, edited=True)
    office.deliver(2)


def words(office: Office, case: Case) -> Sequence[str]:
    """What the replies say now."""
    replies = office.messages(case, "reply")
    return [message_content(office.vault, reply).text for reply in replies]


@pytest.mark.parametrize("begins", ["/balas ", ""])
def test_the_preview_follows_the_message_that_it_was_made_of(
    office: Office, case: Case, begins: str
) -> None:
    """She reads "besok" under her corrected "lusa" and believes that "lusa" goes out."""
    if not begins:
        office.taps("joko", case, "reply")
    post = office.writes("joko", case, f"{begins}Kami datang besok.")
    office.deliver(2)
    (kirim,) = [c for t in office.posts_in(GROUP_CHAT).values() for c in t.choices
                if c.label == "Kirim"]  # fmt: skip
    edits(office, case, post, f"{begins}Kami datang lusa.")
    assert words(office, case) == ["Kami datang lusa."]
    assert office.standing_in(GROUP_CHAT).count("Contoh balasan") == 1
    assert "lusa" in office.newest_in(GROUP_CHAT)
    assert office.taps_payload("joko", kirim.id).text == office.texts(
        "cases.refused.reply_changed"
    )
    assert not office.presses("joko", "Kirim").alert
    office.deliver(21)
    (heard,) = office.heard()
    assert "lusa" in heard


def test_after_sending_one_line_says_that_the_edit_does_not_reach_her(
    office: Office, case: Case
) -> None:
    """Telegram shows the officer a corrected message; the worker has the old one."""
    post = office.writes("joko", case, "/balas Kami datang besok.")
    office.deliver(2)
    office.presses("joko", "Kirim")
    office.deliver(21)
    edits(office, case, post, "/balas Kami datang besok.")  # nothing that one reads has changed
    assert office.texts(SENT) not in office.in_the_group()
    edits(office, case, post, "/balas Kami datang lusa.")
    assert office.newest_in(GROUP_CHAT) == office.texts(SENT)
    office.deliver(3600)
    assert words(office, case) == ["Kami datang besok."]
    assert len(office.heard()) == 1


def test_what_was_dropped_is_not_brought_back_by_an_edit(office: Office, case: Case) -> None:
    """Nothing goes out that was cancelled, and she learns that it does not."""
    post = office.writes("joko", case, "/balas Kami datang besok.")
    office.deliver(2)
    office.presses("joko", "Batal")
    edits(office, case, post, "/balas Kami datang lusa.")
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.reply.edit_withdrawn")
    assert [reply.state for reply in office.messages(case, "reply")] == ["withdrawn"]


@pytest.mark.parametrize("emptied", ["/balas", "/tutup Kami datang besok."])
def test_an_edit_that_leaves_no_reply_changes_nothing_and_says_so(
    office: Office, case: Case, emptied: str
) -> None:
    """An edited command is not carried out, and an empty message is not sent."""
    post = office.writes("joko", case, "/balas Kami datang besok.")
    office.deliver(2)
    edits(office, case, post, emptied)
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.reply.edit_empty")
    assert words(office, case) == ["Kami datang besok."]
    assert office.stored(case).status != "selesai"


def test_after_ubah_the_old_message_may_be_edited_as_well(office: Office, case: Case) -> None:
    """Asked for other words, many simply correct those that stand there."""
    post = office.writes("joko", case, "/balas Kami datang besok.")
    office.deliver(2)
    office.presses("joko", "Ubah")
    office.deliver(2)
    edits(office, case, post, "/balas Kami datang lusa.")
    assert [reply.state for reply in office.messages(case, "reply")] == ["preview"]
    assert "lusa" in office.newest_in(GROUP_CHAT)
    office.writes("joko", case, "terima kasih")
    assert len(office.messages(case, "note")) == 1


def test_kirim_under_the_words_before_ubah_does_not_send_the_new_ones(
    office: Office, case: Case
) -> None:
    """A busy group shows the new preview only after a while; the old button stands till then."""
    office.writes("joko", case, "/balas Kami datang besok.")
    office.deliver(2)
    old = list(office.posts_in(GROUP_CHAT).values())[-1].choices[0]
    office.presses("joko", "Ubah")
    office.writes("joko", case, "Kami datang lusa.")
    refused = office.taps_payload("joko", old.id)
    assert (old.label, refused.alert) == ("Kirim", True)
    assert refused.text == office.texts("cases.refused.reply_changed")
    office.deliver(2)
    assert not office.presses("joko", "Kirim").alert


def test_words_under_a_file_of_an_album_are_followed_until_others_take_their_place(
    office: Office, case: Case
) -> None:
    """Each file has its own message, and any of them may be corrected."""
    part(office, case, 11, "/balas halaman satu")
    part(office, case, 12)
    part(office, case, 12, "halaman dua", edited=True)
    assert words(office, case) == ["halaman satu\nhalaman dua"]
    part(office, case, 11, "/balas", edited=True)
    assert words(office, case) == ["halaman dua"]
    office.deliver(2)
    office.presses("joko", "Ubah")
    typed = office.writes("joko", case, "Dua halaman.")
    part(office, case, 12, "hlm 2", edited=True)
    assert words(office, case) == ["Dua halaman."]
    edits(office, case, typed, "Dua halaman, Bu.")
    assert words(office, case) == ["Dua halaman, Bu."]
    assert "2 foto" in office.newest_in(GROUP_CHAT)


def test_nobody_else_changes_a_reply(office: Office, case: Case) -> None:
    """Not a colleague, and not its author in a case that somebody else took meanwhile."""
    post = office.writes("joko", case, "/balas Kami datang besok.")
    edits(office, case, post, "/balas Kami tidak datang.", who="maria")
    assert words(office, case) == ["Kami datang besok."]
    office.taps("maria", case, "take")
    edits(office, case, post, "/balas Kami datang lusa.")
    assert words(office, case) == ["Kami datang besok."]
    assert "Maria" in office.newest_in(GROUP_CHAT)


def test_another_file_in_the_message_is_the_file_that_goes(office: Office, case: Case) -> None:
    """Telegram lets her swap a photo; the wrong slip must not go to the worker."""
    first = file(office, "b1", size=10)
    second = file(office, "b2", size=20)
    said = OfficerWrote(
        channel="telegram", officer=Officer("joko"), chat_id=GROUP_CHAT, message_id="-1001:5",
        at=office.clock.now(), thread_id=office.stored(case).thread_id, text="/balas ini slipnya",
        media=(Media(MediaKind.PHOTO, "F1", size=10),),
    )  # fmt: skip

    def takes(event: OfficerWrote, stored: Attachment) -> bool:
        with office.database.transaction() as session:
            work = office.work(session)
            wanted = desk.is_officers_word(work, event)
            desk.officer_wrote(work, event, stored.id if wanted else None)
        return wanted

    assert takes(said, first)
    assert not takes(replace(said, edited=True, text="/balas ini slip Mei"), second)
    swapped = (Media(MediaKind.PHOTO, "F2", size=20),)
    assert takes(replace(said, edited=True, media=swapped), second)
    office.deliver(2)
    office.presses("joko", "Kirim")
    office.deliver(21)
    assert [s.file.attachment for s in office.whatsapp.sent if s.file] == ["b2"]
    assert "ini slipnya" in office.heard()[0]
    assert not takes(replace(said, edited=True, text="/balas lain"), first)


def test_in_a_confidential_case_it_is_followed_in_the_private_chat(office: Office) -> None:
    """What an officer corrects there neither stands in the group nor becomes a report of hers."""
    case = office.opens(SENSITIVE)
    office.taps("joko", case, "take")
    office.taps("joko", case, "reply")

    def privately(text: str, edits: str | None = None) -> bool:
        said = MessageReceived(
            Address("telegram", "joko"), "5:9", office.clock.now(), text=text, edits=edits
        )
        with office.database.transaction() as session:
            work = office.work(session)
            word = private_desk.as_officers_word(work, said)
            if word is not None:
                desk.officer_wrote(work, word, None)
        office.deliver(3)
        return word is not None

    assert privately("KENARI besok")
    assert privately("KENARI lusa", edits="5:9")
    assert words(office, case) == ["KENARI lusa"]
    assert "lusa" in office.newest_in("joko")
    office.clock.advance(3600)
    office.presses("joko", "Kirim", "joko")
    office.deliver(21)
    assert privately("KENARI tulat", edits="5:9")
    assert office.texts(SENT) in office.whispered("joko")
    assert words(office, case) == ["KENARI lusa"]
    assert "KENARI" not in office.standing_in(GROUP_CHAT)
