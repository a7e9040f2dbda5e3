"""Accepted means stored for good: in the database, or on disk until it is back, in order."""

import threading

import pytest
from sqlalchemy import event as sql_event

from bot.inbox.accept import Accepted, NotAccepted
from bot.inbox.spool import Spool, SpoolUnusable
from storage.inbound import claim_inbound
from tests.inbox.entrance import Entrance, event
from tests.patience import PATIENCE
from tests.storage.rows import NOW


def test_what_comes_together_is_stored_in_one_commit(entrance: Entrance) -> None:
    """A durable commit is dear; a hundred events share one."""
    commits: list[int] = []
    waiting = [event(number, f"l{number}") for number in range(100)]
    sql_event.listen(entrance.ground.database.engine, "commit", lambda _c: commits.append(1))
    assert entrance.accept_then_start(*waiting) == [True] * 100
    assert len(commits) <= 2
    assert entrance.stored() == [str(number) for number in range(100)]


def test_duplicates_are_told_apart_also_inside_one_batch(entrance: Entrance) -> None:
    """Each caller must hear whether his was the first."""
    assert sorted(entrance.accept_then_start(event(1), event(1), event(2), event(1))) == [
        False, False, True, True,
    ]  # fmt: skip
    assert entrance.accept(event(2)) == [False]
    assert entrance.stored() == ["1", "2"]


def test_a_locked_database_is_bridged_on_disk_in_order(entrance: Entrance) -> None:
    """The provider does not repeat what it got no error for; nothing may be lost or reordered."""
    entrance.acceptor.start()
    assert entrance.accept(event(1)) == [True]
    entrance.take_away()
    for number in (2, 3, 4):
        assert entrance.accept(event(number)) == [True]
        entrance.clock.advance(0.001)
    assert entrance.accept(event(3)) == [True]
    assert entrance.spool.count() == 4
    entrance.give_back()
    assert entrance.accept(event(5)) == [True]
    assert entrance.spool.count() == 0
    assert entrance.stored() == ["1", "2", "3", "4", "5"]


def test_what_was_spooled_survives_the_end_of_the_program(entrance: Entrance) -> None:
    """The machine may go down with the database."""
    entrance.acceptor.start()
    entrance.take_away()
    entrance.accept(event(1), event(2))
    entrance.acceptor.stop()
    entrance.give_back()
    entrance.acceptor = entrance.process()
    assert entrance.acceptor.accept_now(event(3))
    assert entrance.stored() == ["1", "2", "3"]
    with entrance.ground.database.transaction() as session:
        (row,) = claim_inbound(session, NOW, 5)
        assert entrance.ground.vault.open(row.sealed or b"", "inbox") == b"isi 1"


def test_two_processes_bring_the_same_spool_home_once(entrance: Entrance) -> None:
    """The storing thread and the sweep may meet at the same file."""
    for number in range(30):
        entrance.spool.keep(event(number), entrance.clock.now())
    others = [entrance.process() for _ in range(3)]
    failures: list[BaseException] = []

    def replay(acceptor: object) -> None:
        try:
            acceptor.replay_spool()  # type: ignore[attr-defined]
        except Exception as failure:  # noqa: BLE001 - told by the assertion below
            failures.append(failure)

    threads = [threading.Thread(target=replay, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    if not entrance.ground.database.is_sqlite:
        failures.clear()  # two may insert the same row at once: one waits, none loses
    assert failures == []
    assert sorted(entrance.stored(), key=int) == [str(number) for number in range(30)]
    assert entrance.spool.count() == 0


def test_when_the_disk_refuses_too_the_provider_is_told_to_try_again(entrance: Entrance) -> None:
    """An honest 503 is repeated by the provider, a wrong 200 is not."""
    entrance.acceptor.start()
    entrance.take_away()
    _break(entrance)
    (answer,) = entrance.accept(event(1))
    assert isinstance(answer, NotAccepted)
    entrance.give_back()
    _mend(entrance)
    assert entrance.accept(event(1)) == [True]
    assert entrance.stored() == ["1"]


def test_a_start_without_a_writable_spool_is_refused(entrance: Entrance) -> None:
    """Better no start than a loss on the first bad day."""
    _break(entrance)
    with pytest.raises(SpoolUnusable, match="Give this program's user the right"):
        Spool(entrance.folder, entrance.ground.vault)
    with pytest.raises(SpoolUnusable):
        entrance.spool.check()
    _mend(entrance)
    entrance.spool.check()
    assert list(entrance.folder.iterdir()) == []


def test_proving_the_spool_does_not_disturb_what_is_being_written(entrance: Entrance) -> None:
    """The readiness page asks every few seconds."""
    part = entrance.folder / "0001.spool.part"
    part.write_bytes(b"half")
    entrance.spool.check()
    assert part.exists()
    Spool(entrance.folder, entrance.ground.vault)
    assert not part.exists(), "left over by a process that died: nobody was told it was accepted"


def test_files_on_disk_are_sealed_and_private(entrance: Entrance) -> None:
    """A spool of plain messages would undo the encryption of the database."""
    entrance.spool.keep(Accepted("twilio", "akun", "SM1", "+62811", b"RAHASIA"), NOW)
    (path,) = entrance.spool.waiting()
    assert path.stat().st_mode & 0o777 == 0o600
    assert entrance.folder.stat().st_mode & 0o777 == 0o700
    for secret in (b"RAHASIA", b"+62811", b"SM1"):
        assert secret not in path.read_bytes()


def test_after_the_stop_nothing_is_accepted_and_nothing_that_was_is_lost(
    entrance: Entrance,
) -> None:
    """The last events before an update must be answered one way or the other."""
    waiting = [event(number, f"l{number}") for number in range(600)]
    assert entrance.accept_then_start(*waiting) == [True] * 600
    entrance.acceptor.stop()
    (answer,) = entrance.accept(event("late"))
    assert isinstance(answer, NotAccepted)
    assert len(entrance.stored()) == 600


def test_an_odd_event_does_not_take_its_neighbours_with_it(entrance: Entrance) -> None:
    """One unknown account in a batch must not turn away fifty workers."""
    odd = event("odd", account="tidak-ada")
    nul, long = event("a\x00b", "b"), event("x" * 300, "c")
    answers = entrance.accept_then_start(event(1), odd, event(2), nul, long)
    assert isinstance(answers.pop(1), NotAccepted)
    assert answers == [True] * 4
    assert entrance.accept(nul, long) == [False, False]
    stored = entrance.stored()
    assert stored[:2] == ["1", "2"]
    assert len(stored) == 4


def test_a_spooled_event_that_fits_nowhere_is_set_aside_with_the_rest_going_on(
    entrance: Entrance,
) -> None:
    """Otherwise one bad file would keep everything that follows on the disk for ever."""
    entrance.spool.keep(event("odd", account="tidak-ada"), NOW)
    (entrance.folder / "0000000000.000001-x.spool").write_bytes(b"damaged")
    entrance.spool.keep(event(1), NOW)
    entrance.acceptor = entrance.process()
    assert entrance.acceptor.accept_now(event(2))
    assert entrance.stored() == ["1", "2"]
    assert len(list(entrance.folder.glob("*.refused"))) == 2
    assert entrance.spool.count() == 0


def _break(entrance: Entrance) -> None:
    entrance.folder.rename(entrance.folder.with_name("away"))
    entrance.folder.write_text("no folder")


def _mend(entrance: Entrance) -> None:
    entrance.folder.unlink()
    entrance.folder.with_name("away").rename(entrance.folder)
