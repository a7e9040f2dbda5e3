"""Putting a backup in place of what is there, after it has proven itself."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError

import storage.migrations
from bot.cli import postgres_tools
from bot.cli.archive import Manifest, unpack
from bot.cli.show import Refused
from bot.cli.store import KEY_FILE
from bot.settings import Settings
from storage.crypto import KeyProblem, Vault
from storage.database import Database, sqlite_path
from storage.keyring import open_vault
from storage.migrate import current_revision
from storage.running import NotAlone, alone
from storage.sealed import SEALED_FOLDERS

_SIDE_FILES = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and where what was there before now stands."""

    manifest: Manifest
    set_aside: Path | None


def restore_backup(settings: Settings, file: Path, now: datetime, *, force: bool) -> Restored:
    """Restore a backup; nothing is touched before all of it has been checked.

    What was there before is moved aside, never deleted.

    Raises:
        NotAlone: a program uses the data.
        Refused: data exist and ``force`` is off, or the backup cannot be used here.
    """
    with alone(settings.data_dir):
        vault = _vault(settings)
        path = sqlite_path(settings.database)
        database = None if path is not None else Database(settings.database, pool_size=2)
        try:
            present = _is_there(path, database)
            if present and not force:
                raise Refused(
                    "sudah ada data di sini; tidak ada yang diubah.",
                    "Ulangi dengan --force kalau data itu memang harus digantikan.",
                )
            folder = settings.data_dir / "restore.part"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            try:
                manifest = unpack(file, folder, vault)
                _must_fit(manifest, folder, vault, database)
                if present and path is not None:
                    _quiet(path)
                aside = _aside(settings.data_dir, now) if present else None
                _move_files(settings.data_dir, folder, aside)
                _move_database(path, database, folder, aside)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            if database is not None:
                database.dispose()
    return Restored(manifest, aside)


def _vault(settings: Settings) -> Vault:
    configured = settings.encryption_keys.get_secret_value()
    key_file = settings.data_dir / KEY_FILE
    if not configured and not key_file.exists():
        raise Refused(
            f"belum ada kunci di {key_file}; tanpa kunci cadangan tidak bisa dibaca.",
            "Letakkan dulu salinan kunci Anda di sana (chmod 600), atau isi ENCRYPTION_KEYS.",
        )
    return open_vault(configured, key_file, may_create=False)


def _is_there(path: Path | None, database: Database | None) -> bool:
    if path is not None:
        return path.exists()
    assert database is not None  # noqa: S101 - one of the two is given
    database.check()
    if postgres_tools.others_connected(database):
        raise NotAlone("others are connected")
    return current_revision(database) is not None


def _must_fit(manifest: Manifest, folder: Path, vault: Vault, database: Database | None) -> None:
    here = "sqlite" if database is None else "postgresql"
    if manifest.engine != here:
        raise Refused(
            f"cadangan ini dari {manifest.engine}, sedangkan DATABASE_URL menunjuk {here}.",
            "Arahkan DATABASE_URL ke jenis database yang sama, lalu ulangi.",
        )
    try:
        known = ScriptDirectory(str(Path(storage.migrations.__path__[0])))
        known.get_revision(manifest.revision)
    except CommandError:
        raise Refused(
            "cadangan ini dari program yang lebih baru.", "Perbarui program ini dulu."
        ) from None
    if database is not None:
        postgres_tools.check(folder / "database.dump", database)
    elif not _sound(folder / "database.sqlite", vault):
        raise Refused("database di dalam cadangan rusak.", "Pakai cadangan yang lain.")


def _sound(copy: Path, vault: Vault) -> bool:
    try:
        with closing(sqlite3.connect(copy)) as connection:
            whole: bool = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            query = "SELECT value FROM meta WHERE name = 'lookup_key'"
            vault.open(connection.execute(query).fetchone()[0], "meta")
    except (sqlite3.DatabaseError, KeyProblem, TypeError):
        return False
    return whole


def _aside(data_dir: Path, now: datetime) -> Path:
    folder = data_dir / f"replaced-{now:%Y%m%d-%H%M%S}"
    folder.mkdir(mode=0o700)
    return folder


def _move_files(data_dir: Path, folder: Path, aside: Path | None) -> None:
    for sealed in SEALED_FOLDERS:
        place = data_dir / sealed.name
        if place.exists() and aside is not None:
            place.rename(aside / sealed.name)
        if (folder / sealed.name).exists():
            shutil.rmtree(place, ignore_errors=True)
            (folder / sealed.name).rename(place)


def _move_database(
    path: Path | None, database: Database | None, folder: Path, aside: Path | None
) -> None:
    if path is None:
        assert database is not None  # noqa: S101 - one of the two is given
        if aside is not None:
            postgres_tools.dump(database, aside / "database.dump")
        postgres_tools.restore(database, folder / "database.dump")
        return
    if aside is not None:
        for ending in _SIDE_FILES:  # a log that outlives its database would spoil the next one
            side = path.with_name(path.name + ending)
            if side.exists():
                side.rename(aside / side.name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.move(folder / "database.sqlite", path)


def _quiet(path: Path) -> None:
    """Bring the log home and prove that nobody has the database open.

    Raises:
        NotAlone: somebody has.
    """
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise NotAlone("the database is open") from None
    except sqlite3.DatabaseError:
        return  # damaged: the reason to restore; it is kept as it is
