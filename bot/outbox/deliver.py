"""Delivery: claim, commit ``sending``, send, record what became of it.

The request leaves outside any transaction. What is certain is recorded as such; what is not
(a time-out after the request left, a process that died in between) becomes ``uncertain`` and is
settled by the order's promise: a question is asked again, a receipt or an officer's words are
looked up at the provider, or given to a person.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.channels import (
    ChatMoved,
    ContentRejected,
    File,
    GroupChannel,
    Misconfigured,
    NotAllowed,
    OutcomeUnknown,
    Place,
    RateLimited,
    SendFailure,
    TargetGone,
    Text,
    TopicGone,
    TryLater,
    Unreachable,
    WindowClosed,
)
from bot.clock import Clock
from bot.commands import Choice
from bot.events import Address
from bot.log import get_logger
from bot.metrics import Metrics
from bot.outbox.fit import fit
from bot.outbox.posts import Post, PostReader
from bot.outbox.results import Result, record_results
from storage.crypto import Vault
from storage.database import Database
from storage.outbound import (
    ClaimedOutbound,
    claim_outbound,
    expired_sends,
    forget_settled,
    is_known_message,
    uncertain_sends,
)

AT_ONCE = 32
_PAUSES = (2, 10, 60, 300, 900)  # seconds before each further try
_WAIT_FOR_FILE = timedelta(seconds=2)
_LOOK_UP_AFTER = timedelta(minutes=2)
_GROUP_AWAY = timedelta(minutes=5)
_DATABASE_PAUSE = 1.0  # seconds
_OF_THE_MOMENT = frozenset({"typing", "tap"})  # worth nothing when they come late
_TO_REPORTERS = frozenset({"say", "send_file"})
_IN_THE_GROUP = frozenset({"card", "reply", "post", "post_file", "topic", "announce", "erase"})

ChannelFinder = Callable[[int, str], GroupChannel]


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a send brought about."""

    external_id: str = ""
    thread_id: str | None = None
    post_id: str | None = None


class FilePending(Exception):  # noqa: N818 - a reason to wait, not a defect
    """The file to send was not fetched yet."""


