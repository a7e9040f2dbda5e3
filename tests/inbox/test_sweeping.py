"""Several processes sweep what came due at the same time: each thing happens once, in order."""

import json
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlmodel import col, select

from bot.inbox.firing import fire_due
from storage.database import Database
from storage.due import cancel_due
from storage.tables import Due, Inbound
from tests.storage.rows import NOW, Ground, ground_of, later

ROWS, NOT_YET, CANCELLED = 10_000, 50, 50
LANES = 500


@pytest.mark.parametrize(
    ("database_url", "sweepers"),
    [("sqlite", 2), ("postgres", 2), ("postgres", 4)],
    indirect=["database_url"],
)
def test_each_of_many_rows_fires_once_however_many_sweep(
    database_url: str, database: Database, sweepers: int
) -> None:
    """A survey that comes twice is a nuisance, one that never comes a broken promise.

    On PostgreSQL each sweeper has connections of its own, as a process has.
    """
    ground = ground_of(database)
    _many_rows(ground)
    own = [database if database.is_sqlite else Database(database_url) for _ in range(sweepers)]
    counts = _sweep_together(ground, own)
    for each in own:
        each.dispose()
    assert sum(counts) == ROWS
    assert all(counts), "one sweeper did everything, so nothing was shown"
    _assert_each_fired_once(ground)


def _many_rows(ground: Ground) -> None:
    """Rows of half a day, some that are not due yet, some that were cancelled."""
    late = {f"late:{number}": NOW + timedelta(seconds=number * 4) for number in range(ROWS)}
    coming = {f"coming:{number}": later(86_400 + number) for number in range(NOT_YET)}
    over = {f"over:{number}": NOW for number in range(CANCELLED)}
    with ground.database.transaction() as session:
        session.execute(
            insert(Due),
            [
                {"organisation_id": ground.organisation_id, "kind": "still", "key": key,
                 "lane": f"case:{number % LANES}", "due_at": at, "sequence": 1,
                 "status": "waiting"}
                for number, (key, at) in enumerate((late | coming | over).items())
            ],
        )  # fmt: skip
        for key in over:
            cancel_due(session, key)


def _sweep_together(ground: Ground, databases: list[Database]) -> list[int]:
    """All sweep at once until nothing is left; how many rows each fired."""
    now, counts = later(ROWS * 4), [0] * len(databases)
    ready = threading.Barrier(len(databases))

    def sweep(index: int) -> None:
        ready.wait(20)
        while True:
            with databases[index].transaction() as session:
                fired = fire_due(session, ground.vault, now)
            counts[index] += fired
            if not fired:
                return
            time.sleep(0.001)  # who has just let go of SQLite's one lock would win it again

    threads = [threading.Thread(target=sweep, args=[i]) for i in range(len(databases))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return counts


def _assert_each_fired_once(ground: Ground) -> None:
    with ground.database.reading() as session:
        rows = session.exec(select(Due).order_by(col(Due.id))).all()
        events = session.exec(select(Inbound).order_by(col(Inbound.id))).all()
    told = [json.loads(ground.vault.open(event.sealed or b"", "inbox")) for event in events]
    assert sorted(one["key"] for one in told) == sorted(f"late:{n}" for n in range(ROWS))
    states = {(row.key.partition(":")[0], row.status) for row in rows}
    assert states == {("late", "fired"), ("coming", "waiting"), ("over", "cancelled")}
    _assert_lanes_in_order(told, [event.lane for event in events])


def _assert_lanes_in_order(told: list[dict[str, str]], lanes: list[str]) -> None:
    """What belongs together, one case, happens in the order in which it was due."""
    newest: dict[str, str] = {}
    for one, lane in zip(told, lanes, strict=True):
        assert one["due_at"] >= newest.get(lane, ""), lane
        newest[lane] = one["due_at"]
