"""What the reporter says comes before the officers as she said it, and answers find their way."""

from datetime import timedelta
from typing import Any

import pytest

from bot.cases import desk as officers_desk
from bot.cases.opening import add_to_case, correct_message
from bot.cases.reply_posts import reply_post
from bot.channels import File
from bot.commands import Part
from bot.events import MediaKind, Officer, OfficerWrote
from storage.cases import case_by_id, message_content, row_id
from storage.tables import Attachment, Case
from tests.cases.office import Office
from tests.cases.test_confidential import SENSITIVE, calm
from tests.databases import ON_SQLITE
from tests.outbox.scripted import GROUP_CHAT, Sent


@pytest.fixture
def case(office: Office) -> Case:
    """A case whose topic stands."""
    case = office.opens()
    office.deliver()
    return case


def says(office: Office, case: Case, *parts: Part) -> None:
    """The reporter adds something to her case."""
    with office.database.transaction() as session:
        row = case_by_id(session, row_id(case), lock=True)
        assert row is not None
        add_to_case(office.work(session), row, parts, calm)


def file(office: Office, key: str, kind: str = "photo", **fields: Any) -> Attachment:
    """A stored file."""
    path, _ = office.evidence.keep(b"isi")
    names = {"photo": ("image/jpeg", ""), "voice": ("audio/ogg", ""),
             "video": ("video/mp4", ""), "document": ("application/pdf", "slip.pdf")}  # fmt: skip
    content_type, name = names[kind]
    values: dict[str, Any] = {"content_type": content_type, "state": "stored", "size": 3}
    now = office.clock.now()
    row = Attachment(
        key=key, organisation_id=office.organisation_id, channel="whatsapp", kind=kind,
        path=path, due_at=now, created_at=now,
        sealed=office.vault.seal_json({"reference": "", "name": name}, "attachments"),
        **(values | fields),
    )  # fmt: skip
    with office.database.transaction() as session:
        session.add(row)
    return row


def writes_with_file(
    office: Office, case: Case, text: str, attachment: Attachment, album: str = ""
) -> None:
    """An officer sends a file into the topic."""
    stored = office.stored(case)
    event = OfficerWrote(
        channel="telegram", officer=Officer("joko"), chat_id=GROUP_CHAT,
        message_id=f"f{attachment.key}", at=office.clock.now(), thread_id=stored.thread_id,
        text=text, album=album,
    )  # fmt: skip
    with office.database.transaction() as session:
        officers_desk.officer_wrote(office.work(session), event, attachment.id)


def preview(office: Office) -> Sent:
    """The newest preview, as it was first shown."""
    return next(sent for sent in reversed(office.telegram.sent) if "Contoh" in sent.text.text)


def posts(office: Office, words: str) -> list[Sent]:
    """What was posted in the group with these words."""
    return [sent for sent in office.telegram.sent if words in sent.text.text]


def labels(sent: Sent) -> list[str]:
    """The buttons under a post."""
    return [choice.label for choice in sent.text.choices]


# --- from the reporter into the topic -----------------------------------------------------


def test_everything_comes_in_order_with_the_time_it_was_written(
    office: Office, case: Case
) -> None:
    """Who asked when decides many a case."""
    now = office.clock.now()
    yesterday = (now - timedelta(days=1)).isoformat()
    file(office, "a1")
    says(
        office, case,
        Part("kemarin hrd marah", source="w:1", at=yesterday),
        Part("ini slipnya", source="w:2", attachment="a1", at=now.isoformat()),
        Part("tolong ya", source="w:3", at=(now + timedelta(hours=1)).isoformat()),
    )  # fmt: skip
    office.deliver()
    newest = [sent.text.text for sent in office.telegram.sent][-3:]
    assert [text.splitlines()[0] for text in newest] == [
        "💬 <b>Pelapor</b> · 22 Nov 09.00",
        "📎 <b>Pelapor</b> · 09.00 mengirim foto",
        "💬 <b>Pelapor</b> · 09.00",  # a phone's clock that runs ahead is not believed
    ]
    assert [text.splitlines()[-1] for text in newest] == [
        "kemarin hrd marah", "ini slipnya", "tolong ya",
    ]  # fmt: skip


