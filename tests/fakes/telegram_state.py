"""What the fake Telegram remembers: users, chats, topics, messages, files, callback queries."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from tests.fakes.http_server import Json, RateWindow

GROUP_ANONYMOUS_BOT_ID = 1087968824
TELEGRAM_SERVICE_ID = 777000
ALL_BOT_RIGHTS = frozenset(
    {"can_manage_topics", "can_delete_messages", "can_pin_messages", "can_invite_users"}
)
DOWNLOAD_LIMIT = 20 * 1024 * 1024


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad_request(text: str) -> ApiError:
    """Return the error 400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """Return the error 403 with Telegram's prefix."""
    return ApiError(403, f"Forbidden: {text}")


@dataclass(frozen=True, slots=True)
class User:
    """A Telegram account."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "id"
    is_bot: bool = False

    def wire(self) -> Json:
        """Return the Bot API object."""
        body: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username"):
            if getattr(self, name):
                body[name] = getattr(self, name)
        if not self.is_bot:
            body["language_code"] = self.language_code
        return body


ANONYMOUS_ADMIN = User(GROUP_ANONYMOUS_BOT_ID, "Group", username="GroupAnonymousBot", is_bot=True)


@dataclass(slots=True)
class Topic:
    """A forum topic; its id is that of the service message that created it."""

    thread_id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str = ""
    closed: bool = False
    deleted: bool = False


class Button(NamedTuple):
    """A button of an inline keyboard."""

    text: str
    data: str | None
    url: str | None


@dataclass(slots=True)
class StoredMessage:
    """A message of a chat as it stands now; `history` holds what it was before each edit."""

    chat: "Chat"
    message_id: int
    date: int
    sender: User
    content: Json
    outgoing: bool = False
    thread_id: int | None = None
    reply_to: int | None = None
    markup: Json | None = None
    anonymous: bool = False
    protected: bool = False
    silent: bool = False
    service: bool = False
    deleted: bool = False
    edit_date: int | None = None
    reactions: list[str] = field(default_factory=list)
    history: list[Json] = field(default_factory=list)

    @property
    def chat_id(self) -> int:
        """The id of the chat it stands in."""
        return self.chat.id

    @property
    def text(self) -> str:
        """Its text or caption without markup; empty when it has neither."""
        return _words(self.content)

    @property
    def texts(self) -> list[str]:
        """Every text or caption it ever had, oldest first."""
        return [*map(_words, self.history), self.text]

    @property
    def buttons(self) -> list[list[Button]]:
        """The rows of its inline keyboard."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return [
            [Button(b["text"], b.get("callback_data"), b.get("url")) for b in row] for row in rows
        ]

    @property
    def labels(self) -> list[str]:
        """The labels of its inline keyboard, in reading order."""
        return [button.text for row in self.buttons for button in row]

    def wire(self, *, nested: bool = False) -> Json:
        """Return the Bot API object, without `reply_to_message` when `nested`."""
        body: Json = {"message_id": self.message_id, "date": self.date, "chat": self.chat.wire()}
        body["from"] = self.sender.wire()
        if self.anonymous:
            body["from"] = ANONYMOUS_ADMIN.wire()
            body["sender_chat"] = self.chat.wire()
        if self.thread_id is not None:
            body |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        replied = self.reply_to
        if replied is None and self.thread_id != self.message_id:
            replied = self.thread_id
        if replied is not None and not nested:
            target = self.chat.messages.get(replied)
            if target is not None and not target.deleted:
                body["reply_to_message"] = target.wire(nested=True)
        if self.markup and "inline_keyboard" in self.markup:
            body["reply_markup"] = self.markup
        if self.edit_date is not None:
            body["edit_date"] = self.edit_date
        if self.protected:
            body["has_protected_content"] = True
        return body | self.content


