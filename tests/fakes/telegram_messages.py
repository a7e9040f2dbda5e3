"""Bot API methods on messages: send, edit, delete, copy, pin, react, answer a tap."""

from tests.fakes.http_server import Json
from tests.fakes.telegram_media import caption_of, deliver
from tests.fakes.telegram_params import (
    Params,
    count_towards_flood,
    find_chat,
    find_message,
    read_markup,
    writable_chat,
)
from tests.fakes.telegram_state import Chat, StoredMessage, World, bad_request
from tests.fakes.telegram_text import TEXT_LIMIT, read_text

QUERY_SECONDS = 30
DELETE_SECONDS = 48 * 3600
_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
# Standard reactions of one code point; joined ones are left out. Neither has a tick.
_REACTIONS = frozenset("👍👎❤🔥👏😁🤔😱😢🎉🙏👌🕊💯⚡💔🤨😐👀🤝✍🤗🫡🆒")


def _read(params: Params) -> Json:
    return read_text(
        params.text("text"),
        params.text("parse_mode"),
        params.text("entities"),
        TEXT_LIMIT,
        "message text",
    )


def send_message(world: World, params: Params) -> Json:
    """Answer sendMessage."""
    chat = writable_chat(world, params)
    return deliver(world, chat, params, _read(params)).wire()


def send_location(world: World, params: Params) -> Json:
    """Answer sendLocation."""
    chat = writable_chat(world, params)
    place = {key: float(params.text(key)) for key in ("latitude", "longitude")}
    return deliver(world, chat, params, {"location": place}).wire()


def send_contact(world: World, params: Params) -> Json:
    """Answer sendContact."""
    chat = writable_chat(world, params)
    contact = {key: params.text(key) for key in ("phone_number", "first_name")}
    return deliver(world, chat, params, {"contact": contact}).wire()


def _edit(world: World, chat: Chat, params: Params, change: Json | None, kind: str) -> Json:
    message = find_message(chat, params.required("message_id"), "edit", own=True)
    if kind == "text" and "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    markup = read_markup(chat, params)
    prefixes = ("text", "entities") if kind == "text" else ("caption", "caption_entities")
    kept = {k: v for k, v in message.content.items() if change is None or k not in prefixes}
    content = kept | (change or {})
    if content == message.content and markup == message.markup:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    count_towards_flood(world, chat)
    message.history.append(message.content | {"reply_markup": message.markup})
    message.content = content
    message.markup = markup
    message.edit_date = world.timestamp()
    return message.wire()


def edit_text(world: World, params: Params) -> Json:
    """Answer editMessageText; a keyboard that is not sent again disappears."""
    return _edit(world, find_chat(world, params), params, _read(params), "text")


def edit_caption(world: World, params: Params) -> Json:
    """Answer editMessageCaption."""
    chat = find_chat(world, params)
    return _edit(world, chat, params, caption_of(params.fields), "caption")


def edit_markup(world: World, params: Params) -> Json:
    """Answer editMessageReplyMarkup."""
    return _edit(world, find_chat(world, params), params, None, "markup")


def _delete(world: World, chat: Chat, message: StoredMessage) -> None:
    young = world.timestamp() - message.date <= DELETE_SECONDS
    mine = message.outgoing or chat.type == "private"
    if not (chat.bot_may("can_delete_messages") or (mine and young)):
        raise bad_request(
            "message can't be deleted for everyone" if mine else "message can't be deleted"
        )
    message.deleted = True


def delete_message(world: World, params: Params) -> bool:
    """Answer deleteMessage."""
    chat = find_chat(world, params)
    _delete(world, chat, find_message(chat, params.required("message_id"), "delete"))
    return True


def delete_messages(world: World, params: Params) -> bool:
    """Answer deleteMessages: ids that cannot be found are skipped."""
    chat = find_chat(world, params)
    ids = params.json("message_ids") or []
    if not 1 <= len(ids) <= 100:
        raise bad_request("1 to 100 message ids must be specified")
    for message_id in ids:
        message = chat.messages.get(int(message_id))
        if message is not None and not message.deleted:
            _delete(world, chat, message)
    return True


def _source(world: World, params: Params, what: str) -> StoredMessage:
    source_chat = find_chat(world, params, "from_chat_id")
    source = find_message(source_chat, params.required("message_id"), what)
    if source.service or source.protected:
        verb = "copied" if what == "copy" else "forwarded"
        raise bad_request(f"message can't be {verb}")
    return source


def copy_message(world: World, params: Params) -> Json:
    """Answer copyMessage: the content without its author; returns the id only."""
    chat = writable_chat(world, params)
    source = _source(world, params, "copy")
    dropped = {"media_group_id"} | ({"caption", "caption_entities"} & _given(params))
    content = {k: v for k, v in source.content.items() if k not in dropped}
    message = deliver(world, chat, params, content | caption_of(params.fields))
    return {"message_id": message.message_id}


def _given(params: Params) -> set[str]:
    return {"caption", "caption_entities"} if "caption" in params.fields else set()


def forward_message(world: World, params: Params) -> Json:
    """Answer forwardMessage: the content with its author shown."""
    chat = writable_chat(world, params)
    source = _source(world, params, "forward")
    origin = {"type": "user", "sender_user": source.sender.wire(), "date": source.date}
    content = {k: v for k, v in source.content.items() if k != "media_group_id"}
    return deliver(world, chat, params, content | {"forward_origin": origin}).wire()


def pin_message(world: World, params: Params) -> bool:
    """Answer pinChatMessage; the bot hears of its own pin by a service message."""
    chat = _pin_chat(world, params)
    message = find_message(chat, params.required("message_id"), "pin")
    if message.message_id not in chat.pinned:
        chat.pinned.append(message.message_id)
        pinned = {"pinned_message": message.wire(nested=True)}
        world.add_service(chat, world.me, pinned, message.thread_id)
    return True


def unpin_message(world: World, params: Params) -> bool:
    """Answer unpinChatMessage: the given message, or the newest pinned one."""
    chat = _pin_chat(world, params)
    message_id = params.number("message_id") or (chat.pinned[-1] if chat.pinned else None)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    return True


def _pin_chat(world: World, params: Params) -> Chat:
    chat = find_chat(world, params)
    if chat.type != "private" and not chat.bot_may("can_pin_messages"):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return chat


def set_reaction(world: World, params: Params) -> bool:
    """Answer setMessageReaction: bots may set one standard emoji, or none."""
    chat = find_chat(world, params)
    message = find_message(chat, params.required("message_id"), "react")
    wanted = [item.get("emoji", "") for item in params.json("reaction") or []]
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(emoji not in _REACTIONS for emoji in wanted):
        raise bad_request("REACTION_INVALID")
    message.reactions = wanted
    return True


def send_action(world: World, params: Params) -> bool:
    """Answer sendChatAction."""
    chat = writable_chat(world, params)
    if params.text("action") not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(params.text("action"))
    return True


def answer_callback(world: World, params: Params) -> bool:
    """Answer answerCallbackQuery, as long as the query is young enough."""
    query = world.callbacks.get(params.text("callback_query_id"))
    age = (world.now() - query.created).total_seconds() if query else 0
    if query is None or age > QUERY_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(params.text("text")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answers.append((params.text("text"), params.flag("show_alert")))
    return True
