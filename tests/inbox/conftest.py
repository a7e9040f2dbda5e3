"""What tests of the way in share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.log import configure_logging
from storage.database import Database
from tests.inbox.entrance import Entrance
from tests.patience import PATIENCE
from tests.storage.rows import ground_of


@pytest.fixture(autouse=True)
def _short_logs() -> Iterator[None]:
    configure_logging("CRITICAL", json_lines=True)
    yield
    structlog.reset_defaults()


@pytest.fixture
def entrance(database_url: str, tmp_path: Path) -> Iterator[Entrance]:
    """An acceptor with its spool on a fresh database, on each engine."""
    # SQLite's lock is held for ever where it is held; PostgreSQL says no by itself.
    patience = 0.05 if database_url.startswith("sqlite") else PATIENCE
    database = Database(database_url, patience=patience, pool_size=5)
    made = Entrance(ground_of(database), tmp_path / "spool")
    yield made
    made.acceptor.stop()
    made.give_back()
    database.dispose()
