"""What tests of the storage share."""

import pytest

from storage.database import Database
from tests.storage.rows import Ground, ground_of


@pytest.fixture
def ground(database: Database) -> Ground:
    """A fresh database with one organisation, on each engine."""
    return ground_of(database)
