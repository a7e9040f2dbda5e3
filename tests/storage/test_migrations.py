"""The schema can be put up, taken down and put up again, and says when it does not fit."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from storage.database import Database
from storage.migrate import (
    SchemaProblem,
    SchemaTooNew,
    check,
    current_revision,
    downgrade,
    must_be_current,
    newest_revision,
    upgrade,
)
from storage.tables import Inbound, Organisation
from tests.storage.next_revision import write_revision
from tests.storage.rows import Ground


def test_the_schema_goes_down_and_up_again_and_fits_the_tables(database: Database) -> None:
    """An operator who has to go back must be able to come forward again."""
    check(database)
    downgrade(database, "base")
    left = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade(database)
    check(database)
    assert current_revision(database) == newest_revision()


def test_a_table_is_changed_without_harm_to_the_rows_that_belong_to_it(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SQLite changes a table by dropping it: with foreign keys on, that fails or deletes rows."""
    ground.inbound("a", "1", "2")
    newest = write_revision(
        tmp_path,
        monkeypatch,
        "with op.batch_alter_table('organisations', recreate='auto') as batch:\n"
        "        batch.alter_column('name', type_=sa.String(500))",
    )
    upgrade(ground.database)
    assert current_revision(ground.database) == newest
    with ground.database.transaction() as session:
        assert len(session.exec(select(Inbound)).all()) == 2
        if ground.database.is_sqlite:
            assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_migration_that_would_orphan_rows_is_undone(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A case without its organisation would never be seen again."""
    ground.inbound("a", "1")
    before = current_revision(ground.database)
    write_revision(tmp_path, monkeypatch, "op.execute('DELETE FROM organisations')")
    with pytest.raises((SchemaProblem, IntegrityError)):
        upgrade(ground.database)
    assert current_revision(ground.database) == before
    with ground.database.reading() as session:
        assert len(session.exec(select(Organisation)).all()) == 1


def test_a_migration_that_fails_midway_leaves_the_schema_as_it_was(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Half a schema could neither be used nor mended by running the upgrade again."""
    before = _schema(database)
    half = "op.create_table('half', sa.Column('id', sa.Integer)); raise RuntimeError('midway')"
    write_revision(tmp_path, monkeypatch, half)
    with pytest.raises(RuntimeError, match="midway"):
        upgrade(database)
    assert _schema(database) == before


def test_a_schema_of_another_version_is_refused_with_what_to_do(database: Database) -> None:
    """A program that runs on the wrong schema loses data quietly."""
    must_be_current(database)
    downgrade(database, "base")
    with pytest.raises(SchemaProblem, match="db upgrade"):
        must_be_current(database)


def test_a_newer_schema_is_refused_by_start_and_upgrade(database: Database) -> None:
    """An older program would write rows that the newer one cannot read."""
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffff00000000'"))
    for refuse in (must_be_current, upgrade):
        with pytest.raises(SchemaTooNew, match="newer program"):
            refuse(database)


def test_partial_indexes_keep_their_conditions(database: Database) -> None:
    """Without its condition the index of claimed lanes would forbid a second finished row."""
    indexes = {
        index["name"]: index
        for table in ("inbox", "outbox", "due")
        for index in inspect(database.engine).get_indexes(table)
    }
    dialect = "sqlite" if database.is_sqlite else "postgresql"
    for name, words in (
        ("uq_inbox_lane_claimed", "claimed"),
        ("uq_outbox_merge", "merge_key"),
        ("ix_due_waiting", "waiting"),
    ):
        condition = str(indexes[name]["dialect_options"][f"{dialect}_where"])
        assert words in condition
    assert indexes["uq_inbox_lane_claimed"]["unique"]


def test_sqlite_is_opened_the_safe_way(tmp_path: Path) -> None:
    """The defaults lose updates, orphan rows and leave deleted words on the disk."""
    database = Database(f"sqlite:///{tmp_path / 'k.db'}", patience=7)
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "busy_timeout": 7000,
    }
    with database.reading() as session:
        found = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in wanted
        }
    database.dispose()
    assert found == wanted


def _schema(database: Database) -> dict[str, list[str]]:
    inspector = inspect(database.engine)
    return {
        table: sorted(column["name"] for column in inspector.get_columns(table))
        for table in inspector.get_table_names()
    }
