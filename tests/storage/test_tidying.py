"""Old rows of the queues go or are blanked; what duplicates and posts need stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from storage.database import Database
from storage.due import set_due, take_due
from storage.inbound import claim_inbound, finish_inbound, insert_inbound
from storage.tables import Due, Inbound, Outbound
from storage.tidying import tidy
from tests.storage.rows import NOW, Ground, ground_of

OLD = timedelta(days=91)
WORDS = {"text": "gaji belum dibayar"}


@pytest.fixture
def ground(database: Database) -> Ground:
    """A database with one organisation."""
    return ground_of(database)


def sends(ground: Ground, **fields: object) -> int:
    """A row of the outbox with words."""
    sealed = ground.vault.seal_json(WORDS, "outbox")
    with ground.database.transaction() as session:
        return ground.outbound(session, "lane", sealed=sealed, **fields)


def said(ground: Ground) -> dict[int, object]:
    """What each row of the outbox says."""
    with ground.database.reading() as session:
        return {
            row.id or 0: ground.vault.open_json(row.sealed, "outbox")
            for row in session.exec(select(Outbound)).all()
        }


def test_what_was_sent_long_ago_loses_its_words_and_keeps_its_ids(ground: Ground) -> None:
    """A late report, a quote, a post to take back: they need the id, not the words."""
    row = sends(ground, status="delivered", external_id="m1")
    failed, waiting = sends(ground, status="failed"), sends(ground, status="held")
    assert tidy(ground.database, ground.vault, NOW + timedelta(days=89))["sent_words"] == 0
    assert tidy(ground.database, ground.vault, NOW + OLD)["sent_words"] == 1
    assert said(ground) == {row: {}, failed: WORDS, waiting: WORDS}
    with ground.database.reading() as session:
        assert session.get_one(Outbound, row).external_id == "m1"
    assert tidy(ground.database, ground.vault, NOW + OLD)["sent_words"] == 0


def test_what_only_carried_something_out_goes(ground: Ground) -> None:
    """Typing signs and edits of cards are most of the rows, and nothing refers to them."""
    sends(ground, kind="typing", status="sent")
    sends(ground, kind="card", status="cancelled")
    waits, post = sends(ground, kind="card"), sends(ground, kind="post", status="sent")
    assert tidy(ground.database, ground.vault, NOW + OLD)["passed_orders"] == 2
    assert set(said(ground)) == {waits, post}


def test_keys_of_what_came_from_outside_stay_for_good(ground: Ground) -> None:
    """A webhook that is repeated years later must still do nothing."""
    ground.inbound("sri", "SM1")
    timers = [
        replace(ground.event(f"case:{i}", f"{i}:1"), source="timer", account="timer")
        for i in (7, 8)
    ]
    with ground.database.transaction() as session:
        insert_inbound(session, timers)
        for row in claim_inbound(session, NOW, limit=5):
            finish_inbound(session, row, NOW)
    with ground.database.reading() as session:
        named = session.exec(select(Inbound.id).where(Inbound.external_id == "8:1")).one()
    sends(ground, inbox_id=named, status="sent")
    assert tidy(ground.database, ground.vault, NOW + OLD)["done_timers"] == 1
    with ground.database.transaction() as session:
        kept = session.exec(select(Inbound.external_id).order_by(col(Inbound.id))).all()
        assert list(kept) == ["SM1", "8:1"]
        assert insert_inbound(session, [ground.event("sri", "SM1")]) == [False]


def test_dead_letters_that_nobody_tried_again_lose_their_words(ground: Ground) -> None:
    """They are a worker's words, and nobody will read them any more."""
    ground.inbound("sri", "SM1", "SM2")
    with ground.database.transaction() as session:
        row = session.exec(select(Inbound).where(Inbound.external_id == "SM1")).one()
        row.status = "dead"
        session.add(row)
    assert tidy(ground.database, ground.vault, NOW + OLD)["dead_events"] == 1
    with ground.database.reading() as session:
        rows = session.exec(select(Inbound).order_by(col(Inbound.id))).all()
        assert [(row.status, row.sealed is None) for row in rows] == [
            ("done", True), ("new", False),
        ]  # fmt: skip


def test_times_that_came_long_ago_go_and_a_new_one_is_another_event(ground: Ground) -> None:
    """A row that is set again after its old one went must fire, and not be taken for a repeat."""

    def fire(at: timedelta) -> int:
        with ground.database.transaction() as session:
            set_due(session, organisation_id=ground.organisation_id, kind="x", key="x:1",
                    lane="l", due_at=NOW + at)  # fmt: skip
            return next(row.id for row in take_due(session, NOW + at) if row.key == "x:1")

    first = fire(timedelta(0))
    with ground.database.transaction() as session:
        set_due(session, organisation_id=ground.organisation_id, kind="x", key="x:2", lane="l",
                due_at=NOW)  # fmt: skip
    assert tidy(ground.database, ground.vault, NOW + OLD)["fired_dues"] == 1
    with ground.database.reading() as session:
        assert session.exec(select(Due.key)).all() == ["x:2"]
    assert fire(OLD) != first


def test_a_row_that_fired_late_is_kept_from_then(ground: Ground) -> None:
    """Its event may still be in work after days without the program."""
    with ground.database.transaction() as session:
        set_due(session, organisation_id=ground.organisation_id, kind="x", key="x:1", lane="l",
                due_at=NOW)  # fmt: skip
        take_due(session, NOW + OLD)
    assert tidy(ground.database, ground.vault, NOW + OLD)["fired_dues"] == 0
