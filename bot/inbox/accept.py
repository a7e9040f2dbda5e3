"""Acceptance: an event is stored for good before the provider gets its answer.

Callers wait while one thread stores what has gathered, many events in one commit: durable for
each, cheap for all. An event that was stored before is told apart by its unique key. When the
database cannot commit, the events go to the spool on disk and from there, in order, into the
database as soon as it is back.
"""

import asyncio
import contextlib
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DataError, IntegrityError

from bot.clock import Clock
from bot.inbox.spool import Accepted, Spool
from bot.log import get_logger
from bot.metrics import Metrics
from storage.crypto import KeyProblem, Vault
from storage.database import Database
from storage.inbound import NewInbound, insert_inbound
from storage.notify import notify

_BATCH = 256
_ID_LIMIT = 64  # longer ids are kept as their SHA-256


class NotAccepted(Exception):  # noqa: N818 - told to the provider as 503, it will try again
    """Neither the database nor the spool could take the event."""


@dataclass(slots=True)
class _Waiting:
    item: Accepted
    done: Callable[[bool | BaseException], None]


class Acceptor:
    """Stores events; start it once, then call :meth:`accept` from any task.

    Args:
        organisation_of: the organisation id of an account.
        wake: called after new events were committed.
    """

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        spool: Spool,
        clock: Clock,
        metrics: Metrics,
        organisation_of: Callable[[str], int],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._vault = vault
        self._spool = spool
        self._clock = clock
        self._metrics = metrics
        self._organisation_of = organisation_of
        self._wake = wake
        self._queue: list[_Waiting] = []
        self._ready = threading.Condition()
        self._stopping = False
        self._on_disk = threading.Lock()
        self._spooling = self._spool.count() > 0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the storing thread."""
        self._thread = threading.Thread(target=self._run, name="acceptor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Store what still waits, then end."""
        with self._ready:
            self._stopping = True
            self._ready.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @property
    def storing(self) -> bool:
        """Whether the storing thread lives."""
        return self._thread is not None and self._thread.is_alive()

    async def accept(self, item: Accepted) -> bool:
        """Store an event durably.

        Returns:
            True if it is new, False if it was stored before.

        Raises:
            NotAccepted: it could not be stored anywhere.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()

        def settle(result: bool | BaseException) -> None:
            if future.cancelled():
                return
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

        def done(result: bool | BaseException) -> None:
            with contextlib.suppress(RuntimeError):  # the caller's loop has ended
                loop.call_soon_threadsafe(settle, result)

        self._enqueue(_Waiting(item, done))
        return await future

    def accept_now(self, item: Accepted) -> bool:
        """The same for callers without an event loop; the storing thread need not run."""
        results: list[bool | BaseException] = []
        self._store([_Waiting(item, results.append)])
        if isinstance(results[0], BaseException):
            raise results[0]
        return results[0]

    def replay_spool(self) -> int:
        """Bring events from disk into the database; returns how many were brought."""
        brought = 0
        with self._on_disk:
            for path in self._spool.waiting():
                brought += self._bring(path)
            self._spooling = False
        if brought:
            get_logger().info("spool brought into the database", count=brought)
            self._wake()
        return brought

    def _bring(self, path: Path) -> bool:
        """Bring one event into the database; one that does not fit is set aside, with an alarm."""
        try:
            event, at = self._spool.read(path)
            row = self._row(event, at)
            with self._database.transaction() as session:
                insert_inbound(session, [row])
        except FileNotFoundError:  # another process brought it
            return False
        except (DataError, IntegrityError, KeyProblem, LookupError, ValueError) as defect:
            get_logger().error("spooled event set aside", exc_info=defect)
            self._spool.set_aside(path)
            return False
        self._spool.drop(path)
        return True

    def _row(self, event: Accepted, at: datetime) -> NewInbound:
        external_id = event.external_id
        if len(external_id) > _ID_LIMIT or not external_id.isprintable():
            external_id = hashlib.sha256(external_id.encode()).hexdigest()
        return NewInbound(
            organisation_id=self._organisation_of(event.account),
            source=event.source,
            account=event.account,
            external_id=external_id,
            lane=self._vault.lookup(event.lane),
            sealed=self._vault.seal(event.raw, "inbox"),
            received_at=at,
        )

    def _enqueue(self, waiting: _Waiting) -> None:
        with self._ready:
            if self._stopping:
                waiting.done(NotAccepted())
                return
            self._queue.append(waiting)
            self._ready.notify()

    def _run(self) -> None:
        while True:
            with self._ready:
                while not self._queue and not self._stopping:
                    self._ready.wait()
                batch, self._queue = self._queue[:_BATCH], self._queue[_BATCH:]
                if not batch:
                    return
            self._store(batch)

    def _store(self, batch: list[_Waiting]) -> None:
        at = self._clock.now()
        fitting: list[_Waiting] = []
        rows: list[NewInbound] = []
        for waiting in batch:
            try:
                rows.append(self._row(waiting.item, at))
                fitting.append(waiting)
            except Exception as defect:  # noqa: BLE001 - one odd event must not stop the others
                get_logger().error("event not stored", exc_info=defect)
                waiting.done(NotAccepted())
        try:
            if self._spooling:
                self.replay_spool()
            with self._database.transaction() as session:
                fresh = insert_inbound(session, rows) if rows else []
                notify(session)
        except Exception as failure:  # noqa: BLE001 - whatever it is, the disk may still take them
            get_logger().error("database cannot store events", exc_info=failure)
            self._keep_on_disk(fitting, at)
            return
        self._wake()
        for waiting, new in zip(fitting, fresh, strict=True):
            counter = self._metrics.accepted if new else self._metrics.duplicates
            counter.labels(waiting.item.source).inc()
            waiting.done(new)

    def _keep_on_disk(self, batch: list[_Waiting], at: datetime) -> None:
        for waiting in batch:
            try:
                with self._on_disk:
                    self._spooling = True
                    self._spool.keep(waiting.item, at)
            except OSError as failure:
                get_logger().error("spool refused an event", error=type(failure).__name__)
                waiting.done(NotAccepted())
            else:
                self._metrics.spooled.inc()
                waiting.done(True)


__all__ = ["Accepted", "Acceptor", "NotAccepted"]
