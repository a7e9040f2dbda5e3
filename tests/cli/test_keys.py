"""``keys``: everything that is sealed is found, sealed anew, and nothing is lost on the way."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, func, select, update
from sqlmodel import SQLModel

from bot.events import Media, MediaKind
from bot.inbox.spool import Accepted
from storage.crypto import Vault, new_key
from storage.keyring import open_vault, write_keys
from storage.running import in_use
from storage.sealed import SEALED_FOLDERS, Resealer, key_uses, newest_key_id, sealed_columns
from storage.tables import (
    Appointment,
    Attachment,
    Company,
    RosterEvent,
    StageRecord,
    Survey,
    SurveyAnswer,
)
from tests.cli.conftest import CommandLine, on_both_engines
from tests.world import STORY, World


@pytest.fixture
def keyed(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A program whose keys stand in its key file."""
    data_dir = tmp_path / "var"
    data_dir.mkdir()
    write_keys(data_dir / "keys", (new_key(),))
    world = World(database_url, data_dir, encryption_keys="")
    yield world
    world.close()


@pytest.fixture
def typed(keyed: World) -> CommandLine:
    """The command line beside it."""
    settings = keyed.settings
    return CommandLine(
        {
            "DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": settings.database_url,
            "COLUMNS": "200",
        }
    )


def fill(world: World, cli: CommandLine) -> None:
    """Put at least one value into every sealed column and folder."""
    sri, app = world.worker(), world.app
    case = world.opened_case(sri)
    assert app.simulator is not None
    slip = app.simulator.files.keep(b"foto slip", Media(MediaKind.PHOTO, "", "image/jpeg"))
    sri.says("ini slip saya", media=(slip.as_media(),))
    ratna = world.officer()
    ratna.writes(case, "/tutup")  # a question with its form
    ratna.writes(None, "/cari gaji")
    cli.ok("cases", "show", case.number, "--reveal")
    cli.ok("orgs", "set", "utama", "--telegram-bot-token", stdin="7:AA\n")
    app.spool.keep(Accepted("simulator", "simulator", "spooled", "x", b"{}"), world.clock.now())
    sri.sends(sri.event(text="masih ada lagi"))
    with app.database.transaction() as session:
        owned = {"organisation_id": case.organisation_id, "at": case.opened_at}
        when = {"made_at": case.opened_at, "at": case.opened_at}
        seal = app.vault.seal
        session.add(StageRecord(**owned, case_id=case.id, stage="bipartit",
                                sealed=seal(b"{}", "stage_records")))  # fmt: skip
        session.add(RosterEvent(**owned, what="joined", sealed=seal(b"{}", "roster_events")))
        session.add(Appointment(organisation_id=case.organisation_id, **when, case_id=case.id,
                                kind="lain", sealed=seal(b"{}", "appointments")))  # fmt: skip
        company = Company(organisation_id=case.organisation_id, lookup="x", created_at=case.opened_at,
                          sealed=app.vault.seal(b"PT Contoh", "companies"))  # fmt: skip
        session.add(company)
        survey = Survey(
            organisation_id=case.organisation_id, case_id=case.id, closure=0,
            state="answered", planned_at=case.opened_at,
            sealed=seal(b"masih kurang", "surveys"),
        )  # fmt: skip
        session.add(survey)
        session.flush()
        session.add(SurveyAnswer(**owned, survey_id=survey.id, field="sex",
                                 sealed=seal(b"perempuan", "survey_answers")))  # fmt: skip


def keys_in(world: World) -> tuple[str, ...]:
    return tuple((world.settings.data_dir / "keys").read_text().split())


def uses(world: World) -> Counter[str]:
    with world.app.database.reading() as session:
        return key_uses(session, world.settings.data_dir)


def test_every_sealed_column_is_on_the_list() -> None:
    """A column that is missed would be lost with the old key."""
    named = {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name == "sealed" or isinstance(column.type, LargeBinary)
    }
    assert {(one.table.name, one.column.name) for one in sealed_columns()} == named
    assert ("meta", "value") in named
    assert all(len(one.table.primary_key) == 1 for one in sealed_columns())


@on_both_engines
def test_rotation_seals_everything_anew_and_loses_nothing(
    keyed: World, typed: CommandLine
) -> None:
    """The promise of the command, in every column and folder, proven by opening all of it."""
    fill(keyed, typed)
    with keyed.app.database.reading() as session:
        empty = [
            one.table.name
            for one in sealed_columns()
            if not session.scalar(select(func.count(one.column)))
        ]
    data_dir = keyed.settings.data_dir
    assert empty == []
    assert all(list(folder.files(data_dir)) for folder in SEALED_FOLDERS)
    old = keys_in(keyed)
    before = uses(keyed)

    option = () if keyed.app.database.is_sqlite else ("--one-machine",)
    facts = typed.json("keys", "rotate", *option)
    assert (facts["left"], facts["damaged"]) == (0, 0)
    assert facts["resealed"] == sum(before.values())
    assert keys_in(keyed)[1:] == old
    assert dict(uses(keyed)) == {facts["newest"]: facts["resealed"]}

    only_new = Vault(keys_in(keyed)[:1])
    work = Resealer(keyed.app.database, Vault((new_key(), *keys_in(keyed)[:1])), data_dir)
    assert sum(work.run()) == facts["resealed"]
    assert work.damaged == 0
    assert newest_key_id(only_new) == facts["newest"]


