"""Parameters of Bot API calls: typed reading, keyboards, and which chat may be written to."""

import json
import re
from typing import Any

from tests.fakes.forms import Form, UploadedFile
from tests.fakes.http_server import Json, RateWindow
from tests.fakes.telegram_state import (
    ApiError,
    Chat,
    StoredMessage,
    World,
    bad_request,
    forbidden,
)

GENERAL_TOPIC = 1


class Params:
    """The fields of one call."""

    def __init__(self, form: Form) -> None:
        self.fields = form.fields
        self.files = form.files

    def text(self, name: str) -> str:
        """Return a string; empty when absent."""
        return self.fields.get(name, "")

    def flag(self, name: str) -> bool:
        """Return a Boolean; false when absent."""
        return self.text(name).lower() in {"true", "1"}

    def number(self, name: str) -> int | None:
        """Return an integer, or None when absent."""
        value = self.text(name)
        if not value:
            return None
        try:
            return int(value)
        except ValueError:
            raise bad_request(f"invalid {name} specified") from None

    def required(self, name: str) -> int:
        """Return an integer that must be there."""
        value = self.number(name)
        if value is None:
            raise bad_request(f"{name.replace('_', ' ')} is not specified")
        return value

    def json(self, name: str) -> Any:
        """Return a nested value, or None when absent."""
        value = self.text(name)
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def file(self, reference: str) -> UploadedFile | None:
        """Return the uploaded file of a field, or of an `attach://` reference."""
        return self.files.get(reference.removeprefix("attach://"))


def find_chat(world: World, params: Params, name: str = "chat_id") -> Chat:
    """Return the chat of a call, if the bot may know it.

    Raises:
        ApiError: no such chat, it moved, or the bot is not in it (any more).
    """
    given = params.text(name)
    if not given:
        raise bad_request(f"{name} is empty")
    chat = world.chats.get(int(given)) if re.fullmatch(r"-?\d+", given) else None
    if chat is None or (chat.type == "private" and not _known(world, chat)):
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        raise ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    kind = "group" if chat.type == "group" else "supergroup"
    if chat.bot_status == "kicked":
        raise forbidden(f"bot was kicked from the {kind} chat")
    if chat.bot_status == "left":
        raise forbidden(f"bot is not a member of the {kind} chat")
    return chat


def _known(world: World, chat: Chat) -> bool:
    """Return whether the bot ever met the person: in private, or in a group it is in."""
    return chat.started or any(
        chat.id in group.members for group in world.chats.values() if group.type != "private"
    )


def writable_chat(world: World, params: Params) -> Chat:
    """Return the chat of a call that shows something to people there.

    Raises:
        ApiError: as `find_chat`, or the person cannot be written to, or too many messages.
    """
    chat = find_chat(world, params)
    if chat.deactivated:
        raise forbidden("user is deactivated")
    if chat.blocked:
        raise forbidden("bot was blocked by the user")
    if chat.type == "private" and not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
    count_towards_flood(world, chat)
    return chat


def count_towards_flood(world: World, chat: Chat) -> None:
    """Count one message of a group against its limit a minute, when there is one.

    Raises:
        ApiError: 429 with `retry_after`.
    """
    if world.group_limit is None or chat.type == "private":
        return
    if chat.flood is None:
        chat.flood = RateWindow(world.group_limit, 60)
    wait = chat.flood.wait_for(world.now())
    if wait:
        raise ApiError(429, f"Too Many Requests: retry after {wait}", {"retry_after": wait})


def find_thread(chat: Chat, params: Params) -> int | None:
    """Return the topic that a message goes to; None outside topics.

    Raises:
        ApiError: no such topic, it was deleted, or it is closed and the bot may not manage it.
    """
    thread_id = params.number("message_thread_id")
    if thread_id is None:
        return None
    topic = chat.topics.get(thread_id)
    if not chat.forum or thread_id == GENERAL_TOPIC or topic is None or topic.deleted:
        raise bad_request("message thread not found")
    if topic.closed and not chat.bot_may("can_manage_topics"):
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def find_replied(chat: Chat, params: Params) -> StoredMessage | None:
    """Return the message that is replied to.

    Raises:
        ApiError: it does not exist and the caller did not allow to send without it.
    """
    reply = params.json("reply_parameters")
    if reply is None:
        old_style = params.number("reply_to_message_id")
        if old_style is None:
            return None
        reply = {"message_id": old_style}
    message = chat.messages.get(int(reply["message_id"]))
    if message is None or message.deleted:
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return message


def find_message(chat: Chat, message_id: int, what: str, *, own: bool = False) -> StoredMessage:
    """Return a message; `what` is the verb for the error, as in `message to edit not found`.

    Raises:
        ApiError: it does not exist, or `own` is asked for and somebody else wrote it.
    """
    message = chat.messages.get(message_id)
    if message is None or message.deleted:
        raise bad_request(f"message to {what} not found")
    if own and (not message.outgoing or message.service):
        raise bad_request("message can't be edited")
    return message


def read_markup(chat: Chat, params: Params) -> Json | None:
    """Return the checked keyboard of a message.

    Raises:
        ApiError: a button without text or action, callback data over 64 bytes, too many buttons.
    """
    markup: Json | None = params.json("reply_markup")
    if not markup:
        return None
    for row in markup.get("keyboard", []):
        for button in row:
            _check_keyboard_button(chat, button)
    rows = markup.get("inline_keyboard", [])
    for row in rows:
        for button in row:
            _check_inline_button(button)
    if any(len(row) > 8 for row in rows) or sum(map(len, rows)) > 100:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    if "inline_keyboard" in markup and not any(rows):
        return None
    return markup


def _check_inline_button(button: Json) -> None:
    if not str(button.get("text", "")).strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be non-empty')
    actions = set(button) - {"text", "style", "icon_custom_emoji_id"}
    if len(actions) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://[^\s]+$|mailto:|tel:", button["url"]):
        raise bad_request("BUTTON_URL_INVALID")


def _check_keyboard_button(chat: Chat, button: Json | str) -> None:
    if isinstance(button, str):
        return
    if not str(button.get("text", "")).strip():
        raise bad_request('can\'t parse keyboard button: Field "text" must be non-empty')
    for name, thing in (("request_contact", "phone number"), ("request_location", "location")):
        if button.get(name) and chat.type != "private":
            raise bad_request(f"{thing} can be requested in private chats only")
