"""``db``: a backup that can be trusted, a restore that cannot do harm by mistake."""

import io
import os
import shutil
import sqlite3
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.events import Media, MediaKind
from storage.crypto import new_key
from storage.database import Database, sqlite_path
from storage.migrate import newest_revision
from storage.running import NotAlone, alone, in_use
from tests.cli.conftest import CommandLine, on_both_engines, settings_as_environment
from tests.databases import PostgresServer, _binaries, new_sqlite_url
from tests.patience import PATIENCE
from tests.storage.next_revision import write_revision
from tests.world import STORY, World

SLIP = b"foto slip gaji" * 100


@pytest.fixture(autouse=True)
def _postgres_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump of the server's own version, as an operator would install it."""
    monkeypatch.setenv("PATH", f"{_binaries()}{os.pathsep}{os.environ['PATH']}")


@dataclass(frozen=True, slots=True)
class Told:
    """An installation with a case and a file."""

    world: World
    cli: CommandLine
    number: str
    path: str

    @property
    def data_dir(self) -> Path:
        return self.world.settings.data_dir


@pytest.fixture
def told(world: World, beside: CommandLine) -> Told:
    sri = world.worker()
    case = world.opened_case(sri)
    assert world.app.simulator is not None
    slip = world.app.simulator.files.keep(SLIP, Media(MediaKind.PHOTO, "", "image/jpeg"))
    sri.says("ini slip saya", media=(slip.as_media(),))
    path = next((world.settings.data_dir / "evidence").glob("*/*"))
    name = path.relative_to(world.settings.data_dir / "evidence").as_posix()
    return Told(world, beside, case.number, name)


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, told: Told, tmp_path: Path) -> CommandLine:
    """The command line on a new machine with the same keys and an empty database."""
    key = told.cli.environment["ENCRYPTION_KEYS"]
    if told.world.app.database.is_sqlite:
        url = new_sqlite_url(tmp_path)
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.new_database()
    return CommandLine(dict(settings_as_environment(tmp_path / "new", url, key)))


def shut(told: Told) -> None:
    """Stop the program."""
    told.world.close()


@on_both_engines
def test_a_backup_brings_everything_back_on_another_machine(
    told: Told, elsewhere: CommandLine, tmp_path: Path
) -> None:
    """The only proof of a backup is a restore."""
    file = tmp_path / "cadangan"
    facts = told.cli.json("db", "backup", str(file))
    assert facts["cases"] == 1
    assert file.stat().st_mode & 0o777 == 0o600
    shut(told)
    shutil.rmtree(told.data_dir)

    assert elsewhere.json("db", "restore", str(file))["set_aside"] is None
    assert STORY in elsewhere.ok("cases", "show", told.number, "--reveal")
    restored = World(
        elsewhere.environment["DATABASE_URL"],
        Path(elsewhere.environment["DATA_DIR"]),
        encryption_keys=elsewhere.environment["ENCRYPTION_KEYS"],
    )
    assert restored.app.evidence.read(told.path) == SLIP
    restored.close()


@on_both_engines
def test_a_restore_over_data_needs_force_and_keeps_the_old(told: Told, tmp_path: Path) -> None:
    """Restoring the wrong file must be possible to undo."""
    file, number = str(tmp_path / "cadangan"), told.number
    told.cli.ok("db", "backup", file)
    later = told.world.opened_case(told.world.worker("dewi")).number
    shut(told)
    assert "--force" in told.cli.fails("db", "restore", file)
    assert len(told.cli.json("cases", "list")) == 2
    aside = Path(told.cli.json("db", "restore", file, "--force")["set_aside"])
    assert [row["number"] for row in told.cli.json("cases", "list")] == [number]
    assert later != number
    names = {path.name for path in aside.iterdir()}
    database = sqlite_path(told.world.settings.database)
    assert {"evidence", database.name if database else "database.dump"} <= names


def test_nothing_is_restored_while_a_program_runs(told: Told, tmp_path: Path) -> None:
    """Replacing files under a running program destroys both."""
    file = str(tmp_path / "cadangan")
    told.cli.ok("db", "backup", file)
    with in_use(told.data_dir):
        assert "Hentikan program" in told.cli.fails("db", "restore", file, "--force")


@on_both_engines
def test_an_open_database_is_noticed_without_any_lock_of_ours(told: Told, tmp_path: Path) -> None:
    """A program started another way must be safe too."""
    file = str(tmp_path / "cadangan")
    told.cli.ok("db", "backup", file)
    assert "Hentikan program" in told.cli.fails("db", "restore", file, "--force")
    assert told.world.cases()
    assert (told.data_dir / "evidence" / told.path).exists()


def test_no_program_starts_during_a_restore(told: Told) -> None:
    """The other half of the same promise, by the lock that a start takes."""
    with alone(told.data_dir), pytest.raises(NotAlone), in_use(told.data_dir):
        pytest.fail("started")


def test_a_backup_holds_no_plain_word_and_no_key(told: Told, tmp_path: Path) -> None:
    """Backups lie on other people's disks."""
    file = tmp_path / "cadangan"
    told.cli.ok("db", "backup", str(file))
    content = file.read_bytes()
    for secret in (
        b"Maju Jaya",
        b"gaji saya",
        SLIP,
        told.cli.environment["ENCRYPTION_KEYS"].encode(),
    ):
        assert secret not in content
    assert "Kunci TIDAK ada" in told.cli.ok("db", "backup", str(file))


