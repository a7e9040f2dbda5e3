"""Waking other processes on PostgreSQL (LISTEN/NOTIFY); SQLite has only one."""

import time
from collections.abc import Callable

from sqlalchemy import text
from sqlmodel import Session

from storage.database import Database, is_postgres

_CHANNEL = "kawan_buruh"
_PAUSE = 1.0  # seconds before a lost connection is opened again


def notify(session: Session) -> None:
    """Wake the other processes when this transaction commits."""
    if is_postgres(session):
        session.execute(text(f"NOTIFY {_CHANNEL}"))


def listen(
    database: Database,
    wake: Callable[[], None],
    stopping: Callable[[], bool],
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Call ``wake`` whenever another process notified; returns when told to stop.

    A lost connection is opened again after a pause; what was missed in between is found by the
    next poll.
    """
    import psycopg  # noqa: PLC0415 - 8 MB that a program on SQLite does not need

    address = database.engine.url.set(drivername="postgresql").render_as_string(
        hide_password=False
    )
    while not stopping():
        try:
            with psycopg.connect(address, autocommit=True, connect_timeout=5) as connection:
                connection.execute(f"LISTEN {_CHANNEL}")
                while not stopping():
                    for _ in connection.notifies(timeout=1, stop_after=1):
                        wake()
        except psycopg.Error:
            wake()
            pause(_PAUSE)
