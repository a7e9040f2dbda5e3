"""Files that go out to Telegram and come in from it."""

from dataclasses import replace

import pytest

from bot.channels import (
    ContentRejected,
    File,
    FileGone,
    FileTooLarge,
    Text,
    TryLater,
)
from bot.events import Media, MediaKind
from tests.fakes.telegram import Attachment, FakeTelegram
from tests.fakes.telegram_state import User
from tests.handlers.telegram_session import (
    BUDI_PLACE,
    GROUP,
    GROUP_PLACE,
    PDF,
    failure,
    run,
)

# ---- files -------------------------------------------------------------------------------


@pytest.mark.usefixtures("budi")
@pytest.mark.parametrize(
    ("kind", "content_type", "field"),
    [
        (MediaKind.PHOTO, "image/jpeg", "photo"),
        (MediaKind.VIDEO, "video/mp4", "video"),
        (MediaKind.VOICE, "audio/ogg; codecs=opus", "voice"),
        (MediaKind.VOICE, "audio/mpeg", "audio"),
        (MediaKind.DOCUMENT, "application/pdf", "document"),
    ],
)
def test_a_file_goes_out_as_what_it_is(
    telegram: FakeTelegram, kind: MediaKind, content_type: str, field: str
) -> None:
    """A photo is seen at once, a voice note can be played."""
    file = File(kind, b"isi", content_type, "berkas.bin")
    sent_id = run(
        telegram, lambda c: c.send_file(BUDI_PLACE, file, Text("<b>Bukti</b>", html=True))
    )
    (message,) = telegram.sent(70)
    assert sent_id == f"70:{message.message_id}"
    assert field in message.content
    assert message.text == "Bukti"
    assert telegram.file_of(message) == b"isi"


@pytest.mark.usefixtures("budi")
def test_a_document_keeps_its_name(telegram: FakeTelegram) -> None:
    """Officers file it under that name."""
    run(telegram, lambda c: c.send_file(BUDI_PLACE, PDF, Text("")))
    assert telegram.sent(70)[0].content["document"]["file_name"] == "surat.pdf"


@pytest.mark.usefixtures("budi")
def test_a_photo_that_telegram_refuses_goes_as_a_document(telegram: FakeTelegram) -> None:
    """Evidence must arrive, whatever its shape."""
    photo = File(MediaKind.PHOTO, b"isi", "image/jpeg", "foto.jpg")
    telegram.fail_next("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    run(telegram, lambda c: c.send_file(BUDI_PLACE, photo, Text("Bukti")))
    (message,) = telegram.sent(70)
    assert "document" in message.content
    large = replace(photo, content=b"\0" * 10_500_000)
    run(telegram, lambda c: c.send_file(BUDI_PLACE, large, Text("")))
    assert "document" in telegram.sent(70)[-1].content


@pytest.mark.usefixtures("budi")
def test_a_caption_too_long_goes_ahead_of_its_file(telegram: FakeTelegram) -> None:
    """Nothing that an officer wrote is cut."""
    run(telegram, lambda c: c.send_file(BUDI_PLACE, PDF, Text("😀" * 513)))
    words, sent = telegram.sent(70)
    assert (words.text, sent.text) == ("😀" * 513, "")
    assert "document" in sent.content


def fetch(telegram: FakeTelegram, media: Media, limit: int = 10_000) -> bytes:
    return run(telegram, lambda channel: channel.fetch(media, limit))


def test_a_file_that_a_person_sent_is_fetched(telegram: FakeTelegram, budi: User) -> None:
    """By the id that came with the message."""
    message = telegram.private_message(budi, document=b"isi surat")
    file_id = message.content["document"]["file_id"]
    assert fetch(telegram, Media(MediaKind.DOCUMENT, file_id)) == b"isi surat"


def test_a_file_above_the_limit_is_not_even_asked_for(telegram: FakeTelegram, budi: User) -> None:
    """Told with the message, told by Telegram, or found at the end."""
    with pytest.raises(FileTooLarge):
        fetch(telegram, Media(MediaKind.VIDEO, "F1", size=10_001))
    assert telegram.calls_of("getFile") == []
    sent = telegram.private_message(budi, document=Attachment(b"x", size=10_001))
    with pytest.raises(FileTooLarge):
        fetch(telegram, Media(MediaKind.VIDEO, sent.content["document"]["file_id"]))
    sent = telegram.private_message(budi, document=Attachment(b"x" * 10_001, size=1))
    with pytest.raises(FileTooLarge):
        fetch(telegram, Media(MediaKind.VIDEO, sent.content["document"]["file_id"]))
    sent = telegram.private_message(budi, document=Attachment(b"x", size=21 * 1024 * 1024))
    with pytest.raises(FileTooLarge):
        fetch(telegram, Media(MediaKind.VIDEO, sent.content["document"]["file_id"]), 10**9)


@pytest.mark.usefixtures("budi")
@pytest.mark.parametrize(
    ("status", "description", "expected"),
    [
        (400, "Bad Request: wrong file_id or the file is temporarily unavailable", TryLater),
        (400, "Bad Request: invalid file_id", FileGone),
        (500, "Internal Server Error", TryLater),
        (None, "", TryLater),
    ],
)
def test_a_file_that_does_not_come(
    telegram: FakeTelegram, status: int | None, description: str, expected: type[Exception]
) -> None:
    """Fetching again is harmless; what is unknown for good is said so."""
    telegram.fail_next("getFile", status, description)
    with pytest.raises(expected):
        fetch(telegram, Media(MediaKind.PHOTO, "F1"))


# ---- albums ------------------------------------------------------------------------------


def test_an_album_stands_as_one_with_a_caption_on_each(telegram: FakeTelegram, ani: User) -> None:
    """What was sent together is looked at together."""
    topic = telegram.create_topic(GROUP, "KB-7F3K-92QM", ani)
    place = replace(GROUP_PLACE, thread=str(topic.thread_id))
    photo = File(MediaKind.PHOTO, b"\xff\xd8\xff\xe0", "image/jpeg", "a.jpg")
    files = [(photo, Text("<b>foto</b> 1", html=True)), (photo, Text("foto 2", html=True))]
    ids = run(telegram, lambda c: c.send_album(place, files))
    sent = [m for m in telegram.sent(GROUP) if "photo" in m.content]
    assert ids == [f"{GROUP}:{message.message_id}" for message in sent]
    assert [message.text for message in sent] == ["foto 1", "foto 2"]
    assert {message.thread_id for message in sent} == {topic.thread_id}
    assert len({message.content["media_group_id"] for message in sent}) == 1


@pytest.mark.usefixtures("ani")
@pytest.mark.parametrize(
    ("kind", "caption"), [(MediaKind.VOICE, "suara"), (MediaKind.PHOTO, "x" * 1025)]
)
def test_what_cannot_stand_in_an_album_is_refused_before_anything_leaves(
    telegram: FakeTelegram, kind: MediaKind, caption: str
) -> None:
    """It is sent one by one then."""
    file = File(kind, b"isi", "audio/ogg", "a")
    files = [(file, Text(caption)), (file, Text(""))]
    found = failure(telegram, lambda c: c.send_album(GROUP_PLACE, files))
    assert isinstance(found, ContentRejected)
    assert telegram.calls_of("sendMediaGroup") == []
