"""Making a backup beside the running program."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlmodel import func, select

from bot.cli import postgres_tools
from bot.cli.archive import ArchiveWriter, Manifest
from bot.cli.show import Refused
from bot.cli.store import Store
from storage.database import sqlite_path
from storage.migrate import current_revision
from storage.sealed import SEALED_FOLDERS
from storage.tables import Case


def make_backup(store: Store, file: Path) -> Manifest:
    """Write database and sealed files into one file; it appears whole or not at all.

    The database comes first: a file that its rows speak of was there before they were.

    Raises:
        Refused: the database is damaged, or pg_dump is missing or fails.
    """
    with _workshop(file.parent) as folder:
        sqlite = sqlite_path(store.settings.database)
        snapshot = folder / ("database.sqlite" if sqlite else "database.dump")
        with store.database.reading() as session:
            cases = session.exec(select(func.count()).select_from(Case)).one()
        if sqlite is not None:
            _copy_sqlite(sqlite, snapshot)
        else:
            postgres_tools.dump(store.database, snapshot)
        writer = ArchiveWriter(folder / "backup")
        with closing(writer):
            writer.add(snapshot.name, snapshot)
            for sealed in SEALED_FOLDERS:
                for path in sealed.files(store.settings.data_dir):
                    name = path.relative_to(store.settings.data_dir).as_posix()
                    writer.add(name, path)
            manifest = Manifest(
                created_at=store.clock.now(),
                engine="sqlite" if sqlite else "postgresql",
                revision=current_revision(store.database) or "",
                cases=cases,
                entries=writer.entries,
            )
            writer.finish(manifest, store.vault)
        (folder / "backup").replace(file)
    return manifest


@contextlib.contextmanager
def _workshop(beside: Path) -> Iterator[Path]:
    """A private folder on the disk of the target, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=".kawan-backup-", dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_sqlite(path: Path, copy: Path) -> None:
    """A consistent copy, made by SQLite in one read transaction; writers go on meanwhile."""
    try:
        with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as source:
            source.execute("VACUUM INTO ?", (str(copy),))
        with closing(sqlite3.connect(copy)) as made:
            sound = made.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        raise Refused(
            f"database {path} rusak atau tidak bisa dibaca; cadangan tidak dibuat.",
            "Jalankan python admin_cli.py doctor, dan pulihkan cadangan terakhir.",
        )
