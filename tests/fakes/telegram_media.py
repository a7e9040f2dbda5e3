"""Bot API methods that carry files: sendPhoto and its kin, sendMediaGroup, getFile."""

from typing import Any

from tests.fakes.forms import UploadedFile
from tests.fakes.http_server import Json
from tests.fakes.telegram_params import (
    Params,
    count_towards_flood,
    find_replied,
    find_thread,
    read_markup,
    writable_chat,
)
from tests.fakes.telegram_state import (
    DOWNLOAD_LIMIT,
    Chat,
    StoredFile,
    StoredMessage,
    World,
    bad_request,
)
from tests.fakes.telegram_text import CAPTION_LIMIT, read_text

_UPLOAD_LIMIT = 50 * 1024 * 1024
_PHOTO_LIMIT = 10 * 1024 * 1024
_MIME_TYPES = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "sticker": "image/webp",
    "animation": "video/mp4",
    "video_note": "video/mp4",
}


def file_content(kind: str, stored: StoredFile, **extra: Any) -> Json:
    """Return the content part of a message with a file, e.g. `{"voice": {…}}`."""
    body = stored.wire() | {key: value for key, value in extra.items() if value is not None}
    match kind:
        case "photo":
            small = body | {"file_id": stored.file_id + "-s", "width": 90, "height": 120}
            small |= {"file_unique_id": stored.unique_id + "s"}
            return {"photo": [small, body | {"width": 960, "height": 1280}]}
        case "document":
            return {"document": body | {"file_name": stored.name, "mime_type": stored.mime_type}}
        case "voice" | "audio":
            return {kind: {"duration": 3} | body | {"mime_type": stored.mime_type}}
        case "video" | "animation":
            size = {"width": 640, "height": 480}
            return {kind: {"duration": 3} | size | body | {"mime_type": stored.mime_type}}
        case "video_note":
            return {kind: {"duration": 3, "length": 240} | body}
        case _:
            shape = {"type": "regular", "width": 512, "height": 512}
            return {kind: shape | {"is_animated": False, "is_video": False} | body}


def caption_of(source: Json) -> Json:
    """Return `caption` and `caption_entities` of a message or of an album's item."""
    text = source.get("caption", "")
    if not text:
        return {}
    read = read_text(
        text,
        source.get("parse_mode", ""),
        source.get("caption_entities", ""),
        CAPTION_LIMIT,
        "message caption",
    )
    return {f"caption{'_entities' if key == 'entities' else ''}": v for key, v in read.items()}


def _receive(world: World, kind: str, params: Params, reference: str, field: str) -> StoredFile:
    upload = params.file(reference) if reference.startswith("attach://") else None
    upload = upload or params.files.get(field)
    if upload is not None:
        return _store_upload(world, kind, upload)
    if not reference:
        raise bad_request(f"there is no {kind} in the request")
    if reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    stored = world.files.get(reference.removesuffix("-s"))
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return stored


def _store_upload(world: World, kind: str, upload: UploadedFile) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > (_PHOTO_LIMIT if kind == "photo" else _UPLOAD_LIMIT):
        raise bad_request("file is too big")
    mime = _MIME_TYPES.get(kind, upload.mime_type)
    return world.add_file(kind, upload.content, mime, upload.name)


def send_file(world: World, params: Params, kind: str) -> Json:
    """Answer sendPhoto, sendDocument, sendVoice, sendAudio, sendVideo, sendSticker…."""
    chat = writable_chat(world, params)
    stored = _receive(world, kind, params, params.text(kind), kind)
    content = file_content(kind, stored) | caption_of(params.fields)
    return deliver(world, chat, params, content).wire()


def send_media_group(world: World, params: Params) -> list[Json]:
    """Answer sendMediaGroup: one message an item, all with one `media_group_id`."""
    chat = writable_chat(world, params)
    items = params.json("media") or []
    if not 2 <= len(items) <= 10:
        raise bad_request("wrong number of media in the album; there must be 2 to 10")
    kinds = {item["type"] for item in items}
    if not (kinds <= {"photo", "video"} or len(kinds) == 1):
        raise bad_request("document can't be mixed with other media types")
    group_id = str(10_000 + chat.next_message_id)
    contents = []
    for item in items:
        stored = _receive(world, item["type"], params, item["media"], "")
        contents.append(file_content(item["type"], stored) | caption_of(item))
    for _ in items[1:]:
        count_towards_flood(world, chat)
    return [
        deliver(world, chat, params, content | {"media_group_id": group_id}).wire()
        for content in contents
    ]


def deliver(world: World, chat: Chat, params: Params, content: Json) -> StoredMessage:
    """Store a message of the bot after the checks that all sending methods share."""
    thread_id = find_thread(chat, params)
    replied = find_replied(chat, params)
    markup = read_markup(chat, params)
    message = world.add_message(chat, world.me, content)
    message.thread_id = thread_id
    if replied is not None:
        message.reply_to = replied.message_id
        message.thread_id = thread_id or replied.thread_id
    message.markup = markup
    message.protected = params.flag("protect_content")
    message.silent = params.flag("disable_notification")
    return message


def get_file(world: World, params: Params) -> Json:
    """Answer getFile: the path under which the content can be fetched."""
    stored = world.files.get(params.text("file_id").removesuffix("-s"))
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if stored.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return stored.wire() | {"file_path": stored.path}