def test_an_album_stays_together_and_is_counted(office: Office) -> None:
    """Three pages of a contract are one thing."""
    for key in ("a1", "a2", "a3", "a4"):
        file(office, key)
    pages = [Part("", source=f"w:{k}", attachment=k, album="77") for k in ("a1", "a2", "a3")]
    case = office.opens(evidence=tuple(pages))
    office.deliver()
    shown = [s.text.text.partition("mengirim ")[2] for s in office.telegram.sent if s.file]
    assert shown == ["foto 1 dari 3", "foto 2 dari 3", "foto 3 dari 3"]
    says(office, case, Part("", source="w:a4", attachment="a4", album="77"))
    office.deliver()
    assert office.telegram.sent[-1].text.text.endswith("foto ke-4 dari satu album")


def test_an_edit_shows_as_an_edit_under_the_old_words(office: Office, case: Case) -> None:
    """What was said first stays readable."""
    (old,) = posts(office, "gaji belum dibayar")[-1:]
    with office.database.transaction() as session:
        person = office.meet(session).person
        assert correct_message(office.work(session), person, "whatsapp:1", "gaji 2 bulan", calm)
    office.deliver()
    (new,) = posts(office, "gaji 2 bulan")
    assert "mengubah pesan 09.00 menjadi" in new.text.text
    assert new.text.reply_to == old.id
    stored = office.messages(case, "reporter")[-1]
    assert message_content(office.vault, stored).external_id == "whatsapp:1"


def test_what_she_answers_by_swiping_stands_in_the_topic(office: Office, case: Case) -> None:
    """An answer such as yang itu means nothing without what it answers."""
    office.writes("joko", case, "/balas Slip bulan apa yang hilang <b>Bu</b>?")
    reply = office.messages(case, "reply")[-1]
    office.deliver()
    office.taps("joko", case, "reply_send", message_id=reply.id)
    office.deliver(21)
    sent = office.whatsapp.sent[-1]
    says(office, case, Part("yang september", source="w:5", answers=sent.id))
    office.deliver()
    (post,) = posts(office, "yang september")
    assert "membalas: Slip bulan apa yang hilang &lt;b&gt;Bu&lt;" in post.text.text
    assert post.text.reply_to == preview(office).id


def test_an_answer_to_her_own_words_or_to_unknown_ones_is_shown_as_far_as_known(
    office: Office, case: Case
) -> None:
    """A reporter swipes what she likes."""
    says(office, case, Part("itu salah", source="w:6", answers="whatsapp:1"))
    says(office, case, Part("yang mana ya", source="w:7", answers="tidak:ada"))
    office.deliver()
    assert "membalas: gaji belum dibayar" in posts(office, "itu salah")[-1].text.text
    assert "membalas" not in posts(office, "yang mana ya")[-1].text.text


# --- from the officer to the reporter -----------------------------------------------------


def _answered(office: Office, case: Case, words: str, reply: str) -> int:
    """/balas as an answer to the post with these words; the reply's id."""
    post = posts(office, words)[-1]
    office.writes("joko", case, f"/balas {reply}".strip(), reply_to=post.id)
    return office.messages(case, "reply")[-1].id or 0


def test_on_whatsapp_the_reply_begins_with_what_it_answers(office: Office, case: Case) -> None:
    """Twilio cannot quote; she must still know which of her messages is meant."""
    reply = _answered(office, case, "gaji belum dibayar", "Bulan apa?")
    office.deliver()
    assert "menjawab: gaji belum dibayar" in preview(office).text.text
    office.taps("joko", case, "reply_send", message_id=reply)
    office.deliver(21)
    (sent,) = office.whatsapp.sent
    assert sent.text.text.startswith("> gaji belum dibayar\n\n")
    assert sent.text.text.endswith("Bulan apa?")
    assert sent.text.reply_to == ""


def test_the_words_after_an_answering_balas_quote_too(office: Office, case: Case) -> None:
    """Officers who write the command alone answer the same message."""
    _answered(office, case, "gaji belum dibayar", "")
    office.writes("joko", case, "Bulan apa?")
    (reply,) = office.messages(case, "reply")
    assert message_content(office.vault, reply).quote == "gaji belum dibayar"


@pytest.mark.parametrize("words", ["KB-", "tidak ada"])
def test_an_answer_to_any_other_post_quotes_nothing(
    office: Office, case: Case, words: str
) -> None:
    """The card is no message of hers."""
    post = posts(office, words)
    office.writes("joko", case, "/balas Halo", reply_to=post[0].id if post else "-1:999")
    (reply,) = office.messages(case, "reply")
    assert message_content(office.vault, reply).quote == ""


