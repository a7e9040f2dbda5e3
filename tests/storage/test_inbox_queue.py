"""The inbox queue: each event once, in order, one at a time of each person, on both engines."""

import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import col, select

from storage.backlog import inbox_counts, oldest_open_inbound
from storage.inbound import (
    LEASE,
    MAX_ATTEMPTS,
    ClaimedInbound,
    Released,
    claim_inbound,
    finish_inbound,
    forget_dead,
    insert_inbound,
    release_expired_inbound,
    return_inbound,
    revive_dead,
)
from storage.tables import Inbound
from tests.patience import PATIENCE
from tests.storage.rows import NOW, Ground, later

THREADS, ROWS, LANES = 8, 200, 20


def test_eight_threads_take_200_events_once_each_in_order_one_of_a_lane_at_a_time(
    ground: Ground,
) -> None:
    """This is what keeps a person's words in order while many are served."""
    with ground.database.transaction() as session:
        insert_inbound(session, [ground.event(f"l{n % LANES}", f"e{n}") for n in range(ROWS)])
    guard = threading.Lock()
    turns: dict[str, list[int]] = defaultdict(list)
    in_work: set[str] = set()
    clashes: list[str] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while sum(map(len, turns.values())) < ROWS:
                with ground.database.transaction() as session:
                    claimed = claim_inbound(session, NOW, 3)
                with guard:
                    for row in claimed:
                        if row.lane in in_work:
                            clashes.append(row.lane)
                        in_work.add(row.lane)
                        turns[row.lane].append(int(row.external_id[1:]))
                for row in claimed:
                    with guard:
                        in_work.discard(row.lane)
                    with ground.database.transaction() as session:
                        assert finish_inbound(session, row, NOW)
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert failures == []
    assert clashes == []
    assert sorted(number for lane in turns.values() for number in lane) == list(range(ROWS))
    assert all(numbers == sorted(numbers) for numbers in turns.values())


def test_an_event_is_stored_once_for_ever_even_twice_in_one_batch(ground: Ground) -> None:
    """Providers repeat what they sent, sometimes at once and sometimes weeks later."""
    with ground.database.transaction() as session:
        same = [ground.event("a", "1"), ground.event("a", "2"), ground.event("a", "1")]
        assert insert_inbound(session, same) == [True, True, False]
    (row,) = _claim(ground)
    with ground.database.transaction() as session:
        finish_inbound(session, row, NOW)
        assert insert_inbound(session, [ground.event("a", "1")]) == [False]
    with ground.database.reading() as session:
        stored = session.exec(select(Inbound.external_id).order_by(col(Inbound.id))).all()
    assert stored == ["1", "2"]


def test_the_words_of_a_finished_event_are_gone_and_its_key_stays(ground: Ground) -> None:
    """What a turn did not keep nobody needs any more, a declined story least of all."""
    ground.inbound("a", "1")
    (row,) = _claim(ground)
    with ground.database.transaction() as session:
        assert finish_inbound(session, row, NOW)
    with ground.database.reading() as session:
        stored = session.exec(select(Inbound)).one()
    assert (stored.status, stored.sealed, stored.external_id) == ("done", None, "1")


def test_a_lane_waits_for_its_oldest_event_and_the_other_lanes_do_not(ground: Ground) -> None:
    """One person's trouble must neither disorder her own words nor hold up others."""
    ground.inbound("a", "a1", "a2")
    ground.inbound("b", "b1")
    first = _claim(ground)
    assert [row.external_id for row in first] == ["a1", "b1"]
    assert _claim(ground) == []
    with ground.database.transaction() as session:
        assert return_inbound(session, first[0], NOW, "KeyError x.py:1") == "new"
    assert _claim(ground, 0.5) == []
    assert [row.external_id for row in _claim(ground, 1)] == ["a1"]


