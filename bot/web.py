"""The running program: web routes, workers, senders and ticks, from start to drained end.

Roles: ``web`` accepts what providers send, ``worker`` runs turns, sends and sweeps, ``all``
does both. On PostgreSQL any number of processes may run in any role; on SQLite one, as ``all``.
"""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Literal

from sqlmodel import select
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import App
from bot.handlers.simulator.routes import simulator_routes
from bot.handlers.telegram.receive import poll, telegram_routes
from bot.handlers.whatsapp.routes import whatsapp_routes
from bot.inbox.spool import SpoolUnusable
from bot.log import get_logger
from bot.media_links import PATH as MEDIA_PATH
from nlp.matching import match_region
from storage.database import DatabaseDown
from storage.leases import take_lease
from storage.migrate import SchemaProblem, must_be_current
from storage.notify import listen
from storage.tables import Attachment

Role = Literal["all", "web", "worker"]
_TURN_THREADS = 3
_DRAIN_SECONDS = 20
_POLL_LEASE = timedelta(seconds=90)


class Running:
    """The parts of the program that run beside the web server; start, then stop and drain."""

    def __init__(self, app: App, role: Role) -> None:
        self._app = app
        self._role = role
        self._stopping = threading.Event()
        self._stop_polling = asyncio.Event()
        self._threads: list[threading.Thread] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._scheduler = app.jobs.schedule()

    async def start(self) -> None:
        """Start what the role asks for."""
        app = self._app
        app.loop = asyncio.get_running_loop()
        app.acceptor.start()
        for channel in app.channels.values():
            if hasattr(channel, "start"):
                await channel.start()
        if self._role in {"all", "web"}:
            self._start_polling()
        if self._role in {"all", "worker"}:
            self._start_workers()
            self._scheduler.start()

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, close everything."""
        app = self._app
        self._stop_polling.set()
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if app.simulator is not None:
            app.simulator.close()
        for wake in (app.wake_inbox, app.wake_outbox, app.wake_fetcher):
            wake.set()
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=_DRAIN_SECONDS)
            for task in late:
                task.cancel()
        for thread in self._threads:
            await asyncio.to_thread(thread.join, _DRAIN_SECONDS)
        await asyncio.to_thread(app.acceptor.stop)
        for channel in app.channels.values():
            if hasattr(channel, "close"):
                await channel.close()
        get_logger().info("stopped")

    def _start_polling(self) -> None:
        app = self._app
        if app.settings.telegram_mode != "polling":
            return
        for own in app.accounts:
            if own.telegram is not None:
                lease = self._polling_lease(own.telegram.name)
                task = poll(own.telegram, app.acceptor.accept, lease, self._stop_polling)
                self._tasks.append(asyncio.create_task(task))

    def _polling_lease(self, account: str) -> Callable[[], bool]:
        app, holder = self._app, f"{os.getpid()}-{id(self)}"

        def take() -> bool:
            with app.database.transaction() as session:
                return take_lease(session, f"poll:{account}", holder, app.clock.now(), _POLL_LEASE)

        return take

    def _start_workers(self) -> None:
        app = self._app
        if app.database.is_sqlite:  # one process: what is in hand belonged to one that died
            app.jobs.take_back_lost(everything=True)
        # The names of all regions are read on first use; nobody should wait for that.
        threading.Thread(target=match_region, args=("",), name="regions", daemon=True).start()
        for number in range(_TURN_THREADS):
            self._thread(f"turns-{number}", app.runner.run, app.wake_inbox)
        if not app.database.is_sqlite:
            self._thread("listen", listen, app.database, self._wake_all)
        self._tasks += [
            asyncio.create_task(app.deliverer.run(self._stopping.is_set)),
            asyncio.create_task(app.fetcher.run(app.wake_fetcher, self._stopping.is_set)),
        ]

    def _thread(self, name: str, run: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(
            target=run, args=(*args, self._stopping.is_set), name=name, daemon=True
        )
        thread.start()
        self._threads.append(thread)

    def _wake_all(self) -> None:
        for wake in (self._app.wake_inbox, self._app.wake_outbox, self._app.wake_fetcher):
            wake.set()


def web_app(app: App, role: Role = "all") -> Starlette:
    """The ASGI application with everything that the role asks for running beside it."""

    @contextlib.asynccontextmanager
    async def lifespan(_web: Starlette) -> AsyncIterator[None]:
        running = Running(app, role)
        await running.start()
        try:
            yield
        finally:
            await running.stop()

    return Starlette(routes=_routes(app), lifespan=lifespan)


def _routes(app: App) -> list[BaseRoute]:
    accept = app.acceptor.accept
    whatsapp = [own.whatsapp for own in app.accounts if own.whatsapp is not None]
    telegram = [own.telegram for own in app.accounts if own.telegram is not None]
    routes: list[BaseRoute] = [
        Route("/healthz", _alive),
        Route("/readyz", _readiness(app)),
        Route("/metrics", _metrics(app)),
        Route(MEDIA_PATH + "{token}", _media(app)),
        *whatsapp_routes(whatsapp, accept),
        *telegram_routes(telegram, accept),
    ]
    if app.simulator is not None:
        routes += simulator_routes(app.simulator, accept, app.clock)
        routes.append(Route("/", lambda _request: RedirectResponse("/simulator")))
    return routes


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok")


def _readiness(app: App) -> Callable[..., object]:
    def check() -> dict[str, str]:
        problems: dict[str, str] = {}
        try:
            app.database.check()
            must_be_current(app.database)
        except DatabaseDown as down:
            problems["database"] = f"cannot be reached ({down})"
        except SchemaProblem as old:
            problems["migrations"] = str(old)
        try:
            app.spool.check()
        except SpoolUnusable as unusable:
            problems["spool"] = str(unusable)
        return problems

    async def ready(_request: Request) -> Response:
        problems = await run_in_threadpool(check)
        status = {"ready": not problems, "problems": problems}
        return JSONResponse(status, status_code=503 if problems else 200)

    return ready


def _metrics(app: App) -> Callable[..., object]:
    async def metrics(_request: Request) -> Response:
        return Response(app.metrics.page(), media_type="text/plain; version=0.0.4")

    return metrics


def _media(app: App) -> Callable[..., object]:
    """Files for providers that fetch them by a link, as Twilio does."""

    def read(key: str) -> tuple[bytes, str, str] | None:
        with app.database.reading() as session:
            row = session.exec(select(Attachment).where(Attachment.key == key)).first()
        file = app.posts.file(row.id or 0) if row is not None else None
        if file is None or not file.content:
            return None
        return file.content, file.content_type, file.file_name

    async def media(request: Request) -> Response:
        key = app.links.read(request.path_params["token"])
        found = await run_in_threadpool(read, key) if key is not None else None
        if found is None:
            return Response(status_code=404)
        content, content_type, name = found
        safe = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in name)
        return Response(
            content,
            media_type=content_type or "application/octet-stream",
            headers={
                "Content-Disposition": f'inline; filename="{safe or "berkas"}"',
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-store",
            },
        )

    return media
