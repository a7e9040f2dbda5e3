"""A bell that any thread may ring and any number of tasks hear: there is news, go and look.

It carries nothing, so it can neither overflow nor lose anything: what happened stands in the
database, and each listener reads on from where it was.
"""

import asyncio
import contextlib
import threading
from collections.abc import Iterator


class Listener:
    """One task that waits for the bell. Make it inside the task's event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the task; harmless when its loop has ended."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most so long; whether there was one."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class Bell:
    """Rings for all who listen.

    Args:
        most: how many may listen at a time.
    """

    def __init__(self, most: int = 32) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self.closed = False

    def has_room(self) -> bool:
        """Whether one more may listen."""
        return not self.closed and len(self._listeners) < self._most

    @contextlib.contextmanager
    def listen(self) -> Iterator[Listener]:
        """Hear the bell for the length of the block."""
        listener = Listener()
        with self._lock:
            self._listeners.add(listener)
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)

    def ring(self) -> None:
        """Wake every listener; from any thread."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener.ring()

    def close(self) -> None:
        """Let every listener go home; nobody may come any more."""
        self.closed = True
        self.ring()
