"""What a Telegram message carries, whoever wrote it: words, files, places, contacts."""

from telegram import Chat, Message

from bot.events import Location, Media, MediaKind

CHANNEL = "telegram"
GENERAL_TOPIC = "1"
GROUPS = frozenset({Chat.GROUP, Chat.SUPERGROUP})
OFFICER_PAYLOAD = "o:"
"""How the payload of a button begins that only officers may tap, wherever it stands."""


def external_id(chat_id: int, message_id: int) -> str:
    """The id of a message among all messages of the bot."""
    return f"{chat_id}:{message_id}"


def thread_of(message: Message) -> str:
    """The topic a message stands in; in other groups a thread is only a chain of replies."""
    return str(message.message_thread_id or "") if message.is_topic_message else ""


def replied_to(message: Message) -> str:
    """External id of the message this one answers; the opening of its own topic is none."""
    target = message.reply_to_message
    if target is None or target.forum_topic_created is not None:
        return ""
    if message.is_topic_message and target.message_id == message.message_thread_id:
        return ""
    return external_id(message.chat.id, target.message_id)


def text_of(message: Message) -> str:
    """The words of a message, or the caption of a file."""
    return message.text or message.caption or ""


def media_of(message: Message) -> tuple[Media, ...]:
    """The file of a message; Telegram sends one a message, albums as several messages."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (Media(MediaKind.PHOTO, largest.file_id, "image/jpeg", largest.file_size),)
    for file, kind, otherwise in (
        # An animation comes with a document of the same file.
        (message.animation, MediaKind.VIDEO, "video/mp4"),
        (message.voice, MediaKind.VOICE, "audio/ogg"),
        (message.audio, MediaKind.VOICE, "audio/mpeg"),
        (message.video, MediaKind.VIDEO, "video/mp4"),
        (message.video_note, MediaKind.VIDEO, "video/mp4"),
        (message.document, MediaKind.DOCUMENT, "application/octet-stream"),
    ):
        if file is not None:
            content_type = getattr(file, "mime_type", None) or otherwise
            name = getattr(file, "file_name", None) or ""
            return (Media(kind, file.file_id, content_type, file.file_size, name),)
    return ()


def location_of(message: Message) -> Location | None:
    """The place that was shared, with the venue's name if there is one."""
    place, label = message.location, ""
    if message.venue is not None:
        place = message.venue.location
        label = ", ".join(filter(None, (message.venue.title, message.venue.address)))
    return Location(place.latitude, place.longitude, label) if place is not None else None


def contact_of(message: Message) -> str:
    """A shared contact as text: name and number."""
    contact = message.contact
    if contact is None:
        return ""
    name = " ".join(filter(None, (contact.first_name, contact.last_name)))
    return f"{name}: {contact.phone_number}"
