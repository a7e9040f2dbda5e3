"""The sender as it runs: it outlives a database that is away, and drains at the end."""

import asyncio
import threading
from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from bot.channels import TryLater
from bot.events import Address
from bot.outbox.outcome import Result
from storage.crypto import KeyProblem
from storage.outbound import ClaimedOutbound
from tests.outbox.scripted import SRI, Desk
from tests.patience import PATIENCE, until


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
        await until(lambda: running.done() or desk.row().status == "sent")
        stop.set()
        await asyncio.wait_for(running, PATIENCE)

    asyncio.run(until_sent())
    assert desk.row().status == "sent"
    assert len(desk.whatsapp.sent) == 1


def test_a_result_that_cannot_be_recorded_harms_no_other(desk: Desk) -> None:
    """One damaged value must not let everybody's messages leave again and again."""
    with desk.writing() as write:
        for number in range(3):
            write.say(Address("whatsapp", f"+62812000000{number}"), "Halo", case_id=desk.case.id)
    record = desk.deliverer._record

    def damaged(results: list[Result]) -> None:
        record([replace(one, wait="odd") if one.row.id == 2 else one for one in results])

    desk.deliverer._record = damaged  # type: ignore[method-assign]
    desk.whatsapp.troubles["send_text"] = [None, TryLater("x"), None]
    desk.deliver()
    assert [row.status for row in desk.rows("say")] == ["sent", "sending", "sent"]
    desk.clock.advance(91)
    assert desk.deliverer.give_up_lost() == 1
    assert desk.rows("say")[1].status == "queued"


@pytest.mark.parametrize("trouble", [OSError("disk"), KeyProblem("key"), RuntimeError("defect")])
def test_whatever_stops_one_round_the_sender_goes_on(desk: Desk, trouble: Exception) -> None:
    """A sender that died of it would leave everyone unanswered until the next start."""
    with desk.writing() as write:
        write.say(SRI, "Halo")
    claim, troubles = desk.deliverer._claim, [trouble]

    def sometimes(limit: int) -> list[ClaimedOutbound]:
        if troubles:
            raise troubles.pop()
        return claim(limit)

    desk.deliverer._claim = sometimes  # type: ignore[method-assign]
    desk.deliverer._wake = _Impatient()

    until_sent = desk.deliverer.run(lambda: desk.row().status == "sent")
    asyncio.run(asyncio.wait_for(until_sent, PATIENCE))
    assert len(desk.whatsapp.sent) == 1


def test_what_is_written_while_another_send_lasts_leaves_at_once(desk: Desk) -> None:
    """A provider that takes its time must not cost the others a moment."""
    with desk.writing() as write:
        write.announce("Ada kabar")
    begun, said, release, stop = *(asyncio.Event() for _ in range(3)), threading.Event()
    desk.deliverer._wake = wake = _Unhurried()

    async def lasting(*_: object) -> str:
        begun.set()
        await release.wait()
        return "m1"

    async def at_once(*_: object) -> str:
        said.set()
        return "m2"

    desk.telegram.send_text = lasting  # type: ignore[method-assign, assignment]
    desk.whatsapp.send_text = at_once  # type: ignore[method-assign, assignment]

    async def until_said() -> None:
        running = asyncio.create_task(desk.deliverer.run(stop.is_set))
        await begun.wait()
        with desk.writing() as write:
            write.say(SRI, "Halo")
        wake.set()
        await said.wait()
        release.set()
        stop.set()
        wake.set()
        await running

    asyncio.run(asyncio.wait_for(until_said(), PATIENCE))
    assert [row.status for row in desk.rows()] == ["sent", "sent"]


class _Unhurried(threading.Event):
    """Never looks by itself within a test: only what is told to it wakes it."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(max(timeout or 0, 2 * PATIENCE))


class _Impatient(threading.Event):
    """Waits no longer than a test may."""

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(min(timeout or 0.01, 0.01))
