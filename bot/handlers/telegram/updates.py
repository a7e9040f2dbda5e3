"""Telegram's updates become events. Pure, and never fails: Telegram adds to its forms freely.

What happens in private chats is a reporter's, what happens in groups an officer's
(:mod:`bot.handlers.telegram.group`); whether it is the right group is for others to check.
https://core.telegram.org/bots/api#update
"""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update

from bot.events import (
    Address,
    Event,
    MessageReceived,
    NotUnderstood,
    Officer,
    OfficerTapped,
    ReporterUnreachable,
)
from bot.handlers.telegram.group import (
    group_changed,
    group_message,
    group_tap,
    member_changed,
)
from bot.handlers.telegram.messages import (
    CHANNEL,
    GROUPS,
    OFFICER_PAYLOAD,
    contact_of,
    external_id,
    location_of,
    media_of,
    replied_to,
    text_of,
)

TAP = "tap:"
"""How the external id of a reporter's tap begins; Telegram's id of the tap follows."""

_UNSUPPORTED = (
    "sticker",
    "dice",
    "poll",
    "game",
    "story",
    "paid_media",
    "checklist",
    "giveaway",
    "invoice",
)
_PROVIDER_WORD = re.compile(r"[a-z_]{1,40}")
_IN_EVERY_MESSAGE = frozenset({"message_id", "date", "chat", "from"})


def parse(raw: bytes, received_at: datetime) -> Event:
    """The event in an update as it came. Whatever cannot be read is NotUnderstood.

    Args:
        raw: the JSON of one update.
        received_at: when it reached us; used where Telegram tells no time.
    """
    what = "body"
    try:
        body = json.loads(raw)
        what = _kind(body)
        update = Update.de_json(body, None)
        event = _to_event(update, received_at)
        if event is not None and getattr(event, "at", received_at) is None:
            event = replace(event, at=received_at)  # a date that Telegram left empty
    except Exception:  # noqa: BLE001 - one odd update must not hold back those behind it
        event = None
    return event or NotUnderstood(CHANNEL, what, received_at)


def _to_event(update: Update, received_at: datetime) -> Event | None:
    if update.callback_query is not None:
        return _tap(update.callback_query, received_at)
    if update.my_chat_member is not None:
        return _bot_changed(update.my_chat_member)
    if update.chat_member is not None:
        return member_changed(update.chat_member)
    message = update.message or update.edited_message
    if message is None:
        return None
    edited = update.edited_message is not None
    if message.chat.type == Chat.PRIVATE:
        return _private_message(message, edited=edited)
    if message.chat.type in GROUPS:
        return group_message(message, edited=edited)
    return None


def _private_message(message: Message, *, edited: bool) -> Event | None:
    text, contact = text_of(message), contact_of(message)
    media, location = media_of(message), location_of(message)
    if edited and location is not None:  # a live location moved: she corrected no words
        return None
    unsupported = None
    if not (text or contact or media or location):
        unsupported = _unsupported(message)
        if unsupported is None:  # a service message: nothing that she said
            return None
    own_id = external_id(message.chat.id, message.message_id)
    return MessageReceived(
        address=Address(CHANNEL, str(message.chat.id)),
        external_id=own_id,
        at=(message.edit_date if edited else None) or message.date,
        text=text,
        media=media,
        location=location,
        reply_to=replied_to(message) or None,
        edits=own_id if edited else None,
        contact=contact,
        unsupported=unsupported,
        album=message.media_group_id,
        profile_name=message.chat.full_name or "",
        forwarded=message.forward_origin is not None,
    )


def _unsupported(message: Message) -> str | None:
    """The name of what we cannot read: known to be said by people, or new to this release."""
    for name in _UNSUPPORTED:
        if getattr(message, name, None) is not None:
            return name
    unknown = (name for name in message.api_kwargs if _PROVIDER_WORD.fullmatch(name))
    return next(unknown, None)


def _tap(query: CallbackQuery, received_at: datetime) -> Event | None:
    message = query.message
    if not query.data:
        return None
    if message is not None and message.chat.type in GROUPS:
        return group_tap(query, message, received_at)
    chat_id = message.chat.id if message is not None else query.from_user.id
    own_id = external_id(chat_id, message.message_id) if message is not None else ""
    if query.data.startswith(OFFICER_PAYLOAD):
        return OfficerTapped(
            channel=CHANNEL,
            officer=Officer(str(query.from_user.id), query.from_user.full_name),
            chat_id=str(chat_id),
            message_id=own_id,
            tap_id=query.id,
            payload=query.data,
            at=received_at,
        )
    return MessageReceived(
        address=Address(CHANNEL, str(chat_id)),
        external_id=TAP + query.id,
        at=received_at,
        text=_label(query),
        choice=query.data,
        reply_to=own_id or None,
        profile_name=query.from_user.full_name,
    )


def _label(query: CallbackQuery) -> str:
    """The words on the button, as WhatsApp sends them along; empty when they are not known."""
    message = query.message
    if isinstance(message, Message) and message.reply_markup is not None:
        for row in message.reply_markup.inline_keyboard:
            for button in row:
                if button.callback_data == query.data:
                    return button.text
    return ""


def _bot_changed(change: ChatMemberUpdated) -> Event | None:
    if change.chat.type in GROUPS:
        return group_changed(change)
    if change.chat.type != Chat.PRIVATE:
        return None
    gone = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    address = Address(CHANNEL, str(change.chat.id))
    return ReporterUnreachable(address, change.date, reachable=not gone)


def _kind(body: dict[str, Any]) -> str:
    """Telegram's name for what came: the sort of update, in messages also of the content."""
    kind = next((name for name in body if name != "update_id"), "update")
    if not _PROVIDER_WORD.fullmatch(kind):
        return "update"
    inner = body.get(kind)
    if kind == "message" and isinstance(inner, dict):
        for name in inner:
            if name not in _IN_EVERY_MESSAGE and _PROVIDER_WORD.fullmatch(name):
                return f"message {name}"
    return kind
