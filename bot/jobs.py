"""What recurs: short ticks that sweep due rows. Truth lives in the rows, never in here.

APScheduler only beats the time; every tick may run in every process at once.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import delete
from sqlmodel import col

from bot.clock import Clock
from bot.inbox.accept import Acceptor
from bot.inbox.firing import fire_due
from bot.inbox.spool import Spool
from bot.log import get_logger
from bot.metrics import Metrics
from bot.outbox.deliver import Deliverer
from bot.outbox.orders import OutboxWriter
from bot.outbox.queue import DANGER
from bot.retention import Retention
from bot.texts import Texts
from storage.backlog import (
    inbox_counts,
    oldest_open_inbound,
    oldest_queued_outbound,
    outbox_counts,
)
from storage.crypto import Vault
from storage.database import Database
from storage.evidence import EvidenceStore, remove_deleted
from storage.inbound import release_expired_inbound
from storage.tables import DeliveryReport, Organisation

_LONGEST_LEASE = timedelta(hours=1)
_UNMATCHED_KEPT = timedelta(minutes=10)
_STATUSES = {
    "inbox": ("new", "claimed", "dead"),
    "outbox": ("queued", "held", "sending", "uncertain", "dead"),
}


@dataclass(frozen=True, slots=True)
class Jobs:
    """The recurring work of one process."""

    database: Database
    vault: Vault
    clock: Clock
    metrics: Metrics
    acceptor: Acceptor
    spool: Spool
    deliverer: Deliverer
    evidence: EvidenceStore
    texts: Texts
    wake: Callable[[], None]
    watch_templates: Callable[[], None]
    plan_rounds: Callable[[], None]
    watch_alarms: Callable[[], None]
    ask_for_alarms: Callable[[], None]
    retention: Retention

    def fire_due(self) -> int:
        """Turn rows that came due into events; returns how many."""
        with self.database.transaction() as session:
            count = fire_due(session, self.vault, self.clock.now())
        if count:
            self.wake()
        return count

    def take_back_lost(self, *, everything: bool = False) -> None:
        """Give back what workers that died had in hand, and bring the spool home.

        ``everything``: do not wait for leases to end; only where no other worker can live.
        """
        ended = self.clock.now() + (_LONGEST_LEASE if everything else timedelta(0))
        with self.database.transaction() as session:
            released = release_expired_inbound(session, ended)
            for organisation_id in released.dead:
                organisation = session.get_one(Organisation, organisation_id)
                writer = OutboxWriter(session, self.vault, organisation, self.clock.now())
                writer.announce(self.texts("officers.alarm.dead_letter"), priority=DANGER)
        if released.dead:
            get_logger().error("events whose workers died are dead", count=len(released.dead))
        lost = released.given_back + self.deliverer.give_up_lost(ended)
        remove_deleted(self.database, self.evidence)
        if self.spool.count():
            self.acceptor.replay_spool()
        if lost:
            get_logger().warning("work of a dead worker taken back", count=lost)
            self.wake()

    def count(self) -> None:
        """Bring the gauges up to date and let go of reports that nobody will claim."""
        now = self.clock.now()
        with self.database.transaction() as session:
            session.execute(
                delete(DeliveryReport).where(col(DeliveryReport.at) < now - _UNMATCHED_KEPT)
            )
        with self.database.reading() as session:
            counts = {"inbox": inbox_counts(session), "outbox": outbox_counts(session)}
            oldest = {
                "inbox": oldest_open_inbound(session),
                "outbox": oldest_queued_outbound(session, now),
            }
        for queue, statuses in _STATUSES.items():
            for status in statuses:
                value = counts[queue].get(status, 0)
                self.metrics.queue.labels(queue, status).set(value)
            since = oldest[queue]
            age = (now - since).total_seconds() if since else 0
            self.metrics.oldest.labels(queue).set(age)
        self.metrics.spool_files.set(self.spool.count())
        dead = counts["inbox"].get("dead", 0) + counts["outbox"].get("dead", 0)
        if dead:
            get_logger().error("dead letters wait for a person", count=dead)

    def look_after_templates(self) -> None:
        """Ask how far WhatsApp is with our templates, and tell what changed."""
        self.watch_templates()

    def plan_officers_rounds(self) -> None:
        """Let digests and summaries come due for groups that have none planned."""
        self.plan_rounds()

    def look_for_alarms(self) -> None:
        """Look whether all is well here, and tell the operator what began or ended."""
        self.watch_alarms()

    def ask_providers(self) -> None:
        """The same for what the network knows: webhooks and the certificate."""
        self.ask_for_alarms()

    def keep_to_retention(self) -> None:
        """Note the time, warn of what is kept too long, delete what officers were told of."""
        if self.retention.tick(self.clock.now()):
            remove_deleted(self.database, self.evidence)

    def tidy(self) -> None:
        """Clean up old rows of the queues."""
        self.retention.tidy(self.clock.now())

    def schedule(self) -> AsyncIOScheduler:
        """A scheduler with all ticks, not yet started; start it inside the running loop."""
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        for work, seconds in (
            (self.fire_due, 1),
            (self.take_back_lost, 10),
            (self.count, 60),
            (self.look_after_templates, 3600),
            (self.keep_to_retention, 3600),
            (self.tidy, 6 * 3600),
            (self.plan_officers_rounds, 3600),
            (self.look_for_alarms, 60),
            (self.ask_providers, 3600),
        ):
            scheduler.add_job(_tick, "interval", args=[work], seconds=seconds, id=work.__name__)
        scheduler.add_job(self.deliverer.settle_uncertain, "interval", seconds=30, id="uncertain")
        return scheduler


async def _tick(work: Callable[[], object]) -> None:
    """One tick in a thread; a failed one is logged and the next one tries again."""
    try:
        await asyncio.to_thread(work)
    except Exception as failure:  # noqa: BLE001 - the database may be away for a while
        get_logger().error("tick failed", kind=work.__name__, exc_info=failure)
