"""The simulator as a channel, over a real database."""

import asyncio
from dataclasses import replace

import pytest

from bot.channels import (
    ContentRejected,
    File,
    FileGone,
    FileTooLarge,
    GroupChannel,
    NotAllowed,
    Place,
    TargetGone,
    Text,
    TopicGone,
    Unreachable,
    WindowClosed,
)
from bot.commands import Choice
from bot.events import Address, Media, MediaKind
from bot.handlers.simulator.messages import News, Said, Ticks
from bot.handlers.simulator.people import GROUP, TELEGRAM, WHATSAPP
from tests.handlers.simulator_stand import CONSENT, Stand

SRI = Address(WHATSAPP, "sri")
SRI_TELEGRAM = Address(TELEGRAM, "sri")
RATNA = Address(TELEGRAM, "petugas-ratna")


@pytest.fixture
def stand(tmp_path):
    """Store and channels; Sri has just written, so WhatsApp's window is open."""
    stand = Stand(tmp_path)
    stand.store.append(str(SRI), Said("sri", "Halo", ticks=Ticks.SENT))
    yield stand
    stand.close()


def said(stand, address, thread=""):
    """Texts in a chat."""
    return [message.said.text for message in stand.store.messages(str(address), thread)]


def test_it_is_a_group_channel(stand):
    """The outbox sends through the port; mypy checks the shape, this the look's numbers."""
    channel: GroupChannel = stand.whatsapp
    assert (channel.capabilities.buttons, channel.capabilities.list_items) == (3, 10)
    assert stand.telegram.capabilities.html


def test_words_and_buttons_stand_on_the_phone(stand):
    """What the bot says is what the worker sees, and her own message is now read."""
    message_id = asyncio.run(stand.whatsapp.send_text(Place(SRI), Text("Boleh?", CONSENT)))
    hers, ours = stand.store.messages(str(SRI))
    assert (hers.said.ticks, ours.id, ours.said.choices) == (Ticks.READ, message_id, CONSENT)
    assert ours.said.ticks == Ticks.SENT


def test_typing_marks_what_she_wrote_as_read(stand):
    """Twilio's typing indicator does the same on a real phone."""
    asyncio.run(stand.whatsapp.show_typing(Place(SRI), "1"))
    assert stand.store.messages(str(SRI))[0].said.ticks == Ticks.READ
    assert stand.store.news_since(0)[-1][1] == News("typing", str(SRI))


@pytest.mark.parametrize(
    ("address", "failure"),
    [
        (Address(WHATSAPP, "siapa"), Unreachable),
        (Address(TELEGRAM, "orang-luar"), Unreachable),
        (SRI_TELEGRAM, Unreachable),
        (Address(WHATSAPP, "dewi"), WindowClosed),
    ],
)
def test_a_phone_that_cannot_be_reached_refuses(stand, address, failure):
    """Someone unknown, the other look, or someone who never wrote on WhatsApp."""
    with pytest.raises(failure):
        asyncio.run(stand.whatsapp.send_text(Place(address), Text("Halo")))


def test_the_service_window_closes_after_a_day(stand):
    """An officer's late reply must be held, in the simulator as on WhatsApp."""
    stand.clock.advance(24 * 3600 - 1)
    asyncio.run(stand.whatsapp.send_text(Place(SRI), Text("Masih bisa")))
    stand.clock.advance(2)
    with pytest.raises(WindowClosed):
        asyncio.run(stand.whatsapp.send_text(Place(SRI), Text("Terlambat")))
    asyncio.run(stand.telegram.send_text(Place(SRI_TELEGRAM), Text("Telegram tidak menutup")))


FOUR = tuple(Choice(str(n), f"Pilihan {n}") for n in range(4))
REFUSED_ON_WHATSAPP = {
    "four buttons": Text("x", FOUR),
    "eleven in a list": Text(
        "x", tuple(Choice(str(n), str(n)) for n in range(11)), list_label="Pilih"
    ),
    "a long label": Text("x", (Choice("a", "a" * 21),)),
    "the same label twice": Text("x", (Choice("a", "Ya"), Choice("b", "Ya"))),
    "a long text": Text("x" * 1601),
    "markup": Text("<b>x</b>", html=True),
}


