"""Rows for tests of the queues: an organisation, a person with a conversation, queue rows."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from storage.crypto import Vault, new_key
from storage.database import Database
from storage.inbound import NewInbound, insert_inbound
from storage.setup import ensure_lookup_key, ensure_organisation
from storage.tables import Outbound

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """A database with one organisation in it."""

    database: Database
    vault: Vault
    organisation_id: int

    def inbound(self, lane: str, *external_ids: str, at: datetime = NOW) -> None:
        """Events of one lane, in this order."""
        with self.database.transaction() as session:
            insert_inbound(session, [self.event(lane, one, at) for one in external_ids])

    def event(self, lane: str, external_id: str, at: datetime = NOW) -> NewInbound:
        """An event as a row to insert."""
        sealed = self.vault.seal(external_id.encode(), "inbox")
        return NewInbound(self.organisation_id, "simulator", "akun", external_id, lane, sealed, at)

    def outbound(self, session: Session, lane: str, **fields: object) -> int:
        """One row to send; returns its id."""
        values: dict[str, object] = {
            "organisation_id": self.organisation_id,
            "channel": "telegram",
            "lane": lane,
            "chat": lane,
            "kind": "say",
            "promise": "question",
            "available_at": NOW,
            "sealed": self.vault.seal_json({}, "outbox"),
            "created_at": NOW,
        }
        row = Outbound(**(values | fields))
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


def ground_of(database: Database) -> Ground:
    """Put an organisation and a look-up key into a fresh database."""
    vault = Vault((new_key(),))
    with database.transaction() as session:
        ensure_lookup_key(session, vault)
        organisation = ensure_organisation(session, slug="uji", name="Serikat Uji", now=NOW)
    assert organisation.id is not None
    return Ground(database, vault, organisation.id)


def later(seconds: float) -> datetime:
    """So many seconds after the start."""
    return NOW + timedelta(seconds=seconds)
