"""What people do in the officers' group and in private chats becomes events for the inbox."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.events import Address, GroupChange, GroupChanged, Officer, OfficerTapped, OfficerWrote
from bot.handlers.simulator.entrance import Entrance, accepted
from bot.handlers.simulator.messages import Message, Said
from bot.handlers.simulator.people import GROUP, GROUP_CHAT, OUTSIDER, TELEGRAM, officer_name
from bot.handlers.simulator.posted import Refused, client_id_of, id_of, read_json, text_of


class Officers:
    """The endpoints of the officers' side."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance
        self._store = entrance.store
        self._clock = entrance.clock

    async def message(self, request: Request) -> Response:
        """Someone writes or corrects in the group or in a private chat with the bot."""
        officer = _officer(request)
        body = await read_json(request)
        client_id = client_id_of(body.get("client_id"))
        address, thread = await self._place(officer, body.get("chat"), body.get("thread"))
        text = text_of(body.get("text", ""))
        if body.get("edits") is not None:
            edited = await self._entrance.edit_own(
                str(address), id_of(body["edits"]), officer.user_id, text
            )
            return await self._says(officer, address, edited, client_id)
        said = Said(
            author=officer.user_id,
            text=text,
            reply_to=id_of(body.get("reply_to")),
            client_id=client_id,
        )
        message = await run_in_threadpool(self._store.append, str(address), said, thread)
        return await self._says(officer, address, message, client_id)

    async def file(self, request: Request) -> Response:
        """Someone sends a file in the group or in a private chat with the bot."""
        officer = _officer(request)
        query = request.query_params
        address, thread = await self._place(officer, query.get("chat"), query.get("thread"))
        said, album = await self._entrance.file_said(request, str(address), officer.user_id)
        message = await run_in_threadpool(self._store.append, str(address), said, thread)
        return await self._says(officer, address, message, said.client_id, album=album)

    async def tap(self, request: Request) -> Response:
        """Someone taps a button in the group or in a private chat with the bot."""
        officer = _officer(request)
        body = await read_json(request)
        client_id = client_id_of(body.get("client_id"))
        address, _thread = await self._place(officer, body.get("chat"), "")
        message = await self._entrance.offered(
            str(address), body.get("message_id"), body.get("id")
        )
        event = OfficerTapped(
            channel=TELEGRAM,
            officer=officer,
            chat_id=address.path,
            message_id=message.id,
            tap_id=client_id,
            payload=id_of(body["id"]),
            at=self._clock.now(),
            thread_id=message.thread,
        )
        await self._entrance.hand_over(client_id, _group_lane(address, message.thread), event)
        return JSONResponse({"id": message.id})

    async def topic(self, request: Request) -> Response:
        """Someone closes or reopens a topic by hand."""
        officer = _officer(request)
        body = await read_json(request)
        client_id = client_id_of(body.get("client_id"))
        closed = body.get("closed") is True
        thread = id_of(body.get("thread"))
        change = GroupChange.TOPIC_CLOSED if closed else GroupChange.TOPIC_REOPENED
        topic = await run_in_threadpool(self._store.edit_topic, str(GROUP), thread, closed=closed)
        if topic is None:
            raise Refused("Topik itu tidak ada lagi.", 404)
        event = GroupChanged(TELEGRAM, change, GROUP_CHAT, self._clock.now(), officer, thread)
        await self._entrance.hand_over(client_id, _group_lane(GROUP, thread), event)
        return JSONResponse({"id": thread})

    async def _says(
        self,
        officer: Officer,
        address: Address,
        message: Message,
        client_id: str,
        *,
        album: str = "",
    ) -> Response:
        said = message.said
        event = OfficerWrote(
            channel=TELEGRAM,
            officer=officer,
            chat_id=address.path,
            message_id=message.id,
            at=self._clock.now() if said.edited else message.at,
            thread_id=message.thread,
            text=said.text,
            media=(said.media.as_media(),) if said.media else (),
            reply_to=said.reply_to,
            edited=said.edited,
            album=album,
        )
        await self._entrance.hand_over(client_id, _group_lane(address, message.thread), event)
        await run_in_threadpool(self._store.edit, str(address), message.id, accepted)
        return JSONResponse({"id": message.id})

    async def _place(self, officer: Officer, chat: Any, thread: Any) -> tuple[Address, str]:
        own = officer.user_id if officer.user_id != OUTSIDER[0] else GROUP_CHAT
        if chat not in (GROUP_CHAT, own):
            raise Refused("Percakapan itu tidak ada.", 404)
        address, topic_id = Address(TELEGRAM, chat), id_of(thread)
        if topic_id and (
            await run_in_threadpool(self._store.topic, str(address), topic_id) is None
        ):
            raise Refused("Topik itu tidak ada lagi.", 404)
        return address, topic_id


def _officer(request: Request) -> Officer:
    user_id = request.path_params["officer"]
    name = officer_name(user_id)
    if name is None:
        raise Refused("Orang itu tidak ada di grup.", 404)
    return Officer(user_id, name)


def _group_lane(address: Address, thread: str) -> str:
    return f"sim-group:{thread}" if address == GROUP else f"sim-group:{address.path}"