@pytest.mark.parametrize("text", REFUSED_ON_WHATSAPP.values(), ids=REFUSED_ON_WHATSAPP)
def test_what_twilio_would_refuse_is_refused(stand, text):
    """A text that works here must work there."""
    with pytest.raises(ContentRejected):
        asyncio.run(stand.whatsapp.send_text(Place(SRI), text))
    assert said(stand, SRI) == ["Halo"]


def test_ten_choices_fit_into_a_list(stand):
    """The taxonomy's categories come as a list on WhatsApp."""
    choices = tuple(Choice(str(n), f"Pilihan nomor {n}") for n in range(10))
    asyncio.run(
        stand.whatsapp.send_text(Place(SRI), Text("Soal apa?", choices, list_label="Pilih"))
    )
    assert stand.store.messages(str(SRI))[-1].said.list_label == "Pilih"


def test_telegram_counts_words_without_markup(stand):
    """Telegram's limit is after entity parsing, in UTF-16 units."""
    asyncio.run(stand.telegram.send_text(Place(GROUP), Text(f"<b>{'x' * 4096}</b>", html=True)))
    for wrong in (Text("😀" * 2049, html=True), Text("<b>x", html=True)):
        with pytest.raises(ContentRejected):
            asyncio.run(stand.telegram.send_text(Place(GROUP), wrong))


def test_a_topic_is_opened_renamed_closed_and_written_in(stand):
    """One topic a case; the group is kept current by renaming it."""

    async def play():
        topic = await stand.telegram.open_topic(Place(GROUP), "KB-7F3K-92QM · Upah")
        place = Place(GROUP, topic)
        card = await stand.telegram.send_text(place, Text("<b>Kartu</b>", html=True))
        await stand.telegram.pin(place, card)
        await stand.telegram.edit_text(place, card, Text("Kartu baru", CONSENT, rows=2))
        await stand.telegram.edit_topic(place, title="✅ KB-7F3K-92QM · Upah", closed=True)
        await stand.telegram.edit_topic(place)
        return topic

    topic = asyncio.run(play())
    (record,) = stand.store.topics(str(GROUP))
    assert (record.id, record.title, record.closed) == (topic, "✅ KB-7F3K-92QM · Upah", True)
    (card,) = stand.store.messages(str(GROUP), topic)
    assert (card.said.text, card.said.pinned, card.said.edited, card.said.html) == (
        "Kartu baru",
        True,
        True,
        False,
    )
    assert stand.store.messages(str(GROUP)) == ()


@pytest.mark.parametrize(
    ("call", "failure"),
    [
        (lambda s: s.whatsapp.open_topic(Place(SRI), "x"), NotAllowed),
        (lambda s: s.telegram.open_topic(Place(RATNA), "x"), NotAllowed),
        (lambda s: s.telegram.send_text(Place(GROUP, "999"), Text("x")), TopicGone),
        (lambda s: s.telegram.edit_topic(Place(GROUP, "1"), title="x"), TopicGone),
        (lambda s: s.telegram.edit_text(Place(GROUP), "999", Text("x")), TargetGone),
        (lambda s: s.telegram.edit_text(Place(GROUP), "1", Text("x")), TargetGone),
        (lambda s: s.telegram.pin(Place(GROUP), "bukan-nomor"), TargetGone),
        (lambda s: s.telegram.fetch(Media(MediaKind.PHOTO, "../kawan.db"), 9), FileGone),
    ],
)
def test_what_is_not_there_is_told_in_the_ports_words(stand, call, failure):
    """The outbox decides by these; message 1 is Sri's, in another chat."""
    with pytest.raises(failure):
        asyncio.run(call(stand))