def test_the_story_reads_the_same_afterwards(keyed: World, typed: CommandLine) -> None:
    """What counts is what people told."""
    case = keyed.opened_case()
    typed.ok("keys", "rotate")
    typed.ok("keys", "rotate", "--drop-old")
    assert len(keys_in(keyed)) == 1
    assert STORY in typed.ok("cases", "show", case.number, "--reveal")


def test_an_interrupted_rotation_goes_on_with_the_same_key(
    keyed: World, typed: CommandLine
) -> None:
    """A second key would seal everything twice and leave three in the file."""
    keyed.opened_case()
    write_keys(keyed.settings.data_dir / "keys", (new_key(), *keys_in(keyed)))
    vault = Vault(keys_in(keyed))
    next(Resealer(keyed.app.database, vault, keyed.settings.data_dir).run())
    started = keys_in(keyed)
    assert typed.json("keys", "rotate")["left"] == 0
    assert keys_in(keyed) == started
    typed.ok("keys", "rotate")
    assert len(keys_in(keyed)) == 3


def test_a_running_program_takes_up_the_new_key_at_once(keyed: World, typed: CommandLine) -> None:
    """Without a restart it reads what was sealed anew, and seals with the new key."""
    key_file = keyed.settings.data_dir / "keys"
    running = open_vault("", key_file, may_create=False)
    sealed_before = running.seal(b"gaji", "cases")
    newest = typed.json("keys", "rotate")["newest"]
    assert running.open(sealed_before, "cases") == b"gaji"
    assert running.seal(b"gaji", "cases")[1:5].hex() == newest
    key_file.unlink()
    assert running.open(sealed_before, "cases") == b"gaji"


def test_what_changes_meanwhile_is_not_overwritten(keyed: World, typed: CommandLine) -> None:
    """Sealing anew must never bring back what a turn has just changed."""
    keyed.opened_case()
    vault = Vault((new_key(), *keys_in(keyed)))
    work = Resealer(keyed.app.database, vault, keyed.settings.data_dir)
    column = next(one for one in sealed_columns() if one.table.name == "cases")
    with keyed.app.database.transaction() as session:
        key, before = session.execute(select(column.key, column.column)).one()
        changed = keyed.app.vault.seal(b"{}", "cases")
        session.execute(update(column.table).values(sealed=changed))
        work._write(session, column, [(key, before)])
        assert session.scalar(select(column.column)) == changed


def test_deleted_evidence_does_not_come_back(keyed: World) -> None:
    """'Hapus data' is a promise; a copy sealed anew would break it."""
    vault, data_dir = keyed.app.vault, keyed.settings.data_dir
    path, _ = keyed.app.evidence.keep(b"foto")
    now = keyed.clock.now()
    row = Attachment(
        key="k",
        organisation_id=1,
        channel="x",
        kind="photo",
        state="deleted",
        path=path,
        due_at=now,
        created_at=now,
        sealed=vault.seal(b"{}", "attachments"),
    )
    with keyed.app.database.transaction() as session:
        session.add(row)
    keyed.app.evidence.delete(path)
    list(Resealer(keyed.app.database, Vault((new_key(), *keys_in(keyed))), data_dir).run())
    assert not (data_dir / "evidence" / path).exists()


def test_damaged_values_are_counted_and_left(keyed: World, typed: CommandLine) -> None:
    """One broken file must neither stop the rest nor be thrown away."""
    path, _ = keyed.app.evidence.keep(b"foto")
    file = keyed.settings.data_dir / "evidence" / path
    broken = file.read_bytes()[:-1] + b"x"
    file.write_bytes(broken)
    facts = typed.json("keys", "rotate")
    assert (facts["damaged"], facts["left"]) == (1, 1)
    assert file.read_bytes() == broken
    assert "keys rotate" in typed.fails("keys", "rotate", "--drop-old")


def test_old_keys_are_dropped_only_when_nothing_runs(keyed: World, typed: CommandLine) -> None:
    """A running program may hold a value that it sealed with the older key."""
    typed.ok("keys", "rotate")
    with in_use(keyed.settings.data_dir):
        assert "Hentikan program" in typed.fails("keys", "rotate", "--drop-old")
    assert typed.json("keys", "rotate", "--drop-old") == {"dropped": 1}


def test_keys_of_the_environment_are_rotated_in_two_steps(
    world: World, beside: CommandLine
) -> None:
    """A command cannot change the environment of other processes, so it says what to do."""
    case = world.opened_case()
    assert "ENCRYPTION_KEYS" in beside.fails("keys", "rotate")
    new, old = beside.ok("keys", "new").strip(), beside.environment["ENCRYPTION_KEYS"]
    both = beside.having(ENCRYPTION_KEYS=f"{new},{old}")
    assert both.json("keys", "rotate")["left"] == 0
    only_new = beside.having(ENCRYPTION_KEYS=new)
    assert STORY in only_new.ok("cases", "show", case.number, "--reveal")
    assert "kunci" in beside.fails("cases", "list")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_other_machines_are_thought_of(keyed: World, typed: CommandLine) -> None:
    """A key that only this machine knows would blind the others."""
    before = keys_in(keyed)
    assert "--one-machine" in typed.fails("keys", "rotate")
    assert keys_in(keyed) == before


def test_list_names_keys_without_showing_them(keyed: World, typed: CommandLine) -> None:
    """An id is a hash of the key and opens nothing."""
    typed.ok("keys", "rotate")
    printed = typed.ok("keys", "list")
    assert [row["newest"] for row in typed.json("keys", "list")] == [True]
    assert not any(key in printed for key in keys_in(keyed))
