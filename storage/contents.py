"""Message forms made at a provider, remembered for all processes."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import select

from bot.clock import Clock
from storage.database import Database, is_postgres
from storage.tables import ProviderContent

_contents: Table = ProviderContent.__table__  # type: ignore[attr-defined]


class DatabaseContentStore:
    """Remembers contents in the database; see ``bot.handlers.whatsapp.content.ContentStore``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def find(self, account: str, fingerprint: str) -> str | None:
        """The provider's id of a content, or None if there is none yet."""
        with self._database.reading() as session:
            return session.exec(
                select(ProviderContent.content_id).where(
                    ProviderContent.account == account,
                    ProviderContent.fingerprint == fingerprint,
                )
            ).first()

    def remember(self, account: str, fingerprint: str, content_id: str) -> None:
        """Keep the id of a content; one made again takes the place of the one before."""
        with self._database.transaction() as session:
            dialect = postgresql if is_postgres(session) else sqlite
            made = {"content_id": content_id, "made_at": self._clock.now()}
            session.execute(
                dialect.insert(_contents)
                .values(account=account, fingerprint=fingerprint, **made)
                .on_conflict_do_update(index_elements=["account", "fingerprint"], set_=made)
            )
