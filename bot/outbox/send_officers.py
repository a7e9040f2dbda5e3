"""How each sort of order for the officers is sent: to one of them, into their group, a topic."""

import asyncio
import contextlib
import html
import re
from dataclasses import dataclass, replace
from typing import Any

from bot.channels import (
    ContentRejected,
    GroupChannel,
    NotAllowed,
    Place,
    SendFailure,
    TargetGone,
    Text,
    TopicGone,
)
from bot.commands import Choice
from bot.events import Address
from bot.log import get_logger
from bot.outbox.files import send_album, send_stored
from bot.outbox.fit import fit_for_officers
from bot.outbox.outcome import CardPending, Sent
from bot.outbox.posts import Post, PostReader
from bot.outbox.split import split_text
from storage.outbound import ClaimedOutbound

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class OfficersSend:
    """One order for the officers on its way.

    Attributes:
        posts: reads what a living post shows and where a case's topic stands.
        payload: what the row says.
    """

    posts: PostReader
    channel: GroupChannel
    row: ClaimedOutbound
    payload: dict[str, Any]

    async def send(self) -> Sent:
        """Send it.

        Raises:
            SendFailure: it did not go through, or nobody knows.
            FilePending: its file is not here yet.
        """
        group = Place(Address(self.row.channel, self.row.chat))
        match self.row.kind:
            case "tap":
                tap = self.payload
                await self.channel.answer_tap(tap["tap"], tap["text"], alert=tap["alert"])
                return Sent()
            case "whisper":
                return Sent(await self._whisper())
            case "announce":
                if "attachment" in self.payload:
                    return await self._put_file(group, "", None)
                return Sent(await self._put_words(group))
            case "erase":
                return await self._erase(group)
            case "leave":
                return await self._leave(replace(group, thread=self.payload["thread"]))
            case _:
                return await self._to_topic()

    async def _whisper(self) -> str:
        place = Place(Address(self.row.channel, self.payload["to"]))
        if "message" in self.payload:
            return await self._show_reply(place)
        if not self.payload["attachment"]:
            return await self._put_words(place)
        words = self.payload["text"]
        return await send_stored(
            self.posts,
            self.channel,
            place,
            self.payload["attachment"],
            Text(words, html=True),
            words_suffice=bool(words),
        )

    async def _show_reply(self, place: Place) -> str:
        """A reply as it is now, in the place of its post or, as news, below."""
        text = await asyncio.to_thread(self.posts.private, self.row, self.payload)
        if text is None:
            return ""
        text, edits = self._fit(text), self.payload["edits"]
        if edits and await self._edited(place, edits, text):
            return str(edits)
        return await self._post(place, text)

    async def _erase(self, group: Place) -> Sent:
        """Remove posts from the group; what is too old for it stays, officers were told."""
        for external_id in self.payload["posts"]:
            with contextlib.suppress(NotAllowed, TargetGone, ContentRejected):
                await self.channel.delete_message(group, external_id)
        return Sent()

    async def _leave(self, place: Place) -> Sent:
        """Put words in the place of a card and close its topic; what is gone already is fine."""
        gone = (NotAllowed, TargetGone, ContentRejected, TopicGone)
        card, words = self.payload["card"], Text(self.payload["text"], html=True)
        if card:
            with contextlib.suppress(*gone):
                await self.channel.edit_text(place, card, words)
        if place.thread:
            with contextlib.suppress(*gone):
                await self.channel.edit_topic(place, title=self.payload["title"], closed=True)
        return Sent()

    async def _put_words(self, place: Place) -> str:
        """Words beside a case: anew, or in the place of an earlier post."""
        choices = tuple(Choice(*choice) for choice in self.payload["choices"])
        text = self._fit(Text(self.payload["text"], choices, html=True, rows=2))
        edits: str = self.payload["edits"]
        if edits and await self._edited(place, edits, text):
            return edits
        return await self._post(place, text)

    async def _to_topic(self) -> Sent:
        post = await asyncio.to_thread(self.posts.read, self.row, self.payload)
        if post is None:
            return Sent()
        if self.row.kind == "post_file" and post.wants_topic:
            raise CardPending
        if post.wants_topic and self.payload.get("refreshes"):
            return Sent()
        try:
            return await self._put(post)
        except TopicGone:
            gone = replace(post, thread_id="", card_id="", post_id="", wants_topic=True)
            return await self._put(gone)

    async def _put(self, post: Post) -> Sent:
        kind = self.row.kind
        card: Text | None = None
        if post.wants_topic and kind != "card":
            card = await asyncio.to_thread(self.posts.card, self.row)
            if card is None:
                return Sent()
        place, made = await self._place(post)
        if card is not None:
            post = replace(post, card_id=await self._put_card(place, card))
        if kind == "topic":
            if place.thread:
                closed = self.payload["closed"]
                await self.channel.edit_topic(place, title=post.title, closed=closed)
            return Sent(thread_id=made)
        # Without topics everything of a case hangs on its card as an answer to it.
        under_card = "" if place.thread or kind == "card" else post.card_id
        if kind == "post_file":
            return await self._put_file(place, under_card, made)
        text = self._fit(post.text)
        if post.post_id and await self._edited(place, post.post_id, text):
            return Sent(post.post_id, made, post.post_id)
        text = replace(text, reply_to=text.reply_to or under_card)
        try:
            external_id = await self._post(place, text)
        except TargetGone:
            external_id = await self._post(place, replace(text, reply_to=""))
        if kind == "card":
            await self._pin(place, external_id)
        return Sent(external_id, made, external_id)

    async def _place(self, post: Post) -> tuple[Place, str | None]:
        """Where the case stands in the group, and the id of a topic made just now."""
        chat = Address(self.row.channel, self.row.chat)
        if post.thread_id or not post.wants_topic:
            return Place(chat, post.thread_id), None
        try:
            thread = await self.channel.open_topic(Place(chat), post.title)
        except NotAllowed:
            return Place(chat), None
        await asyncio.to_thread(self.posts.topic_made, self.row, thread)
        return Place(chat, thread), thread

    async def _put_card(self, place: Place, card: Text) -> str:
        """The card that goes ahead of what is sent."""
        card_id = await self._post(place, self._fit(card))
        await asyncio.to_thread(self.posts.card_shown, self.row, place.thread, card_id)
        await self._pin(place, card_id)
        return card_id

    async def _put_file(self, place: Place, reply_to: str, made: str | None) -> Sent:
        if "parts" in self.payload:
            parts = self.payload["parts"]
            first, *others = await send_album(self.posts, self.channel, place, parts, reply_to)
            return Sent(first, made, along=tuple(others))
        caption = Text(self.payload["caption"], html=True, reply_to=reply_to)
        attachment = self.payload["attachment"]
        sent = await send_stored(self.posts, self.channel, place, attachment, caption)
        return Sent(sent, made)

    async def _edited(self, place: Place, external_id: str, text: Text) -> bool:
        try:
            await self.channel.edit_text(place, external_id, text)
        except TargetGone:
            return False
        return True

    async def _pin(self, place: Place, external_id: str) -> None:
        try:
            await self.channel.pin(place, external_id)
        except SendFailure:
            get_logger().info("card not pinned", channel=place.address.channel)

    def _fit(self, text: Text) -> Text:
        return fit_for_officers(text, self.channel.capabilities)

    async def _post(self, place: Place, text: Text) -> str:
        """Show words; what is refused as it stands once more as bare words."""
        try:
            return await self.channel.send_text(place, text)
        except ContentRejected as refused:
            get_logger().error(
                "post refused, shown without form",
                channel=place.address.channel,
                code=refused.code,
            )
        words = html.unescape(_TAG.sub("", text.text)) if text.html else text.text
        bare = [
            await self.channel.send_text(place, replace(text, text=piece, html=False, choices=()))
            for piece in split_text(words, self.channel.capabilities.text_limit)
        ]
        return bare[0]
