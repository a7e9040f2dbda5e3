"""A union's accounts at the providers: their form, how they are kept, whose else they are."""

import re
from collections.abc import Mapping

import typer
from sqlmodel import Session

from bot.accounts import OrganisationAccounts, stored_accounts
from bot.cli.show import Refused
from bot.cli.store import Store
from storage.setup import accounts_of
from storage.tables import Organisation

_TWILIO = ("twilio_account_sid", "twilio_auth_token", "twilio_whatsapp_from")
_FORMS: Mapping[str, tuple[str, str]] = {
    "telegram_bot_token": (r"\d+:\S+", "seperti 123456789:AA…, dari BotFather"),
    "twilio_account_sid": (r"AC[0-9a-fA-F]{32}", "AC diikuti 32 angka atau huruf a-f"),
    "twilio_auth_token": (r"\S+", "tanpa spasi"),
    "twilio_auth_token_secondary": (r"\S+", "tanpa spasi"),
    "twilio_whatsapp_from": (r"\+\d{6,15}", "seperti +6281100000000"),
    "twilio_messaging_service_sid": (r"MG[0-9a-fA-F]{32}", "MG diikuti 32 angka atau huruf a-f"),
    "officer_chat": (r"-\d+", "seperti -1001234567890"),
}


def checked(key: str, value: str) -> str:
    """The value, if it has the form of a ``key``, or is empty.

    Raises:
        typer.BadParameter: it has not.
    """
    value = value.strip().removeprefix("whatsapp:")
    form, example = _FORMS[key]
    if value and not re.fullmatch(form, value):
        option = f"--{key.replace('_', '-')}"
        raise typer.BadParameter(f"bentuknya salah; harus {example}", param_hint=option)
    return value


def seal_accounts(store: Store, organisation: Organisation, changes: Mapping[str, str]) -> None:
    """Keep the accounts; an empty value takes one away.

    Raises:
        Refused: a Twilio account would be left half given.
    """
    merged = {**accounts_of(store.vault, organisation), **changes}
    accounts = {key: value for key, value in merged.items() if value}
    missing = [key for key in _TWILIO if key not in accounts]
    if missing and len(missing) < len(_TWILIO):
        options = ", ".join(f"--{key.replace('_', '-')}" for key in missing)
        raise Refused(
            "akun Twilio belum lengkap; tidak ada yang disimpan.",
            f"Isi juga {options}, atau kosongkan semuanya untuk mematikan WhatsApp.",
        )
    organisation.sealed = store.vault.seal_json(accounts, "organisations") if accounts else None


def refuse_shared(store: Store, session: Session, organisation: Organisation) -> None:
    """What comes in at a bot or a sender belongs to one organisation.

    Raises:
        Refused: another one uses the bot or the sender, the settings count for the default one.
    """
    session.flush()
    accounts = {
        one.slug: _places(own)
        for one, own in stored_accounts(session, store.settings, store.vault)
    }
    mine = accounts.pop(organisation.slug, {})
    for slug, others in accounts.items():
        for what, place in mine.items():
            if others.get(what) == place:
                raise Refused(
                    f"{what} itu sudah dipakai organisasi {slug!r}; tidak ada yang disimpan.",
                    f"Pakai {what} lain, atau kosongkan dulu pada {slug!r} "
                    "(organisasi utama: juga di .env).",
                )


def _places(own: OrganisationAccounts) -> dict[str, str]:
    places = {}
    if own.telegram is not None:
        places["bot Telegram"] = own.telegram.name
    if own.whatsapp is not None:
        places["nomor WhatsApp"] = own.whatsapp.sender
    return places
