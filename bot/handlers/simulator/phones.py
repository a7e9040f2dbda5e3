"""What workers do on their phones becomes events for the inbox, as it would from a provider."""

from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.events import Address, DeliveryReported, DeliveryStatus, MessageReceived
from bot.handlers.simulator.entrance import Entrance, accepted
from bot.handlers.simulator.messages import BOT, Message, Said, Ticks
from bot.handlers.simulator.people import LOOKS, WHATSAPP, Worker, worker_of
from bot.handlers.simulator.posted import (
    Refused,
    client_id_of,
    id_of,
    location_of,
    read_json,
    text_of,
)

_SEEN_AT_ONCE = 200
_ORDER = tuple(Ticks)
_REPORTED = {Ticks.DELIVERED: DeliveryStatus.DELIVERED, Ticks.READ: DeliveryStatus.READ}


class Phones:
    """The endpoints of the phones."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._store = entrance.store
        self._clock = entrance.clock

    async def message(self, request: Request) -> Response:
        """A worker writes, corrects, shares a place or taps."""
        address, worker = _phone(request)
        body = await read_json(request)
        client_id = client_id_of(body.get("client_id"))
        if body.get("choice") is not None:
            return await self._tap(address, worker, client_id, body["choice"])
        if body.get("edits") is not None:
            return await self._correct(address, worker, client_id, body)
        place = body.get("location")
        location = None if place is None else location_of(place)
        said = Said(
            author=worker.id,
            text=text_of(body.get("text", ""), needed=location is None),
            location=location,
            reply_to=id_of(body.get("reply_to")),
            client_id=client_id,
        )
        return await self._says(address, worker, said)

    async def file(self, request: Request) -> Response:
        """A worker sends a photo, a video, a document or a voice note."""
        address, worker = _phone(request)
        said, album = await self._entrance.file_said(request, str(address), worker.id)
        return await self._says(address, worker, said, album=album)

    async def seen(self, request: Request) -> Response:
        """The page got or showed messages of ours on a phone: a delivery report each."""
        body = await read_json(request)
        chat = id_of(body.get("chat"))
        look, _, worker_id = chat.partition(":")
        ids, reached = body.get("ids"), id_of(body.get("ticks"))
        known = look in LOOKS and worker_of(worker_id) is not None
        if not known or reached not in _REPORTED or not isinstance(ids, list):
            raise Refused("Isi kiriman tidak terbaca.")
        ticks = Ticks(reached)
        for message_id in map(id_of, ids[:_SEEN_AT_ONCE]):
            message = await run_in_threadpool(self._store.get, chat, message_id)
            if message and message.said.author == BOT and _is_before(message.said.ticks, ticks):
                await self._report(look, message, ticks)
        return JSONResponse({})

    async def _says(
        self, address: Address, worker: Worker, said: Said, *, album: str = "", choice: str = ""
    ) -> Response:
        message = await run_in_threadpool(self._store.append, str(address), said)
        event = MessageReceived(
            address=address,
            external_id=message.id,
            at=message.at,
            text=message.said.text,
            choice=choice or None,
            media=(message.said.media.as_media(),) if message.said.media else (),
            location=message.said.location,
            reply_to=message.said.reply_to or None,
            album=album or None,
            profile_name=worker.name,
        )
        await self._entrance.hand_over(said.client_id, f"sim:{address}", event)
        await run_in_threadpool(self._store.edit, str(address), message.id, accepted)
        return JSONResponse({"id": message.id})

    async def _tap(self, address: Address, worker: Worker, client_id: str, tap: Any) -> Response:
        if not isinstance(tap, dict):
            raise Refused("Isi kiriman tidak terbaca.")
        message = await self._entrance.offered(str(address), tap.get("message_id"), tap.get("id"))
        choice = next(each for each in message.said.choices if each.id == tap["id"])

        def marked(said: Said) -> Said:
            return replace(said, tapped=tuple(dict.fromkeys((*said.tapped, choice.id))))

        await run_in_threadpool(self._store.edit, str(address), message.id, marked)
        if address.channel == WHATSAPP:  # there a tap is a message that says the label
            said = Said(worker.id, choice.label, reply_to=message.id, client_id=client_id)
            return await self._says(address, worker, said, choice=choice.id)
        event = MessageReceived(
            address=address,
            external_id=client_id,
            at=self._clock.now(),
            choice=choice.id,
            reply_to=message.id,
            profile_name=worker.name,
        )
        await self._entrance.hand_over(client_id, f"sim:{address}", event)
        return JSONResponse({"id": message.id})

    async def _correct(
        self, address: Address, worker: Worker, client_id: str, body: dict[str, Any]
    ) -> Response:
        text = text_of(body.get("text", ""))
        message = await self._entrance.edit_own(
            str(address), id_of(body["edits"]), worker.id, text
        )
        event = MessageReceived(
            address=address,
            external_id=client_id,
            at=self._clock.now(),
            text=text,
            edits=message.id,
            profile_name=worker.name,
        )
        await self._entrance.hand_over(client_id, f"sim:{address}", event)
        return JSONResponse({"id": message.id})

    async def _report(self, look: str, message: Message, ticks: Ticks) -> None:
        status = _REPORTED[ticks]
        event = DeliveryReported(look, message.id, status, self._clock.now())
        await self._entrance.hand_over(
            f"{status.value}-{message.id}", f"sim:{message.chat}", event
        )

        def reached(said: Said) -> Said:
            return replace(said, ticks=ticks) if _is_before(said.ticks, ticks) else said

        await run_in_threadpool(self._store.edit, message.chat, message.id, reached)


def _phone(request: Request) -> tuple[Address, Worker]:
    look = request.path_params["look"]
    worker = worker_of(request.path_params["worker"])
    if look not in LOOKS or worker is None:
        raise Refused("Ponsel itu tidak ada.", 404)
    return Address(look, worker.id), worker


def _is_before(one: Ticks, other: Ticks) -> bool:
    return _ORDER.index(one) < _ORDER.index(other)
