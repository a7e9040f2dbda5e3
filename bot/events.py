"""Facts that come in: every event that may change a conversation or a case, in the past tense.

Handlers make them from what a provider sent, the sweep of due rows makes them from time.
Nothing here knows a provider, the database or the clock.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be reached, opaque to everyone but the channel's handler.

    ``Address("whatsapp", "+6281…")``, ``Address("whatsapp", "ID.1234…")`` (a user id without
    a phone number) or ``Address("telegram", "7012…")``. Never assume a phone number.
    """

    channel: str
    path: str

    def __str__(self) -> str:
        """The address as one string, ``channel:path``."""
        return f"{self.channel}:{self.path}"


class MediaKind(StrEnum):
    """What sort of file a message carries."""

    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Media:
    """A file that came with a message; its bytes are fetched later.

    Attributes:
        reference: what the channel needs to fetch it (a file id or an address).
        size: bytes as told by the provider, or None.
    """

    kind: MediaKind
    reference: str
    content_type: str = ""
    size: int | None = None
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """A place shared from the phone, in degrees, with the name the phone gave it."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A reporter wrote, spoke, tapped or sent something.

    Attributes:
        address: where she wrote from, and where answers go.
        external_id: the provider's id of the message.
        at: when the provider got it.
        text: typed text or caption, as sent.
        choice: id of the tapped button or list item.
        aliases: further addresses of the same person named in the same message.
        reply_to: external id of our message that she answered by swiping.
        edits: external id of her earlier message that this one corrects.
        contact: a shared contact as text.
        unsupported: the provider's name of a message sort that we cannot read.
        album: id shared by the parts of one album.
        profile_name: the name the sender chose for herself; untrusted, never shown unasked.
        forwarded: these are the words of somebody else, which she only passed on.
    """

    address: Address
    external_id: str
    at: datetime
    text: str = ""
    choice: str | None = None
    media: tuple[Media, ...] = ()
    location: Location | None = None
    contact: str = ""
    aliases: tuple[Address, ...] = ()
    reply_to: str | None = None
    edits: str | None = None
    unsupported: str | None = None
    album: str | None = None
    profile_name: str = ""
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A due row of a conversation came due.

    Attributes:
        kind: ``quiet`` (a burst ended), ``unfinished`` (an intake lies still), ``referral``
            (an officer wants to ask for her consent).
        conversation_id: whose it is.
        sequence: the number it was set with; an older one than the conversation's is stale.
    """

    kind: str
    conversation_id: int
    sequence: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DueCame:
    """A due row of a case, or of a whole organisation, came due.

    Attributes:
        kind: which piece of work it is, see ``bot.cases.due_work``.
        key: what the row is for, once.
        sequence: the number it was set with; when the row was set anew since, it is stale.
        due_at: when it should have happened.
        case_id: the case it is about, None for the organisation.
    """

    kind: str
    key: str
    sequence: int
    due_at: datetime
    at: datetime
    case_id: int | None = None


class DeliveryStatus(StrEnum):
    """How far an outbound message came, as the provider reports it."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DeliveryReported:
    """The provider told what became of a message of ours."""

    channel: str
    external_id: str
    status: DeliveryStatus
    at: datetime
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class ReporterUnreachable:
    """A reporter blocked the bot or came back (``reachable``)."""

    address: Address
    at: datetime
    reachable: bool = False


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acted in the officers' group: a Telegram user, or nobody known (anonymous admin).

    Attributes:
        user_id: Telegram user id as text; empty for an anonymous admin or a channel.
        name: the display name, used only for an administrator that joins the roster.
    """

    user_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class OfficerWrote:
    """Something was written in the officers' group, in a topic or beside it.

    Attributes:
        forwarded: these are the words of somebody else, which the officer only passed on.
        album: id shared by the parts of one album.
    """

    channel: str
    officer: Officer
    chat_id: str
    message_id: str
    at: datetime
    thread_id: str = ""
    text: str = ""
    media: tuple[Media, ...] = ()
    reply_to: str = ""
    edited: bool = False
    forwarded: bool = False
    album: str = ""


@dataclass(frozen=True, slots=True)
class OfficerTapped:
    """A button of ours was tapped in the officers' group or in an officer's private chat."""

    channel: str
    officer: Officer
    chat_id: str
    message_id: str
    tap_id: str
    payload: str
    at: datetime
    thread_id: str = ""


TOPICS_ON = "topics_on"
"""Stands among the bot's rights where the group has topics."""


class GroupChange(StrEnum):
    """What can happen to the officers' group itself."""

    TOPIC_CLOSED = "topic_closed"
    TOPIC_REOPENED = "topic_reopened"
    MIGRATED = "migrated"
    BOT_ADDED = "bot_added"
    BOT_REMOVED = "bot_removed"
    BOT_RIGHTS_CHANGED = "bot_rights_changed"
    MEMBER_LEFT = "member_left"
    MEMBER_JOINED = "member_joined"


@dataclass(frozen=True, slots=True)
class GroupChanged:
    """The officers' group changed.

    Attributes:
        officer: who did it, or who left or joined.
        others: further people who joined at the same time.
        value: the new chat id of a migrated group, or what the bot has there: its rights by
            Telegram's names, and ``topics_on`` where the group has topics.
    """

    channel: str
    change: GroupChange
    chat_id: str
    at: datetime
    officer: Officer
    thread_id: str = ""
    value: str = ""
    others: tuple[Officer, ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Something came that no handler understands: kept, counted, not acted on.

    Attributes:
        what: the provider's name of it, never its content.
    """

    channel: str
    what: str
    at: datetime


ReporterEvent = MessageReceived | TimerFired
OfficerEvent = OfficerWrote | OfficerTapped | GroupChanged
Event = (
    MessageReceived
    | TimerFired
    | DueCame
    | DeliveryReported
    | ReporterUnreachable
    | OfficerWrote
    | OfficerTapped
    | GroupChanged
    | NotUnderstood
)
