"""How an order is sent: those for a reporter here, those for officers in ``send_officers``."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.channels import GroupChannel, OutcomeUnknown, Place, TargetGone, Text
from bot.commands import Choice
from bot.events import Address
from bot.outbox.files import send_album, send_stored
from bot.outbox.fit import fit
from bot.outbox.outcome import Sent
from bot.outbox.posts import PostReader
from bot.outbox.send_officers import OfficersSend
from bot.outbox.window import send_template
from storage.crypto import Vault
from storage.database import Database
from storage.delivery_reports import is_known_message
from storage.outbound import ClaimedOutbound

ChannelFinder = Callable[[int, str], GroupChannel]


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
            case "send_file":
                return await self._send_file(channel, row, payload)
            case "typing":
                place = Place(Address(row.channel, payload["to"]))
                await channel.show_typing(place, payload["inbound"])
                return Sent()
            case "template":
                place = Place(Address(row.channel, payload["to"]))
                return Sent(await send_template(channel, place, payload))
            case _:
                return await OfficersSend(self.posts, channel, row, payload).send()

    async def find(
        self, channel: GroupChannel, place: Place, row: ClaimedOutbound, words: str
    ) -> str | None:
        """The provider's id of this row's message; one of another row does not count."""
        found = await channel.was_sent(place, words, row.created_at.isoformat())
        if found is None or await asyncio.to_thread(self._is_of_another, row, found):
            return None
        return found

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
            return None  # it is certain that the earlier try did not leave: see ``judge``

    def _is_of_another(self, row: ClaimedOutbound, external_id: str) -> bool:
        with self.database.reading() as session:
            trace = self.vault.lookup(external_id)
            return is_known_message(session, row.organisation_id, row.channel, trace)

    async def _send_file(
        self, channel: GroupChannel, row: ClaimedOutbound, payload: dict[str, Any]
    ) -> Sent:
        place = Place(Address(row.channel, payload["to"]))
        words, reply_to = payload["caption"], payload.get("reply_to", "")
        if "parts" in payload:
            parts = payload["parts"]
            first, *others = await send_album(
                self.posts, channel, place, parts, reply_to, html=False
            )
            return Sent(first, along=tuple(others))
        caption = Text(words, reply_to=reply_to)
        return Sent(
            await send_stored(
                self.posts,
                channel,
                place,
                payload["attachment"],
                caption,
                words_suffice=bool(words) and row.message_id is None,
            )
        )
