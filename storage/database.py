"""The database: one engine, set up alike on SQLite and PostgreSQL, and its transactions.

SQLite (WAL, full synchronous, foreign keys, secure delete) serves one process; write
transactions start with BEGIN IMMEDIATE and queue for one lock inside the process, so that none
fails with "database is locked" and none overwrites another's read. PostgreSQL serves any number
of processes.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "journal_size_limit=67108864",
)


class DatabaseDown(Exception):  # noqa: N818 - a state of the world that callers wait out
    """The database cannot be reached or cannot commit."""


class Database:
    """Gives transactions.

    Args:
        url: ``sqlite:///path`` or ``postgresql://user:password@host/name``.
        pool_size: connections kept open; one per thread that works at once.
        patience: seconds to wait for a lock that another program holds on SQLite, or for
            a connection to PostgreSQL.
    """

    def __init__(self, url: str, *, pool_size: int = 20, patience: float = 5) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._engine = open_engine(url, pool_size, patience)
        self._writer = threading.RLock() if self.is_sqlite else nullcontext()

    @property
    def engine(self) -> Engine:
        """The engine, for migrations and backups."""
        return self._engine

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that commits at the end of the block and rolls back on an error.

        Keep the block short and never wait for the network inside it.
        """
        with self._writer, Session(self._engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; on SQLite it waits for no writer."""
        options = {"kawan_reading": True} if self.is_sqlite else {}
        engine = self._engine.execution_options(**options)
        with Session(engine, expire_on_commit=False) as session:
            yield session

    def check(self) -> None:
        """Prove that the database answers.

        Raises:
            DatabaseDown: with the sort of failure, never with the address.
        """
        try:
            with self.reading() as session:
                session.connection().execute(text("SELECT 1"))
        except (SQLAlchemyError, sqlite3.Error) as failure:
            raise DatabaseDown(type(failure).__name__) from failure

    def dispose(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def is_postgres(session: Session) -> bool:
    """Whether this session speaks to PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite address, None for PostgreSQL."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None


def open_engine(url: str, pool_size: int, patience: float) -> Engine:
    """The engine of one database, see :class:`Database`."""
    make = _sqlite if url.startswith("sqlite") else _postgres
    return make(url, pool_size, patience)


def _sqlite(url: str, pool_size: int, patience: float) -> Engine:
    path = sqlite_path(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=20,
        hide_parameters=True,  # no address or text in an exception
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute(f"PRAGMA busy_timeout={round(patience * 1000)}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("kawan_reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgres(url: str, pool_size: int, patience: float) -> Engine:
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    return create_engine(
        plain.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=pool_size,
        max_overflow=10,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_use_lifo=True,  # a connection in use knows the tables already; idle ones may rest
        pool_timeout=patience,
        connect_args={"connect_timeout": max(1, round(patience))},
    )