def test_a_backup_is_whole_while_the_program_writes(told: Told, tmp_path: Path) -> None:
    """Stopping the line for a backup means that nobody makes one."""
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            sri = told.world.worker()
            sri.sends(sri.event(text="masih ada lagi"))
            begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(PATIENCE)
        told.cli.ok("db", "backup", str(tmp_path / "cadangan"))
    finally:
        stop.set()
        writer.join()
    with tarfile.open(tmp_path / "cadangan") as tar:
        member = tar.extractfile("database.sqlite")
        assert member is not None
        (tmp_path / "database.sqlite").write_bytes(member.read())
    with closing(sqlite3.connect(tmp_path / "database.sqlite")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def changed(tmp_path: Path, change: Callable[[str, bytes], bytes | None]) -> str:
    """A copy of the backup with its members changed; None leaves one out."""
    target = tmp_path / "lain"
    with tarfile.open(tmp_path / "cadangan") as old, tarfile.open(target, "w") as new:
        for member in old:
            content = old.extractfile(member)
            assert content is not None
            kept = change(member.name, content.read())
            if kept is not None:
                member.size = len(kept)
                new.addfile(member, io.BytesIO(kept))
    return str(target)


def test_damaged_and_changed_backups_are_refused_before_anything_is_touched(
    told: Told, elsewhere: CommandLine, tmp_path: Path
) -> None:
    """A broken restore on top of a broken machine would be the end."""
    file = tmp_path / "cadangan"
    told.cli.ok("db", "backup", str(file))
    whole = file.read_bytes()
    evidence = f"evidence/{told.path}"
    (tmp_path / "kosong").write_bytes(b"")
    (tmp_path / "potong").write_bytes(whole[: len(whole) // 2])
    broken = [
        str(tmp_path / "kosong"),
        str(tmp_path / "potong"),
        str(tmp_path / "hilang"),
        changed(tmp_path, lambda name, data: data[:-1] + b"x" if name == evidence else data),
        changed(tmp_path, lambda name, data: None if name == evidence else data),
        changed(tmp_path, lambda name, data: None if name == "manifest.seal" else data),
        changed(
            tmp_path,
            lambda name, data: (
                data.replace(b'"cases": 1', b'"cases": 2') if name == "manifest.json" else data
            ),
        ),
    ]
    for one in broken:
        assert "cadangan" in elsewhere.fails("db", "restore", one) or "hilang" in one
    assert not sqlite_path(elsewhere.environment["DATABASE_URL"]).exists()
    left = {path.name for path in Path(elsewhere.environment["DATA_DIR"]).iterdir()}
    assert left <= {"lock"}


@pytest.mark.parametrize("name", ["../luar", "/luar", "evidence/../../luar", "keys"])
def test_a_backup_cannot_write_outside_its_folder(
    told: Told, elsewhere: CommandLine, tmp_path: Path, name: str
) -> None:
    """Archives from elsewhere are not to be trusted with paths."""
    with tarfile.open(tmp_path / "jahat", "w") as tar:
        member = tarfile.TarInfo(name)
        member.size = 3
        tar.addfile(member, io.BytesIO(b"hai"))
    elsewhere.fails("db", "restore", str(tmp_path / "jahat"))
    assert not list(tmp_path.rglob("luar"))


def test_the_keys_must_be_there_and_fit(
    told: Told, elsewhere: CommandLine, tmp_path: Path
) -> None:
    """Restoring what cannot be read would look like a success."""
    file = str(tmp_path / "cadangan")
    told.cli.ok("db", "backup", file)
    assert "kunci" in elsewhere.having(ENCRYPTION_KEYS="").fails("db", "restore", file)
    assert "kunci" in elsewhere.having(ENCRYPTION_KEYS=new_key()).fails("db", "restore", file)


def test_a_backup_goes_back_to_the_same_engine_only(
    told: Told, elsewhere: CommandLine, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    """The two dumps have nothing in common."""
    file = str(tmp_path / "cadangan")
    told.cli.ok("db", "backup", file)
    other = elsewhere.having(DATABASE_URL=postgres_server.new_database())
    assert "postgresql" in other.fails("db", "restore", file)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_without_pg_dump_it_says_what_to_install(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is not always installed beside the database."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "postgresql-client" in cli.fails("db", "backup", str(tmp_path / "cadangan"))
    assert not (tmp_path / "cadangan").exists()


def test_upgrade_makes_and_updates(tmp_path: Path) -> None:
    """The first command on a new machine, and the one after every update."""
    data_dir = tmp_path / "var"
    fresh = CommandLine(dict(settings_as_environment(data_dir, "", "")))
    assert fresh.json("db", "upgrade") == {"before": None, "after": newest_revision()}
    assert (data_dir / "keys").stat().st_mode & 0o777 == 0o600
    assert f"sudah versi {newest_revision()}" in fresh.ok("db", "upgrade")


def test_an_older_schema_is_told_with_the_command_that_helps(
    cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an update the other commands must not guess."""
    newest = write_revision(tmp_path, monkeypatch)
    assert "db upgrade" in cli.fails("cases", "list")
    assert cli.json("db", "upgrade")["after"] == newest
    assert cli.json("cases", "list") == []


def test_a_newer_schema_is_told_as_such(cli: CommandLine) -> None:
    """An upgrade, which would be tried first, cannot help an older program."""
    database = Database(cli.environment["DATABASE_URL"])
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'ffff00000000'"))
    database.dispose()
    for command in (("cases", "list"), ("db", "upgrade")):
        told = cli.fails(*command)
        assert "lebih baru" in told
        assert "db upgrade" not in told


def test_commands_that_only_read_wait_for_no_writer(told: Told, tmp_path: Path) -> None:
    """A backup that has to wait its turn beside a busy line is not made."""
    path = sqlite_path(told.world.settings.database)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        told.cli.ok("db", "backup", str(tmp_path / "cadangan"))
        assert [row["number"] for row in told.cli.json("cases", "list")] == [told.number]
        writer.execute("ROLLBACK")
