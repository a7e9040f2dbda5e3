"""Notices: what providers tell of messages and of people, and what nobody understands."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from bot.events import DeliveryReported, NotUnderstood, ReporterUnreachable
from bot.inbox.workshop import Workshop
from bot.metrics import Metrics
from bot.outbox.reports import ReadFailure, report_delivery
from storage.inbound import ClaimedInbound
from storage.tables import DeliveryReport, PersonAddress

Notice = DeliveryReported | ReporterUnreachable | NotUnderstood


@dataclass(frozen=True, slots=True)
class Notices:
    """Takes notices in; nobody is answered.

    Attributes:
        read_failure: what the code in a delivery report means.
    """

    workshop: Workshop
    metrics: Metrics
    read_failure: ReadFailure

    def take(self, row: ClaimedInbound, event: Notice) -> None:
        """Take one in.

        Raises:
            Overtaken: another worker has the event.
        """
        now = self.workshop.clock.now()
        with self.workshop.turn(row, now) as session:
            match event:
                case DeliveryReported():
                    self._report(session, row, event, now)
                case ReporterUnreachable():
                    self._reachable(session, row, event)
                case NotUnderstood():
                    self.metrics.not_understood.labels(row.source).inc()

    def _report(
        self, session: Session, row: ClaimedInbound, event: DeliveryReported, now: datetime
    ) -> None:
        """A report may come before its message is known as sent: then it is kept for it."""
        vault = self.workshop.vault
        report = DeliveryReport(
            organisation_id=row.organisation_id,
            channel=event.channel,
            external_id=vault.lookup(event.external_id),
            status=event.status.value,
            error=event.error_code,
            at=now,
        )
        if not report_delivery(session, vault, report, now, self.read_failure):
            session.add(report)

    def _reachable(
        self, session: Session, row: ClaimedInbound, event: ReporterUnreachable
    ) -> None:
        address = session.exec(
            select(PersonAddress).where(
                PersonAddress.organisation_id == row.organisation_id,
                PersonAddress.lookup == self.workshop.vault.lookup(str(event.address)),
            )
        ).first()
        if address is not None:
            address.unreachable = "" if event.reachable else "blocked"
            session.add(address)
