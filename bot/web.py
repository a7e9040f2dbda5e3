"""The running program: web routes, workers, senders and ticks, from start to drained end.

Roles: ``web`` accepts what providers send, ``worker`` runs turns, sends and sweeps, ``all``
does both. On PostgreSQL any number of processes may run in any role; on SQLite one, as ``all``.
"""

import asyncio
import contextlib
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.app import App
from bot.handlers.refusals import counted
from bot.handlers.simulator.routes import simulator_routes
from bot.handlers.telegram.account import TelegramAccount
from bot.handlers.telegram.receive import poll, telegram_routes
from bot.handlers.whatsapp.routes import whatsapp_routes
from bot.inbox.spool import SpoolUnusable
from bot.log import get_logger, log_unheard
from bot.media_route import media_route
from nlp.matching import match_region
from storage.database import DatabaseDown
from storage.leases import give_back_lease, take_lease
from storage.migrate import SchemaProblem, must_be_current
from storage.notify import listen

Role = Literal["all", "web", "worker"]
_TURN_THREADS = 3
_DRAIN_SECONDS = 20
_POLL_LEASE = timedelta(seconds=90)
_READY_KEPT = 2.0  # seconds


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
        # On SQLite there is one process: what a dead one held is taken over at once.
        self._holder = "alone" if app.database.is_sqlite else secrets.token_hex(16)

    async def start(self) -> None:
        """Start what the role asks for."""
        app = self._app
        app.loop = asyncio.get_running_loop()
        app.loop.set_exception_handler(log_unheard)
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
        await asyncio.to_thread(self._give_back_polling)
        await asyncio.to_thread(app.acceptor.stop)
        for channel in app.channels.values():
            if hasattr(channel, "close"):
                await channel.close()
        get_logger().info("stopped")

    def _start_polling(self) -> None:
        app = self._app
        if app.settings.telegram_mode != "polling":
            return
        for account in self._polled:
            lease = self._polling_lease(account.name)
            self._task(
                "polling",
                poll(account, app.acceptor.accept, lease, self._stop_polling),
            )

    @property
    def _polled(self) -> list[TelegramAccount]:
        return [own.telegram for own in self._app.accounts if own.telegram is not None]

    def _polling_lease(self, account: str) -> Callable[[], bool]:
        app = self._app

        def take() -> bool:
            if self._stop_polling.is_set():
                return False
            with app.database.transaction() as session:
                name, now = f"poll:{account}", app.clock.now()
                return take_lease(session, name, self._holder, now, _POLL_LEASE)

        return take

    def _give_back_polling(self) -> None:
        """Let the next process ask Telegram at once; without it the lease ends by itself."""
        if self._role not in {"all", "web"} or self._app.settings.telegram_mode != "polling":
            return
        try:
            with self._app.database.transaction() as session:
                for account in self._polled:
                    give_back_lease(session, f"poll:{account.name}", self._holder)
        except SQLAlchemyError as failure:
            get_logger().warning("the right to poll not given back", exc_info=failure)

    def _start_workers(self) -> None:
        app = self._app
        if app.database.is_sqlite:  # one process: what is in hand belonged to one that died
            app.jobs.take_back_lost(everything=True)
        app.jobs.plan_officers_rounds()
        # The names of all regions are read on first use; nobody should wait for that.
        threading.Thread(target=match_region, args=("",), name="regions", daemon=True).start()
        for number in range(_TURN_THREADS):
            self._thread(f"turns-{number}", app.runner.run, app.wake_inbox)
        if not app.database.is_sqlite:
            self._thread("listen", listen, app.database, self._wake_queues)
        self._task("sender", app.deliverer.run(self._stopping.is_set))
        self._task("fetcher", app.fetcher.run(app.wake_fetcher, self._stopping.is_set))

    def ended(self) -> list[str]:
        """The parts that ended though nobody stopped them; none is what all is well with."""
        if self._stopping.is_set():
            return []
        ended = [task.get_name() for task in self._tasks if task.done()]
        ended += [thread.name for thread in self._threads if not thread.is_alive()]
        return ended if self._app.acceptor.storing else [*ended, "acceptor"]

    def _task(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._note_end)
        self._tasks.append(task)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        if not self._stopping.is_set() and not task.cancelled():
            get_logger().error("a part ended", what=task.get_name(), exc_info=task.exception())

    def _thread(self, name: str, run: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(
            target=run, args=(*args, self._stopping.is_set), name=name, daemon=True
        )
        thread.start()
        self._threads.append(thread)

    def _wake_queues(self) -> None:
        """Another process wrote into a queue; files are only brought by turns of our own."""
        self._app.wake_inbox.set()
        self._app.wake_outbox.set()


def web_app(app: App, role: Role = "all") -> Starlette:
    """The ASGI application with everything that the role asks for running beside it."""
    served: list[Running] = []

    @contextlib.asynccontextmanager
    async def lifespan(_web: Starlette) -> AsyncIterator[None]:
        running = Running(app, role)
        await running.start()
        served.append(running)
        try:
            yield
        finally:
            served.remove(running)
            await running.stop()

    def ended() -> list[str]:
        return [name for running in served for name in running.ended()]

    return Starlette(routes=_routes(app, ended), lifespan=lifespan)


def _routes(app: App, ended: Callable[[], list[str]]) -> list[BaseRoute]:
    accept = app.acceptor.accept
    whatsapp = [own.whatsapp for own in app.accounts if own.whatsapp is not None]
    telegram = [own.telegram for own in app.accounts if own.telegram is not None]
    routes: list[BaseRoute] = [
        Route("/healthz", _alive),
        Route("/readyz", _readiness(app, ended)),
        Route("/metrics", _metrics(app)),
        media_route(app),
        *counted("twilio", whatsapp_routes(whatsapp, accept), app.metrics),
        *counted("telegram", telegram_routes(telegram, accept), app.metrics),
    ]
    if app.simulator is not None:
        routes += simulator_routes(app.simulator, accept, app.clock, app.settings.public_url)
        routes.append(Route("/", lambda _request: RedirectResponse("/simulator")))
    return routes


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok")


def _readiness(app: App, ended: Callable[[], list[str]]) -> Callable[..., object]:
    """What keeps the program from its work, looked at anew after two seconds at the earliest."""
    last: tuple[float, dict[str, str]] | None = None
    looking = threading.Lock()

    def check() -> dict[str, str]:
        nonlocal last
        with looking:
            if last is None or time.monotonic() - last[0] > _READY_KEPT:
                last = (time.monotonic(), _problems(app, ended()))
            return last[1]

    async def ready(_request: Request) -> Response:
        problems = await run_in_threadpool(check)
        status = {"ready": not problems, "problems": problems}
        return JSONResponse(status, status_code=503 if problems else 200)

    return ready


def _problems(app: App, ended: list[str]) -> dict[str, str]:
    """In words without paths or addresses: everybody may ask."""
    problems: dict[str, str] = {}
    try:
        app.database.check()
        must_be_current(app.database)
    except (DatabaseDown, SQLAlchemyError):
        problems["database"] = "cannot be reached"
    except SchemaProblem:
        problems["migrations"] = "the schema is not the one that this program needs"
    try:
        app.spool.check()
    except SpoolUnusable:
        problems["spool"] = "cannot be written"
    if ended:
        problems["parts"] = f"ended: {', '.join(ended)}; restart the program"
    return problems


def _metrics(app: App) -> Callable[..., object]:
    async def metrics(_request: Request) -> Response:
        return Response(app.metrics.page(), media_type="text/plain; version=0.0.4")

    return metrics
