"""``dead-letters``: nothing that was given up is forgotten, and a person decides."""

import pytest
from sqlmodel import select

from storage.cases import events_of, row_id
from storage.tables import Inbound, Outbound
from tests.cli.conftest import CommandLine, on_both_engines
from tests.world import STORY, World


@pytest.fixture
def stuck(world: World) -> World:
    """A program with a case, a dead event, a dead message and an uncertain one."""
    case = world.opened_case()
    sri = world.worker()
    sri.sends(sri.event(text="masih ada lagi"))
    with world.app.database.transaction() as session:
        event = session.exec(select(Inbound).where(Inbound.status == "new")).one()
        event.status, event.attempts = "dead", 5
        dead = session.exec(select(Outbound).where(Outbound.kind == "say")).first()
        uncertain = session.exec(
            select(Outbound).where(Outbound.case_id == case.id, Outbound.kind == "say")
        ).first()
        assert dead is not None
        assert uncertain is not None
        assert dead.id != uncertain.id
        dead.status, dead.error = "dead", "5xx"
        uncertain.status, uncertain.error = "uncertain", "ReadTimeout"
        session.add_all((event, dead, uncertain))
    return world


def test_both_directions_are_listed_without_a_word(stuck: World, beside: CommandLine) -> None:
    """Operators decide by sort and cause, not by reading."""
    letters = beside.json("dead-letters", "list")
    assert [(one["id"].split("-")[0], one["status"]) for one in letters] == [
        ("in", "dead"),
        ("out", "dead"),
        ("out", "uncertain"),
    ]
    printed = beside.ok("dead-letters", "list")
    assert letters[0]["id"] in printed
    assert STORY not in printed


def test_all_takes_the_dead_and_leaves_the_uncertain(stuck: World, beside: CommandLine) -> None:
    """What may have arrived must not be sent twice by the way."""
    retried = beside.json("dead-letters", "retry", "--all")["retried"]
    assert [one.split("-")[0] for one in retried] == ["in", "out"]
    stuck.settle()
    left = beside.json("dead-letters", "list")
    assert [one["status"] for one in left] == ["uncertain"]


@on_both_engines
def test_one_is_retried_and_the_trail_says_so(stuck: World, beside: CommandLine) -> None:
    """A reply that went out twice must be explainable."""
    letter = beside.json("dead-letters", "list")[-1]["id"]
    heard = len(stuck.worker().heard())
    beside.ok("dead-letters", "retry", letter)
    stuck.settle()
    assert len(stuck.worker().heard()) > heard
    with stuck.app.database.reading() as session:
        trail = [event.what for event in events_of(session, row_id(stuck.cases()[0]))]
    assert "resent_by_operator" in trail
    assert letter in beside.fails("dead-letters", "retry", letter)


def test_wrong_ids_are_wrong_usage(cli: CommandLine) -> None:
    """One id or all, never neither."""
    cli.fails("dead-letters", "retry", status=2)
    cli.fails("dead-letters", "retry", "7", status=2)
    cli.fails("dead-letters", "retry", "in-1", "--all", status=2)
    assert "in-1" in cli.fails("dead-letters", "retry", "in-1")
