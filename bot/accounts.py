"""Whose accounts at the providers we use.

Those of the default organisation stand in the settings, those of others in the database.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.handlers.telegram.account import TelegramAccount
from bot.handlers.whatsapp.account import WhatsAppAccount
from bot.settings import Settings, SettingsProblem
from storage.crypto import Vault
from storage.setup import DEFAULT_ORGANISATION, accounts_of, remember, remembered
from storage.tables import Organisation

SIMULATED_ORGANISATION = "simulasi"


@dataclass(frozen=True, slots=True)
class OrganisationAccounts:
    """The accounts of one organisation; None where a channel is off."""

    organisation_id: int
    telegram: TelegramAccount | None
    whatsapp: WhatsAppAccount | None


def organisation_accounts(
    settings: Settings, vault: Vault, organisation: Organisation, webhook_secret: str
) -> OrganisationAccounts:
    """The accounts of an organisation."""
    own = accounts_of(vault, organisation)
    if organisation.slug == DEFAULT_ORGANISATION:
        own = _from_settings(settings) | dict(own)
    return OrganisationAccounts(
        organisation.id or 0,
        _telegram(settings, own, webhook_secret),
        _whatsapp(settings, own),
    )


def stored_accounts(
    session: Session, settings: Settings, vault: Vault
) -> list[tuple[Organisation, OrganisationAccounts]]:
    """Every organisation but the practice one, with its accounts.

    The secret of the webhooks is made here on the first start.
    """
    secret = remembered(session, vault, "webhook_secret")
    if secret is None:
        secret = secrets.token_urlsafe(32)
        remember(session, vault, "webhook_secret", secret)
    found = session.exec(
        select(Organisation)
        .where(Organisation.slug != SIMULATED_ORGANISATION)
        .order_by(col(Organisation.id))
    ).all()
    return [
        (one, organisation_accounts(settings, vault, one, f"{secret}-{one.id}")) for one in found
    ]


def owners_of(accounts: Iterable[OrganisationAccounts]) -> dict[str, int]:
    """Whose each account is, by its name: whose a message is follows from where it came to.

    Raises:
        SettingsProblem: two organisations have the same account.
    """
    owners: dict[str, int] = {}
    for own in accounts:
        names = (
            (own.telegram.name, "Telegram bot") if own.telegram else None,
            (own.whatsapp.sender, "WhatsApp sender") if own.whatsapp else None,
        )
        for name, what in filter(None, names):
            if owners.setdefault(name, own.organisation_id) != own.organisation_id:
                raise SettingsProblem(
                    f"Two organisations have the same {what} (organisations {owners[name]} and "
                    f"{own.organisation_id}). Messages to it could be given to the wrong "
                    "one. Give each organisation its own, or take it away from one of them."
                )
    return owners


def _from_settings(settings: Settings) -> dict[str, str]:
    return {
        "telegram_bot_token": settings.telegram_bot_token.get_secret_value(),
        "telegram_webhook_secret": settings.telegram_webhook_secret.get_secret_value(),
        "twilio_account_sid": settings.twilio_account_sid,
        "twilio_auth_token": settings.twilio_auth_token.get_secret_value(),
        "twilio_auth_token_secondary": settings.twilio_auth_token_secondary.get_secret_value(),
        "twilio_whatsapp_from": settings.twilio_whatsapp_from,
        "twilio_messaging_service_sid": settings.twilio_messaging_service_sid,
    }


def _telegram(
    settings: Settings, own: Mapping[str, str], webhook_secret: str
) -> TelegramAccount | None:
    token = own.get("telegram_bot_token", "")
    if not token:
        return None
    secret = own.get("telegram_webhook_secret") or webhook_secret
    return TelegramAccount(token, settings.telegram_api_base_url, secret)


def _whatsapp(settings: Settings, own: Mapping[str, str]) -> WhatsAppAccount | None:
    account_sid = own.get("twilio_account_sid", "")
    if not account_sid:
        return None
    tokens = (own.get("twilio_auth_token", ""), own.get("twilio_auth_token_secondary", ""))
    return WhatsAppAccount(
        account_sid=account_sid,
        auth_tokens=tuple(token for token in tokens if token),
        sender=f"whatsapp:{own.get('twilio_whatsapp_from', '')}",
        messaging_service_sid=own.get("twilio_messaging_service_sid", ""),
        api_base_url=settings.twilio_api_base_url,
        public_base_url=settings.public_url,
    )
