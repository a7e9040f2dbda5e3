"""An officer's album is one reply: seen as one, sent and taken back as one, told of as one."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from bot.cases import desk, private_desk
from bot.cases.own_data import files_of
from bot.channels import ContentRejected, TryLater
from bot.events import Address, Media, MediaKind, MessageReceived, Officer, OfficerWrote
from bot.outbox.window import opened
from storage.cases import message_content
from storage.tables import Case, CaseMessage
from tests.cases.office import Office
from tests.cases.test_confidential import SENSITIVE
from tests.cases.test_conversation import file
from tests.databases import ON_SQLITE
from tests.outbox.scripted import GROUP_CHAT

pytestmark = ON_SQLITE

CAPTION = "Ini contoh suratnya"


@pytest.fixture
def case(office: Office) -> Case:
    """A case whose topic stands."""
    case = office.opens()
    office.deliver()
    return case


def part(
    office: Office, case: Case, number: int, text: str = "", *,
    who: str = "joko", album: str = "9", kind: str = "photo", edited: bool = False, **fields: Any,
) -> None:  # fmt: skip
    """One message of an album comes in, as Telegram numbered it."""
    stored = None if edited else file(office, f"{album}.{number}", kind, **fields)
    event = OfficerWrote(
        channel="telegram", officer=Officer(who), chat_id=GROUP_CHAT,
        message_id=f"{GROUP_CHAT}:{number}", at=office.clock.now(),
        thread_id=office.stored(case).thread_id, text=text, album=album, edited=edited,
    )  # fmt: skip
    with office.database.transaction() as session:
        desk.officer_wrote(office.work(session), event, stored.id if stored else None)


def album(office: Office, case: Case, numbers: Sequence[int] = (11, 12, 13)) -> None:
    """Three pages with one caption, which stands under the first."""
    for number in numbers:
        part(office, case, number, f"/balas {CAPTION}" if number == 11 else "")
    office.deliver(2)


def reply_of(office: Office, case: Case) -> CaseMessage:
    """The newest reply."""
    return office.messages(case, "reply")[-1]


def sent_to_her(office: Office) -> list[tuple[str, str]]:
    """What the reporter got: which file, with which words."""
    return [
        (each.file.attachment if each.file else "", each.text.text.rpartition("\n")[2])
        for each in office.whatsapp.sent
        if not each.text.text.startswith("Kabar")
    ]


ALL = [("9.11", CAPTION), ("9.12", ""), ("9.13", "")]


@pytest.mark.parametrize("order", list(permutations((11, 12, 13))))
def test_in_whatever_order_its_parts_come_an_album_is_one_draft_and_goes_in_its_order(
    office: Office, case: Case, order: tuple[int, ...]
) -> None:
    """Page two before page one makes a contract hard to read; three Kirim invite a mistake."""
    album(office, case, order)
    assert [reply.state for reply in office.messages(case, "reply")] == ["preview"]
    assert office.messages(case, "note") == []
    standing = office.standing_in(GROUP_CHAT)
    assert standing.count("Contoh balasan") == 1
    shown = office.newest_in(GROUP_CHAT)
    assert all(words in shown for words in ("3 foto", CAPTION, "lewat WhatsApp"))
    office.presses("joko", "Kirim")
    office.deliver(19)
    assert sent_to_her(office) == []
    office.deliver(1)
    assert sent_to_her(office) == ALL


def test_an_album_is_taken_back_as_one(office: Office, case: Case) -> None:
    """Twenty seconds for all of it, and none once a part has left."""
    album(office, case)
    office.presses("joko", "Kirim")
    office.deliver(3)
    assert not office.presses("joko", "Batalkan").alert
    office.deliver(60)
    assert sent_to_her(office) == []
    part(office, case, 21, "/balas lagi", album="10")
    part(office, case, 22, album="10")
    office.deliver(2)
    office.presses("joko", "Kirim")
    office.whatsapp.troubles["send_file"] = [None, TryLater("x")]
    office.deliver(21)
    assert len(sent_to_her(office)) == 1
    assert office.taps("joko", case, "reply_undo", message_id=reply_of(office, case).id).alert
    office.deliver(3)
    buttons = [c.label for text in office.posts_in(GROUP_CHAT).values() for c in text.choices]
    assert "Batalkan" not in buttons


def test_a_part_that_comes_late_joins_what_was_not_sent_and_is_seen_before_it_is(
    office: Office, case: Case
) -> None:
    """Kirim under two photos must not send three."""
    album(office, case, (11, 13))
    (two,) = [c for t in office.posts_in(GROUP_CHAT).values() for c in t.choices
              if c.label == "Kirim"]  # fmt: skip
    part(office, case, 12)
    answer = office.taps_payload("joko", two.id)
    assert (answer.alert, answer.text) == (True, office.texts("cases.refused.reply_changed"))
    office.deliver(2)
    assert "3 foto" in office.newest_in(GROUP_CHAT)
    assert not office.presses("joko", "Kirim").alert
    office.deliver(21)
    assert sent_to_her(office) == ALL


@pytest.mark.parametrize("before", ["sent", "dropped"])
def test_a_part_that_comes_after_the_sending_is_a_new_draft_that_says_so(
    office: Office, case: Case, before: str
) -> None:
    """It went neither with the others nor, unnoticed, among the notes."""
    album(office, case, (11, 12))
    office.presses("joko", "Kirim" if before == "sent" else "Batal")
    office.deliver(21)
    part(office, case, 13)
    part(office, case, 14)
    office.deliver(2)
    assert office.messages(case, "note") == []
    assert len(office.messages(case, "reply")) == 2
    shown = office.newest_in(GROUP_CHAT)
    assert office.texts("officers.reply.late") in shown
    assert "2 foto" in shown
    office.deliver(3600)
    assert sent_to_her(office) == (ALL[:2] if before == "sent" else [])
    office.presses("joko", "Kirim")
    office.deliver(21)
    assert [key for key, _ in sent_to_her(office)][-2:] == ["9.13", "9.14"]


def test_the_truth_about_an_album_is_that_of_the_whole(office: Office, case: Case) -> None:
    """Read as arrived while a page is missing: she signs what she has not read."""
    album(office, case)
    office.presses("joko", "Kirim")
    office.whatsapp.troubles["send_file"] = [None, ContentRejected("63021"), None]
    office.deliver(21)
    office.deliver(5)
    shown = office.newest_in(GROUP_CHAT)
    assert "❌ gagal" in shown
    assert office.texts("officers.delivery.parts", count=1, total=3) in shown
    assert office.texts("officers.delivery.again") in shown
    assert "Bagian lain: ✓ terkirim" in shown
    card = office.posts_in(GROUP_CHAT)[office.stored(case).card_id].text
    assert "❌ gagal" in card
    office.presses("joko", "Kirim ulang")
    office.deliver(1)
    office.deliver(5)
    assert [key for key, _ in sent_to_her(office)] == ["9.11", "9.13", "9.12"]
    assert "gagal" not in office.newest_in(GROUP_CHAT)


def test_behind_a_shut_window_all_of_it_waits_and_leaves_in_order(
    office: Office, case: Case
) -> None:
    """One tap of hers on Lihat, and the pages come as they were sent."""
    office.clock.advance(25 * 3600)
    album(office, case)
    office.presses("joko", "Kirim")
    office.deliver(21)
    office.deliver(5)
    assert sent_to_her(office) == []
    assert [row.status for row in office.rows("send_file")] == ["held"] * 3
    assert "⏳ menunggu dibuka pelapor" in office.newest_in(GROUP_CHAT)
    with office.database.transaction() as session:
        person = office.meet(session).person.id or 0
        opened(session, person, "whatsapp", office.clock.now())
    office.deliver(1)
    assert sent_to_her(office) == ALL


def test_the_collision_guard_holds_for_every_part(office: Office, case: Case) -> None:
    """Somebody else took the case while the photos were on their way."""
    part(office, case, 11, f"/balas {CAPTION}")
    office.deliver(2)
    office.taps("maria", case, "take")
    part(office, case, 12)
    office.deliver(2)
    assert len(message_content(office.vault, reply_of(office, case)).files) == 1
    assert "Maria" in office.newest_in(GROUP_CHAT)
    assert office.presses("joko", "Kirim").alert
    office.deliver(60)
    assert sent_to_her(office) == []


def test_an_album_of_somebody_else_joins_nothing(office: Office, case: Case) -> None:
    """The id of an album is no secret; what another officer sends is hers."""
    album(office, case, (11, 12))
    part(office, case, 13, who="maria")
    assert len(message_content(office.vault, reply_of(office, case)).files) == 2
    assert len(office.messages(case, "note")) == 1


def test_ubah_changes_the_words_and_keeps_the_files_or_takes_a_new_album(
    office: Office, case: Case
) -> None:
    """A late page goes on joining; a new album takes the place of the old."""
    album(office, case, (11, 12))
    office.presses("joko", "Ubah")
    part(office, case, 13)
    assert reply_of(office, case).state == "draft"
    office.writes("joko", case, "Baca dulu, ya.")
    office.deliver(2)
    shown = office.newest_in(GROUP_CHAT)
    assert ("3 foto" in shown, "Baca dulu, ya." in shown, CAPTION in shown) == (True, True, False)
    office.presses("joko", "Ubah")
    for number in (22, 21):
        part(office, case, number, album="10", kind="document")
    office.deliver(2)
    assert "2 dokumen · slip" in office.newest_in(GROUP_CHAT)
    with office.database.reading() as session:
        kept = files_of(office.work(session), office.stored(case))
    assert sorted(row.key for row in kept) == ["10.21", "10.22"]
    office.presses("joko", "Kirim")
    office.deliver(21)
    assert sent_to_her(office) == [
        ("", "Baca dulu, ya."), ("10.21", ""), ("10.22", ""),
    ]  # fmt: skip  # WhatsApp shows no words under a document


def test_every_page_may_have_words_of_its_own(office: Office, case: Case) -> None:
    """What stands under page two is for her as well, and not lost."""
    part(office, case, 12, "halaman dua")
    part(office, case, 11, "/balas halaman satu")
    office.deliver(2)
    assert "halaman satu\nhalaman dua" in office.newest_in(GROUP_CHAT)


def test_a_file_of_an_album_that_cannot_reach_her_is_named(office: Office, case: Case) -> None:
    """Better now than after an hour of waiting."""
    part(office, case, 11, f"/balas {CAPTION}")
    part(office, case, 12, size=6 * 1024 * 1024)
    office.deliver(2)
    shown = list(office.posts_in(GROUP_CHAT).values())[-1]
    assert "Berkas ke-2 terlalu besar untuk dikirim (paling besar 5 MB)" in shown.text
    assert [choice.label for choice in shown.choices] == ["Ubah", "Batal"]
    assert office.taps("joko", case, "reply_send", "1", message_id=reply_of(office, case).id).alert


def test_her_wish_to_be_forgotten_takes_every_file_of_an_album(office: Office, case: Case) -> None:
    """Only the first stands in a column of its own."""
    album(office, case)
    with office.database.reading() as session:
        found = files_of(office.work(session), office.stored(case))
    assert sorted(row.key for row in found) == ["9.11", "9.12", "9.13"]


def test_in_a_confidential_case_the_album_is_shown_once_and_in_private(office: Office) -> None:
    """Neither its files nor three previews in the group; late parts stay with it there, too."""
    case = office.opens(SENSITIVE)
    office.taps("joko", case, "take")
    office.taps("joko", case, "reply")
    office.deliver(3)

    def privately(number: int) -> None:
        stored = file(office, f"9.{number}")
        said = MessageReceived(
            Address("telegram", "joko"), f"5:{number}", office.clock.now(), album="9",
            text=CAPTION if number == 11 else "", media=(Media(MediaKind.PHOTO, "F"),),
        )  # fmt: skip
        with office.database.transaction() as session:
            work = office.work(session)
            word = private_desk.as_officers_word(work, said)
            assert word is not None
            assert desk.is_officers_word(work, word)
            desk.officer_wrote(work, word, stored.id)

    for number in (12, 11, 13):
        privately(number)
    office.deliver(2)
    previews = [text for text in office.whispered("joko") if "Contoh balasan" in text]
    assert len(previews) == 1
    assert "3 foto" in previews[0]
    assert "3 foto" not in office.standing_in(GROUP_CHAT)
    office.presses("joko", "Kirim", "joko")
    office.deliver(21)
    assert sent_to_her(office) == ALL
    privately(14)
    office.deliver(2)
    assert office.texts("officers.reply.late") in office.newest_in("joko")
