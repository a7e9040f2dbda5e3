"""The simulator's web routes: the page, what stands on it, and the news as server-sent events."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.clock import Clock
from bot.handlers.simulator.entrance import Accept, Entrance
from bot.handlers.simulator.messages import News
from bot.handlers.simulator.officers import Officers
from bot.handlers.simulator.people import is_known_chat
from bot.handlers.simulator.phones import Phones
from bot.handlers.simulator.posted import Refused, guarded
from bot.handlers.simulator.store import SimulatorStore
from bot.handlers.simulator.views import message_view, state_view, topic_view

_PAGE_LENGTH = 100
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_SHOWN_IN_PLACE = {
    "image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "video/webm",
    "audio/ogg", "audio/mpeg", "audio/mp4", "audio/webm", "audio/wav", "audio/x-wav",
}  # fmt: skip
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_FILE_HEADERS = {**_HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox"}


def simulator_routes(
    store: SimulatorStore, accept: Accept, clock: Clock, public_url: str = ""
) -> list[Route]:
    """All routes under ``/simulator``.

    Args:
        store: what stands on the screens; call its ``close`` before the server ends, or open
            pages hold it up.
        accept: takes each event durably, as ``bot.inbox.accept.Acceptor.accept`` does.
        clock: tells when something was done.
        public_url: how people reach the page if not by this machine's own name or address.
    """
    names = {urlsplit(public_url).hostname or ""} - {""}
    screens, entrance = _Screens(store), Entrance(store, accept, clock)
    phones, officers = Phones(entrance), Officers(entrance)
    phone = "/simulator/phones/{look}/{worker}"
    officer = "/simulator/officers/{officer}"
    read = {
        "/simulator": screens.page,
        "/simulator/static/{name}": screens.static,
        "/simulator/state": screens.state,
        "/simulator/chats/{chat}": screens.chat,
        "/simulator/files/{file}": screens.file,
        "/simulator/stream": screens.stream,
    }
    post = {
        f"{phone}/messages": phones.message,
        f"{phone}/files": phones.file,
        f"{officer}/messages": officers.message,
        f"{officer}/files": officers.file,
        f"{officer}/taps": officers.tap,
        f"{officer}/topics": officers.topic,
        "/simulator/seen": phones.seen,
    }
    return [
        Route(path, guarded(endpoint, names), methods=[method])
        for method, endpoints in (("GET", read), ("POST", post))
        for path, endpoint in endpoints.items()
    ]


class _Screens:
    """The endpoints that only show."""

    def __init__(self, store: SimulatorStore) -> None:
        self._store = store
        self._page = _page_files()

    async def page(self, request: Request) -> Response:
        return _static(request, "index.html", self._page["index.html"])

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._page:
            raise Refused("Berkas itu tidak ada.", 404)
        return _static(request, name, self._page[name])

    async def state(self, _request: Request) -> Response:
        return _json(await run_in_threadpool(state_view, self._store))

    async def chat(self, request: Request) -> Response:
        before = request.query_params.get("before", "")
        if before and not (before.isdigit() and len(before) < 18):  # noqa: PLR2004
            raise Refused("Isi kiriman tidak terbaca.")
        chat = request.path_params["chat"]
        if not is_known_chat(chat):
            raise Refused("Percakapan itu tidak ada.", 404)
        messages = await run_in_threadpool(
            self._store.messages,
            chat,
            request.query_params.get("thread", ""),
            before=int(before) if before else None,
            limit=_PAGE_LENGTH + 1,
        )
        shown = messages[-_PAGE_LENGTH:]
        return _json(
            {
                "messages": [message_view(message) for message in shown],
                "more": len(messages) > len(shown),
            }
        )

    async def file(self, request: Request) -> Response:
        found = await run_in_threadpool(self._store.files.read, request.path_params["file"])
        if found is None:
            raise Refused("Berkas itu tidak ada.", 404)
        kept, content = found
        in_place = kept.content_type in _SHOWN_IN_PLACE
        how = "inline" if in_place else "attachment"
        return Response(
            content,
            media_type=kept.content_type if in_place else "application/octet-stream",
            headers={
                **_FILE_HEADERS,
                "Content-Disposition": f"{how}; filename*=UTF-8''{quote(kept.name, safe='')}",
                "Cache-Control": "private, max-age=3600",
            },
        )

    async def stream(self, request: Request) -> Response:
        if not self._store.has_room():
            raise Refused("Terlalu banyak halaman terbuka. Tutup satu, lalu muat ulang.", 503)
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        return StreamingResponse(
            self._news(after),
            media_type="text/event-stream",
            headers={**_HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def _news(self, after: str) -> AsyncIterator[str]:
        yield "retry: 1500\n\n"
        try:
            with self._store.subscribe() as bell:
                cursor, missed = await run_in_threadpool(self._start, after)
                if missed:
                    yield _frame(cursor, "refresh", {})
                while not self._store.closed:
                    seen = cursor
                    for cursor, kind, content in await run_in_threadpool(self._after, seen):
                        yield _frame(cursor, kind, content)
                    if cursor == seen and not await bell.wait(self._store.patience):
                        yield ": masih di sini\n\n"
        except SQLAlchemyError:
            return  # the page comes back by itself and reads on from where it was

    def _start(self, after: str) -> tuple[int, bool]:
        known = after.isdigit() and len(after) < 18  # noqa: PLR2004
        if known and self._store.knows_news(int(after)):
            return int(after), False
        return self._store.latest_news(), bool(after)

    def _after(self, cursor: int) -> list[tuple[int, str, Any]]:
        return [
            (news_id, news.kind, self._content(news))
            for news_id, news in self._store.news_since(cursor)
        ]

    def _content(self, news: News) -> Any:
        match news.kind:
            case "message":
                message = self._store.get(news.chat, news.target)
                return message and message_view(message)
            case "topic":
                topic = self._store.topic(news.chat, news.target)
                return topic and topic_view(topic)
            case "toast":
                return {"tap": news.target, "text": news.text, "alert": news.alert}
        return {"chat": news.chat, "thread": news.thread, "id": news.target}


def _frame(news_id: int, kind: str, content: Any) -> str:
    return f"id: {news_id}\nevent: {kind}\ndata: {json.dumps(content)}\n\n"


def _json(content: Mapping[str, Any]) -> Response:
    return JSONResponse(content, headers={**_HEADERS, "Cache-Control": "no-store"})


def _page_files() -> dict[str, bytes]:
    folder = Path(__file__).with_name("page")
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in _TYPES}


def _static(request: Request, name: str, content: bytes) -> Response:
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**_HEADERS, "Cache-Control": "no-cache", "ETag": etag}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPES[Path(name).suffix], headers=headers)
