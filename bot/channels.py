"""The port to the outside: what a channel can do, and how sending can fail.

A channel is one small class in ``bot.handlers``. What it is able to do is data
(:class:`Capabilities`); how a send fails is a closed list (:class:`SendFailure` and below),
and only the outbox decides what follows from it.

    SendFailure
      TryLater            certainly not sent; again after a pause
      RateLimited         the same, after the pause that the provider named, for that chat only
      OutcomeUnknown      may have been sent
      Unreachable         this person or group cannot be reached any more
      WindowClosed        WhatsApp's 24 hours are over: hold until she writes
      ContentRejected     the provider refuses this content as it stands
      TopicGone           the topic in the group was deleted
      ChatMoved           the group has a new id
      TargetGone          the message to edit or to answer is gone
      NotAllowed          the bot lacks a right in the group
      Misconfigured       token, account or sender is wrong: a matter for the operator
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from bot.commands import Choice
from bot.events import Address, Media, MediaKind


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can show and carry.

    Attributes:
        text_limit: characters in one message.
        buttons: how many choices fit under a message as buttons (0: typed numbers only).
        list_items: how many fit in a list that opens on a tap (0: no lists).
        media_limit: bytes of one outbound file.
        window_hours: after so many hours without a message from the person, free text is
            refused; None where there is no such window.
        html: text is given as Telegram HTML.
    """

    text_limit: int
    buttons: int
    list_items: int
    media_limit: int
    window_hours: int | None = None
    html: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """One message of words, with what can be tapped under it.

    Attributes:
        text: plain text, or Telegram HTML when ``html`` is set.
        choices: buttons or list items; the outbox has already cut them to what the channel can.
        rows: how many buttons stand in one row (Telegram).
        list_label: word on the button that opens the list; empty shows buttons.
        reply_to: external id of the message that is answered.
        silent: no sound on the receiver's side.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    html: bool = False
    rows: int = 1
    list_label: str = ""
    reply_to: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file to send, with its bytes.

    Attributes:
        attachment: id of the stored file, for channels that fetch it by a link.
    """

    kind: MediaKind
    content: bytes = field(repr=False)
    content_type: str
    file_name: str
    attachment: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: an address, in a group also the topic.

    Attributes:
        thread: topic id; empty for none.
    """

    address: Address
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A message whose words the provider approved beforehand: it may be sent at any time.

    Attributes:
        name: which one; see ``bot.outbox.templates``.
        content_id: the provider's id of its words.
        variables: what stands at its variable places, in their order.
    """

    name: str
    content_id: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """Who is in a group.

    Attributes:
        count: all members, our own bot and other bots too; 0 where nobody can say.
        inside: the Telegram ids of those who were asked about and are in it.
    """

    count: int
    inside: frozenset[str]


class Channel(Protocol):
    """Sends to people. Every method raises a :class:`SendFailure` when it cannot."""

    @property
    def capabilities(self) -> Capabilities:
        """What this channel can show and carry."""
        ...

    async def send_text(self, place: Place, text: Text) -> str:
        """Send words; returns the provider's id of the message."""
        ...

    async def send_file(self, place: Place, file: File, caption: Text) -> str:
        """Send a file; returns the provider's id of the message."""
        ...

    async def show_typing(self, place: Place, inbound_id: str) -> None:
        """Let the person see that an answer is on its way. Never fails a turn."""
        ...

    async def fetch(self, media: Media, limit: int) -> bytes:
        """The bytes of an inbound file.

        Raises:
            FileTooLarge: it has more than ``limit`` bytes.
            FileGone: the provider no longer has it.
        """
        ...

    async def was_sent(self, place: Place, text: str, since: str) -> str | None:
        """Look up whether a message of unknown outcome left; its external id, or None.

        ``since`` is an ISO time. A channel that cannot look up raises OutcomeUnknown.
        """
        ...


