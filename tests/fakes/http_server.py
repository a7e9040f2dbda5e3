"""What both provider fakes share: a server in a thread, a clock that can be moved, faults.

It knows nothing of Telegram or Twilio.
"""

import asyncio
import contextlib
import math
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, Self

import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.patience import PATIENCE

Clock = Callable[[], datetime]
Json = dict[str, Any]


def system_clock() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - a provider goes by its own clock


def no_certificates() -> ssl.SSLContext:
    """Return what `httpx` takes for `verify` when only plain HTTP is spoken.

    Loading the usual certificates would cost every client about 20 ms.
    """
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class ConnectionLostError(Exception):
    """The connection is to be cut without an answer."""


@dataclass(slots=True)
class Fault:
    """One planned failure of a provider method."""

    status: int | None
    body: Mapping[str, Any]
    times: int
    after_accept: bool
    headers: Mapping[str, str] = field(default_factory=dict)


class Faults:
    """Planned failures and delays, by method name; `*` stands for every method."""

    def __init__(self) -> None:
        self._planned: dict[str, list[Fault]] = {}
        self._delays: dict[str, float] = {}

    def plan(self, method: str, fault: Fault) -> None:
        """Let the next `fault.times` calls of `method` fail."""
        self._planned.setdefault(method, []).append(fault)

    def take(self, method: str) -> Fault | None:
        """Return the failure that this call of `method` meets, or None."""
        for key in (method, "*"):
            waiting = self._planned.get(key)
            if waiting:
                fault = waiting[0]
                fault.times -= 1
                if fault.times <= 0:
                    waiting.pop(0)
                return fault
        return None

    def set_delay(self, method: str, seconds: float) -> None:
        """Hold back every answer of `method` by `seconds`, until set to 0."""
        self._delays[method] = seconds

    def delay_of(self, method: str) -> float:
        """Return the seconds by which answers of `method` are held back."""
        return self._delays.get(method, self._delays.get("*", 0.0))

    def clear(self) -> None:
        """Forget all planned failures and delays."""
        self._planned.clear()
        self._delays.clear()


class HttpFake(ABC):
    """A server on a free port of 127.0.0.1 whose answers come from `handle`.

    Start it with `start()` and `stop()`, or as a context manager. It lives in a thread of its
    own; what tests call on it may be called from any thread. `lock` guards its state.
    """

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._offset = timedelta()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._port = 0
        self._background: set[asyncio.Future[None]] = set()
        self._defects: list[Exception] = []
        self.lock = threading.RLock()
        self.faults = Faults()

    @abstractmethod
    async def handle(self, request: Request) -> ASGIApp:
        """Return what answers one request: a response, or an application that makes one."""

    async def while_running(self) -> None:  # noqa: B027 - most have nothing to do
        """Run beside the server until it stops; does nothing unless overridden."""

    @property
    def base_url(self) -> str:
        """The address of the server, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def now(self) -> datetime:
        """Return the fake's own time, aware."""
        return self._clock() + self._offset

    def freeze(self) -> None:
        """Stop the fake's own time: from now on only `advance` moves it."""
        at = self._clock()
        self._clock = lambda: at

    def advance(self, seconds: float) -> None:
        """Move the fake's own time forward."""
        self._offset += timedelta(seconds=seconds)

    def start(self) -> Self:
        """Start to serve; returns once the port answers."""
        if self._thread is not None:
            message = "This fake is running already; stop it before starting it again."
            raise RuntimeError(message)
        # asyncio turns Nagle off only for sockets that name their protocol; else 40 ms an answer.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(512)
        self._port = listener.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(listener, ready)),
            name=type(self).__name__,
            daemon=True,
        )
        self._thread.start()
        if not ready.wait(PATIENCE):
            message = f"{type(self).__name__} did not start within {PATIENCE:.0f} s."
            raise RuntimeError(message)
        return self

    def stop(self) -> None:
        """Stop to serve and cut every open connection; state and port stay for a new start.

        Raises:
            RuntimeError: the fake itself broke on a request, so the test proves nothing.
        """
        thread, loop, stopping = self._thread, self._loop, self._stopping
        if thread is None or loop is None or stopping is None:
            return
        loop.call_soon_threadsafe(stopping.set)
        thread.join(PATIENCE)
        self._thread = self._loop = self._stopping = None
        if self._defects:
            message = f"{type(self).__name__} broke on a request; mend the fake."
            raise RuntimeError(message) from self._defects.pop(0)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def in_loop(self, action: Callable[[], object]) -> None:
        """Run `action` soon in the server's thread; dropped when the server is not running."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop closed in between
                self._loop.call_soon_threadsafe(action)

    def spawn(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start `work()` in the background of the server's thread."""
        tasks = self._background

        def begin() -> None:
            task = asyncio.ensure_future(work())
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        self.in_loop(begin)

    def finish_background(self) -> bool:
        """Wait until all that was spawned is done; whether there was anything."""
        if self._loop is None:
            return False

        async def finish() -> bool:
            found = bool(self._background)
            while self._background:
                await asyncio.wait(set(self._background))
            return found

        # What was spawned before now begins before this does.
        return asyncio.run_coroutine_threadsafe(finish(), self._loop).result(PATIENCE)

    async def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        config = uvicorn.Config(
            self._application,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        beside = asyncio.ensure_future(self.while_running())
        ready.set()
        await self._stopping.wait()
        # uvicorn's own shutdown waits for clients; a stopped provider is gone at once.
        for accepting in server.servers:
            accepting.close()
        for connection in list(server.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        doomed = [beside, *self._background, *server.server_state.tasks]
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            response = await self.handle(Request(scope, receive))
        except (ConnectionLostError, ClientDisconnect, asyncio.CancelledError):
            _cut(send)  # cancelled means that the fake is being stopped
        except Exception as defect:  # noqa: BLE001 - reported by stop()
            self._defects.append(defect)
            _cut(send)
        else:
            await response(scope, receive, send)


def _cut(send: Send) -> None:
    # uvicorn hands over the bound method of its request cycle, which owns the socket.
    send.__self__.transport.abort()  # type: ignore[attr-defined]


class RateWindow:
    """At most `limit` events in any `seconds`; says how long to wait when it is full."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._times: list[float] = []

    def wait_for(self, now: datetime) -> int:
        """Count one event, or return the whole seconds until there is room for it."""
        moment = now.timestamp()
        self._times = [t for t in self._times if moment - t < self._seconds]
        if len(self._times) < self._limit:
            self._times.append(moment)
            return 0
        return max(1, math.ceil(self._times[0] + self._seconds - moment))


def misuse(message: str) -> NoReturn:
    """Fail the test that drives the fake in a way no person could."""
    raise AssertionError(message)
