"""Acceptance: an event is stored for good before the provider gets its answer.

Callers wait while one thread stores what has gathered, many events in one commit: durable for
each, cheap for all. An event that was stored before is told apart by its unique key. When the
database cannot commit, the events go to the spool on disk and from there, in order, into the
database as soon as it is back.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.inbox.spool import Spool
from bot.log import get_logger
from bot.metrics import Metrics
from storage.crypto import Vault
from storage.database import Database
from storage.inbound import NewInbound, insert_inbound

_BATCH = 256


class NotAccepted(Exception):  # noqa: N818 - told to the provider as 503, it will try again
    """Neither the database nor the spool could take the event."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event as it came from a provider, already proven to come from it.

    Attributes:
        source: which parser reads ``raw``: ``twilio``, ``telegram`` or ``simulator``.
        account: our account at the provider; decides the organisation.
        external_id: unique within the account for ever.
        lane: whose order must be kept; stored only as a keyed hash.
        raw: the body exactly as received.
    """

    source: str
    account: str
    external_id: str
    lane: str
    raw: bytes


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
        for event in self._spool.waiting():
            row = NewInbound(
                organisation_id=self._organisation_of(event.account),
                source=event.source,
                account=event.account,
                external_id=event.external_id,
                lane=self._vault.lookup(event.lane),
                sealed=self._vault.seal(event.raw, "inbox"),
                received_at=event.received_at,
            )
            with self._database.transaction() as session:
                insert_inbound(session, [row])
            event.path.unlink()
            brought += 1
        self._spooling = False
        if brought:
            get_logger().info("spool brought into the database", count=brought)
            self._wake()
        return brought

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
        try:
            if self._spooling:
                self.replay_spool()
            rows = [
                NewInbound(
                    organisation_id=self._organisation_of(waiting.item.account),
                    source=waiting.item.source,
                    account=waiting.item.account,
                    external_id=waiting.item.external_id,
                    lane=self._vault.lookup(waiting.item.lane),
                    sealed=self._vault.seal(waiting.item.raw, "inbox"),
                    received_at=at,
                )
                for waiting in batch
            ]
            with self._database.transaction() as session:
                fresh = insert_inbound(session, rows)
        except SQLAlchemyError as failure:
            get_logger().error("database cannot store events", error=type(failure).__name__)
            self._keep_on_disk(batch)
            return
        except Exception as defect:  # noqa: BLE001 - the storing thread must outlive a defect
            get_logger().error("events not stored", exc_info=defect)
            for waiting in batch:
                waiting.done(NotAccepted())
            return
        self._wake()
        for waiting, new in zip(batch, fresh, strict=True):
            counter = self._metrics.accepted if new else self._metrics.duplicates
            counter.labels(waiting.item.source).inc()
            waiting.done(new)

    def _keep_on_disk(self, batch: list[_Waiting]) -> None:
        self._spooling = True
        for waiting in batch:
            item = waiting.item
            try:
                self._spool.keep(
                    source=item.source,
                    account=item.account,
                    external_id=item.external_id,
                    lane=item.lane,
                    raw=item.raw,
                    at=self._clock.now(),
                )
            except OSError as failure:
                get_logger().error("spool refused an event", error=type(failure).__name__)
                waiting.done(NotAccepted())
            else:
                self._metrics.spooled.inc()
                waiting.done(True)
