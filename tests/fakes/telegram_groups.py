"""What happens in groups: members, rights, topics, upgrades. Driven by tests."""

from collections.abc import Collection, Iterable

from tests.fakes.http_server import Json, misuse
from tests.fakes.telegram_chats import ICON_COLORS, drop_topic, member_wire
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.telegram_state import ALL_BOT_RIGHTS, Chat, StoredMessage, Topic, User


class GroupActions(TelegramServer):
    """The part of the fake that acts for members and owners of groups."""

    def user(self, user_id: int, first_name: str, last_name: str = "", username: str = "") -> User:
        """Return an account, made now or before; the bot cannot write to it yet."""
        with self.lock:
            user = self.world.users.get(user_id)
            if user is None:
                user = User(user_id, first_name, last_name, username)
                self.world.users[user_id] = user
                self.world.chats[user_id] = Chat(user_id, "private", user=user)
            return user

    def group(
        self,
        chat_id: int,
        *,
        title: str = "Pengaduan",
        forum: bool = True,
        bot_rights: Collection[str] | None = ALL_BOT_RIGHTS,
        owner: User | None = None,
        admins: Iterable[User] = (),
        members: Iterable[User] = (),
        announce: bool = False,
    ) -> Chat:
        """Return a new group with the bot inside: an administrator, or a member (`None`).

        A negative id that starts with -100 makes a supergroup, another a basic group. With
        `announce` the bot hears that it was added.
        """
        kind = "supergroup" if str(chat_id).startswith("-100") else "group"
        if chat_id >= 0 or (forum and kind == "group"):
            misuse("A group id is negative, and a forum's id starts with -100.")
        chat = Chat(chat_id, kind, title=title, forum=forum)
        chat.next_message_id = 2  # 1 is the group's own creation
        chat.members = dict.fromkeys((user.id for user in members), "member")
        chat.members |= dict.fromkeys((user.id for user in admins), "administrator")
        if owner is not None:
            chat.members[owner.id] = "creator"
        with self.lock:
            self.world.chats[chat_id] = chat
            chat.bot_status = "member" if bot_rights is None else "administrator"
            chat.bot_rights = frozenset(bot_rights or ())
            if announce:
                self._bot_changed(chat, "left", owner or self._anyone(chat))
        return chat

    def _anyone(self, chat: Chat) -> User:
        for user_id in chat.members:
            return self.world.users[user_id]
        return misuse("Nobody is in this group who could do that; give it members or an owner.")

    def _chat(self, chat_id: int) -> Chat:
        return self.world.chats.get(chat_id) or misuse(f"There is no chat {chat_id}.")

    def _bot_changed(self, chat: Chat, old_status: str, by: User) -> None:
        me = self.world.me
        body: Json = {
            "chat": chat.wire(),
            "from": by.wire(),
            "date": self.world.timestamp(),
            "old_chat_member": member_wire(self.world, chat, me, old_status),
            "new_chat_member": member_wire(self.world, chat, me, chat.bot_status),
        }
        self.queue.add("my_chat_member", body, str(chat.id))

    def kick_bot(self, chat_id: int, by: User | None = None) -> None:
        """Remove the bot from a group; it hears of it once and may do nothing there any more."""
        with self.lock:
            chat = self._chat(chat_id)
            old, chat.bot_status = chat.bot_status, "kicked"
            self._bot_changed(chat, old, by or self._anyone(chat))

    def set_bot_rights(self, chat_id: int, rights: Collection[str] | None, by: User) -> None:
        """Give the bot other rights in a group, or make it an ordinary member (`None`)."""
        with self.lock:
            chat = self._chat(chat_id)
            old = chat.bot_status
            chat.bot_status = "member" if rights is None else "administrator"
            chat.bot_rights = frozenset(rights or ())
            self._bot_changed(chat, old, by)

    def set_member(self, chat_id: int, user: User, status: str, by: User | None = None) -> None:
        """Change someone's status: creator, administrator, member, left or kicked.

        The bot gets `chat_member` (an administrator that asked for it only), and a service
        message when the person came or went.
        """
        with self.lock:
            chat = self._chat(chat_id)
            old = chat.members.get(user.id, "left")
            actor = by or user
            chat.members[user.id] = status
            if chat.bot_status == "administrator":
                body: Json = {
                    "chat": chat.wire(),
                    "from": actor.wire(),
                    "date": self.world.timestamp(),
                    "old_chat_member": member_wire(self.world, chat, user, old),
                    "new_chat_member": member_wire(self.world, chat, user, status),
                }
                self.queue.add("chat_member", body, str(chat.id))
            gone = {"left", "kicked"}
            if status in gone and old not in gone:
                self.world.add_service(chat, actor, {"left_chat_member": user.wire()})
            elif old in gone and status not in gone:
                self.world.add_service(chat, actor, {"new_chat_members": [user.wire()]})

    def member_left(self, chat_id: int, user: User) -> None:
        """Let someone leave a group."""
        self.set_member(chat_id, user, "left")

    def migrate_group(self, old_id: int, new_id: int) -> Chat:
        """Upgrade a group: the old id is refused from now on; topics and messages stay behind."""
        with self.lock:
            old = self._chat(old_id)
            new = Chat(new_id, "supergroup", title=old.title)
            new.next_message_id = 2
            new.bot_status, new.bot_rights = old.bot_status, old.bot_rights
            new.members = dict(old.members)
            self.world.chats[new_id] = new
            by = self._anyone(old)
            self.world.add_service(old, by, {"migrate_to_chat_id": new_id})
            self.world.add_service(new, by, {"migrate_from_chat_id": old_id})
            old.migrated_to = new_id
            return new

    # ---- topics --------------------------------------------------------------------------

    def topics(self, chat_id: int) -> list[Topic]:
        """Return the topics of a forum, deleted ones included, oldest first."""
        return list(self._chat(chat_id).topics.values())

    def topic(self, chat_id: int, thread_id: int) -> Topic:
        """Return one topic."""
        return self._chat(chat_id).topics[thread_id]

    def create_topic(self, chat_id: int, name: str, by: User) -> Topic:
        """Let a person create a topic."""
        with self.lock:
            return self.world.add_topic(self._chat(chat_id), by, name, ICON_COLORS[0], "")

    def close_topic(self, chat_id: int, thread_id: int, by: User) -> StoredMessage:
        """Let a person close a topic."""
        return self._topic_event(chat_id, thread_id, by, "forum_topic_closed")

    def reopen_topic(self, chat_id: int, thread_id: int, by: User) -> StoredMessage:
        """Let a person reopen a topic."""
        return self._topic_event(chat_id, thread_id, by, "forum_topic_reopened")

    def _topic_event(self, chat_id: int, thread_id: int, by: User, event: str) -> StoredMessage:
        with self.lock:
            chat = self._chat(chat_id)
            chat.topics[thread_id].closed = event == "forum_topic_closed"
            return self.world.add_service(chat, by, {event: {}}, thread_id)

    def delete_topic(self, chat_id: int, thread_id: int) -> None:
        """Let a person delete a topic; the bot is not told."""
        with self.lock:
            chat = self._chat(chat_id)
            drop_topic(chat, chat.topics[thread_id])