@dataclass(slots=True)
class Chat:
    """A private chat, group or supergroup, with everything that was said in it."""

    id: int
    type: str
    title: str = ""
    user: User | None = None
    forum: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    bot_status: str = "member"
    bot_rights: frozenset[str] = frozenset()
    members: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    flood: RateWindow | None = None
    next_message_id: int = 1

    def wire(self) -> Json:
        """Return the short Bot API object that messages carry."""
        body: Json = {"id": self.id, "type": self.type}
        if self.user is not None:
            body["first_name"] = self.user.first_name
            if self.user.username:
                body["username"] = self.user.username
            return body
        body["title"] = self.title
        if self.forum:
            body["is_forum"] = True
        return body

    def bot_may(self, right: str) -> bool:
        """Return whether the bot is an administrator with `right`."""
        return self.bot_status == "administrator" and right in self.bot_rights


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on Telegram's servers; `size` may be larger than what is kept in `content`."""

    file_id: str
    unique_id: str
    path: str
    content: bytes
    mime_type: str
    name: str
    size: int

    def wire(self) -> Json:
        """Return the part that every kind of file object has."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": self.size,
        }


@dataclass(slots=True)
class CallbackQuery:
    """A tap on a button, and how the bot answered it."""

    id: str
    user: User
    message: StoredMessage
    data: str
    created: datetime
    answers: list[tuple[str, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the bot: `error` is the description it got back, empty when it succeeded."""

    method: str
    params: dict[str, str]
    at: datetime
    error: str


class World:
    """All chats of one bot."""

    def __init__(self, token: str, now: Callable[[], datetime]) -> None:
        self.token = token
        self.now = now
        self.me = User(
            int(token.partition(":")[0]), "Kawan Buruh", username="kawanburuh_bot", is_bot=True
        )
        self.privacy = True
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.callbacks: dict[str, CallbackQuery] = {}
        self.commands: dict[str, list[Json]] = {}
        self.profile: dict[str, str] = {}
        self.group_limit: int | None = None
        self._file_count = 0
        self.emit: Callable[[str, Json, str], None] = lambda _kind, _body, _queue: None

    def timestamp(self) -> int:
        """Return the present in Unix seconds, as messages carry it."""
        return int(self.now().timestamp())

    def add_message(self, chat: Chat, sender: User, content: Json) -> StoredMessage:
        """Store a message under the next id of its chat."""
        message = StoredMessage(chat, chat.next_message_id, self.timestamp(), sender, content)
        message.outgoing = sender.id == self.me.id
        chat.messages[message.message_id] = message
        chat.next_message_id += 1
        return message

    def add_service(
        self, chat: Chat, sender: User, content: Json, thread_id: int | None = None
    ) -> StoredMessage:
        """Store a service message and tell the bot, its own ones included, as Telegram does."""
        message = self.add_message(chat, sender, content)
        message.service = True
        message.thread_id = thread_id
        self.emit("message", message.wire(), str(chat.id))
        return message

    def add_topic(self, chat: Chat, sender: User, name: str, color: int, emoji: str) -> Topic:
        """Create a topic with its service message."""
        created: Json = {"name": name, "icon_color": color}
        if emoji:
            created["icon_custom_emoji_id"] = emoji
        thread_id = chat.next_message_id
        topic = Topic(thread_id, name, color, emoji)
        chat.topics[thread_id] = topic
        self.add_service(chat, sender, {"forum_topic_created": created}, thread_id)
        return topic

    def add_file(
        self, kind: str, content: bytes, mime_type: str, name: str, size: int | None = None
    ) -> StoredFile:
        """Store a file; equal content gives an equal unique id and a new file id."""
        self._file_count += 1
        digest = hashlib.sha256(content).hexdigest()
        stored = StoredFile(
            file_id=f"BQAC{digest[:24]}-{self._file_count}",
            unique_id=f"AgAD{digest[:12]}",
            path=f"{kind}s/file_{self._file_count}{_suffix(name, mime_type)}",
            content=content,
            mime_type=mime_type,
            name=name,
            size=len(content) if size is None else size,
        )
        self.files[stored.file_id] = stored
        return stored

    def administrators(self, chat: Chat) -> Iterable[tuple[User, str]]:
        """Yield the people who run a group, the owner first."""
        for status in ("creator", "administrator"):
            for user_id, current in chat.members.items():
                if current == status:
                    yield self.users[user_id], status


def _words(content: Json) -> str:
    return str(content.get("text", content.get("caption", "")))


def _suffix(name: str, mime_type: str) -> str:
    if "." in name:
        return "." + name.rpartition(".")[2]
    return {"image/jpeg": ".jpg", "audio/ogg": ".oga", "video/mp4": ".mp4"}.get(mime_type, "")