class Deliverer:
    """Sends what stands in the outbox.

    Args:
        channel_of: the channel of an organisation by its name.
        posts: reads what a living post shows and where a case's topic stands.
        wake: an event that is set when rows were written.
    """

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        metrics: Metrics,
        channel_of: ChannelFinder,
        posts: PostReader,
        wake: threading.Event,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._metrics = metrics
        self._channel_of = channel_of
        self._posts = posts
        self._wake = wake

    async def run(self, stopping: Callable[[], bool]) -> None:
        """Send until told to stop, then finish what has left.

        While the database is away nothing new leaves, and what has left is recorded when it is
        back; a process that ends before leaves it to the lease.
        """
        sending: set[asyncio.Task[Result]] = set()
        unrecorded: list[Result] = []
        while not stopping() or sending:
            try:
                if unrecorded:
                    await asyncio.to_thread(self._record, unrecorded)
                    unrecorded = []
                if not stopping() and len(sending) < AT_ONCE:
                    self._wake.clear()
                    claimed = await asyncio.to_thread(self._claim, AT_ONCE - len(sending))
                    sending |= {asyncio.create_task(self._deliver(row)) for row in claimed}
            except SQLAlchemyError as failure:
                get_logger().error("database cannot serve the outbox", exc_info=failure)
                await asyncio.to_thread(self._wake.wait, _DATABASE_PAUSE)
                if stopping():
                    break
                continue
            if not sending:
                await asyncio.to_thread(self._wake.wait, 0.5)
                continue
            done, sending = await asyncio.wait(
                sending, timeout=0.05, return_when=asyncio.FIRST_COMPLETED
            )
            unrecorded = [task.result() for task in done]
        if unrecorded:
            await asyncio.to_thread(self._record, unrecorded)

    async def deliver_waiting(self) -> int:
        """Send all that can be sent now; returns how many rows were taken. For one process."""
        total = 0
        while claimed := await asyncio.to_thread(self._claim, AT_ONCE):
            results = await asyncio.gather(*(self._deliver(row) for row in claimed))
            await asyncio.to_thread(self._record, list(results))
            total += len(claimed)
        return total

    async def settle_uncertain(self) -> int:
        """Look up at the provider what nobody knows; returns how many rows became certain.

        What the provider does not have two minutes after the send is sent once more; where a
        provider cannot be asked the row stays ``uncertain`` for a person to decide.
        """
        before = self._clock.now() - _LOOK_UP_AFTER
        rows = await asyncio.to_thread(self._uncertain, before)
        results = [result for row in rows if (result := await self._settle(row)) is not None]
        if results:
            await asyncio.to_thread(self._record, results)
        return len(results)

    def give_up_lost(self) -> int:
        """Settle rows whose sender died between the request and its record."""
        now = self._clock.now()
        with self._database.transaction() as session:
            lost = [_unknown(row, "lease") for row in expired_sends(session, now)]
            record_results(session, self._vault, lost, now)
            forget_settled(session, self._vault.seal_json({}, "outbox"), now)
        if lost:
            self._wake.set()
        return len(lost)

    def _uncertain(self, before: datetime) -> list[ClaimedOutbound]:
        with self._database.reading() as session:
            return uncertain_sends(session, before)

    async def _settle(self, row: ClaimedOutbound) -> Result | None:
        payload = self._vault.open_json(row.sealed, "outbox")
        words = payload.get("text") or payload.get("caption", "")
        if not words:
            return None
        place = Place(Address(row.channel, payload["to"]))
        try:
            channel = self._channel_of(row.organisation_id, row.channel)
            found = await self._find(channel, place, row, words)
        except SendFailure:
            return None
        if found:
            return Result(row, "sent", external_id=found)
        if row.attempts > 1:
            return None
        return Result(row, "queued", error="not_found")

    def _claim(self, limit: int) -> list[ClaimedOutbound]:
        with self._database.transaction() as session:
            return claim_outbound(session, self._clock.now(), limit)

    def _record(self, results: list[Result]) -> None:
        with self._database.transaction() as session:
            record_results(session, self._vault, results, self._clock.now())
        for result in results:
            self._metrics.sends.labels(result.row.channel, result.status).inc()
        self._wake.set()

    async def _deliver(self, row: ClaimedOutbound) -> Result:
        """Send one row and say what became of it; never raises."""
        try:
            sent = await self._send(row)
        except FilePending:
            return Result(row, "queued", wait=_WAIT_FOR_FILE, same_attempt=True)
        except SendFailure as failure:
            return _judge(row, failure)
        except Exception as defect:  # noqa: BLE001 - one bad row must not stop the others
            get_logger().error("send failed", outbox_id=row.id, kind=row.kind, exc_info=defect)
            return _again(row, type(defect).__name__)
        return Result(
            row,
            "sent",
            external_id=sent.external_id,
            thread_id=sent.thread_id,
            post_id=sent.post_id,
        )

    async def _send(self, row: ClaimedOutbound) -> _Sent:
        payload: dict[str, Any] = self._vault.open_json(row.sealed, "outbox")
        channel = self._channel_of(row.organisation_id, row.channel)
        match row.kind:
            case "say":
                return await self._say(channel, row, payload)
            case "send_file" | "whisper":
                return await self._to_person(channel, row, payload)
            case "typing":
                place = Place(Address(row.channel, payload["to"]))
                await channel.show_typing(place, payload["inbound"])
                return _Sent()
            case "tap":
                await channel.answer_tap(payload["tap"], payload["text"], alert=payload["alert"])
                return _Sent()
            case "erase":
                return await self._erase(channel, row, payload)
            case "announce":
                place = Place(Address(row.channel, row.chat))
                text = Text(payload["text"], html=True, silent=False)
                return _Sent(await channel.send_text(place, fit(text, channel.capabilities)))
            case _:
                return await self._to_topic(channel, row, payload)

    async def _erase(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> _Sent:
        """Remove posts from the group; what is too old for it stays, officers were told."""
        for external_id in payload["posts"]:
            try:
                await channel.delete_message(Place(Address(row.channel, row.chat)), external_id)
            except (NotAllowed, TargetGone, ContentRejected):
                continue
        return _Sent()

    async def _say(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> _Sent:
        text = Text(
            payload["text"],
            choices=tuple(Choice(*choice) for choice in payload["choices"]),
            list_label=payload["list_label"],
            reply_to=payload["reply_to"],
        )
        place = Place(Address(row.channel, payload["to"]))
        if row.promise == "receipt" and row.attempts > 1:
            found = await self._look_up(channel, place, row, text.text)
            if found:
                return _Sent(found)
        fitted = fit(text, channel.capabilities)
        try:
            return _Sent(await channel.send_text(place, fitted))
        except TargetGone:
            return _Sent(await channel.send_text(place, replace(fitted, reply_to="")))

    async def _look_up(
        self, channel: GroupChannel, place: Place, row: ClaimedOutbound, text: str
    ) -> str | None:
        try:
            return await self._find(channel, place, row, text)
        except OutcomeUnknown:
            return None  # it is certain that the earlier try did not leave: see _judge

    async def _find(
        self, channel: GroupChannel, place: Place, row: ClaimedOutbound, words: str
    ) -> str | None:
        """The provider's id of this row's message; one of another row does not count."""
        found = await channel.was_sent(place, words, row.created_at.isoformat())
        if found is None or await asyncio.to_thread(self._is_of_another, row, found):
            return None
        return found

    def _is_of_another(self, row: ClaimedOutbound, external_id: str) -> bool:
        with self._database.reading() as session:
            return is_known_message(session, row.channel, external_id)

    async def _to_person(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> _Sent:
        place = Place(Address(row.channel, payload["to"]))
        whisper = row.kind == "whisper"
        caption = Text(payload["text"] if whisper else payload["caption"], html=whisper)
        if not payload["attachment"]:
            return _Sent(await channel.send_text(place, caption))
        file = await self._file(payload["attachment"])
        if file is None:
            return _Sent(await channel.send_text(place, caption))
        return _Sent(await channel.send_file(place, file, caption))

    async def _file(self, attachment_id: int) -> File | None:
        stored = await asyncio.to_thread(self._posts.file, attachment_id)
        if stored is None:
            raise FilePending
        return stored if stored.content else None

    async def _to_topic(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> _Sent:
        post = await asyncio.to_thread(self._posts.read, row, payload)
        if post is None:
            return _Sent()
        if row.kind == "post_file" and post.wants_topic:
            raise FilePending  # the card comes first and makes the topic
        try:
            return await self._put(channel, row, payload, post)
        except TopicGone:
            gone = replace(post, thread_id="", card_id="", post_id="", wants_topic=True)
            return await self._put(channel, row, payload, gone)

    async def _put(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any], post: Post
    ) -> _Sent:
        place, made = await self._place(channel, row, post)
        if post.wants_topic and row.kind != "card":
            card_id = await channel.send_text(place, fit(post.card, channel.capabilities))
            await asyncio.to_thread(self._posts.card_shown, row, place.thread, card_id)
            await self._pin(channel, place, card_id)
            post = replace(post, card_id=card_id)
        if row.kind == "topic":
            await self._bring_topic_up_to_date(channel, place, post, payload)
            return _Sent(thread_id=made)
        # Without topics everything of a case hangs on its card as an answer to it.
        under_card = "" if place.thread or row.kind == "card" else post.card_id
        if row.kind == "post_file":
            return await self._put_file(channel, place, payload, under_card, made)
        text = fit(post.text, channel.capabilities)
        if post.post_id and await self._edited(channel, place, post.post_id, text):
            return _Sent(post.post_id, made, post.post_id)
        text = replace(text, reply_to=text.reply_to or under_card)
        try:
            external_id = await channel.send_text(place, text)
        except TargetGone:
            external_id = await channel.send_text(place, replace(text, reply_to=""))
        if row.kind == "card":
            await self._pin(channel, place, external_id)
        return _Sent(external_id, made, external_id)

    async def _place(
        self, channel: GroupChannel, row: ClaimedOutbound, post: Post
    ) -> tuple[Place, str | None]:
        """Where the case stands in the group, and the id of a topic made just now."""
        chat = Address(row.channel, row.chat)
        if post.thread_id or not post.wants_topic:
            return Place(chat, post.thread_id), None
        try:
            thread = await channel.open_topic(Place(chat), post.title)
        except NotAllowed:
            return Place(chat), None
        return Place(chat, thread), thread

    async def _put_file(
        self,
        channel: GroupChannel,
        place: Place,
        payload: dict[str, Any],
        reply_to: str,
        made: str | None,
    ) -> _Sent:
        file = await self._file(payload["attachment"])
        caption = Text(payload["caption"], html=True, reply_to=reply_to)
        if file is None:
            return _Sent(await channel.send_text(place, caption), made)
        return _Sent(await channel.send_file(place, file, caption), made)

    async def _edited(
        self, channel: GroupChannel, place: Place, external_id: str, text: Text
    ) -> bool:
        try:
            await channel.edit_text(place, external_id, text)
        except TargetGone:
            return False
        return True

    async def _bring_topic_up_to_date(
        self, channel: GroupChannel, place: Place, post: Post, payload: dict[str, Any]
    ) -> None:
        if place.thread:
            await channel.edit_topic(place, title=post.title, closed=payload["closed"])

    async def _pin(self, channel: GroupChannel, place: Place, external_id: str) -> None:
        try:
            await channel.pin(place, external_id)
        except SendFailure:
            get_logger().info("card not pinned", channel=place.address.channel)


def _judge(row: ClaimedOutbound, failure: SendFailure) -> Result:
    """What follows from a failed send; the one place that decides it."""
    code = failure.code or type(failure).__name__
    if row.kind in _OF_THE_MOMENT:
        return Result(row, "failed", error=code)
    match failure:
        case RateLimited(retry_after=seconds):
            pause = timedelta(seconds=seconds)
            return Result(row, "queued", error=code, wait=pause, park=pause, same_attempt=True)
        case TryLater():
            return _again(row, code)
        case OutcomeUnknown():
            return _unknown(row, code)
        case WindowClosed():
            return Result(row, "held", error=code)
        case ChatMoved(new_chat_id=chat):
            return Result(row, "queued", error=code, moved_to=chat, same_attempt=True)
        case Unreachable() if row.kind in _IN_THE_GROUP:
            get_logger().error("officers' group out of reach", channel=row.channel, code=code)
            return Result(row, "queued", error=code, wait=_GROUP_AWAY, park=_GROUP_AWAY,
                          same_attempt=True)  # fmt: skip
        case Unreachable():
            return Result(row, "failed", error=code, unreachable=row.kind in _TO_REPORTERS)
        case Misconfigured():
            get_logger().error("provider refuses our account", channel=row.channel, code=code)
            return Result(row, "queued", error=code, wait=timedelta(minutes=5), same_attempt=True)
        case TargetGone() | NotAllowed() | TopicGone() | ContentRejected():
            return Result(row, "failed", error=code)
        case _:
            return _again(row, code)


def _again(row: ClaimedOutbound, code: str) -> Result:
    if row.kind in _OF_THE_MOMENT:
        return Result(row, "failed", error=code)
    if row.attempts > len(_PAUSES):
        return Result(row, "dead", error=code)
    return Result(row, "queued", error=code, wait=timedelta(seconds=_PAUSES[row.attempts - 1]))


def _unknown(row: ClaimedOutbound, code: str) -> Result:
    """The outcome is unknown: a question may be asked again, other words may not.

    Officers would rather read a post twice than never.
    """
    if row.kind in _IN_THE_GROUP:
        return _again(row, code)
    if row.promise == "question" and row.attempts <= 1:
        return Result(row, "queued", error=code, wait=timedelta(seconds=_PAUSES[0]))
    if row.promise == "notice":
        return Result(row, "failed", error=code)
    return Result(row, "uncertain", error=code)