@runtime_checkable
class TemplateChannel(Protocol):
    """A channel with a service window: outside it only approved templates arrive."""

    async def send_template(self, place: Place, template: Template) -> str:
        """Send a template; returns the provider's id of the message."""
        ...


@runtime_checkable
class AlbumChannel(Protocol):
    """A channel that shows several files as one album."""

    async def send_album(self, place: Place, files: Sequence[tuple[File, Text]]) -> list[str]:
        """Send two to ten files with their captions; returns the ids of the messages, in order.

        Raises:
            ContentRejected: they cannot go together; nothing was sent.
        """
        ...


class GroupChannel(Channel, Protocol):
    """A channel on which officers have their group: messages can be edited, topics kept."""

    async def edit_text(self, place: Place, external_id: str, text: Text) -> None:
        """Change a message of ours."""
        ...

    async def delete_message(self, place: Place, external_id: str) -> None:
        """Remove a message of ours; one that is gone is fine."""
        ...

    async def answer_tap(self, tap_id: str, text: str, *, alert: bool) -> None:
        """Tell the person who tapped what became of it. A tap too old is fine."""
        ...

    async def open_topic(self, place: Place, title: str) -> str:
        """Make a topic and return its id.

        Raises:
            NotAllowed: the group has no topics or the bot may not make them.
        """
        ...

    async def edit_topic(
        self, place: Place, *, title: str = "", closed: bool | None = None
    ) -> None:
        """Rename, close or reopen a topic; no change is fine."""
        ...

    async def pin(self, place: Place, external_id: str) -> None:
        """Pin a message in its topic without a sound."""
        ...

    async def administrators(self, chat_id: str) -> tuple[tuple[str, str], ...]:
        """User id and name of the group's human administrators."""
        ...

    async def members(self, chat_id: str, user_ids: Sequence[str]) -> Members:
        """How many are in the group, and which of these people."""
        ...

    async def own_name(self) -> str:
        """The name by which commands call this bot; empty where bots have none."""
        ...


class SendFailure(Exception):  # noqa: N818 - a result that the outbox acts on, not a defect
    """A send did not go through.

    Attributes:
        code: the provider's own code or word for it; never text, name or number of a person.
    """

    def __init__(self, code: str = "") -> None:
        super().__init__(f"{type(self).__name__} {code}".strip())
        self.code = code


class TryLater(SendFailure):
    """Certainly not sent: connection refused, provider down. Again after a pause."""


class RateLimited(TryLater):
    """The provider asks for a pause, in seconds, for this chat."""

    def __init__(self, retry_after: float, code: str = "429") -> None:
        super().__init__(code)
        self.retry_after = retry_after


class OutcomeUnknown(SendFailure):
    """The request left and no answer came: it may have been sent."""


class Unreachable(SendFailure):
    """The person blocked the bot, has no such account, or the bot was put out of the group."""


class WindowClosed(SendFailure):
    """WhatsApp's 24 hours since her last message are over (63016)."""


class ContentRejected(SendFailure):
    """The provider refuses this content as it stands (markup, template, file)."""


class TopicGone(SendFailure):
    """The topic was deleted."""


class ChatMoved(SendFailure):
    """The group became a supergroup; ``new_chat_id`` is its id from now on."""

    def __init__(self, new_chat_id: str) -> None:
        super().__init__("migrated")
        self.new_chat_id = new_chat_id


class TargetGone(SendFailure):
    """The message to edit or to answer no longer exists."""


class NotAllowed(SendFailure):
    """The bot lacks a right in the group, or the group has no topics."""


class Misconfigured(SendFailure):
    """Token, account or sender is refused: the operator must act; messages wait."""


class FileTooLarge(Exception):  # noqa: N818 - an answer, not a defect
    """The file has more bytes than may be fetched."""


class FileGone(Exception):  # noqa: N818 - an answer, not a defect
    """The provider no longer has the file."""
