"""How what people do on the page enters: stored on the screen, then handed to the inbox."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from bot.clock import Clock
from bot.events import Event
from bot.handlers.simulator.messages import Attached, Message, Said, Ticks
from bot.handlers.simulator.posted import Refused, client_id_of, file_of, id_of, text_of
from bot.handlers.simulator.store import SimulatorStore
from bot.handlers.simulator.wire import event_as_json
from bot.inbox.accept import Accepted

SOURCE = "simulator"
ACCOUNT = "simulator"
Accept = Callable[[Accepted], Awaitable[object]]


class Entrance:
    """What phones and officers have in common.

    Everything may be done twice without harm: the page's own id of an action is the message's
    mark in the store and the event's external id in the inbox.
    """

    def __init__(self, store: SimulatorStore, accept: Accept, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._accept = accept

    async def hand_over(self, external_id: str, lane: str, event: Event) -> None:
        """Give an event to the inbox; returns once it is stored for good."""
        await self._accept(Accepted(SOURCE, ACCOUNT, external_id, lane, event_as_json(event)))

    async def file_said(self, request: Request, chat: str, author: str) -> tuple[Said, str]:
        """The message that a posted file makes, and its album; the file itself is stored."""
        query = request.query_params
        client_id = client_id_of(query.get("client_id"))
        caption = text_of(query.get("caption", ""), needed=False)
        content, media = await file_of(request)
        known = await run_in_threadpool(self.store.sent_before, chat, client_id)
        kept: Attached | None = known.said.media if known else None
        if kept is None:
            kept = await run_in_threadpool(self.store.files.keep, content, media)
        said = Said(author=author, text=caption, media=kept, client_id=client_id)
        return said, id_of(query.get("album"))[:40]

    async def edit_own(self, chat: str, message_id: str, author: str, text: str) -> Message:
        """The message with its new text; refused unless ``author`` wrote it."""
        before = await run_in_threadpool(self.store.get, chat, message_id)
        if before is None or before.said.author != author:
            raise Refused("Pesan itu tidak bisa diubah.", 404)

        def change(said: Said) -> Said:
            return replace(said, text=text, edited=True)

        after = await run_in_threadpool(self.store.edit, chat, message_id, change)
        if after is None:
            raise Refused("Pesan itu tidak ada lagi.", 404)
        return after

    async def offered(self, chat: str, message_id: Any, choice_id: Any) -> Message:
        """The message under which this choice stands; refused when there is none."""
        message = await run_in_threadpool(self.store.get, chat, id_of(message_id))
        offered = {choice.id for choice in message.said.choices} if message else set()
        if message is None or id_of(choice_id) not in offered:
            raise Refused("Tombol itu tidak ada lagi.", 404)
        return message


def accepted(said: Said) -> Said:
    """The message once the inbox has it."""
    return replace(said, ticks=Ticks.SENT) if said.ticks == Ticks.QUEUED else said
