"""How places, words, buttons and files look in calls of the Bot API."""

import html
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram.constants import FileSizeLimit, MessageLimit, ParseMode

from bot.channels import ContentRejected, File, Place, Text
from bot.events import MediaKind
from bot.handlers.telegram.messages import GENERAL_TOPIC

MARKUP_REFUSED = "markup"
"""The code of a ContentRejected that plain text would not meet."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_VOICE_TYPES = frozenset({"audio/ogg", "audio/opus"})
_T = TypeVar("_T")
AlbumPart = InputMediaPhoto | InputMediaVideo | InputMediaDocument


def chat(place: Place) -> int:
    """The chat id of a place.

    Raises:
        ContentRejected: the address is none of Telegram's.
    """
    return _number(place.address.path)


def message_id(external_id: str) -> int:
    """Telegram's id of a message within its chat, from the external id or from itself."""
    return _number(external_id.rpartition(":")[2])


def topic(place: Place) -> int | None:
    """The topic id; None outside topics and for General, which Telegram wants left out."""
    return _number(place.thread) if place.thread not in {"", GENERAL_TOPIC} else None


def target(place: Place) -> dict[str, Any]:
    """The parameters that say where something goes."""
    return {"chat_id": chat(place), "message_thread_id": topic(place)}


def options(text: Text) -> dict[str, Any]:
    """The parameters that words and files share: buttons, answer, sound."""
    reply = None
    if text.reply_to:
        reply = ReplyParameters(message_id(text.reply_to), allow_sending_without_reply=True)
    return {
        "reply_markup": keyboard(text),
        "reply_parameters": reply,
        "disable_notification": text.silent,
    }


def keyboard(text: Text) -> InlineKeyboardMarkup | None:
    """The buttons, ``text.rows`` in a row, or None without choices."""
    buttons = [
        InlineKeyboardButton(choice.label, callback_data=choice.id) for choice in text.choices
    ]
    if not buttons:
        return None
    wide = max(text.rows, 1)
    return InlineKeyboardMarkup([buttons[i : i + wide] for i in range(0, len(buttons), wide)])


def no_preview() -> LinkPreviewOptions:
    """Links are shown without a preview: fetching one tells others that it was read."""
    return LinkPreviewOptions(is_disabled=True)


async def with_markup_or_plain(
    send: Callable[[dict[str, Any]], Awaitable[_T]], text: Text, field: str
) -> _T:
    """Send with the given markup, and once more as plain text if Telegram cannot read it.

    Args:
        send: sends with these parameters for the words.
        text: the words.
        field: ``text`` or ``caption``.
    """
    if not text.html:
        return await send({field: text.text})
    try:
        return await send({field: text.text, "parse_mode": ParseMode.HTML})
    except ContentRejected as refused:
        if refused.code != MARKUP_REFUSED:
            raise
    return await send({field: html.unescape(_TAG.sub("", text.text))})


def method_for(file: File) -> tuple[str, str]:
    """The method that sends such a file, and its parameter for the bytes."""
    match file.kind:
        case MediaKind.PHOTO if len(file.content) <= FileSizeLimit.PHOTOSIZE_UPLOAD:
            return "send_photo", "photo"
        case MediaKind.VIDEO:
            return "send_video", "video"
        case MediaKind.VOICE if file.content_type.partition(";")[0] in _VOICE_TYPES:
            return "send_voice", "voice"
        case MediaKind.VOICE:
            return "send_audio", "audio"
        case _:
            return "send_document", "document"


def album_part(file: File, caption: Text) -> AlbumPart:
    """One file of an album with its caption.

    Raises:
        ContentRejected: it cannot stand in one.
    """
    kinds: dict[str, Callable[..., AlbumPart]] = {
        "photo": InputMediaPhoto,
        "video": InputMediaVideo,
        "document": InputMediaDocument,
    }
    part = kinds.get(method_for(file)[1])
    if part is None or units(caption.text) > MessageLimit.CAPTION_LENGTH:
        raise ContentRejected("album_part")
    return part(
        file.content,
        caption=caption.text or None,
        parse_mode=ParseMode.HTML if caption.html else None,
        filename=file.file_name or "berkas",
    )


def units(text: str) -> int:
    """The length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _number(path: str) -> int:
    try:
        return int(path)
    except ValueError:
        raise ContentRejected("address") from None
