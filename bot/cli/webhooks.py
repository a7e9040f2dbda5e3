"""``webhooks``: tell the providers where to call us."""

import json
from typing import Annotated, Any

import typer

from bot.accounts import stored_accounts
from bot.cli.show import Refused, print_json, say
from bot.cli.store import existing_store
from bot.doctor.asking import Asker
from bot.doctor.twilio import is_public
from bot.handlers.telegram.account import ALLOWED_UPDATES, TelegramAccount
from bot.handlers.telegram.receive import WEBHOOK_PATH
from bot.handlers.whatsapp.routes import INBOUND_PATH, STATUS_PATH

app = typer.Typer(no_args_is_help=True)

_OK = 200
#: How Twilio is to repeat a call: three times within 15 s, also after a 5xx or a slow answer.
#: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
_AGAIN = "#rc=3&ct=2000&rt=4000&tt=15000&rp=5xx,ct,rt"


@app.callback()
def _group() -> None:
    """Memasang webhook pada penyedia."""


@app.command("set")
def set_webhooks(
    *, as_json: Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")] = False
) -> None:
    """Memasang webhook Telegram, dan menampilkan apa yang diisi di Twilio."""
    with existing_store() as store:
        settings = store.settings
        with store.database.transaction() as session:
            accounts = stored_accounts(session, settings, store.vault)
        wanted = settings.telegram_mode == "webhook"
        bots = [(one.slug, own.telegram) for one, own in accounts if own.telegram is not None]
        senders = [one.slug for one, own in accounts if own.whatsapp is not None]
        if not bots and not senders:
            raise Refused("belum ada kanal.", "Isi token Telegram atau akun Twilio di .env.")
        if ((wanted and bots) or senders) and not is_public(settings.public_url):
            raise Refused(
                "PUBLIC_BASE_URL bukan alamat https yang bisa dicapai penyedia.",
                "Isi dengan alamat https di depan program ini, lalu ulangi.",
            )
        if wanted:
            with Asker(store.clock) as ask:
                for slug, bot in bots:
                    _set_telegram(ask, slug, bot, settings.public_url + WEBHOOK_PATH)
    facts = _facts(settings.public_url, bots if wanted else [], senders)
    if as_json:
        print_json(facts)
        return
    for slug, _bot in bots:
        if wanted:
            say(f"Telegram ({slug}): webhook terpasang di {settings.public_url + WEBHOOK_PATH}")
        else:
            say(f"Telegram ({slug}): TELEGRAM_MODE=polling, tidak perlu webhook.")
    if senders:
        _print_twilio(facts["twilio"], senders)


def _set_telegram(ask: Asker, slug: str, bot: TelegramAccount, url: str) -> None:
    answer = ask.telegram(
        bot,
        "setWebhook",
        url=url,
        secret_token=bot.webhook_secret,
        allowed_updates=json.dumps(ALLOWED_UPDATES),
    )
    if answer is None:
        raise Refused(
            f"Telegram tidak bisa dihubungi; webhook {slug} tidak terpasang.",
            "Periksa sambungan internet, lalu ulangi.",
        )
    if answer.status != _OK:
        why = answer.body.get("description", answer.status)
        raise Refused(
            f"Telegram menolak webhook {slug}: {why}.", "Jalankan doctor untuk rinciannya."
        )


def _facts(base: str, bots: list[tuple[str, TelegramAccount]], senders: list[str]) -> Any:
    inbound = base + INBOUND_PATH + _AGAIN
    twilio = {"inbound": inbound, "status": base + STATUS_PATH, "organisations": senders}
    return {
        "telegram": [{"organisation": slug, "url": base + WEBHOOK_PATH} for slug, _ in bots],
        "twilio": twilio if senders else None,
    }


def _print_twilio(twilio: dict[str, Any], senders: list[str]) -> None:
    say(f"\nTwilio ({', '.join(senders)}): di Console > Messaging > Senders > WhatsApp senders,")
    say("isi pada setiap pengirim, keduanya dengan metode POST:")
    say(f"  Webhook URL for incoming messages : {twilio['inbound']}")
    say(f"  Status callback URL               : {twilio['status']}")
    say("Salin seluruhnya, termasuk bagian sesudah #: itu membuat Twilio mencoba lagi.")
