"""What tests of the outbox share."""

from pathlib import Path

import pytest

from bot.log import configure_logging
from storage.database import Database
from tests.outbox.scripted import Desk


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk with scripted channels, on each engine."""
    configure_logging("WARNING", json_lines=True)
    return Desk(database, tmp_path)
