"""How each sort of order is sent: to a person, into a case's topic, beside the topics."""

import asyncio
import contextlib
import html
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.channels import (
    AlbumChannel,
    ContentRejected,
    File,
    GroupChannel,
    NotAllowed,
    OutcomeUnknown,
    Place,
    SendFailure,
    TargetGone,
    Text,
    TopicGone,
    TryLater,
)
from bot.commands import Choice
from bot.events import Address
from bot.log import get_logger
from bot.outbox.fit import fit, fit_for_officers
from bot.outbox.posts import Post, PostReader
from bot.outbox.split import split_text
from bot.outbox.window import send_template
from storage.crypto import Vault
from storage.database import Database
from storage.delivery_reports import is_known_message
from storage.outbound import ClaimedOutbound

_TAG = re.compile(r"<[^>]*>")
ChannelFinder = Callable[[int, str], GroupChannel]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send brought about.

    Attributes:
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
class Sender:
    """Sends single rows; what follows from the result is decided elsewhere.

    Attributes:
        channel_of: the channel of an organisation by its name.
        posts: reads what a living post shows and where a case's topic stands.
    """

    database: Database
    vault: Vault
    channel_of: ChannelFinder
    posts: PostReader

    async def send(self, row: ClaimedOutbound) -> Sent:
        """Send one row.

        Raises:
            SendFailure: it did not go through, or nobody knows.
            FilePending: its file is not here yet.
        """
        payload: dict[str, Any] = self.vault.open_json(row.sealed, "outbox")
        channel = self.channel_of(row.organisation_id, row.channel)
        match row.kind:
            case "say":
                return await self._say(channel, row, payload)
            case "send_file" | "whisper":
                return await self._to_person(channel, row, payload)
            case "typing":
                place = Place(Address(row.channel, payload["to"]))
                await channel.show_typing(place, payload["inbound"])
                return Sent()
            case "template":
                place = Place(Address(row.channel, payload["to"]))
                return Sent(await send_template(channel, place, payload))
            case "tap":
                await channel.answer_tap(payload["tap"], payload["text"], alert=payload["alert"])
                return Sent()
            case "erase":
                return await self._erase(channel, row, payload)
            case "leave":
                return await self._leave(channel, row, payload)
            case "announce":
                place = Place(Address(row.channel, row.chat))
                if "attachment" in payload:
                    return await self._put_file(channel, place, payload, "", None)
                return Sent(await self._put_words(channel, place, payload))
            case _:
                return await self._to_topic(channel, row, payload)

    async def _erase(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> Sent:
        """Remove posts from the group; what is too old for it stays, officers were told."""
        for external_id in payload["posts"]:
            try:
                await channel.delete_message(Place(Address(row.channel, row.chat)), external_id)
            except (NotAllowed, TargetGone, ContentRejected):
                continue
        return Sent()

    async def _leave(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> Sent:
        """Put words in the place of a card and close its topic; what is gone already is fine."""
        place = Place(Address(row.channel, row.chat), payload["thread"])
        gone = (NotAllowed, TargetGone, ContentRejected, TopicGone)
        if payload["card"]:
            with contextlib.suppress(*gone):
                await channel.edit_text(place, payload["card"], Text(payload["text"], html=True))
        if place.thread:
            with contextlib.suppress(*gone):
                await channel.edit_topic(place, title=payload["title"], closed=True)
        return Sent()

    async def _say(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> Sent:
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
                return Sent(found)
        fitted = fit(text, channel.capabilities)
        try:
            return Sent(await channel.send_text(place, fitted))
        except TargetGone:
            return Sent(await channel.send_text(place, replace(fitted, reply_to="")))

    async def _look_up(
        self, channel: GroupChannel, place: Place, row: ClaimedOutbound, text: str
    ) -> str | None:
        try:
            return await self.find(channel, place, row, text)
        except OutcomeUnknown:
            return None  # it is certain that the earlier try did not leave: see _judge

    async def find(
        self, channel: GroupChannel, place: Place, row: ClaimedOutbound, words: str
    ) -> str | None:
        """The provider's id of this row's message; one of another row does not count."""
        found = await channel.was_sent(place, words, row.created_at.isoformat())
        if found is None or await asyncio.to_thread(self._is_of_another, row, found):
            return None
        return found

    def _is_of_another(self, row: ClaimedOutbound, external_id: str) -> bool:
        with self.database.reading() as session:
            trace = self.vault.lookup(external_id)
            return is_known_message(session, row.organisation_id, row.channel, trace)

    async def _to_person(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> Sent:
        place = Place(Address(row.channel, payload["to"]))
        whisper = row.kind == "whisper"
        if whisper and not payload["attachment"]:
            return Sent(await self._put_words(channel, place, payload))
        words = payload["text"] if whisper else payload["caption"]
        caption = Text(words, html=whisper, reply_to=payload.get("reply_to", ""))
        file = await self._file(payload["attachment"])
        if file is None and (row.message_id is not None or not words):
            raise ContentRejected("file_lost")
        if file is None:
            return Sent(await channel.send_text(place, caption))
        return Sent(await channel.send_file(place, file, caption))

    async def _put_words(
        self, channel: GroupChannel, place: Place, payload: dict[str, Any]
    ) -> str:
        """Words for officers beside a case: anew, or in the place of an earlier post."""
        choices = tuple(Choice(*choice) for choice in payload["choices"])
        text = fit_for_officers(
            Text(payload["text"], choices, html=True, rows=2), channel.capabilities
        )
        edits: str = payload["edits"]
        if edits and await self._edited(channel, place, edits, text):
            return edits
        return await _post(channel, place, text)

    async def _file(self, attachment_id: int) -> File | None:
        stored = await asyncio.to_thread(self.posts.file, attachment_id)
        if stored is None:
            raise FilePending
        return stored if stored.content else None

    async def _to_topic(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> Sent:
        post = await asyncio.to_thread(self.posts.read, row, payload)
        if post is None:
            return Sent()
        if row.kind == "post_file" and post.wants_topic:
            raise CardPending
        if post.wants_topic and payload.get("refreshes"):
            return Sent()
        try:
            return await self._put(channel, row, payload, post)
        except TopicGone:
            gone = replace(post, thread_id="", card_id="", post_id="", wants_topic=True)
            return await self._put(channel, row, payload, gone)

    async def _put(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any], post: Post
    ) -> Sent:
        card: Text | None = None
        if post.wants_topic and row.kind != "card":
            card = await asyncio.to_thread(self.posts.card, row)
            if card is None:
                return Sent()
        place, made = await self._place(channel, row, post)
        if card is not None:
            card_id = await _post(channel, place, fit_for_officers(card, channel.capabilities))
            await asyncio.to_thread(self.posts.card_shown, row, place.thread, card_id)
            await self._pin(channel, place, card_id)
            post = replace(post, card_id=card_id)
        if row.kind == "topic":
            await self._bring_topic_up_to_date(channel, place, post, payload)
            return Sent(thread_id=made)
        # Without topics everything of a case hangs on its card as an answer to it.
        under_card = "" if place.thread or row.kind == "card" else post.card_id
        if row.kind == "post_file":
            return await self._put_file(channel, place, payload, under_card, made)
        text = fit_for_officers(post.text, channel.capabilities)
        if post.post_id and await self._edited(channel, place, post.post_id, text):
            return Sent(post.post_id, made, post.post_id)
        text = replace(text, reply_to=text.reply_to or under_card)
        try:
            external_id = await _post(channel, place, text)
        except TargetGone:
            external_id = await _post(channel, place, replace(text, reply_to=""))
        if row.kind == "card":
            await self._pin(channel, place, external_id)
        return Sent(external_id, made, external_id)

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
        await asyncio.to_thread(self.posts.topic_made, row, thread)
        return Place(chat, thread), thread

    async def _put_file(
        self,
        channel: GroupChannel,
        place: Place,
        payload: dict[str, Any],
        reply_to: str,
        made: str | None,
    ) -> Sent:
        if "parts" in payload:
            return await self._put_album(channel, place, payload["parts"], reply_to, made)
        file = await self._file(payload["attachment"])
        caption = Text(payload["caption"], html=True, reply_to=reply_to)
        if file is None:
            return Sent(await channel.send_text(place, caption), made)
        return Sent(await channel.send_file(place, file, caption), made)

    async def _put_album(
        self,
        channel: GroupChannel,
        place: Place,
        parts: list[tuple[int, str]],
        reply_to: str,
        made: str | None,
    ) -> Sent:
        """Several files as one; what cannot go together goes one by one at the next try.

        Raises:
            TryLater: nothing was sent, and so it must not go again.
        """
        files = [await self._file(attachment) for attachment, _ in parts]
        captions = [Text(caption, html=True, reply_to=reply_to) for _, caption in parts]
        album = [(f, text) for f, text in zip(files, captions, strict=True) if f is not None]
        if len(album) < len(parts):
            raise TryLater("album")
        try:
            if isinstance(channel, AlbumChannel):
                first, *others = await channel.send_album(place, album)
            else:
                first, *others = [await channel.send_file(place, *part) for part in album]
        except (ContentRejected, TargetGone) as refused:
            raise TryLater(f"album {refused.code}".strip()) from None
        return Sent(first, made, along=tuple(others))

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


async def _post(channel: GroupChannel, place: Place, text: Text) -> str:
    """Show words in the group; what is refused as it stands once more as bare words."""
    try:
        return await channel.send_text(place, text)
    except ContentRejected as refused:
        get_logger().error(
            "post refused, shown without form", channel=place.address.channel, code=refused.code
        )
    words = html.unescape(_TAG.sub("", text.text)) if text.html else text.text
    bare = [
        await channel.send_text(place, replace(text, text=piece, html=False, choices=()))
        for piece in split_text(words, channel.capabilities.text_limit)
    ]
    return bare[0]
