"""``templates``: the WhatsApp messages that may be sent after 24 hours of silence."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from bot.accounts import OrganisationAccounts, stored_accounts
from bot.channels import SendFailure
from bot.cli.show import Refused, print_json, print_table, say
from bot.cli.store import Store, existing_store, local_time, organisation_named
from bot.handlers.whatsapp.account import WhatsAppAccount
from bot.handlers.whatsapp.templates import TemplateChanged
from bot.metrics import Metrics
from bot.outbox.templates import FORMS
from bot.template_watch import TemplateWatch
from bot.texts import load_texts
from storage.setup import DEFAULT_ORGANISATION
from storage.tables import MessageTemplate

app = typer.Typer(no_args_is_help=True)

_Slug = Annotated[str, typer.Option("--organisation", help="Nama pendek organisasinya.")]
_Json = Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")]
_LABELS = {
    "unsubmitted": "belum diajukan",
    "received": "diterima, menunggu",
    "pending": "menunggu WhatsApp",
    "approved": "disetujui",
    "rejected": "ditolak",
    "paused": "dihentikan sementara",
    "disabled": "dimatikan",
}
_Ask = Callable[[TemplateWatch, int, WhatsAppAccount], list[MessageTemplate]]


@app.command("push")
def push(*, slug: _Slug = DEFAULT_ORGANISATION, as_json: _Json = False) -> None:
    """Membuat contoh pesan yang belum ada di Twilio dan meminta persetujuan WhatsApp."""
    _show(slug, lambda watch, *of: watch.push(*of), as_json=as_json)


@app.command("status")
def status(*, slug: _Slug = DEFAULT_ORGANISATION, as_json: _Json = False) -> None:
    """Menanyakan sampai mana persetujuan WhatsApp, dan menyimpan jawabannya."""
    _show(slug, lambda watch, *of: watch.refresh(*of), as_json=as_json)


def _show(slug: str, ask: _Ask, *, as_json: bool) -> None:
    with existing_store() as store:
        with store.database.transaction() as session:
            organisation_id = organisation_named(session, slug).id or 0
            accounts = [own for _, own in stored_accounts(session, store.settings, store.vault)]
        account = _whatsapp(accounts, organisation_id, slug)
        watch = TemplateWatch(
            store.database, store.vault, store.clock, Metrics(), load_texts(), accounts
        )
        rows = _asked(lambda: ask(watch, organisation_id, account))
        if as_json:
            print_json([_plain(row) for row in rows])
        else:
            _print(store, slug, rows)


def _whatsapp(
    accounts: list[OrganisationAccounts], organisation_id: int, slug: str
) -> WhatsAppAccount:
    own = next((one for one in accounts if one.organisation_id == organisation_id), None)
    if own is None or own.whatsapp is None:
        raise Refused(
            f"{slug} belum punya pengirim WhatsApp.",
            "Isi TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, dan TWILIO_WHATSAPP_FROM di .env.",
        )
    return own.whatsapp


def _asked(ask: Callable[[], list[MessageTemplate]]) -> list[MessageTemplate]:
    try:
        return ask()
    except TemplateChanged as changed:
        raise Refused(
            f"isi {changed.name} sudah diubah, tetapi di Twilio masih yang lama.",
            "Yang sudah diajukan tidak bisa diubah. Kembalikan isinya di bot/texts/id.toml, atau "
            "naikkan version-nya di bot/outbox/templates.py.",
        ) from None
    except SendFailure as failure:
        raise Refused(
            f"Twilio tidak menjawab atau menolak ({failure.code or type(failure).__name__}).",
            "Periksa akun Twilio dengan python admin_cli.py doctor, lalu ulangi.",
        ) from None


def _print(store: Store, slug: str, rows: list[MessageTemplate]) -> None:
    if not rows:
        say("Belum ada contoh pesan. Jalankan python admin_cli.py templates push.")
        return
    print_table(
        f"Contoh pesan WhatsApp ({slug})",
        ("nama", "status", "kategori", "alasan", "diperiksa"),
        [
            (
                row.name,
                _LABELS.get(row.status, row.status),
                row.category,
                row.reason,
                local_time(store.settings, row.checked_at),
            )
            for row in rows
        ],
    )
    if len(rows) < len(FORMS):
        say("Belum semuanya dibuat. Jalankan python admin_cli.py templates push.")


def _plain(row: MessageTemplate) -> dict[str, Any]:
    return {
        "name": row.name,
        "content_sid": row.content_sid,
        "status": row.status,
        "category": row.category,
        "reason": row.reason,
        "checked_at": row.checked_at,
    }
