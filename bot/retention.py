"""The hourly sweep: what the rules want gone, a few things at a time, if the clock is right."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.cases.retention import Step, carry_out, steps_due
from bot.cases.retention_rules import RetentionRules
from bot.cases.work import Work
from bot.log import get_logger
from bot.outbox.orders import OutboxWriter
from bot.texts import Texts
from bot.worktime.calendar import WorkCalendar
from nlp.taxonomy import Taxonomy
from storage.crypto import Vault
from storage.database import Database
from storage.notify import notify
from storage.seen_time import note_time
from storage.tables import Organisation
from storage.tidying import tidy

AT_ONCE = 20
"""Things of each sort in one sweep: a group takes twenty messages a minute, others wait there."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Keeps to the rules, for all organisations."""

    database: Database
    vault: Vault
    texts: Texts
    taxonomy: Taxonomy
    zone: ZoneInfo
    calendar: WorkCalendar
    rules: RetentionRules

    def tick(self, now: datetime) -> list[Step]:
        """Note the time and, if it can be believed, do what is due; what was done."""
        with self.database.transaction() as session:
            why = note_time(session, self.vault, now)
        if not why:
            return self.sweep(now)
        if self.plan(now, limit=1):
            get_logger().warning("nothing is deleted while the clock is doubted", reason=why)
        return []

    def tidy(self, now: datetime) -> None:
        """Clean up the queues' old rows, if the clock can be believed."""
        with self.database.transaction() as session:
            why = note_time(session, self.vault, now)
        if not why:
            done = tidy(self.database, self.vault, now)
            get_logger().info("old rows cleaned up", **done)

    def plan(self, now: datetime, *, limit: int = AT_ONCE) -> list[Step]:
        """What is due; changes nothing."""
        with self.database.reading() as session:
            return steps_due(session, self.rules, now, limit)

    def sweep(
        self, now: datetime, *, as_of: datetime | None = None, limit: int = AT_ONCE
    ) -> list[Step]:
        """Do what is due, or was at an earlier time, each in its own transaction; what was done.

        Whoever calls it has made sure that the clock is right. One that fails is left for the
        next time and keeps no other from being done.
        """
        done = []
        for step in self.plan(as_of or now, limit=limit):
            try:
                if self._do(step, now):
                    done.append(step)
            except Exception as failure:  # noqa: BLE001 - logged; the others have a right to it
                get_logger().error("retention failed", kind=step.what, exc_info=failure)
        if done:
            deleted = sum(step.action == "delete" for step in done)
            get_logger().info("retention", deleted=deleted, warned=len(done) - deleted)
        return done

    def _do(self, step: Step, now: datetime) -> bool:
        with self.database.transaction() as session:
            done = carry_out(self._work(session, step.organisation_id, now), self.rules, step)
            if done:
                notify(session)
            return done

    def _work(self, session: Session, organisation_id: int, now: datetime) -> Work:
        organisation = session.get_one(Organisation, organisation_id)
        return Work(
            session=session,
            vault=self.vault,
            organisation=organisation,
            texts=self.texts,
            taxonomy=self.taxonomy,
            zone=self.zone,
            now=now,
            write=OutboxWriter(session, self.vault, organisation, now),
            calendar=self.calendar,
        )