def test_a_hidden_story_is_quoted_to_her_and_not_to_the_group(office: Office) -> None:
    """The preview stands where thirty people read."""
    case = office.opens(SENSITIVE)
    office.deliver()
    reply = _answered(office, case, "Ada pesan dari pelapor", "Kami di pihak Anda.")
    office.taps("joko", case, "reply_send", message_id=reply)
    office.deliver(21)
    office.deliver(61)
    assert office.heard()[-1].startswith("> KENARI-CERITA")
    assert "KENARI" not in office.in_the_group()


def test_the_preview_shows_what_she_will_read_and_where(office: Office, case: Case) -> None:
    """Seen before it leaves, word for word."""
    office.writes("joko", case, "/balas Halo <Bu> & Pak")
    office.deliver()
    text = preview(office).text.text
    assert "WhatsApp" in text
    assert f"Pesan dari petugas ({case.number}):" in text
    assert "Halo &lt;Bu&gt; &amp; Pak" in text
    assert labels(preview(office)) == ["Kirim", "Ubah", "Batal"]


def test_a_preview_can_be_reworded(office: Office, case: Case) -> None:
    """A typing mistake must not mean to begin anew."""
    file(office, "a1")
    reply = _answered(office, case, "gaji belum dibayar", "Kami bntu")
    office.deliver()
    assert not office.taps("joko", case, "reply_edit", message_id=reply).alert
    office.deliver(61)
    assert "<code>Kami bntu</code>" in office.telegram.edits[-1][1].text
    assert office.taps("joko", case, "reply_send", message_id=reply).alert
    office.writes("joko", case, "Kami bantu")
    (stored,) = office.messages(case, "reply")
    content = message_content(office.vault, stored)
    assert (stored.state, content.text, content.quote) == (
        "preview", "Kami bantu", "gaji belum dibayar",
    )  # fmt: skip
    assert office.taps("joko", case, "reply_send", message_id=reply).alert, "a Kirim seen before"
    office.deliver()
    office.presses("joko", "Kirim")
    office.deliver(21)
    assert len(office.heard()) == 1
    assert office.taps("joko", case, "reply_edit", message_id=reply).alert


def test_only_the_author_rewords_a_preview(office: Office, case: Case) -> None:
    """The next words of another officer would be taken for it."""
    office.writes("joko", case, "/balas Halo")
    reply = office.messages(case, "reply")[-1].id
    assert office.taps("ratna", case, "reply_edit", message_id=reply).alert


