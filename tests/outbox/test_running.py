"""The sender as it runs: it outlives a database that is away, and drains at the end."""

import asyncio
import threading

from sqlalchemy.exc import OperationalError

from storage.outbound import ClaimedOutbound
from tests.outbox.scripted import SRI, Desk


def test_a_database_that_is_away_for_a_moment_stops_nobody(desk: Desk) -> None:
    """A sender that died of it would leave everyone unanswered until the next start."""
    with desk.writing() as write:
        write.say(SRI, "Halo")
    failures = iter([True, False, True])
    claim, record = desk.deliverer._claim, desk.deliverer._record
    stop = threading.Event()

    def sometimes(limit: int) -> list[ClaimedOutbound]:
        if next(failures, False):
            raise OperationalError("SELECT", {}, Exception("gone"))
        return claim(limit)

    def unwilling(results: list) -> None:
        desk.deliverer._record = record
        desk.deliverer._wake.set()
        raise OperationalError("UPDATE", {}, Exception("gone"))

    desk.deliverer._claim, desk.deliverer._record = sometimes, unwilling
    desk.deliverer._wake = _Impatient()

    async def until_sent() -> None:
        running = asyncio.create_task(desk.deliverer.run(stop.is_set))
        for _ in range(400):
            await asyncio.sleep(0.01)
            if running.done() or desk.row().status == "sent":
                break
        stop.set()
        await asyncio.wait_for(running, 5)

    asyncio.run(until_sent())
    assert desk.row().status == "sent"
    assert len(desk.whatsapp.sent) == 1


class _Impatient(threading.Event):
    """Waits no longer than a test may."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(min(timeout or 0.01, 0.01))
