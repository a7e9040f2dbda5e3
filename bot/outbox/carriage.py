"""Which files a channel carries to a reporter, told before anybody tries.

WhatsApp through Twilio: https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
Telegram takes every kind, and more bytes than we fetch.
"""

_MEGABYTE = 1024 * 1024
_WHATSAPP = frozenset({"whatsapp", "sim-whatsapp"})
_LIMIT = 16 * _MEGABYTE
_PHOTO_LIMIT = 5 * _MEGABYTE
_CAPTION_LIMIT = 1024  # UTF-16 units, https://core.telegram.org/bots/api#sendphoto
_OFFICE = "application/vnd.openxmlformats-officedocument"
_CARRIED = frozenset({
    "image/jpeg", "image/jpg", "image/png", "image/webp",
    "audio/ogg", "audio/opus", "audio/amr", "audio/3gpp", "audio/aac", "audio/mpeg", "audio/mp4",
    "video/mp4",
    "application/pdf", "application/msword", f"{_OFFICE}.wordprocessingml.document",
    f"{_OFFICE}.presentationml.presentation", f"{_OFFICE}.spreadsheetml.sheet",
    "text/vcard", "text/x-vcard",
})  # fmt: skip


def refusal(channel: str, kind: str, content_type: str, size: int | None) -> str:
    """Why this channel does not carry the file: ``too_large``, ``sort``, or empty.

    Args:
        channel: the channel of the reporter's address.
        kind: ``photo``, ``video``, ``voice`` or ``document``.
        content_type: as the provider told it, parameters and all.
        size: bytes, None when nobody knows.
    """
    if channel not in _WHATSAPP:
        return ""
    if content_type.partition(";")[0].strip().lower() not in _CARRIED:
        return "sort"
    return "too_large" if (size or 0) > limit_of(kind) else ""


def takes_albums(channel: str) -> bool:
    """Whether the channel shows several files as one album."""
    return channel == "telegram"


def shows_under(channel: str, kind: str, words: str) -> bool:
    """Whether the channel shows these words under a file of this kind, as one message."""
    if channel in _WHATSAPP and kind not in {"photo", "video"}:
        return False
    return len(words.encode("utf-16-le", "surrogatepass")) // 2 <= _CAPTION_LIMIT


def limit_of(kind: str) -> int:
    """The largest file of this kind that WhatsApp carries, in bytes."""
    return _PHOTO_LIMIT if kind == "photo" else _LIMIT