@ON_SQLITE
@pytest.mark.parametrize("kind", ["photo", "video", "voice", "document"])
@pytest.mark.parametrize("words", ["", " Ini contoh suratnya"])
def test_files_reach_the_reporter_with_and_without_words(
    office: Office, case: Case, kind: str, words: str
) -> None:
    """A form to sign says more than a description of it."""
    writes_with_file(office, case, f"/balas{words}", file(office, "b1", kind))
    (reply,) = office.messages(case, "reply")
    office.deliver()
    shown = preview(office)
    assert office.texts(f"officers.file.{kind}") in shown.text.text
    assert ("slip" in shown.text.text) == (kind == "document")
    assert "Kirim" in labels(shown)
    office.taps("joko", case, "reply_send", message_id=reply.id)
    office.deliver(21)
    office.deliver(1)
    sent = office.whatsapp.sent
    assert isinstance(sent[-1].file, File)
    assert sent[-1].file.kind == MediaKind(kind)
    assert len(sent) == (2 if words else 1)
    if words:
        assert sent[0].text.text.endswith("Ini contoh suratnya")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_without_words_says_from_whom_it_is(office: Office, case: Case) -> None:
    """A picture with a number alone looks like one that went astray."""
    writes_with_file(office, case, "/balas", file(office, "b1"))
    office.deliver()
    words = office.texts("cases.file_to_reporter", number=case.number)
    assert words in preview(office).text.text
    office.taps("joko", case, "reply_send", message_id=office.messages(case, "reply")[-1].id)
    office.deliver(21)
    assert office.whatsapp.sent[-1].text.text == words


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("begins", ["/balas ini suratnya", "Balas"])
def test_no_part_of_an_officers_album_becomes_a_note(
    office: Office, case: Case, begins: str
) -> None:
    """Telegram sends three messages, words with the first alone; she waits for all three pages."""
    if begins == "Balas":
        office.taps("joko", case, "reply")
    words = begins if begins.startswith("/") else ""
    writes_with_file(office, case, words, file(office, "b1"), album="9")
    writes_with_file(office, case, "", file(office, "b2"), album="9")
    writes_with_file(office, case, "", file(office, "b3"), album="9")
    (reply,) = office.messages(case, "reply")
    assert len(message_content(office.vault, reply).files) == 3
    assert office.messages(case, "note") == []
    writes_with_file(office, case, "", file(office, "b4"), album="10")
    assert len(office.messages(case, "note")) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_preview_stands_below_what_came_meanwhile(office: Office, case: Case) -> None:
    """While an officer thinks, she writes on; a preview above her words is not seen."""
    office.taps("joko", case, "reply")
    office.deliver()
    says(office, case, Part("kak, masih di sana?", source="w:7"))
    office.deliver()
    office.writes("joko", case, "Masih, Bu.")
    office.deliver()
    assert "Masih, Bu." in office.newest_in(GROUP_CHAT)
    assert office.texts("officers.reply.write") not in office.standing_in(GROUP_CHAT)


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("photo", {"size": 6 * 1024 * 1024}, "paling besar 5 MB"),
        ("video", {"size": 17 * 1024 * 1024}, "paling besar 16 MB"),
        ("document", {"content_type": "application/zip"}, "tidak menerima jenis berkas ini"),
        ("photo", {"state": "failed"}, "tidak bisa diambil"),
        ("document", {"state": "too_large", "size": None}, "terlalu besar"),
    ],
)
def test_a_file_that_cannot_reach_her_is_said_in_the_preview(
    office: Office, case: Case, kind: str, fields: dict[str, Any], said: str
) -> None:
    """Better now than after an hour of waiting."""
    writes_with_file(office, case, "/balas Ini suratnya", file(office, "b1", kind, **fields))
    (reply,) = office.messages(case, "reply")
    office.deliver()
    assert said in preview(office).text.text
    assert labels(preview(office)) == ["Ubah", "Batal"]
    assert office.taps("joko", case, "reply_send", message_id=reply.id).alert
    office.taps("joko", case, "reply_edit", message_id=reply.id)
    writes_with_file(office, case, "", file(office, "b2"))
    (reply,) = office.messages(case, "reply")
    assert message_content(office.vault, reply).text == "Ini suratnya"
    office.deliver()
    assert not office.presses("joko", "Kirim").alert
    office.deliver(21)
    assert [sent.file is not None for sent in office.whatsapp.sent] == [False, True]


def test_a_file_lost_on_the_way_is_told_as_failed(office: Office, case: Case) -> None:
    """An empty message is worse than none."""
    lost = file(office, "b1")
    writes_with_file(office, case, "/balas", lost)
    (reply,) = office.messages(case, "reply")
    office.taps("joko", case, "reply_send", message_id=reply.id)
    office.evidence.delete(lost.path)
    office.deliver(21)
    office.deliver(5)
    assert office.whatsapp.sent == []
    assert "❌ gagal" in office.standing_in_the_group()
    assert office.texts("officers.failure.file") in office.standing_in_the_group()


STATES = {
    "queued": "⏳ antre", "sending": "⏳ sedang dikirim", "sent": "✓ terkirim",
    "delivered": "✓✓ sampai", "read": "✓✓ dibaca", "failed": "❌ gagal", "dead": "❌ gagal",
    "uncertain": "❓ tidak pasti", "held": "⏳ menunggu dibuka",
}  # fmt: skip


@pytest.mark.parametrize("status", STATES)
def test_the_preview_becomes_the_truth_about_delivery(
    office: Office, case: Case, status: str
) -> None:
    """A tick under what never arrived is the oldest lie of help desks."""
    office.writes("joko", case, "/balas Halo")
    (reply,) = office.messages(case, "reply")
    office.taps("joko", case, "reply_send", message_id=reply.id)
    with office.database.transaction() as session:
        row = next(row for row in office.rows("say") if row.message_id == reply.id)
        row.status, row.attempts, row.error = status, 1, "63016" if status == "failed" else ""
        session.add(row)
        session.flush()
        stored = office.stored(case)
        shown = reply_post(office.work(session), stored, office.messages(case, "reply")[-1])
    assert shown.text.startswith(STATES[status])
    again = status in {"failed", "dead", "uncertain"}
    assert [c.label for c in shown.choices] == (["Kirim ulang"] if again else [])
    if status == "failed":
        assert "24 jam" in shown.text
