# ruff: noqa: ARG005, S608, ISC004 - one shape for all actions; SQL from constants
"""Queries that every turn runs keep to their indexes with 100,000 rows in the tables."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlmodel import Session

from bot.events import Address
from storage.backlog import (
    inbox_counts,
    oldest_open_inbound,
    oldest_queued_outbound,
    outbox_counts,
)
from storage.cases import case_by_number, case_of_topic, cases_of_person, messages_of
from storage.database import Database
from storage.delivery_reports import apply_report
from storage.due import take_due
from storage.held import is_held_for, release_held, waits_for_word
from storage.inbound import claim_inbound, release_expired_inbound
from storage.outbound import (
    claim_outbound,
    expired_sends,
    forget_settled,
    uncertain_sends,
)
from storage.people import find_reporter
from storage.tables import DeliveryReport
from tests.storage.rows import NOW, Ground

ROWS = 100_000
BIG = ("inbox", "outbox", "cases", "addresses", "persons", "conversations", "due", "case_messages")

Action = Callable[[Session, Ground], object]
ACTIONS: dict[str, Action] = {
    "claim_inbound": lambda s, g: claim_inbound(s, NOW, 4),
    "release_expired_inbound": lambda s, g: release_expired_inbound(s, NOW),
    "inbox_counts": lambda s, g: inbox_counts(s),
    "oldest_open_inbound": lambda s, g: oldest_open_inbound(s),
    "claim_outbound": lambda s, g: claim_outbound(s, NOW, 32),
    "expired_sends": lambda s, g: expired_sends(s, NOW),
    "uncertain_sends": lambda s, g: uncertain_sends(s, NOW),
    "outbox_counts": lambda s, g: outbox_counts(s),
    "oldest_queued_outbound": lambda s, g: oldest_queued_outbound(s, NOW),
    "forget_settled": lambda s, g: forget_settled(s, b"", NOW),
    "release_held": lambda s, g: release_held(s, 77, "whatsapp", NOW),
    "is_held_for": lambda s, g: is_held_for(s, 77, "whatsapp"),
    "waits_for_word": lambda s, g: waits_for_word(s, 77, "whatsapp"),
    "apply_report": lambda s, g: apply_report(
        s,
        DeliveryReport(
            organisation_id=g.organisation_id,
            channel="whatsapp",
            external_id="SM77",
            status="read",
            at=NOW,
        ),
        NOW,
    ),
    "take_due": lambda s, g: take_due(s, NOW),
    "find_reporter": lambda s, g: find_reporter(
        s, g.vault, g.organisation_id, [Address("whatsapp", "+6281"), Address("whatsapp", "ID.1")]
    ),
    "cases_of_person": lambda s, g: cases_of_person(s, 77),
    "case_by_number": lambda s, g: case_by_number(s, g.organisation_id, "N77", lock=True),
    "case_of_topic": lambda s, g: case_of_topic(s, g.organisation_id, "-100", "77", ""),
    "case_of_card": lambda s, g: case_of_topic(s, g.organisation_id, "-100", "", "77"),
    "messages_of": lambda s, g: messages_of(s, 77),
}


@pytest.fixture
def full(ground: Ground) -> Ground:
    """The tables of a union that has been at it for years, with a handful of open rows."""
    series = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})"
    values = {"o": ground.organisation_id, "at": str(NOW - timedelta(days=1)), "x": b"x"}
    with ground.database.engine.connect() as connection:
        # Without the checks of references, which take most of the time.
        connection.rollback()
        if ground.database.is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        for table, columns, row in _tables(ground.database):
            numbered = f"INSERT INTO {table} ({columns}) {series} SELECT {row} FROM n"
            connection.execute(text(numbered), values)
        connection.execute(text("UPDATE conversations SET address_id = person_id"))
        connection.execute(text("ANALYZE"))
        connection.commit()
    ground.database.dispose()
    return ground


def test_no_query_of_a_turn_reads_a_whole_table(full: Ground) -> None:
    """A turn with a million cases may take half as long again as one with a thousand."""
    read_whole = {}
    for name, action in ACTIONS.items():
        plans = _plans_of(full, action)
        assert plans, name
        found = [line for line in plans if _reads_whole_table(line)]
        if found:
            read_whole[name] = found
    assert read_whole == {}
    without_index = text("SELECT id FROM cases WHERE outcome = 'upah-x'")
    plans = _plans_of(full, lambda s, g: s.connection().execute(without_index))
    assert any(_reads_whole_table(line) for line in plans), "the check itself sees nothing"


def _tables(database: Database) -> Iterator[tuple[str, str, str]]:
    at = ":at" if database.is_sqlite else "CAST(:at AS timestamptz)"
    yes, no = ("1", "0") if database.is_sqlite else ("true", "false")
    few = f"CASE WHEN i > {ROWS - 20} THEN '%s' ELSE '%s' END"
    yield ("persons", "organisation_id, pseudonym, pushes_on, consented_version, created_at",
           f":o, 'M', {yes}, '', {at}")  # fmt: skip
    yield ("addresses", "organisation_id, person_id, channel, lookup, sealed, unreachable",
           "(:o), i, 'whatsapp', 'l' || i, :x, ''")  # fmt: skip
    yield ("conversations",
           "organisation_id, person_id, address_id, revision, flow, step, updated_at",
           f":o, i, 1, 0, '', '', {at}")  # fmt: skip
    yield ("cases",
           "number, organisation_id, person_id, kind, category, also, tags, urgency, status,"
           " status_since, outcome, identity, sensitive, region_code, sealed, chat_id, thread_id,"
           " card_id, topic_state, opened_at, reopened, legal_hold",
           f"'N' || i, :o, i, 'pengaduan', 'upah', '', '', 'normal', 'selesai', {at}, '',"
           f" 'rahasia', {no}, '', :x, '-100', 't' || i, 'c' || i, 'open', {at}, 0, {no}")  # fmt: skip
    yield ("case_messages",
           "organisation_id, case_id, direction, state, source, preview_id, audience, sealed, at",
           f":o, i, 'reporter', '', 's' || i, '', '', :x, {at}")  # fmt: skip
    yield ("inbox",
           "organisation_id, source, account, external_id, lane, status, attempts, available_at,"
           " error, sealed, received_at",
           f":o, 's', 'a', 'e' || i, 'l' || i, {few % ('new', 'done')}, 0, {at}, '', :x, {at}")  # fmt: skip
    yield ("outbox",
           "organisation_id, ordinal, channel, lane, chat, paced, kind, promise, priority,"
           " merge_key, forget, person_id, case_id, status, attempts, available_at, external_id,"
           " error, sealed, created_at, sent_at",
           f":o, 0, 'whatsapp', 'l' || i, '-100', {yes}, 'say', 'question', 5, '', {no}, i, i,"
           f" {few % ('queued', 'read')}, 0, {at}, 'SM' || i, '', :x, {at}, {at}")  # fmt: skip
    yield ("due", "organisation_id, kind, key, lane, sequence, status, due_at",
           f":o, 'quiet', 'k' || i, 'l', 1, {few % ('waiting', 'fired')}, {at}")  # fmt: skip


def _plans_of(ground: Ground, action: Action) -> list[str]:
    """How the engine would carry out every statement of this action."""
    with _recorded(ground.database) as statements, ground.database.transaction() as session:
        action(session, ground)
        session.rollback()
    how = "EXPLAIN QUERY PLAN" if ground.database.is_sqlite else "EXPLAIN"
    plans = []
    with ground.database.engine.connect() as connection:
        for statement, parameters in statements:
            rows = connection.exec_driver_sql(f"{how} {statement}", parameters)
            plans += [str(row[-1]) for row in rows]
    return plans


@contextmanager
def _recorded(database: Database) -> Iterator[list[tuple[str, Any]]]:
    found: list[tuple[str, Any]] = []

    def record(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "WITH")):
            found.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", record)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", record)


def _reads_whole_table(line: str) -> bool:
    tables = "|".join((*BIG, "older"))
    if re.search(rf"\bSeq Scan on ({tables})\b", line):
        return True
    return bool(re.search(rf"^SCAN ({tables})\b(?! USING)", line))
