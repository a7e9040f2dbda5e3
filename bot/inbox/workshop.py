"""What all turns share: the database, its keys, the time, their minds, and how a turn ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.cases.work import Work
from bot.clock import Clock
from bot.inbox.minds import Minds
from bot.outbox.orders import OutboxWriter
from storage.crypto import Vault
from storage.database import Database
from storage.inbound import ClaimedInbound, finish_inbound
from storage.tables import Organisation


class Overtaken(Exception):  # noqa: N818 - a reason to begin the turn anew
    """What a turn began with is no longer so; nothing of the turn was saved."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where turns are run and casework is done."""

    database: Database
    vault: Vault
    clock: Clock
    minds: Minds

    @contextmanager
    def turn(self, row: ClaimedInbound, now: datetime) -> Iterator[Session]:
        """The one transaction of a turn; at its end the event is done.

        Raises:
            Overtaken: another worker has the event meanwhile.
        """
        with self.database.transaction() as session:
            yield session
            if not finish_inbound(session, row, now):
                raise Overtaken

    def let_pass(self, row: ClaimedInbound) -> None:
        """Mark an event done that asks for nothing; whoever has it meanwhile will see the same."""
        with self.database.transaction() as session:
            finish_inbound(session, row, self.clock.now())

    def work_on(self, session: Session, row: ClaimedInbound, now: datetime) -> Work:
        """Casework in the turn of an event, which is the cause of all that it sends."""
        organisation = session.get_one(Organisation, row.organisation_id)
        return self.work_for(session, organisation, now, inbox_id=row.id)

    def work_for(
        self,
        session: Session,
        organisation: Organisation,
        now: datetime,
        inbox_id: int | None = None,
    ) -> Work:
        """Casework of an organisation, in a transaction that the caller has opened."""
        minds = self.minds
        return Work(
            session=session,
            vault=self.vault,
            organisation=organisation,
            texts=minds.texts,
            taxonomy=minds.taxonomy,
            zone=minds.zone,
            now=now,
            write=OutboxWriter(session, self.vault, organisation, now, inbox_id=inbox_id),
            calendar=minds.calendar,
            silent_days=minds.silent_days,
            silent_stages=minds.silent_stages,
            operator_chat=minds.operator_chat,
        )
