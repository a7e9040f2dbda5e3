"""Delivery: claim, commit ``sending``, send, record what became of it.

The request leaves outside any transaction. What is certain is recorded as such; what is not
(a time-out after the request left, a process that died in between) becomes ``uncertain`` and is
settled by the order's promise: a question is asked again, a receipt or an officer's words are
looked up at the provider, or given to a person.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot.channels import Place, SendFailure
from bot.clock import Clock
from bot.events import Address
from bot.log import get_logger
from bot.metrics import Metrics
from bot.outbox.albums import gather
from bot.outbox.digest import Bundle, bundle
from bot.outbox.judge import defective, judge, unknown
from bot.outbox.outcome import CardPending, FilePending, Result
from bot.outbox.posts import PostReader
from bot.outbox.reports import ReadFailure
from bot.outbox.results import record_results
from bot.outbox.send import ChannelFinder, Sender
from bot.outbox.unasked import put_off
from bot.outbox.window import SHUT, shut_windows
from storage.crypto import Vault
from storage.database import Database
from storage.outbound import (
    ClaimedOutbound,
    claim_outbound,
    expired_sends,
    forget_settled,
    uncertain_sends,
)

AT_ONCE = 32
_WAIT_FOR_FILE = timedelta(seconds=0.5)
_FILE_KEEPS_ITS_TURN = timedelta(seconds=10)  # then others go ahead of it
_WAIT_FOR_LATE_FILE = timedelta(seconds=5)
_LOOK_UP_AFTER = timedelta(minutes=2)
_LOOK_EVERY = 0.5  # seconds
_DATABASE_PAUSE = 1.0  # seconds
_AWAY = (OperationalError, InterfaceError, PoolTimeout)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What was claimed to be one message; ``instead``: what becomes of it without a send."""

    bundle: Bundle
    instead: Result | None


