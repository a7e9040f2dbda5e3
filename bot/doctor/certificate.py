"""The certificate of our public address: how long providers will still trust it."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from bot.doctor.findings import Finding, fault, ok, warning

SOON = timedelta(days=14)
_TIMEOUT = 5.0
_HTTPS = 443
_RENEW = "Perbarui sertifikatnya (Caddy: periksa lognya; certbot: certbot renew), lalu muat ulang."


def examine(url: str, now: datetime, context: ssl.SSLContext | None = None) -> Iterator[Finding]:
    """What is to be said of the certificate; nothing where the address cannot be reached.

    Args:
        url: our public address; one without https has no certificate.
        now: when it is looked at.
        context: whom to trust, the machine's own authorities by default.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return
    context = context or ssl.create_default_context()
    try:
        ends = _ends(context, parts.hostname, parts.port or _HTTPS)
    except ssl.SSLCertVerificationError as refused:
        why = refused.verify_message or "tidak sah"
        yield fault("certificate", f"sertifikat ditolak ({why})", _RENEW)
        return
    except OSError:
        return
    left = ends - now
    if left < SOON:
        yield warning("certificate", f"sertifikat habis dalam {max(0, left.days)} hari", _RENEW)
    else:
        yield ok("certificate", f"berlaku {left.days} hari lagi")


def _ends(context: ssl.SSLContext, host: str, port: int) -> datetime:
    with (
        socket.create_connection((host, port), timeout=_TIMEOUT) as plain,
        context.wrap_socket(plain, server_hostname=host) as secure,
    ):
        told = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
