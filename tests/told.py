"""A report that was told before: a world begins where it was told, not with its telling.

What tests of casework need first is an open case, told in ten turns of the conversation. The
first world of a process lives through them; its rows are kept, and a later world in which nothing
has happened yet takes those over.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, text
from sqlmodel import SQLModel

from storage.crypto import Vault
from storage.database import Database
from storage.migrate import current_revision
from storage.tables import Meta

_TABLES = SQLModel.metadata.sorted_tables

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Told:
    """The rows before and after the telling, and how many ids were given out by then."""

    before: Rows
    after: Rows
    ids: int


_LOOKUPS = b"the same look-ups in all worlds."


def share_lookups(url: str, key: str) -> None:
    """Let people be found by the same hashes as in other worlds, where the tables are there."""
    database = Database(url)
    if current_revision(database) is not None:
        with database.transaction() as session:
            if session.get(Meta, "lookup_key") is None:
                sealed = Vault((key,)).seal(_LOOKUPS, "meta")
                session.add(Meta(name="lookup_key", value=sealed))
    database.dispose()


def rows_of(database: Database) -> Rows:
    """All that stands in the database."""
    with database.engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in _TABLES
        }


def same(some: Rows, others: Rows) -> bool:
    """Whether two databases say the same; what is sealed looks different each time."""
    return _legible(some) == _legible(others)


def put(database: Database, rows: Rows) -> None:
    """Let these rows stand in the database and no others."""
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in reversed(_TABLES):
            connection.execute(table.delete())
        for table in _TABLES:
            if rows[table.name]:
                connection.execute(insert(table), rows[table.name])
        if not database.is_sqlite:
            _count_on(connection)


def _legible(rows: Rows) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [
            {key: value for key, value in row.items() if not isinstance(value, bytes)}
            for row in some
        ]
        for name, some in rows.items()
    }


def _count_on(connection: Connection) -> None:
    """Ids that were written out are not given again."""
    for table in _TABLES:
        if "id" in table.columns:
            newest = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, "id")
            connection.execute(select(func.setval(sequence, newest, False)))
