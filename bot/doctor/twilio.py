"""A WhatsApp sender at Twilio: its account, its tokens, and how Twilio reaches us."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.doctor.asking import Asker
from bot.doctor.findings import Finding, fault, ok, warning
from bot.handlers.whatsapp.account import WhatsAppAccount
from bot.settings import Settings

_OK = 200
_REFUSED = (401, 403, 404)
_SANDBOX = "whatsapp:+14155238886"
_LOOPBACK = ("127.", "localhost", "::1", "0.0.0.0")  # noqa: S104 - looked for, not bound to


def examine(ask: Asker, account: WhatsAppAccount) -> Iterator[Finding]:
    """All about one sender."""
    yield _account(ask, account)
    yield _sender(account)
    yield _tokens(account)


def webhook_address(settings: Settings) -> Finding:
    """Whether providers can be given our address at all."""
    if is_public(settings.public_url):
        return ok("public_url", "alamat untuk penyedia memakai https")
    return fault(
        "public_url",
        "PUBLIC_BASE_URL bukan alamat https yang bisa dicapai dari luar",
        "Isi dengan alamat https di depan program ini; tanda tangan webhook dihitung darinya.",
    )


def reachable(ask: Asker, settings: Settings) -> Finding:
    """Whether our own address answers from here: a hint only."""
    answer = ask.page(f"{settings.public_url}/healthz")
    if answer is not None and answer.status == _OK:
        return ok("public_reach", "alamat itu menjawab")
    return warning(
        "public_reach",
        "alamat itu tidak menjawab dari mesin ini",
        "Pastikan program berjalan dan proxy meneruskannya. Di balik NAT ini bisa wajar.",
    )


def is_public(url: str) -> bool:
    """Whether the address is https and not this machine's own."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and bool(host) and not host.startswith(_LOOPBACK)


def _account(ask: Asker, account: WhatsAppAccount) -> Finding:
    answer = ask.twilio_account(account)
    if answer is None:
        return warning(
            "twilio_account",
            "Twilio tidak bisa dihubungi dari mesin ini",
            "Periksa sambungan internet; akun belum diperiksa.",
        )
    if answer.status in _REFUSED:
        return fault(
            "twilio_account",
            "Twilio menolak akun atau tokennya",
            "Cocokkan TWILIO_ACCOUNT_SID dan TWILIO_AUTH_TOKEN dengan Twilio Console.",
        )
    if answer.status != _OK:
        return warning("twilio_account", f"Twilio menjawab {answer.status}", "Coba lagi nanti.")
    state = answer.body.get("status")
    if state != "active":
        return fault("twilio_account", f"akun Twilio berstatus {state}", "Hubungi Twilio.")
    if answer.body.get("type") == "Trial":
        return warning(
            "twilio_account",
            "akun percobaan: hanya sedikit pesan sehari",
            "Naikkan akunnya sebelum dipakai sungguhan.",
        )
    return ok("twilio_account", "akun Twilio aktif")


def _sender(account: WhatsAppAccount) -> Finding:
    if account.sender == _SANDBOX:
        return warning(
            "twilio_sender",
            "pengirim adalah nomor sandbox Twilio",
            "Hanya untuk mencoba: pekerja harus bergabung dulu. Daftarkan nomor sendiri.",
        )
    service = account.messaging_service_sid
    if service and not re.fullmatch(r"MG[0-9a-fA-F]{32}", service):
        return fault(
            "twilio_sender",
            "TWILIO_MESSAGING_SERVICE_SID bukan SID layanan pesan",
            "Salin yang mulai dengan MG dari Twilio Console, atau kosongkan.",
        )
    if not re.fullmatch(r"whatsapp:\+\d{8,15}", account.sender):
        return fault(
            "twilio_sender", "nomor pengirim salah bentuk", "Isi TWILIO_WHATSAPP_FROM, +62…"
        )
    return ok("twilio_sender", "nomor pengirim berbentuk benar")


def _tokens(account: WhatsAppAccount) -> Finding:
    if len(account.auth_tokens) == 1:
        return ok("twilio_secondary", "token kedua kosong; isi hanya saat mengganti token")
    if account.auth_tokens[0] == account.auth_tokens[1]:
        return warning(
            "twilio_secondary",
            "token kedua sama dengan yang pertama",
            "Isi TWILIO_AUTH_TOKEN_SECONDARY dengan token baru dari Console, atau kosongkan.",
        )
    return ok("twilio_secondary", "webhook dengan token kedua juga diterima")
