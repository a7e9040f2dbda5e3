"""First start and every start: the look-up key, the organisations, what was last configured."""

import os
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from storage.crypto import Vault
from storage.tables import Meta, Organisation

_LOOKUP_KEY = "lookup_key"
_CONFIGURED = "configured"
DEFAULT_ORGANISATION = "utama"


def load_lookup_key(session: Session, vault: Vault) -> bool:
    """Give the vault the look-up key of this database; False if it has none yet.

    Opening it proves that ENCRYPTION_KEYS fits this database.

    Raises:
        KeyProblem: the keys are not the ones the database was made with.
    """
    row = session.get(Meta, _LOOKUP_KEY)
    if row is not None:
        vault.use_lookup_key(vault.open(row.value, "meta"))
    return row is not None


def ensure_lookup_key(session: Session, vault: Vault) -> None:
    """Give the vault its look-up key, made on the first start.

    Raises:
        KeyProblem: the keys are not the ones the database was made with.
    """
    if not load_lookup_key(session, vault):
        session.add(Meta(name=_LOOKUP_KEY, value=vault.seal(os.urandom(32), "meta")))
        session.flush()
        load_lookup_key(session, vault)


def remembered(session: Session, vault: Vault, name: str) -> Any:
    """A value of the installation itself, None if there is none."""
    row = session.get(Meta, name)
    return vault.open_json(row.value, "meta") if row is not None else None


def remember(session: Session, vault: Vault, name: str, value: Any) -> None:
    """Keep a value of the installation itself."""
    row = session.get(Meta, name) or Meta(name=name, value=b"")
    row.value = vault.seal_json(value, "meta")
    session.add(row)


def organisation_by_slug(session: Session, slug: str) -> Organisation | None:
    """The organisation with this short name."""
    return session.exec(select(Organisation).where(Organisation.slug == slug)).first()


def ensure_organisation(
    session: Session,
    *,
    slug: str,
    name: str,
    now: datetime,
    officer_channel: str = "telegram",
    officer_chat: str = "",
) -> Organisation:
    """The organisation with this short name, made if there is none."""
    organisation = organisation_by_slug(session, slug)
    if organisation is None:
        organisation = Organisation(
            slug=slug,
            name=name,
            officer_channel=officer_channel,
            officer_chat=officer_chat,
            created_at=now,
        )
        session.add(organisation)
        session.flush()
    return organisation


def apply_officer_chat(
    session: Session, vault: Vault, organisation: Organisation, configured: str
) -> None:
    """Take the configured group when the setting changed.

    A group that Telegram moved has a new id in the database; the old setting must not undo it.
    """
    last = (remembered(session, vault, _CONFIGURED) or {}).get("officer_chat_id", "")
    if configured and configured != last:
        organisation.officer_chat = configured
        session.add(organisation)
    remember(session, vault, _CONFIGURED, {"officer_chat_id": configured})


def accounts_of(vault: Vault, organisation: Organisation) -> Mapping[str, str]:
    """The provider accounts of an organisation that has its own (``telegram_bot_token`` …)."""
    if organisation.sealed is None:
        return {}
    return dict(vault.open_json(organisation.sealed, "organisations"))
