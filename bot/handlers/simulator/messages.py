"""What a message, a topic and a piece of news are in the simulator."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.commands import Choice
from bot.events import Location, Media, MediaKind

#: Author of what our bot says; people stand there with the id of the worker or officer.
BOT = "bot"


class Ticks(StrEnum):
    """How far a message came, in the order of its life."""

    QUEUED = "antre"
    SENT = "terkirim"
    DELIVERED = "sampai"
    READ = "dibaca"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a message. ``size`` in bytes."""

    file: str
    name: str
    content_type: str
    kind: MediaKind
    size: int

    def as_media(self) -> Media:
        """The same as events name it."""
        return Media(self.kind, self.file, self.content_type, self.size, self.name)


@dataclass(frozen=True, slots=True)
class Said:
    """The content of a message.

    Attributes:
        html: ``text`` is Telegram HTML.
        rows: how many buttons stand in one row.
        list_label: word on the button that opens the choices as a list; empty shows buttons.
        tapped: ids of the choices that were tapped.
        client_id: the page's own id of what it posted.
    """

    author: str
    text: str = ""
    html: bool = False
    choices: tuple[Choice, ...] = ()
    rows: int = 1
    list_label: str = ""
    media: Attached | None = None
    location: Location | None = None
    reply_to: str = ""
    edited: bool = False
    pinned: bool = False
    ticks: Ticks = Ticks.QUEUED
    tapped: tuple[str, ...] = ()
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message where it stands."""

    id: str
    chat: str
    thread: str
    at: datetime
    said: Said


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """What is stored of a topic."""

    title: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of the officers' group."""

    id: str
    title: str
    closed: bool


@dataclass(frozen=True, slots=True)
class News:
    """Something that pages must show.

    Attributes:
        kind: ``message`` (new or changed), ``gone``, ``topic``, ``typing`` or ``toast``.
        target: id of the message or topic, or of the tap that is answered.
    """

    kind: str
    chat: str = ""
    thread: str = ""
    target: str = ""
    text: str = ""
    alert: bool = False
