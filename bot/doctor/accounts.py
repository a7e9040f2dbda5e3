"""The organisations with their accounts, as a start of the program would see them."""

import secrets

from sqlmodel import Session, col, select

from bot.accounts import OrganisationAccounts, organisation_accounts
from bot.settings import Settings
from storage.crypto import Vault
from storage.setup import remember, remembered
from storage.tables import Organisation

_PRACTICE = "simulasi"


def stored_accounts(
    session: Session, settings: Settings, vault: Vault
) -> list[tuple[Organisation, OrganisationAccounts]]:
    """Every organisation but that of the simulator, with its accounts.

    The secret of the webhooks is made here if the program was never started.
    """
    secret = remembered(session, vault, "webhook_secret")
    if secret is None:
        secret = secrets.token_urlsafe(32)
        remember(session, vault, "webhook_secret", secret)
    found = session.exec(
        select(Organisation).where(Organisation.slug != _PRACTICE).order_by(col(Organisation.id))
    ).all()
    return [
        (one, organisation_accounts(settings, vault, one, f"{secret}-{one.id}")) for one in found
    ]
