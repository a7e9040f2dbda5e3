"""Due rows fire exactly once, also when several processes sweep them at the same time."""

import threading

from storage.due import DueRow, cancel_due, is_current, set_due, take_due
from tests.patience import PATIENCE
from tests.storage.rows import Ground, later

ROWS, THREADS = 100, 4


def test_four_sweepers_fire_each_row_exactly_once(ground: Ground) -> None:
    """A reminder that comes twice is a nuisance, one that never comes a broken promise."""
    for number in range(ROWS):
        _set(ground, f"quiet:{number}", number / 10)
    fired: list[DueRow] = []
    guard = threading.Lock()
    ready = threading.Barrier(THREADS)

    def sweep() -> None:
        ready.wait(PATIENCE)
        for _ in range(ROWS):
            with ground.database.transaction() as session:
                rows = take_due(session, later(60), limit=7)
            with guard:
                fired.extend(rows)
            if not rows:
                return

    threads = [threading.Thread(target=sweep) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    fired += _take(ground, 60)
    assert sorted(row.key for row in fired) == sorted(f"quiet:{n}" for n in range(ROWS))


def test_only_what_is_due_fires_and_the_oldest_first(ground: Ground) -> None:
    """A timer that fires early interrupts someone who is still writing."""
    for key, seconds in (("late", 30.0), ("second", 10.0), ("first", 5.0)):
        _set(ground, key, seconds)
    assert [row.key for row in _take(ground, 29)] == ["first", "second"]
    assert [row.key for row in _take(ground, 30)] == ["late"]


def test_setting_a_timer_again_moves_it_and_makes_the_old_one_stale(ground: Ground) -> None:
    """Each further message of a burst starts the silence anew."""
    _set(ground, "quiet:1", 8)
    (old,) = _take(ground, 8)
    with ground.database.reading() as session:
        assert is_current(session, "quiet:1", old.sequence)
    _set(ground, "quiet:1", 20)
    with ground.database.reading() as session:
        assert not is_current(session, "quiet:1", old.sequence)
    assert _take(ground, 19) == []
    (new,) = _take(ground, 20)
    assert new.sequence == old.sequence + 1


def test_a_cancelled_timer_never_fires(ground: Ground) -> None:
    """What is done must not be reminded of."""
    _set(ground, "unfinished:1", 5)
    with ground.database.transaction() as session:
        cancel_due(session, "unfinished:1")
    assert _take(ground, 3600) == []


def _set(ground: Ground, key: str, seconds: float) -> None:
    with ground.database.transaction() as session:
        set_due(
            session,
            organisation_id=ground.organisation_id,
            kind=key.partition(":")[0],
            key=key,
            lane="sri",
            due_at=later(seconds),
        )


def _take(ground: Ground, seconds: float) -> list[DueRow]:
    with ground.database.transaction() as session:
        return take_due(session, later(seconds))