class Deliverer:
    """Sends what stands in the outbox.

    Args:
        channel_of: the channel of an organisation by its name.
        posts: reads what a living post shows and where a case's topic stands.
        wake: an event that is set when rows were written.
        read_failure: what the code in a delivery report means.
    """

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        metrics: Metrics,
        channel_of: ChannelFinder,
        posts: PostReader,
        wake: threading.Event,
        read_failure: ReadFailure,
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._metrics = metrics
        self._sender = Sender(database, vault, channel_of, posts)
        self._wake = wake
        self._read_failure = read_failure

    async def run(self, stopping: Callable[[], bool]) -> None:
        """Send until told to stop, then finish what has left.

        While the database is away nothing new leaves, and what has left is recorded when it is
        back; a process that ends before leaves it to the lease.
        """
        sending: set[asyncio.Task[list[Result]]] = set()
        unrecorded: list[Result] = []
        woken = self._woken()
        while not stopping() or sending:
            try:
                if unrecorded:
                    await asyncio.to_thread(self._record, unrecorded)
                    unrecorded = []
                if not stopping() and len(sending) < AT_ONCE:
                    self._wake.clear()
                    claimed = await asyncio.to_thread(self._claim, AT_ONCE - len(sending))
                    sending |= {asyncio.create_task(self._carry(one)) for one in claimed}
            except Exception as failure:  # noqa: BLE001 - whatever it is, others wait for answers
                get_logger().error("the outbox cannot be served now", exc_info=failure)
                self._wake.clear()
                await asyncio.to_thread(self._wake.wait, _DATABASE_PAUSE)
                if stopping():
                    break
                continue
            woken = self._woken() if woken.done() else woken
            takes_more = not stopping() and len(sending) < AT_ONCE
            awaited = {*sending, woken} if takes_more else sending
            if awaited:
                await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            done = {task for task in sending if task.done()}
            sending -= done
            unrecorded = [result for task in done for result in task.result()]
        if unrecorded:
            await asyncio.to_thread(self._record, unrecorded)

    def _woken(self) -> asyncio.Task[bool]:
        """Ends as soon as rows were written, and now and then because rows come due."""
        return asyncio.create_task(asyncio.to_thread(self._wake.wait, _LOOK_EVERY))

    async def deliver_waiting(self) -> int:
        """Send all that can be sent now; returns how many rows were taken. For one process."""
        total = 0
        while claimed := await asyncio.to_thread(self._claim, AT_ONCE):
            results = await asyncio.gather(*(self._carry(one) for one in claimed))
            await asyncio.to_thread(self._record, [each for some in results for each in some])
            total += len(claimed)
        return total

    async def settle_uncertain(self) -> int:
        """Look up at the provider what nobody knows; returns how many rows became certain.

        What the provider does not have two minutes after the send is sent once more; where a
        provider cannot be asked the row stays ``uncertain`` for a person to decide.
        """
        before = self._clock.now() - _LOOK_UP_AFTER
        rows = await asyncio.to_thread(self._uncertain, before)
        results = [result for row in rows if (result := await self._settle(row)) is not None]
        if results:
            await asyncio.to_thread(self._record, results)
        return len(results)

    def give_up_lost(self, ended: datetime | None = None) -> int:
        """Settle rows whose sender died between the request and its record.

        That is: whose lease ended before ``ended``, by default before now.
        """
        now = self._clock.now()
        with self._database.transaction() as session:
            lost = [unknown(row, "lease") for row in expired_sends(session, ended or now)]
            for result in lost:
                self._record_apart(session, result, now)
            forget_settled(session, self._vault.seal_json({}, "outbox"), now)
        if lost:
            self._wake.set()
        return len(lost)

    def _uncertain(self, before: datetime) -> list[ClaimedOutbound]:
        with self._database.reading() as session:
            return uncertain_sends(session, before)

    async def _settle(self, row: ClaimedOutbound) -> Result | None:
        payload = self._vault.open_json(row.sealed, "outbox")
        words = payload.get("text") or payload.get("caption", "")
        if not words:
            return None
        place = Place(Address(row.channel, payload["to"]))
        try:
            channel = self._sender.channel_of(row.organisation_id, row.channel)
            found = await self._sender.find(channel, place, row, words)
        except SendFailure:
            return None
        if found:
            return Result(row, "sent", external_id=found)
        if row.attempts > 1:
            return None
        return Result(row, "queued", error="not_found")

    def _claim(self, limit: int) -> list[_Claim]:
        now = self._clock.now()
        with self._database.transaction() as session:
            rows = claim_outbound(session, now, limit)
            shut = shut_windows(session, rows, now)
            instead = {row.id: Result(row, "held", error=SHUT) for row in rows if row.id in shut}
            instead |= put_off(session, self._vault, rows, now)
            return [
                _Claim(Bundle(row), instead[row.id])
                if row.id in instead
                else _Claim(self._whole(session, row, now), None)
                for row in rows
            ]

    def _whole(self, session: Session, row: ClaimedOutbound, now: datetime) -> Bundle:
        """The row with what goes along in the same request."""
        join = gather if row.kind in {"post_file", "send_file"} else bundle
        return join(session, self._vault, row, now)

    def _record(self, results: list[Result]) -> None:
        """Write the results down together, or one by one so that a bad one harms only itself.

        A row whose result cannot be written is settled when its lease ends.
        """
        now = self._clock.now()
        try:
            with self._database.transaction() as session:
                record_results(session, self._vault, results, now, self._read_failure)
        except _AWAY:
            raise
        except Exception as failure:  # noqa: BLE001 - the others must not be sent twice for it
            get_logger().error("results not recorded together", exc_info=failure)
            with self._database.transaction() as session:
                for result in results:
                    self._record_apart(session, result, now)
        for result in results:
            self._metrics.sends.labels(result.row.channel, result.status).inc()
        self._wake.set()

    def _record_apart(self, session: Session, result: Result, now: datetime) -> None:
        """Write one result down so that its failure leaves the transaction whole."""
        try:
            with session.begin_nested():
                record_results(session, self._vault, [result], now, self._read_failure)
        except _AWAY:
            raise
        except Exception as failure:  # noqa: BLE001 - one bad row must not stop the others
            get_logger().error("result not recorded", outbox_id=result.row.id, exc_info=failure)

    async def _carry(self, claim: _Claim) -> list[Result]:
        """What became of each row of a message; those that went with the first fare alike."""
        if claim.instead is not None:
            return [claim.instead]
        first = await self._deliver(claim.bundle.row)
        ids = [(each, False) for each in first.along]  # an album: each has a message of its own
        ids += [(first.external_id, True)] * (len(claim.bundle.joined) - len(ids))
        along = [
            replace(first, row=row, external_id=external_id, joined=joined, thread_id=None)
            for row, (external_id, joined) in zip(claim.bundle.joined, ids, strict=True)
        ]
        return [first, *along]

    def _waits(self, row: ClaimedOutbound, reason: FilePending) -> Result:
        late = self._clock.now() - row.created_at >= _FILE_KEEPS_ITS_TURN
        steps_aside = row.kind == "post_file" and (late or isinstance(reason, CardPending))
        return Result(
            row,
            "queued",
            wait=_WAIT_FOR_LATE_FILE if late else _WAIT_FOR_FILE,
            same_attempt=True,
            lane=f"late:{row.id}" if steps_aside else "",
        )

    async def _deliver(self, row: ClaimedOutbound) -> Result:
        """Send one row and say what became of it; never raises."""
        try:
            sent = await self._sender.send(row)
        except FilePending as reason:
            return self._waits(row, reason)
        except SendFailure as failure:
            return judge(row, failure)
        except Exception as defect:  # noqa: BLE001 - one bad row must not stop the others
            get_logger().error("send failed", outbox_id=row.id, kind=row.kind, exc_info=defect)
            return defective(row, type(defect).__name__)
        return Result(
            row,
            "sent",
            external_id=sent.external_id,
            thread_id=sent.thread_id,
            post_id=sent.post_id,
            along=sent.along,
        )
