"""``doctor`` and what flows: alarms, the outbox, the certificate of our address."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.doctor.certificate import examine
from storage.alarms import note_alarm
from storage.tables import Outbound
from tests.cli.conftest import CommandLine, on_both_engines
from tests.cli.looking import look
from tests.world import World

DAY = timedelta(days=1)


@on_both_engines
def test_ringing_alarms_and_stuck_messages_are_shown(world: World, beside: CommandLine) -> None:
    """Who reads doctor has not read the chat."""
    found = look(beside)
    assert found["alarms"][0] == found["outbox"][0] == "ok"
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    with world.app.database.transaction() as session:
        note_alarm(session, "outbox", long_ago, rings=True)
        session.add(
            Outbound(
                organisation_id=world.organisation_id(session), channel="whatsapp", lane="x",
                chat="x", kind="say", promise="receipt", available_at=long_ago,
                created_at=long_ago, sealed=world.app.vault.seal_json({}, "outbox"),
            )
        )  # fmt: skip
    found = look(beside)
    assert found["alarms"] == ("warning", "outbox sejak 01-01 07.00")
    assert found["outbox"][0] == "warning"


def _certificate(folder: Path, ends: datetime) -> Path:
    """A certificate of localhost with its key, valid until then."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - 400 * DAY)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def _served(path: Path) -> Iterator[str]:
    """A server that shows this certificate once; its address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    listening = socket.create_server(("localhost", 0))

    def serve() -> None:
        plain, _ = listening.accept()
        with plain:
            try:
                context.wrap_socket(plain, server_side=True).close()
            except (ssl.SSLError, OSError):
                return

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield f"https://localhost:{listening.getsockname()[1]}"
    finally:
        serving.join()
        listening.close()


@pytest.mark.parametrize(
    ("left", "status", "words"),
    [(90 * DAY, "ok", "berlaku 89 hari"), (10 * DAY, "warning", "habis dalam 9 hari"),
     (-1 * DAY, "fault", "ditolak")],
)  # fmt: skip
def test_a_certificate_is_told_before_it_ends(
    tmp_path: Path, left: timedelta, status: str, words: str
) -> None:
    """Afterwards providers do not call any more, and nobody is told why."""
    now = datetime.now(UTC)  # noqa: TID251 - TLS itself looks at the machine's clock
    path = _certificate(tmp_path, now + left - timedelta(minutes=5))
    with _served(path) as url:
        (found,) = examine(url, now, ssl.create_default_context(cafile=str(path)))
    assert (found.check, found.status) == ("certificate", status)
    assert words in found.message


def test_what_cannot_be_reached_is_not_judged() -> None:
    """Behind some networks a server does not reach its own address."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for url in ("https://127.0.0.1:1", "http://localhost", ""):
        assert list(examine(url, now)) == []
