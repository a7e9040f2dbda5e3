"""What tests of casework share."""

from pathlib import Path

import pytest

from bot.log import configure_logging
from storage.database import Database
from tests.cases.office import Office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """Officers at their desk, on each engine."""
    configure_logging("WARNING", json_lines=True)
    return Office(database, tmp_path)
