"""An acceptor on a real database that can be taken away and given back."""

import asyncio
import itertools
import sqlite3
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from sqlmodel import col, select

from bot.clock import ManualClock
from bot.inbox.accept import Accepted, Acceptor
from bot.inbox.spool import Spool
from bot.metrics import Metrics
from storage.database import sqlite_path
from storage.tables import Inbound
from tests.storage.rows import NOW, Ground


class Entrance:
    """The way in of one process."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        self.ground = ground
        self.folder = folder
        self.clock = ManualClock(NOW)
        self.metrics = Metrics()
        self.spool = Spool(folder, ground.vault)
        self.woken = itertools.count()
        self.acceptor = self.process()
        self._block: sqlite3.Connection | None = None

    def process(self) -> Acceptor:
        """An acceptor as another start of the program would make it."""
        owners = {"akun": self.ground.organisation_id}
        return Acceptor(
            database=self.ground.database,
            vault=self.ground.vault,
            spool=self.spool,
            clock=self.clock,
            metrics=self.metrics,
            organisation_of=owners.__getitem__,
            wake=lambda: None,
        )

    def take_away(self) -> None:
        """Let the database refuse to commit, longer than anybody waits."""
        path = sqlite_path(self.ground.database.url)
        if path is not None:
            self._block = sqlite3.connect(path, isolation_level=None)
            self._block.execute("BEGIN IMMEDIATE")
            return
        self._admin("ALTER DATABASE {} ALLOW_CONNECTIONS false")
        self._admin(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", "'"
        )

    def give_back(self) -> None:
        """Let it work again."""
        if self._block is not None:
            self._block.execute("ROLLBACK")
            self._block.close()
            self._block = None
        elif not self.ground.database.is_sqlite:
            self._admin("ALTER DATABASE {} ALLOW_CONNECTIONS true")

    def accept(self, *events: Accepted) -> list[bool | BaseException]:
        """Accept events side by side."""
        return asyncio.run(self._accept(events))

    def accept_then_start(self, *events: Accepted) -> list[bool | BaseException]:
        """Accept events side by side; all of them wait when the acceptor starts."""

        async def start() -> None:
            self.acceptor.start()

        return asyncio.run(self._accept(events, start()))[:-1]

    async def _accept(self, events: Sequence[Accepted], *then: Awaitable[None]) -> list[Any]:
        accepting = (self.acceptor.accept(event) for event in events)
        return await asyncio.gather(*accepting, *then, return_exceptions=True)

    def stored(self) -> list[str]:
        """The external ids in the inbox, in order."""
        with self.ground.database.reading() as session:
            return list(session.exec(select(Inbound.external_id).order_by(col(Inbound.id))))

    def _admin(self, statement: str, quote: str = '"') -> None:
        before, _, after = self.ground.database.url.partition("@/")
        name, _, options = after.partition("?")
        written = name if quote == "'" else f'"{name}"'
        with psycopg.connect(f"{before}@/postgres?{options}", autocommit=True) as connection:
            connection.execute(statement.format(written))


def event(number: object, lane: str = "sri", account: str = "akun") -> Accepted:
    """An event as a handler gives it."""
    return Accepted("simulator", account, str(number), lane, f"isi {number}".encode())
