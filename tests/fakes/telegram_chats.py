"""Bot API methods on chats: topics, members, rights, commands, the bot's own profile."""

import re
from collections.abc import Callable
from typing import Any

from tests.fakes.http_server import Json
from tests.fakes.telegram_params import (
    GENERAL_TOPIC,
    Params,
    count_towards_flood,
    find_chat,
)
from tests.fakes.telegram_state import Chat, Topic, User, World, bad_request

ICON_COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
_ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def _forum(world: World, params: Params, action: str) -> Chat:
    chat = find_chat(world, params)
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    if not chat.bot_may("can_manage_topics"):
        raise bad_request(f"not enough rights to {action} a topic")
    return chat


def _topic(chat: Chat, params: Params) -> Topic:
    thread_id = params.required("message_thread_id")
    topic = chat.topics.get(thread_id)
    if thread_id == GENERAL_TOPIC or topic is None or topic.deleted:
        raise bad_request("message thread not found")
    return topic


def _name(params: Params) -> str:
    name = params.text("name").strip()
    if not 1 <= len(name) <= 128:
        raise bad_request("topic title must have 1 to 128 characters")
    return name


def create_topic(world: World, params: Params) -> Json:
    """Answer createForumTopic: a new topic at every call, even with an equal name."""
    chat = _forum(world, params, "create")
    name = _name(params)
    color = params.number("icon_color") or ICON_COLORS[0]
    if color not in ICON_COLORS:
        raise bad_request("invalid topic icon color specified")
    count_towards_flood(world, chat)
    topic = world.add_topic(chat, world.me, name, color, params.text("icon_custom_emoji_id"))
    body: Json = {"message_thread_id": topic.thread_id, "name": name, "icon_color": color}
    if topic.icon_custom_emoji_id:
        body["icon_custom_emoji_id"] = topic.icon_custom_emoji_id
    return body


def edit_topic(world: World, params: Params) -> bool:
    """Answer editForumTopic."""
    chat = _forum(world, params, "edit")
    topic = _topic(chat, params)
    changed: Json = {}
    if "name" in params.fields and _name(params) != topic.name:
        changed["name"] = topic.name = _name(params)
    emoji = params.fields.get("icon_custom_emoji_id", topic.icon_custom_emoji_id)
    if emoji != topic.icon_custom_emoji_id:
        changed["icon_custom_emoji_id"] = topic.icon_custom_emoji_id = emoji
    if not changed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    count_towards_flood(world, chat)
    world.add_service(chat, world.me, {"forum_topic_edited": changed}, topic.thread_id)
    return True


def set_topic_closed(world: World, params: Params, *, closed: bool) -> bool:
    """Answer closeForumTopic and reopenForumTopic."""
    chat = _forum(world, params, "close" if closed else "reopen")
    topic = _topic(chat, params)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    event = "forum_topic_closed" if closed else "forum_topic_reopened"
    world.add_service(chat, world.me, {event: {}}, topic.thread_id)
    return True


def delete_topic(world: World, params: Params) -> bool:
    """Answer deleteForumTopic: the topic goes with all its messages."""
    chat = find_chat(world, params)
    topic = _topic(chat, params)
    if not (chat.bot_may("can_delete_messages") and chat.forum):
        raise bad_request("not enough rights to delete a topic")
    drop_topic(chat, topic)
    return True


def drop_topic(chat: Chat, topic: Topic) -> None:
    """Delete a topic and every message in it."""
    topic.deleted = True
    for message in chat.messages.values():
        if message.thread_id == topic.thread_id:
            message.deleted = True


def member_wire(world: World, chat: Chat, user: User, status: str) -> Json:
    """Return the ChatMember object of one person, or of the bot."""
    body: Json = {"user": user.wire(), "status": status}
    match status:
        case "creator":
            body["is_anonymous"] = False
        case "administrator":
            given = chat.bot_rights if user.id == world.me.id else frozenset(_ADMIN_RIGHTS)
            body |= {
                right: right in given or right == "can_manage_chat" for right in _ADMIN_RIGHTS
            }
            body |= {"can_be_edited": False, "is_anonymous": False}
        case "kicked":
            body["until_date"] = 0
        case _:
            pass
    return body


def get_member(world: World, params: Params) -> Json:
    """Answer getChatMember; people who are known but not inside have status `left`."""
    chat = find_chat(world, params)
    user_id = params.required("user_id")
    if user_id == world.me.id:
        return member_wire(world, chat, world.me, chat.bot_status)
    user = world.users.get(user_id)
    if user is None:
        raise bad_request("member not found")
    if chat.type == "private":
        return member_wire(world, chat, user, "member")
    return member_wire(world, chat, user, chat.members.get(user_id, "left"))


def get_administrators(world: World, params: Params) -> list[Json]:
    """Answer getChatAdministrators: the owner, the administrators, the bot if it is one."""
    chat = find_chat(world, params)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    found = [member_wire(world, chat, user, status) for user, status in world.administrators(chat)]
    if chat.bot_status == "administrator":
        found.append(member_wire(world, chat, world.me, "administrator"))
    return found


def get_member_count(world: World, params: Params) -> int:
    """Answer getChatMemberCount."""
    chat = find_chat(world, params)
    return 1 + sum(status not in {"left", "kicked"} for status in chat.members.values())


def get_chat(world: World, params: Params) -> Json:
    """Answer getChat with the required fields of ChatFullInfo."""
    chat = find_chat(world, params)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    body = chat.wire() | {
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
    }
    if chat.type != "private":
        body["permissions"] = {"can_send_messages": True}
    if chat.pinned:
        body["pinned_message"] = chat.messages[chat.pinned[-1]].wire(nested=True)
    return body


def leave_chat(world: World, params: Params) -> bool:
    """Answer leaveChat."""
    chat = find_chat(world, params)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    return True


def get_me(world: World, params: Params) -> Json:
    """Answer getMe."""
    return world.me.wire() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": False,
    }


def _scope(params: Params) -> str:
    scope = params.json("scope") or {"type": "default"}
    parts = (scope["type"], scope.get("chat_id", ""), params.text("language_code"))
    return "/".join(map(str, parts)).rstrip("/")


def set_commands(world: World, params: Params) -> bool:
    """Answer setMyCommands."""
    commands = params.json("commands") or []
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.get("command", "")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(params)] = commands
    return True


def get_commands(world: World, params: Params) -> list[Json]:
    """Answer getMyCommands."""
    return world.commands.get(_scope(params), [])


def delete_commands(world: World, params: Params) -> bool:
    """Answer deleteMyCommands."""
    world.commands.pop(_scope(params), None)
    return True


def set_profile(field: str, limit: int) -> Callable[[World, Params], Any]:
    """Return the method that sets a text of the bot's profile of at most `limit` characters."""

    def method(world: World, params: Params) -> bool:
        if len(params.text(field)) > limit:
            raise bad_request(f"{field.replace('_', ' ')} is too long")
        world.profile[field] = params.text(field)
        return True

    return method
