"""The outcome of one send, before it is written down."""

from dataclasses import dataclass
from datetime import timedelta

from storage.outbound import ClaimedOutbound


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send brought about.

    Attributes:
        external_id: the provider's id of the message.
        thread_id: a topic that was made on the way.
        post_id: the living post's message.
        along: ids of the messages of an album after the first.
    """

    external_id: str = ""
    thread_id: str | None = None
    post_id: str | None = None
    along: tuple[str, ...] = ()


class FilePending(Exception):  # noqa: N818 - a reason to wait, not a defect
    """The file to send was not fetched yet."""


class CardPending(FilePending):
    """The card stands nowhere yet, and only the card makes a topic."""


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one send.

    Attributes:
        status: the row's new status.
        wait: pause before the next try of a row that is queued again.
        same_attempt: the try does not count (the pause was asked for).
        lane: what stood behind this row waits for it no longer; its own lane from now on.
        park: leave the whole chat alone for so long.
        moved_to: the group's new id.
        thread_id: a topic that was made on the way.
        post_id: the living post's message.
        unreachable: stop sending to this address.
        joined: its words went with the message of another row.
        along: the messages of the other files of an album, in their order.
    """

    row: ClaimedOutbound
    status: str
    external_id: str = ""
    error: str = ""
    wait: timedelta = timedelta(0)
    same_attempt: bool = False
    park: timedelta | None = None
    moved_to: str = ""
    thread_id: str | None = None
    post_id: str | None = None
    unreachable: bool = False
    lane: str = ""
    joined: bool = False
    along: tuple[str, ...] = ()