def test_five_tries_with_growing_pauses_then_the_lane_goes_on(ground: Ground) -> None:
    """A poisoned event must not silence the person for ever."""
    ground.inbound("a", "racun", "biasa")
    seconds, pauses = 0.0, []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (row,) = _claim(ground, seconds)
        assert (row.external_id, row.attempts) == ("racun", attempt)
        with ground.database.transaction() as session:
            status = return_inbound(session, row, later(seconds), "Boom")
        assert status == ("new" if attempt < MAX_ATTEMPTS else "dead")
        pause = 2.0 ** (attempt - 1)
        if status == "new":
            assert _claim(ground, seconds + pause - 0.1) == []
        pauses.append(pause)
        seconds += pause
    assert [row.external_id for row in _claim(ground, seconds)] == ["biasa"]
    with ground.database.reading() as session:
        assert inbox_counts(session) == {"new": 0, "claimed": 1, "dead": 1}


def test_two_processes_that_store_the_same_events_do_not_block_each_other(
    ground: Ground,
) -> None:
    """A provider repeats what was slow: both processes may hold the same events at once."""
    ready = threading.Barrier(2)

    def store(backwards: bool) -> int:
        fresh = 0
        for number in range(15):
            events = [ground.event(f"l{key}", f"{number}-{key}") for key in range(60)]
            ready.wait(PATIENCE)
            with ground.database.transaction() as session:
                fresh += sum(insert_inbound(session, events[::-1] if backwards else events))
        return fresh

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(store, (False, True))) == 15 * 60


def test_events_of_a_lane_keep_the_order_in_which_they_came(ground: Ground) -> None:
    """Their keys sort differently."""
    ground.inbound("a", "9", "1", "5")
    with ground.database.reading() as session:
        stored = session.exec(select(Inbound.external_id).order_by(col(Inbound.id))).all()
    assert stored == ["9", "1", "5"]


def test_a_claim_ends_by_itself_and_a_late_worker_changes_nothing(ground: Ground) -> None:
    """A worker that died or slept must not hold an event, nor finish it a second time."""
    ground.inbound("a", "1")
    (slow,) = _claim(ground)
    with ground.database.transaction() as session:
        assert release_expired_inbound(session, NOW + LEASE).given_back == 0
        assert release_expired_inbound(session, NOW + LEASE * 2).given_back == 1
    (quick,) = _claim(ground, 130)
    assert quick.attempts == 2
    with ground.database.transaction() as session:
        assert not finish_inbound(session, slow, later(131))
        assert return_inbound(session, slow, later(131), "late") == "lost"
        assert finish_inbound(session, quick, later(131))


def test_an_event_that_kills_its_workers_ends_as_a_dead_letter(ground: Ground) -> None:
    """Otherwise it would kill one worker after the other for ever."""
    ground.inbound("a", "bom")
    seconds = 0.0
    for _ in range(MAX_ATTEMPTS):
        assert len(_claim(ground, seconds)) == 1
        seconds += 61
        with ground.database.transaction() as session:
            released = release_expired_inbound(session, later(seconds))
    assert released == Released(0, (ground.organisation_id,))
    assert _claim(ground, seconds) == []
    with ground.database.transaction() as session:
        dead = session.exec(select(Inbound)).one()
        assert dead.status == "dead"
        assert revive_dead(session, dead.id or 0, later(seconds))
    assert [row.attempts for row in _claim(ground, seconds)] == [1]


def test_a_dead_letter_can_be_forgotten_without_forgetting_its_key(ground: Ground) -> None:
    """Deletion of one's data reaches what went wrong, too."""
    ground.inbound("a", "1")
    seconds = 0.0
    for _ in range(MAX_ATTEMPTS):
        (row,) = _claim(ground, seconds)
        with ground.database.transaction() as session:
            return_inbound(session, row, later(seconds), "Boom")
        seconds += 60
    with ground.database.transaction() as session:
        forget_dead(session, "a", later(seconds))
        assert insert_inbound(session, [ground.event("a", "1")]) == [False]
        assert session.exec(select(Inbound.sealed)).all() == [None]


@pytest.mark.parametrize("count", [0, 3])
def test_the_oldest_waiting_event_is_known(ground: Ground, count: int) -> None:
    """An operator sees by it that the program lags behind."""
    for number in range(count):
        ground.inbound("a", str(number), at=later(number))
    with ground.database.reading() as session:
        assert oldest_open_inbound(session) == (NOW if count else None)


def _claim(ground: Ground, seconds: float = 0) -> list[ClaimedInbound]:
    with ground.database.transaction() as session:
        return claim_inbound(session, later(seconds), 10)
