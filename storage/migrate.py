"""The schema's versions: upgrade, downgrade, check; one process at a time on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 7_203_410  # any number, the same in every process


class SchemaProblem(Exception):  # noqa: N818 - read by operators
    """The schema is not the one that this program needs."""


class SchemaTooNew(SchemaProblem):
    """A newer program made the schema."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to date.

    Raises:
        SchemaTooNew: a newer program made it.
    """
    _must_be_known(current_revision(database))
    _with_connection(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Bring the schema back to an earlier version."""
    _with_connection(database, lambda config: command.downgrade(config, revision))


def check(database: Database) -> None:
    """Prove that tables and migrations agree; raises Alembic's error otherwise."""
    _with_connection(database, command.check)


def make_revision(database: Database, message: str) -> None:
    """Write a new migration from the difference between tables and schema (for developers)."""
    _with_connection(database, lambda config: command.revision(config, message, autogenerate=True))


def current_revision(database: Database) -> str | None:
    """The schema's version, None for an empty database."""
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def newest_revision() -> str | None:
    """The version that this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def must_be_current(database: Database) -> None:
    """Refuse a schema that is older or newer than this program.

    Raises:
        SchemaTooNew: a newer program made it.
        SchemaProblem: it is older; with the command that helps.
    """
    found, needed = current_revision(database), newest_revision()
    _must_be_known(found)
    if found != needed:
        raise SchemaProblem(
            f"The database is at version {found or 'none'}, this program needs {needed}. "
            "Run: python admin_cli.py db upgrade"
        )


def _must_be_known(found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaTooNew(
            f"The database is at version {found}, which this program does not know: a newer "
            "program made it. Start the newer program, or restore a backup made before."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


def _with_connection(database: Database, run: Callable[[Config], object]) -> None:
    config = _config()
    with (
        database.engine.connect() as connection,
        _without_foreign_keys(database, connection),
        connection.begin(),
    ):
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        run(config)
        if database.is_sqlite:
            _check_references(connection)


@contextmanager
def _without_foreign_keys(database: Database, connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying and dropping it, which must not touch rows of others.

    The switch is without effect inside a transaction: it is turned before and after it.
    """
    if not database.is_sqlite:
        yield
        return
    raw = connection.connection.cursor()
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
        raw.close()


def _check_references(connection: Connection) -> None:
    broken = {row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if broken:
        raise SchemaProblem(
            f"The migration would leave rows without what they belong to, in: "
            f"{', '.join(sorted(broken))}. Nothing was changed. Restore a backup or report this."
        )
