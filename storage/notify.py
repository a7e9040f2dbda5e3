"""Waking other processes on PostgreSQL (LISTEN/NOTIFY); SQLite has only one."""

import time
from collections.abc import Callable
from functools import cache
from uuid import uuid4

from sqlalchemy import text
from sqlmodel import Session

from storage.database import Database, is_postgres

_CHANNEL = "kawan_buruh"
_NOTIFY = text("SELECT pg_notify(:channel, :sender)")
_PAUSE = 1.0  # seconds before a lost connection is opened again


def notify(session: Session) -> None:
    """Wake the other processes when this transaction commits; our own knows already."""
    if is_postgres(session):
        session.execute(_NOTIFY, {"channel": _CHANNEL, "sender": _own_name()})


@cache
def _own_name() -> str:
    """This process, among all that use the database."""
    return uuid4().hex


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
                    for told in connection.notifies(timeout=1, stop_after=1):
                        if told.payload != _own_name():
                            wake()
        except psycopg.Error:
            wake()
            pause(_PAUSE)
