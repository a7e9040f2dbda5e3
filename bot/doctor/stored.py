"""What is stored: keys, the database, its queues, the evidence, the roster."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlmodel import Session, col, func, select

from bot.doctor.findings import Finding, Status, fault, ok, warning
from bot.settings import Settings
from storage.backlog import inbox_counts, oldest_open_inbound, outbox_counts
from storage.crypto import KeyProblem, Vault
from storage.database import Database, DatabaseDown, sqlite_path
from storage.keyring import open_vault
from storage.migrate import current_revision, newest_revision
from storage.seen_time import AHEAD, BEHIND, NEW, doubt
from storage.setup import load_lookup_key
from storage.tables import Attachment, CaseEvent, Inbound, Meta

_OLDEST_POSTGRES = 140000
_STUCK = timedelta(minutes=5)
_AHEAD = timedelta(seconds=60)
_LOOKED_AT = 200
_DOUBTS = {
    AHEAD: "jam melompat maju, atau program mati lebih dari 36 jam",
    BEHIND: "jam pernah mundur",
}
SET_THE_CLOCK = "Nyalakan NTP (timedatectl set-ntp true): tenggat bergantung pada jam."


def keys(settings: Settings, *, data_exist: bool) -> tuple[Vault | None, Finding]:
    """The vault, if its keys can be read; whether they fit is told by :func:`fitting`."""
    configured = settings.encryption_keys.get_secret_value()
    key_file = settings.data_dir / "keys"
    if not configured and not key_file.exists():
        if not data_exist:
            return None, ok("keys", "belum ada; dibuat saat program pertama kali mulai")
        return None, fault(
            "keys",
            f"ada data, tetapi {key_file} hilang dan ENCRYPTION_KEYS kosong",
            "Kembalikan salinan kunci Anda; tanpa itu tidak ada yang bisa dibaca.",
        )
    try:
        vault = open_vault(configured, key_file, may_create=False)
    except KeyProblem as problem:
        return None, fault("keys", f"tidak bisa dipakai: {problem}", "Perbaiki, lalu ulangi.")
    except OSError as refused:
        return None, fault("keys", f"{key_file}: {refused.strerror}", "Periksa pemiliknya.")
    place = "ENCRYPTION_KEYS" if configured else str(key_file)
    return vault, ok("keys", f"dibaca dari {place}; simpan juga salinannya di tempat lain")


def database(settings: Settings) -> tuple[Database | None, bool, list[Finding]]:
    """The database, if it answers and has the schema that this program needs.

    Returns:
        The database or None; whether there is one that holds data; the findings.
    """
    path = sqlite_path(settings.database)
    if path is not None and not path.exists():
        hint = "Jalankan db upgrade, atau mulai programnya. Kalau seharusnya ada: cek DATA_DIR."
        return None, False, [warning("database", f"belum ada di {path}", hint)]
    opened = Database(settings.database, pool_size=2)
    try:
        opened.check()
        engine = _engine(opened)
        if engine.status is Status.FAULT:
            opened.dispose()
            return None, True, [engine]
        found, needed = current_revision(opened), newest_revision()
    except (DatabaseDown, SQLAlchemyError) as down:
        opened.dispose()
        return None, path is not None, [_unusable(opened, down)]
    findings = [engine]
    if found is None:
        findings.append(warning("schema", "database masih kosong", "Jalankan db upgrade."))
    elif found != needed:
        findings.append(
            fault(
                "schema",
                f"versi {found}, program ini butuh {needed}",
                "Cadangkan, lalu db upgrade. Kalau database yang lebih baru: perbarui program.",
            )
        )
    else:
        findings += [ok("schema", f"versi {found}"), _writable(opened)]
    exists = found is not None or path is not None
    return (opened if found == needed else None), exists, findings


def fitting(opened: Database, vault: Vault) -> Finding:
    """Whether the keys are those that the database was made with."""
    try:
        with opened.reading() as session:
            if not load_lookup_key(session, vault):
                return ok("keys_fit", "database masih kosong")
    except KeyProblem:
        return fault(
            "keys_fit",
            "kunci ini bukan kunci database ini",
            "Kembalikan kunci yang dipakai saat database dibuat.",
        )
    return ok("keys_fit", "kunci cocok dengan database")


def queues(session: Session, now: datetime) -> Iterator[Finding]:
    """What waits too long, was given up, or may or may not have arrived."""
    inbox, outbox = inbox_counts(session), outbox_counts(session)
    dead = inbox.get("dead", 0) + outbox.get("dead", 0)
    uncertain = outbox.get("uncertain", 0)
    if dead or uncertain:
        yield warning(
            "dead_letters",
            f"{dead} pesan gagal terus, {uncertain} tidak pasti sampai",
            "Lihat dengan dead-letters list, lalu putuskan.",
        )
    else:
        yield ok("dead_letters", "tidak ada pesan yang menunggu keputusan")
    oldest = oldest_open_inbound(session)
    waiting = inbox.get("new", 0)
    if oldest is not None and now - oldest > _STUCK:
        minutes = int((now - oldest).total_seconds() // 60)
        yield warning(
            "queue",
            f"{waiting} pesan masuk menunggu, yang tertua {minutes} menit",
            "Pastikan program berjalan (run), dan lihat catatannya.",
        )
    else:
        yield ok("queue", f"{waiting} pesan masuk menunggu")


def evidence(session: Session, settings: Settings) -> Iterator[Finding]:
    """Whether the newest files that rows speak of are there."""
    folder = settings.data_dir / "evidence"
    query = select(Attachment.path).where(Attachment.state == "stored")
    paths = session.exec(query.order_by(col(Attachment.id).desc()).limit(_LOOKED_AT)).all()
    missing = sum(1 for path in paths if not (folder / path).exists())
    failed = session.exec(
        select(func.count()).select_from(Attachment).where(Attachment.state == "failed")
    ).one()
    if missing:
        yield fault(
            "evidence",
            f"{missing} dari {len(paths)} bukti terbaru tidak ada di {folder}",
            "Cek DATA_DIR; kalau benar, pulihkan bukti dari cadangan.",
        )
    elif folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        yield fault("evidence", f"{folder} tidak bisa ditulis", "Betulkan pemilik foldernya.")
    else:
        yield ok("evidence", f"berkas ada di tempatnya; {failed} tidak berhasil diambil")


def newest_moment(session: Session) -> datetime | None:
    """The newest moment that was stored."""
    moments = []
    for stored in (
        select(Inbound.received_at).order_by(col(Inbound.id).desc()).limit(1),
        select(CaseEvent.at).order_by(col(CaseEvent.id).desc()).limit(1),
    ):
        with suppress(SQLAlchemyError):
            moments.append(session.exec(stored).first())
    return max((moment for moment in moments if moment is not None), default=None)


def clock(session: Session, now: datetime) -> Iterator[Finding]:
    """Whether the clock stands before what has already happened."""
    newest = newest_moment(session)
    if newest is not None and newest - now > _AHEAD:
        yield fault(
            "clock_stored",
            f"jam mesin {int((newest - now).total_seconds())} detik di belakang data terbaru",
            SET_THE_CLOCK,
        )
    else:
        yield ok("clock_stored", "jam mesin tidak di belakang data terbaru")


def trusted_clock(session: Session, vault: Vault, now: datetime) -> Iterator[Finding]:
    """Whether the clock is believed: nothing is deleted by age while it is not."""
    why = doubt(session, vault, now)
    if not why:
        yield ok("clock_trusted", "jam dipercaya; masa simpan berjalan")
    elif why == NEW:
        yield ok("clock_trusted", "baru dipasang; masa simpan mulai sesudah jam diikuti 7 hari")
    else:
        yield warning(
            "clock_trusted",
            f"{_DOUBTS[why]}: untuk sementara tidak ada yang dihapus menurut masa simpan",
            "Periksa dengan timedatectl. Kalau jamnya benar: retention run --clock-is-right; "
            "kalau tidak, mulai lagi sendiri sesudah jam berjalan teratur 7 hari.",
        )


def _engine(opened: Database) -> Finding:
    with opened.reading() as session:
        if opened.is_sqlite:
            sound = session.connection().execute(text("PRAGMA quick_check(1)")).scalar()
            if sound != "ok":
                return _damaged()
            return ok("database", "SQLite utuh")
        number = int(session.connection().execute(text("SHOW server_version_num")).scalar_one())
    if number < _OLDEST_POSTGRES:
        advice = f"Perbarui ke {_OLDEST_POSTGRES // 10000} atau lebih baru."
        return warning("database", f"PostgreSQL {number // 10000}", advice)
    return ok("database", f"PostgreSQL {number // 10000}")


def _unusable(opened: Database, problem: Exception) -> Finding:
    cause = problem.__cause__ or problem
    if opened.is_sqlite and type(cause) is DatabaseError:
        return _damaged()
    return fault(
        "database",
        f"tidak bisa dihubungi ({type(cause).__name__})",
        "Periksa DATABASE_URL, hak akses, dan apakah servernya hidup.",
    )


def _damaged() -> Finding:
    return fault(
        "database",
        "isi berkas SQLite rusak",
        "Hentikan program, simpan salinannya, pulihkan cadangan dengan db restore.",
    )


def _writable(opened: Database) -> Finding:
    """Write a row and take it back."""
    try:
        with opened.reading() as session:
            session.add(Meta(name="doctor", value=b""))
            session.flush()
            session.rollback()
    except SQLAlchemyError as refused:
        return fault(
            "writable",
            f"tidak bisa ditulis ({type(refused).__name__})",
            "Periksa pemilik berkas, ruang disk, dan apakah database hanya-baca.",
        )
    return ok("writable", "bisa ditulis")
