"""The command line over a fresh installation, or beside the whole program."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli.main import app
from bot.clock import SystemClock
from bot.settings import load_settings
from bot.store import open_store
from storage.crypto import new_key
from storage.database import sqlite_path
from tests.conftest import ENGINES, migrate
from tests.databases import PostgresServer, new_sqlite_url
from tests.world import World

on_both_engines = pytest.mark.parametrize("database_url", ENGINES, indirect=True)
"""For tests of what differs between SQLite and PostgreSQL; all others run on SQLite."""


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Runs commands with a given environment."""

    environment: dict[str, str] = field(repr=False)

    def __call__(self, *arguments: str, stdin: str = "") -> Result:
        """Run a command; an error that nobody foresaw fails the test."""
        result = CliRunner().invoke(app, list(arguments), env=self.environment, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def ok(self, *arguments: str, stdin: str = "") -> str:
        """Run a command that must succeed; what it printed."""
        result = self(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str, stdin: str = "") -> Any:
        """Run a command with ``--json``; its one document."""
        return json.loads(self.ok(*arguments, "--json", stdin=stdin))

    def fails(self, *arguments: str, stdin: str = "", status: int = 1) -> str:
        """Run a command that must fail; what it said on standard error."""
        result = self(*arguments, stdin=stdin)
        assert result.exit_code == status, result.output
        assert "Traceback" not in result.output
        return result.stderr

    def having(self, **environment: str) -> "CommandLine":
        """The same with other settings."""
        return CommandLine(self.environment | environment)


def settings_as_environment(data_dir: Path, database_url: str, key: str) -> Mapping[str, str]:
    """The variables that name an installation, wide enough a terminal for whole tables."""
    return {
        "DATA_DIR": str(data_dir),
        "DATABASE_URL": database_url,
        "ENCRYPTION_KEYS": key,
        "COLUMNS": "200",
    }


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: Path
) -> Iterator[str]:
    """A fresh database with the schema in place, on SQLite unless asked otherwise."""
    if getattr(request, "param", "sqlite") == "sqlite":
        url = new_sqlite_url(tmp_path)
        shutil.copy(migrated_sqlite, sqlite_path(url) or "")
        yield url
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database(migrate, template="migrated")
    yield url
    server.drop_database(url)


@pytest.fixture
def cli(tmp_path: Path, database_url: str) -> CommandLine:
    """The command line on a fresh installation."""
    environment = dict(settings_as_environment(tmp_path / "var", database_url, new_key()))
    settings = load_settings(
        _env_file=None,
        data_dir=tmp_path / "var",
        database_url=database_url,
        encryption_keys=environment["ENCRYPTION_KEYS"],
    )
    database, _vault = open_store(settings, clock=SystemClock())
    database.dispose()
    return CommandLine(environment)


@pytest.fixture
def beside(world: World) -> CommandLine:
    """The command line beside a running program."""
    settings = world.settings
    key = settings.encryption_keys.get_secret_value()
    return CommandLine(
        dict(settings_as_environment(settings.data_dir, settings.database_url, key))
    )
