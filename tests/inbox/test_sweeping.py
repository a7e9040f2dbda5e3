"""Several processes sweep what came due at the same time: each thing happens once, in order."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier as ProcessBarrier

import pytest
from sqlalchemy import insert
from sqlmodel import col, select

from bot.inbox.firing import fire_due
from storage.database import Database
from storage.due import cancel_due
from storage.tables import Due, Inbound
from tests.patience import PATIENCE
from tests.storage.rows import NOW, Ground, ground_of, later

ROWS, NOT_YET, CANCELLED = 10_000, 50, 50
LANES = 500


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # fork beside threads
@pytest.mark.parametrize(
    ("database_url", "sweepers"),
    [("sqlite", 2), ("postgres", 2), ("postgres", 4)],
    indirect=["database_url"],
)
def test_each_of_many_rows_fires_once_however_many_sweep(
    database: Database, sweepers: int
) -> None:
    """A survey that comes twice is a nuisance, one that never comes a broken promise.

    On PostgreSQL each sweeper is a process of its own; SQLite serves one.
    """
    ground = ground_of(database)
    _many_rows(ground)
    if database.is_sqlite:
        counts = _sweep_in_threads(ground, sweepers)
    else:
        counts = _sweep_in_processes(ground, sweepers)
    assert sum(counts) == ROWS
    assert all(counts), "one sweeper found nothing, so nothing was shown"
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


def _sweep_in_threads(ground: Ground, sweepers: int) -> list[int]:
    ready = threading.Barrier(sweepers)
    with ThreadPoolExecutor(sweepers) as pool:
        sweeping = [pool.submit(_sweep, ground, ready) for _ in range(sweepers)]
        return [one.result(PATIENCE) for one in sweeping]


def _sweep_in_processes(ground: Ground, sweepers: int) -> list[int]:
    context = get_context("fork")
    ready, counts = context.Barrier(sweepers), context.SimpleQueue()

    def sweep() -> None:
        ground.database.engine.dispose(close=False)  # its connections belong to the parent
        counts.put(_sweep(ground, ready))

    processes = [context.Process(target=sweep) for _ in range(sweepers)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    assert [process.exitcode for process in processes] == [0] * sweepers
    return [counts.get() for _ in processes]


def _sweep(ground: Ground, ready: threading.Barrier | ProcessBarrier) -> int:
    """Sweep until nothing is left; how many rows were fired."""
    now, count = later(ROWS * 4), 0
    ready.wait(PATIENCE)
    while True:
        with ground.database.transaction() as session:
            fired = fire_due(session, ground.vault, now)
        if not count:
            ready.wait(PATIENCE)  # nobody goes on before all have taken part
        count += fired
        if not fired:
            return count
        time.sleep(0.001)  # who has just let go of SQLite's one lock would win it again


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
