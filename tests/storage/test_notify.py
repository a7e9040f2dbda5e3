"""Processes wake each other, and wait patiently while PostgreSQL is away."""

import threading

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.notify import listen, notify
from tests.patience import PATIENCE


def test_while_postgresql_is_away_it_is_asked_only_now_and_then() -> None:
    """Asking without a pause would keep a processor busy until it is back."""
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    pauses: list[float] = []
    woken: list[bool] = []
    listen(database, lambda: woken.append(True), lambda: len(pauses) == 3, pauses.append)
    assert pauses == [1.0, 1.0, 1.0]
    assert len(woken) == 3


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_process_is_woken_by_the_others_and_not_by_itself(database: Database) -> None:
    """Its own parts wake each other at once; an echo would let them look again for nothing."""
    listening, heard, woken = threading.Event(), threading.Event(), threading.Event()
    asked: list[int] = []

    def stopping() -> bool:
        asked.append(1)  # before it listens, then before it waits for each that comes
        if len(asked) > 1:
            listening.set()
        if len(asked) > 2:
            heard.set()
        return woken.is_set()

    thread = threading.Thread(target=listen, args=(database, woken.set, stopping))
    thread.start()
    assert listening.wait(PATIENCE)
    with database.transaction() as session:
        notify(session)
    assert heard.wait(PATIENCE)
    assert not woken.is_set()
    with database.transaction() as session:
        session.execute(text("SELECT pg_notify('kawan_buruh', 'another')"))
    assert woken.wait(PATIENCE)
    thread.join(PATIENCE)
    assert not thread.is_alive()
