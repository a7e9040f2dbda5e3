"""What tests of casework share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.log import configure_logging
from storage.database import Database
from tests.cases.office import Office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    """Officers at their desk, on each engine."""
    configure_logging("WARNING", json_lines=True)
    yield Office(database, tmp_path)
    structlog.reset_defaults()
