"""What all tests share: both databases with the schema in place, and the whole program."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

os.environ.setdefault("PTB_TIMEDELTA", "1")
# Threads of a training that wait by spinning take the processor from the tests beside it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import storage.database
from storage.database import Database
from storage.migrate import upgrade
from tests.databases import LentEngines, PostgresServer, postgres_server
from tests.world import World

__all__ = ["postgres_server"]

ENGINES = ("sqlite", "postgres")

# Classes, texts and models live to the end and tests make few cycles: looking for those at the
# usual pace took a seventh of the time.
gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a fifth of the time tests wait for servers."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests see neither a developer's .env nor the settings of the shell."""
    for name in list(os.environ):
        if name.startswith(("TWILIO_", "TELEGRAM_", "DATABASE_", "ENCRYPTION_", "OFFICER_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _no_logs_of_another_test() -> Iterator[None]:
    """Logging set up by a test writes to that test's captured output, which is closed later."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def lent_engines() -> Iterator[LentEngines]:
    """Keeps the engines of the databases that ``database_url`` lends."""
    engines = LentEngines(storage.database.open_engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage.database, "open_engine", engines)
        yield engines


@pytest.fixture(scope="session")
def lent_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one test after the other finds its SQLite file."""
    return tmp_path_factory.mktemp("lent") / "kawan.db"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema in place, to copy from."""
    path = tmp_path_factory.mktemp("template") / "kawan.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, lent_engines: LentEngines) -> Iterator[str]:
    """A database without rows, with the schema in place, once on each engine."""
    if request.param == "sqlite":
        path: Path = request.getfixturevalue("lent_sqlite")
        url = f"sqlite:///{path}"
        for old in path.parent.glob("kawan.db*"):
            old.unlink()
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        lent_engines.lend(url)
        yield url
        lent_engines.take_back(url)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.lend_database(migrate, "migrated")
    lent_engines.lend(url)
    yield url
    lent_engines.take_back(url)
    server.hand_back(url, "migrated")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with the schema in place."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """The whole program on a fresh database, with a clock that stands still."""
    made = World(database_url, tmp_path / "var")
    yield made
    made.close()


def migrate(url: str) -> None:
    """Put the schema into an empty database."""
    database = Database(url)
    upgrade(database)
    database.dispose()
