"""Processes wake each other, and wait patiently while PostgreSQL is away."""

from storage.database import Database
from storage.notify import listen


def test_while_postgresql_is_away_it_is_asked_only_now_and_then() -> None:
    """Asking without a pause would keep a processor busy until it is back."""
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    pauses: list[float] = []
    woken: list[bool] = []
    listen(database, lambda: woken.append(True), lambda: len(pauses) == 3, pauses.append)
    assert pauses == [1.0, 1.0, 1.0]
    assert len(woken) == 3
