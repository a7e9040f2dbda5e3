"""The talk between reporter and officers, over the providers as they really are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.telegram_state import StoredMessage
from tests.journeys.people import STORY, message_text
from tests.journeys.providers import Providers, providers
from tests.program import GROUP

SRI = "+6281200000001"
PHOTO = b"\xff\xd8\xff\xe0formulir" * 40


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[Providers]:
    """The program with fake providers, on each engine."""
    with providers(database_url, tmp_path) as made:
        yield made


def _in_topic(world: Providers, post: StoredMessage) -> list[StoredMessage]:
    return world.telegram.sent(GROUP, post.thread_id)


def test_an_album_an_edit_and_answers_that_quote(world: Providers) -> None:
    """Telegram on both sides: what she sends stays together, what he answers points to it."""
    telegram = world.telegram
    budi = telegram.user(9001, "Budi")
    card = world.post(world.telegram_case(budi, "saya di phk sepihak, pesangon tidak dikasih"))

    telegram.album(budi, [b"\xff\xd8\xff\xe01", b"\xff\xd8\xff\xe02"], "ini suratnya")
    question = telegram.private_message(budi, "halaman mana yg salah pak")
    world.settle()
    world.wait(61)
    files = [m for m in _in_topic(world, card) if "photo" in m.content]
    assert [telegram.file_of(m)[-1:] for m in files] == [b"1", b"2"]
    assert len({m.content["media_group_id"] for m in files}) == 1
    assert "ini suratnya" in files[0].text
    assert "foto ke-2 dari satu album" in files[1].text
    words = world.post("halaman mana")
    assert words.message_id > files[-1].message_id

    telegram.edit(question, "halaman mana yang salah, pak?")
    world.settle()
    assert world.post("mengubah pesan").reply_to == words.message_id

    world.officer_writes("/balas Halaman du", card.thread_id, reply_to=words)
    preview = world.post("Contoh balasan")
    assert "menjawab: halaman mana" in preview.text
    assert preview.labels == ["Kirim", "Ubah", "Batal"]
    world.officer_taps(preview, "Ubah")
    assert "Halaman du" in preview.text
    world.officer_writes("Halaman dua.", card.thread_id)
    assert "Halaman dua." in preview.text
    world.wait(61)
    world.officer_taps(preview, "Kirim")
    assert preview.labels == ["Batalkan"]
    world.wait(21)
    world.wait(61)
    answer = next(m for m in telegram.sent(budi.id) if "Halaman dua." in m.text)
    assert answer.reply_to == question.message_id
    assert "terkirim" in preview.text

    telegram.private_message(budi, "oh iya benar", reply_to=answer)
    world.settle()
    swiped = world.post("oh iya benar")
    assert "membalas: Halaman dua." in swiped.text
    assert swiped.reply_to == preview.message_id


def test_an_album_of_an_officer_is_one_reply_on_both_sides(world: Providers) -> None:
    """Two updates for two pages, a correction in between: one preview, one album, one truth."""
    telegram, ratna = world.telegram, world.ratna
    budi = telegram.user(9001, "Budi")
    card = world.post(world.telegram_case(budi, "saya di phk sepihak, pesangon tidak dikasih"))
    pages = [
        telegram.group_message(
            ratna, text, card.thread_id, chat_id=GROUP, file=("photo", photo), media_group="77"
        )
        for text, photo in (("/balas ini conoh", b"\xff\xd8\xff\xe01"), ("", b"\xff\xd8\xff\xe02"))
    ]
    world.settle()
    world.wait(2)
    telegram.edit(pages[0], "/balas ini contohnya")
    world.settle()
    world.wait(61)
    (preview,) = [m for m in _in_topic(world, card) if "Contoh balasan" in m.text]
    assert "2 foto" in preview.text
    assert "ini contohnya" in preview.text
    world.officer_taps(preview, "Kirim")
    world.wait(21)
    world.wait(61)
    got = [m for m in telegram.sent(budi.id) if "photo" in m.content]
    assert [telegram.file_of(m)[-1:] for m in got] == [b"1", b"2"]
    assert len({m.content["media_group_id"] for m in got}) == 1
    assert "ini contohnya" in got[0].text
    assert got[1].text == ""
    assert "terkirim" in preview.text
    telegram.edit(pages[0], "/balas ini contoh lain")
    world.settle()
    world.wait(61)
    assert "tidak sampai ke pelapor" in _in_topic(world, card)[-1].text


@pytest.mark.parametrize("kind", ["photo", "voice", "document"])
def test_a_file_goes_out_and_her_answer_to_it_comes_back(world: Providers, kind: str) -> None:
    """WhatsApp on her side: the quote stands before the words, what she swipes is shown."""
    card = world.post(world.whatsapp_case(SRI, STORY))
    story = world.post("PT Maju Jaya Garmindo Bekasi")
    world.officer_writes("/balas", card.thread_id, reply_to=story, file=(kind, PHOTO))
    preview = world.post("Contoh balasan")
    name = world.app.texts(f"officers.file.{kind}")
    assert f"📎 {name}" in preview.text
    world.officer_taps(preview, "Kirim")
    world.wait(21)
    caption, *_ = [m for m in world.twilio.messages(SRI) if "> gaji saya" in message_text(m)]
    sent = world.twilio.messages(SRI)[-1]
    assert sent.media_urls
    assert (sent is caption) == (kind == "photo")
    world.whatsapp(SRI, "sudah saya isi", replied_to=sent.sid)
    world.wait(61)
    assert f"membalas: ({name})" in world.post("sudah saya isi").text


def test_a_card_or_topic_that_was_deleted_comes_back(world: Providers) -> None:
    """Somebody tidies up the group; the case and what she writes must not vanish with it."""
    number = world.whatsapp_case(SRI, STORY)
    card = world.post("sejak")
    world.telegram.remove(card)
    taken = next(b.data for row in card.buttons for b in row if b.text == "Saya tangani")
    world.telegram.tap_data(world.post("PT Maju"), taken or "", world.ratna)
    world.settle()
    world.wait(61)
    again = world.post("Ratna")
    assert "Lainnya" in again.labels
    assert again.message_id in world.telegram.world.chats[GROUP].pinned

    world.telegram.delete_topic(GROUP, card.thread_id or 0)
    world.whatsapp(SRI, "halo, masih di sana?")
    world.wait(61)
    post = world.post("halo, masih di sana?")
    assert post.thread_id not in {None, card.thread_id}
    anew = [m for m in _in_topic(world, post) if number in m.text and "Lainnya" in m.labels]
    assert len(anew) == 1
    assert anew[0].message_id in world.telegram.world.chats[GROUP].pinned


def test_steps_are_ticked_by_tapping(world: Providers) -> None:
    """The card shows at a glance what was done."""
    world.whatsapp_case(SRI, STORY)
    card = world.post("sejak")
    world.officer_taps(card, "Langkah")
    post = world.post("Langkah mana")
    world.officer_taps(post, "☐ 1")
    world.wait(61)
    assert post.labels[0] == "☑ 1"
    assert "☑ " in card.text
    world.officer_taps(post, "☑ 1")
    world.wait(61)
    assert "☑ " not in card.text
