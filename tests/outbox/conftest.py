"""What tests of the outbox share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.log import configure_logging
from storage.database import Database
from tests.outbox.scripted import Desk


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """A desk with scripted channels, on each engine."""
    configure_logging("WARNING", json_lines=True)
    yield Desk(database, tmp_path)
    structlog.reset_defaults()
