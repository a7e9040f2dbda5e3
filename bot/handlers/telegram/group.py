"""What happens in the officers' group: words, taps, and changes of the group itself.

Bots are not heard, our own service messages included: what the bot did itself is no news. An
administrator who hides behind the group's name, and a channel that writes, are nobody known.
"""

from datetime import datetime

from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    Message,
    User,
)

from bot.events import (
    TOPICS_ON,
    GroupChange,
    GroupChanged,
    Officer,
    OfficerTapped,
    OfficerWrote,
)
from bot.handlers.telegram.messages import (
    CHANNEL,
    contact_of,
    external_id,
    media_of,
    replied_to,
    text_of,
    thread_of,
)

_GROUP_ANONYMOUS_BOT = 1087968824  # who writes as an anonymous administrator, everywhere
_RIGHTS = tuple(
    sorted(
        name
        for name in ChatMemberAdministrator.__slots__
        if name.startswith("can_") and name != "can_be_edited"
    )
)


def group_message(message: Message, *, edited: bool) -> OfficerWrote | GroupChanged | None:
    """What a message in a group says, or None when it is a bot's or a service message."""
    officer = _author(message)
    if message.migrate_to_chat_id is not None:
        return GroupChanged(
            channel=CHANNEL,
            change=GroupChange.MIGRATED,
            chat_id=str(message.chat.id),
            at=message.date,
            officer=officer or Officer(""),
            value=str(message.migrate_to_chat_id),
        )
    if message.new_chat_members:
        return _joined(message)
    if message.left_chat_member is not None:
        return _left(message, message.left_chat_member)
    if officer is None:
        return None
    if message.forum_topic_closed is not None or message.forum_topic_reopened is not None:
        closed = message.forum_topic_closed is not None
        return GroupChanged(
            channel=CHANNEL,
            change=GroupChange.TOPIC_CLOSED if closed else GroupChange.TOPIC_REOPENED,
            chat_id=str(message.chat.id),
            at=message.date,
            officer=officer,
            thread_id=thread_of(message),
        )
    text, media = text_of(message) or contact_of(message), media_of(message)
    if not (text or media):
        return None
    return OfficerWrote(
        channel=CHANNEL,
        officer=officer,
        chat_id=str(message.chat.id),
        message_id=external_id(message.chat.id, message.message_id),
        at=(message.edit_date if edited else None) or message.date,
        thread_id=thread_of(message),
        text=text,
        media=media,
        reply_to=replied_to(message),
        edited=edited,
        forwarded=message.forward_origin is not None,
        album=message.media_group_id or "",
    )


def group_tap(
    query: CallbackQuery, message: MaybeInaccessibleMessage, received_at: datetime
) -> OfficerTapped:
    """A tap on a button in a group. Who tapped is always a real user."""
    return OfficerTapped(
        channel=CHANNEL,
        officer=_officer(query.from_user),
        chat_id=str(message.chat.id),
        message_id=external_id(message.chat.id, message.message_id),
        tap_id=query.id,
        payload=query.data or "",
        at=received_at,
        thread_id=thread_of(message) if isinstance(message, Message) else "",
    )


def group_changed(change: ChatMemberUpdated) -> GroupChanged:
    """The bot was added to a group, put out, or given other rights."""
    inside, was_inside = is_inside(change.new_chat_member), is_inside(change.old_chat_member)
    if not inside:
        kind = GroupChange.BOT_REMOVED
    else:
        kind = GroupChange.BOT_RIGHTS_CHANGED if was_inside else GroupChange.BOT_ADDED
    return GroupChanged(
        channel=CHANNEL,
        change=kind,
        chat_id=str(change.chat.id),
        at=change.date,
        officer=_officer(change.from_user),
        value=_rights(change.new_chat_member, topics=inside and bool(change.chat.is_forum)),
    )


def member_changed(change: ChatMemberUpdated) -> GroupChanged | None:
    """Someone came into the group, left it or was put out; whoever is promoted is no event."""
    user = change.new_chat_member.user
    inside, was_inside = is_inside(change.new_chat_member), is_inside(change.old_chat_member)
    if inside == was_inside or user.is_bot:
        return None
    return GroupChanged(
        channel=CHANNEL,
        change=GroupChange.MEMBER_JOINED if inside else GroupChange.MEMBER_LEFT,
        chat_id=str(change.chat.id),
        at=change.date,
        officer=_officer(user),
    )


def _joined(message: Message) -> GroupChanged | None:
    """The same as the group tells it, for a bot that is no administrator; None for bots."""
    people = [_officer(user) for user in message.new_chat_members if not user.is_bot]
    if not people:
        return None
    return GroupChanged(
        channel=CHANNEL,
        change=GroupChange.MEMBER_JOINED,
        chat_id=str(message.chat.id),
        at=message.date,
        officer=people[0],
        others=tuple(people[1:]),
    )


def _left(message: Message, user: User) -> GroupChanged | None:
    """Who left or was put out, as the group tells it; None for bots, ours included."""
    if user.is_bot:
        return None
    return GroupChanged(
        channel=CHANNEL,
        change=GroupChange.MEMBER_LEFT,
        chat_id=str(message.chat.id),
        at=message.date,
        officer=_officer(user),
    )


def _author(message: Message) -> Officer | None:
    """Who wrote: a known user, nobody known, or None for bots."""
    user = message.from_user
    if user is None or message.sender_chat is not None or user.id == _GROUP_ANONYMOUS_BOT:
        return Officer("")
    return None if user.is_bot else _officer(user)


def _officer(user: User) -> Officer:
    if user.id == _GROUP_ANONYMOUS_BOT:
        return Officer("")
    return Officer(str(user.id), user.full_name)


def is_inside(member: ChatMember) -> bool:
    """Whether somebody of this status is in the group."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}


def _rights(member: ChatMember, *, topics: bool) -> str:
    has = [TOPICS_ON] if topics else []
    if isinstance(member, ChatMemberAdministrator):
        has = [name for name in _RIGHTS if getattr(member, name)] + has
    return ",".join(has)