def test_deleting_takes_the_words_away_for_good(stand):
    """After `hapus data` nothing of it may stay readable; a second time is fine."""
    message_id = asyncio.run(stand.telegram.send_text(Place(GROUP), Text("Nama: Sri")))
    asyncio.run(stand.telegram.delete_message(Place(GROUP), message_id))
    asyncio.run(stand.telegram.delete_message(Place(GROUP), message_id))
    assert stand.store.messages(str(GROUP)) == ()
    assert stand.store.get(str(GROUP), message_id) is None
    assert stand.store.news_since(0)[-1][1] == News("gone", str(GROUP), target=message_id)


def test_a_file_goes_to_disk_as_ciphertext_and_comes_back(stand, tmp_path):
    """Evidence is invented here, yet it is kept as evidence is."""
    content = b"%PDF slip gaji Sri" * 100
    file = File(MediaKind.DOCUMENT, content, "application/pdf", "slip.pdf")
    asyncio.run(stand.whatsapp.send_file(Place(SRI), file, Text("Salinan data Anda")))
    media = stand.store.messages(str(SRI))[-1].said.media.as_media()
    (stored,) = (tmp_path / "simulator").iterdir()
    assert b"slip gaji" not in stored.read_bytes()
    assert stored.stat().st_mode & 0o077 == 0
    assert asyncio.run(stand.whatsapp.fetch(media, len(content))) == content
    with pytest.raises(FileTooLarge):
        asyncio.run(stand.whatsapp.fetch(media, len(content) - 1))


def test_nothing_said_stands_readable_in_the_database(stand, tmp_path):
    """Rule of the house: what people say leaves memory only as ciphertext."""
    asyncio.run(stand.whatsapp.send_text(Place(SRI), Text("kata-rahasia")))
    assert stand.store.messages(str(SRI))[-1].said.text == "kata-rahasia"
    stand.database.dispose()
    files = list(tmp_path.glob("kawan.db*"))
    assert files
    assert not [path.name for path in files if b"kata-rahasia" in path.read_bytes()]


def test_a_lost_send_can_be_looked_up(stand):
    """An unknown outcome of a receipt is looked up, not repeated."""
    since = stand.clock.now().isoformat()
    message_id = asyncio.run(stand.whatsapp.send_text(Place(SRI), Text("Nomor kasus: KB-1")))
    look_up = stand.whatsapp.was_sent
    assert asyncio.run(look_up(Place(SRI), "Nomor kasus: KB-1", since)) == message_id
    assert asyncio.run(look_up(Place(SRI), "Halo", since)) is None
    assert (
        asyncio.run(look_up(Place(SRI), "Nomor kasus: KB-1", "2026-11-21T00:00:00+00:00")) is None
    )


def test_only_the_coordinator_administrates_the_group(stand):
    """With an empty roster the administrators become coordinators."""
    administrators = asyncio.run(stand.telegram.administrators(GROUP.path))
    assert administrators == (("petugas-ratna", "Ratna"),)
    assert asyncio.run(stand.telegram.administrators("lain")) == ()


def test_a_post_repeated_is_one_message(stand):
    """The page posts again when it heard no answer."""
    first = stand.store.append(str(SRI), Said("sri", "Sekali", client_id="a" * 12))
    again = stand.store.append(str(SRI), Said("sri", "Sekali", client_id="a" * 12))
    assert (first.id, said(stand, SRI)) == (again.id, ["Halo", "Sekali"])


def test_pages_of_a_chat_join_without_gap_or_overlap(stand):
    """The page loads older messages by the id of its oldest."""
    for n in range(5):
        stand.store.append(str(SRI), Said("sri", str(n)))
    newest = stand.store.messages(str(SRI), limit=2)
    older = stand.store.messages(str(SRI), before=int(newest[0].id), limit=3)
    assert [m.said.text for m in (*older, *newest)] == ["0", "1", "2", "3", "4"]


def test_an_edit_that_changes_nothing_is_no_news(stand):
    """Merged card edits often say the same; pages need not redraw."""
    before = stand.store.latest_news()
    stand.store.edit(str(SRI), "1", lambda each: replace(each, text="Halo"))
    assert stand.store.latest_news() == before
