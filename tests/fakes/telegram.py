"""A Telegram of our own: the Bot API over HTTP for the bot, people and groups for the tests.

`{base_url}/bot{token}/{method}` and `{base_url}/file/bot{token}/{path}` answer as Telegram does,
errors included. Tests act for people (`private_message`, `tap`, `group_message`, …) and read what
the bot did (`sent`, `topics`, `calls`). Not imitated: Markdown, inline mode, payments, channels,
animated captions, the silent cutting of long topic titles (refused here).
"""

from dataclasses import dataclass
from datetime import datetime

from tests.fakes.http_server import Json, misuse
from tests.fakes.telegram_groups import GroupActions
from tests.fakes.telegram_media import file_content
from tests.fakes.telegram_state import CallbackQuery, Chat, StoredMessage, User
from tests.fakes.telegram_text import command_entities
from tests.patience import wait_until

__all__ = ["Attachment", "FakeTelegram"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a person sends. `size` may claim more bytes than `content` has."""

    content: bytes
    name: str = "berkas.pdf"
    mime_type: str = "application/pdf"
    size: int | None = None


_MIME_TYPES = {"photo": "image/jpeg", "voice": "audio/ogg", "video": "video/mp4"}


class FakeTelegram(GroupActions):
    """The fake Bot API server with the people who talk to the bot."""

    # ---- private chats -------------------------------------------------------------------

    def private_message(
        self,
        user: User,
        text: str = "",
        *,
        photo: bytes | Attachment | None = None,
        voice: bytes | Attachment | None = None,
        video: bytes | Attachment | None = None,
        document: bytes | Attachment | None = None,
        location: tuple[float, float] | None = None,
        contact: tuple[str, User] | None = None,
        sticker: str | None = None,
        media_group: str | None = None,
        reply_to: StoredMessage | None = None,
    ) -> StoredMessage:
        """Let a person write to the bot; `text` is the caption when a file comes along.

        `contact` is a phone number and whose it is; `sticker` an emoji; messages with the same
        `media_group` form an album.
        """
        content: Json = {}
        files = {"photo": photo, "voice": voice, "video": video, "document": document}
        for kind, given in files.items():
            if given is not None:
                content = self._file(kind, given)
        if sticker is not None:
            content = self._file("sticker", Attachment(sticker.encode(), mime_type="image/webp"))
            content["sticker"]["emoji"] = sticker
        if location is not None:
            content = {"location": {"latitude": location[0], "longitude": location[1]}}
        if contact is not None:
            phone, owner = contact
            card = {"first_name": owner.first_name, "user_id": owner.id}
            content = {"contact": {"phone_number": phone} | card}
        content |= _written(text, "caption" if content else "text")
        if media_group is not None:
            content["media_group_id"] = media_group
        return self._say(self._private(user), user, content, reply_to=reply_to)

    def album(self, user: User, photos: list[bytes], caption: str = "") -> list[StoredMessage]:
        """Let a person send several photos at once; the caption stands under the first."""
        group_id = str(13_000_000_000 + len(self.queue.log))
        return [
            self.private_message(
                user, caption if index == 0 else "", photo=photo, media_group=group_id
            )
            for index, photo in enumerate(photos)
        ]

    def block(self, user: User) -> None:
        """Let a person block the bot."""
        self._set_blocked(user, blocked=True)

    def unblock(self, user: User) -> None:
        """Let a person unblock the bot."""
        self._set_blocked(user, blocked=False)

    def deactivate(self, user: User) -> None:
        """Let a person delete the account; the bot is not told."""
        self._chat(user.id).deactivated = True

    def _set_blocked(self, user: User, *, blocked: bool) -> None:
        with self.lock:
            chat = self._chat(user.id)
            chat.blocked = blocked
            member: Json = {"user": self.world.me.wire(), "status": "member"}
            kicked: Json = member | {"status": "kicked", "until_date": 0}
            old, new = (member, kicked) if blocked else (kicked, member)
            body: Json = {"chat": chat.wire(), "from": user.wire()}
            body |= {"date": self.world.timestamp(), "old_chat_member": old}
            self.queue.add("my_chat_member", body | {"new_chat_member": new}, str(chat.id))

    def _private(self, user: User) -> Chat:
        chat = self._chat(user.id)
        if chat.blocked or chat.deactivated:
            misuse("Who blocked the bot cannot write to it; unblock first.")
        chat.started = True
        return chat

    def _file(self, kind: str, given: bytes | Attachment) -> Json:
        if isinstance(given, bytes):
            given = Attachment(given, mime_type=_MIME_TYPES.get(kind, "application/pdf"))
        with self.lock:
            stored = self.world.add_file(
                kind,
                given.content,
                given.mime_type,
                given.name if kind == "document" else "",
                given.size,
            )
        return file_content(kind, stored)

    # ---- groups --------------------------------------------------------------------------

    def group_message(
        self,
        user: User,
        text: str,
        thread_id: int | None = None,
        *,
        chat_id: int,
        reply_to: StoredMessage | None = None,
        file: tuple[str, bytes] | None = None,
        media_group: str | None = None,
    ) -> StoredMessage:
        """Let a member write in a group, in a topic or outside (`None`).

        `file` is its kind (`photo`, `voice`, `video`, `document`) with its bytes; the text is
        then its caption. Messages with the same `media_group` form an album. A bot that is no
        administrator and has privacy on hears only commands and replies to it.
        """
        chat = self._chat(chat_id)
        if chat.members.setdefault(user.id, "member") in {"left", "kicked"}:
            misuse("Who left the group cannot write in it.")
        content = self._file(*file) if file else {}
        content |= _written(text, "caption" if file else "text")
        if media_group is not None:
            content["media_group_id"] = media_group
        return self._say(chat, user, content, reply_to=reply_to, thread_id=thread_id)

    def anonymous_admin_message(
        self, chat_id: int, text: str, thread_id: int | None = None
    ) -> StoredMessage:
        """Let an administrator write in the group's name: nobody can tell who it was."""
        chat = self._chat(chat_id)
        content = _written(text, "text")
        return self._say(chat, self._anyone(chat), content, thread_id=thread_id, anonymous=True)

    def _say(
        self,
        chat: Chat,
        user: User,
        content: Json,
        *,
        reply_to: StoredMessage | None = None,
        thread_id: int | None = None,
        anonymous: bool = False,
    ) -> StoredMessage:
        if not set(content) - {"media_group_id"}:
            misuse("A message needs a text or something else in it.")
        with self.lock:
            message = self.world.add_message(chat, user, content)
            message.anonymous = anonymous
            if reply_to is not None:
                message.reply_to = reply_to.message_id
                thread_id = thread_id or reply_to.thread_id
            if thread_id is not None and (
                thread_id not in chat.topics or chat.topics[thread_id].deleted
            ):
                misuse(f"There is no topic {thread_id}; in General leave thread_id out.")
            message.thread_id = thread_id
            if self._heard(chat, message, reply_to):
                self.queue.add("message", message.wire(), str(chat.id))
            return message

    def _heard(self, chat: Chat, message: StoredMessage, reply_to: StoredMessage | None) -> bool:
        if chat.bot_status in {"left", "kicked"}:
            return False
        if chat.type == "private" or chat.bot_status == "administrator":
            return True
        to_bot = reply_to is not None and reply_to.outgoing
        return not self.world.privacy or to_bot or message.text.startswith("/")

    # ---- what people do with messages ----------------------------------------------------

    def edit(self, message: StoredMessage, text: str) -> StoredMessage:
        """Let the author change the text or caption of a message."""
        with self.lock:
            if message.outgoing:
                misuse("People cannot edit the bot's messages.")
            kind = "text" if "text" in message.content else "caption"
            message.history.append(dict(message.content))
            message.content = {
                k: v for k, v in message.content.items() if k not in {kind, "entities"}
            } | _written(text, kind)
            message.edit_date = self.world.timestamp()
            self.queue.add("edited_message", message.wire(), str(message.chat.id))
            return message

    def remove(self, message: StoredMessage) -> None:
        """Let an administrator delete a message; the bot is not told."""
        with self.lock:
            message.deleted = True

    def tap(self, message: StoredMessage, button: str, user: User) -> CallbackQuery:
        """Let a person tap a button, named by its label or its callback data."""
        with self.lock:
            for shown in (button for row in message.buttons for button in row):
                if button in {shown.text, shown.data} and shown.data is not None:
                    return self.tap_data(message, shown.data, user)
        return misuse(f"No button {button!r} here; there are {message.labels}.")

    def tap_data(self, message: StoredMessage, data: str, user: User) -> CallbackQuery:
        """Let a person send callback data that need not stand on a button any more."""
        if message.deleted:
            misuse("A deleted message cannot be tapped.")
        with self.lock:
            query_id = str(4_000_000 + len(self.world.callbacks))
            query = CallbackQuery(query_id, user, message, data, self.now())
            self.world.callbacks[query_id] = query
            body: Json = {"id": query_id, "from": user.wire(), "message": message.wire()}
            body |= {"chat_instance": str(message.chat.id), "data": data}
            self.queue.add("callback_query", body, f"taps {user.id}")
            return query

    def react(self, message: StoredMessage, user: User, emoji: str) -> None:
        """Let a person react; the bot hears of it only if it asked for `message_reaction`."""
        with self.lock:
            body: Json = {"chat": message.chat.wire(), "message_id": message.message_id}
            body |= {"user": user.wire(), "date": self.world.timestamp(), "old_reaction": []}
            body["new_reaction"] = [{"type": "emoji", "emoji": emoji}]
            self.queue.add("message_reaction", body, str(message.chat.id))

    def raw_update(self, body: Json, queue: str = "raw") -> int:
        """Send an update as it is, e.g. of an unknown type or a second time; return its id."""
        with self.lock:
            return self.queue.add_raw(body, queue).id

    # ---- what the bot did ----------------------------------------------------------------

    def sent(self, chat_id: int, thread_id: int | None = None) -> list[StoredMessage]:
        """Return what the bot said in a chat or topic, oldest first, deleted messages included."""
        with self.lock:
            chat = self.world.chats.get(chat_id)
            messages = list(chat.messages.values()) if chat else []
        return [
            message
            for message in messages
            if message.outgoing
            and not message.service
            and (thread_id is None or message.thread_id == thread_id)
        ]

    def wait_sent(
        self, chat_id: int, count: int = 1, thread_id: int | None = None
    ) -> list[StoredMessage]:
        """Wait until the bot has said at least `count` messages there, and return them."""
        wait_until(
            lambda: len(self.sent(chat_id, thread_id)) >= count,
            f"{count} messages of the bot in chat {chat_id}",
        )
        return self.sent(chat_id, thread_id)

    def calls_of(self, method: str) -> list[dict[str, str]]:
        """Return the parameters of every call of `method`, failed ones included."""
        with self.lock:
            return [call.params for call in self.calls if call.method == method]

    def file_of(self, message: StoredMessage) -> bytes:
        """Return the content of the file in a message."""
        for kind in ("photo", "document", "voice", "audio", "video", "sticker"):
            if kind in message.content:
                body = message.content[kind]
                file_id = (body[-1] if isinstance(body, list) else body)["file_id"]
                return self.world.files[file_id].content
        return misuse("There is no file in this message.")

    def wait_delivered(self) -> None:
        """Wait until the bot has taken every update."""
        wait_until(lambda: not self.queue.waiting, "delivery of all updates")

    @property
    def oldest_waiting(self) -> datetime | None:
        """When the oldest update that the bot has not taken was made."""
        waiting = self.queue.waiting
        return waiting[0].created if waiting else None


def _written(text: str, kind: str) -> Json:
    if not text:
        return {}
    entities = command_entities(text)
    name = "entities" if kind == "text" else "caption_entities"
    return {kind: text, name: entities} if entities else {kind: text}
