"""Opening what is there already: commands never make a database or a key by accident."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.cli.show import Refused
from bot.clock import Clock, SystemClock
from bot.log import configure_logging
from bot.settings import Settings, load_settings
from storage.crypto import Vault
from storage.database import Database, sqlite_path
from storage.keyring import open_vault
from storage.migrate import current_revision, must_be_current
from storage.setup import load_lookup_key, organisation_by_slug
from storage.tables import Organisation

KEY_FILE = "keys"

# Seconds a command waits its turn behind a program that writes without a pause.
_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Store:
    """An open database with proven keys."""

    settings: Settings
    clock: Clock
    database: Database
    vault: Vault


@contextmanager
def existing_store() -> Iterator[Store]:
    """The database that the settings name, with its keys.

    Raises:
        Refused: there is none yet.
        SchemaProblem, KeyProblem, DatabaseDown, SettingsProblem: it cannot be used.
    """
    settings = load_settings()
    configure_logging("WARNING")
    database = existing_database(settings)
    try:
        must_be_current(database)
        configured = settings.encryption_keys.get_secret_value()
        key_file = settings.data_dir / KEY_FILE
        vault = open_vault(configured, key_file, may_create=False)
        with database.reading() as session:
            if not load_lookup_key(session, vault):
                raise _nothing_yet("database ini")
        yield Store(settings, SystemClock(), database, vault)
    finally:
        database.dispose()


def existing_database(settings: Settings) -> Database:
    """The database, whatever its version.

    Raises:
        Refused: there is none yet.
        DatabaseDown: it cannot be reached.
    """
    path = sqlite_path(settings.database)
    if path is not None and not path.exists():
        raise _nothing_yet(str(path))
    database = Database(settings.database, pool_size=2, patience=_PATIENCE)
    database.check()
    if current_revision(database) is None:
        raise _nothing_yet("database PostgreSQL" if path is None else str(path))
    return database


def organisation_named(session: Session, slug: str) -> Organisation:
    """The organisation with this short name.

    Raises:
        Refused: there is none; names those that there are.
    """
    found = organisation_by_slug(session, slug)
    if found is not None:
        return found
    known = ", ".join(session.exec(select(Organisation.slug).order_by(col(Organisation.id))))
    raise Refused(f"tidak ada organisasi {slug!r}.", f"Pilih salah satu: {known}.")


def slugs_by_id(session: Session) -> dict[int, str]:
    """The short names of all organisations."""
    return {row.id or 0: row.slug for row in session.exec(select(Organisation))}


def local_time(settings: Settings, at: datetime | None) -> str:
    """A moment as operators here read it, empty for none."""
    return at.astimezone(settings.zone).strftime("%Y-%m-%d %H.%M") if at else ""


def _nothing_yet(where: str) -> Refused:
    return Refused(
        f"belum ada data di {where}.",
        "Periksa DATA_DIR dan DATABASE_URL. Kalau ini memang pemasangan baru, jalankan "
        "python admin_cli.py db upgrade.",
    )
