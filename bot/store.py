"""Opens the database and its keys; the first start makes both."""

from bot.clock import Clock
from bot.settings import Settings
from storage.crypto import Vault
from storage.database import Database, sqlite_path
from storage.keyring import open_vault
from storage.migrate import current_revision, upgrade
from storage.setup import (
    DEFAULT_ORGANISATION,
    apply_officer_chat,
    ensure_lookup_key,
    ensure_organisation,
)


def open_store(settings: Settings, *, clock: Clock) -> tuple[Database, Vault]:
    """The database with its schema up to date, and the vault with proven keys.

    Raises:
        KeyProblem: a key is missing or wrong.
        DatabaseDown: the database cannot be reached, or its file is damaged.
        SchemaTooNew: a newer program made the database.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database)
    path = sqlite_path(settings.database)
    if path is None or path.exists():
        database.check()
    may_create = not path.exists() if path is not None else current_revision(database) is None
    vault = open_vault(
        settings.encryption_keys.get_secret_value(),
        settings.data_dir / "keys",
        may_create=may_create,
    )
    upgrade(database)
    with database.transaction() as session:
        ensure_lookup_key(session, vault)
        default = ensure_organisation(
            session, slug=DEFAULT_ORGANISATION, name="Serikat Pekerja", now=clock.now()
        )
        apply_officer_chat(session, vault, default, settings.officer_chat_id)
    return database, vault
