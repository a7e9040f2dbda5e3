"""This machine: its data directory, disk and spool, the classifier, the answers about rights."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.doctor.findings import Finding, fault, ok, warning
from bot.settings import Settings
from nlp.classifier import load_classifier
from nlp.rights import RightsError, load_rights
from nlp.scores import ModelError
from nlp.taxonomy import TaxonomyError, load_taxonomy
from storage.crypto import write_private

_OTHERS = 0o077
_LEAST_FREE = 200_000_000  # what text intake keeps for itself when files are refused
_LITTLE_FREE = 1_000_000_000
_FULL = 0.85
_WAITS_LONG = 60.0
_PROBE = "gaji saya bulan kemarin belum dibayar, katanya minggu depan"
_PROBE_SECONDS = 0.05


def data_directory(settings: Settings) -> Iterator[Finding]:
    """Its rights."""
    folder = settings.data_dir
    if not folder.exists():
        yield ok("data_dir", f"{folder} belum ada; dibuat saat program pertama kali mulai")
    elif not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield fault(
            "data_dir",
            f"{folder} tidak bisa ditulis",
            f"Jadikan pengguna program pemiliknya: chown -R NAMA {folder}",
        )
    elif folder.stat().st_mode & _OTHERS:
        yield warning("data_dir", f"{folder} bisa dibuka pengguna lain", f"chmod 700 {folder}")
    else:
        yield ok("data_dir", f"{folder} hanya bisa dibuka pengguna program")


def disk(settings: Settings) -> Iterator[Finding]:
    """How much room is left for data."""
    folder = settings.data_dir
    usage = shutil.disk_usage(folder if folder.exists() else Path.cwd())
    yield room(usage.free, usage.total)


def room(free: int, total: int) -> Finding:
    """Whether so many bytes are enough."""
    words = f"{free / 1e9:.1f} GB kosong dari {total / 1e9:.1f} GB"
    if free < _LEAST_FREE:
        return fault("disk", words, "Kosongkan disk sekarang; program segera menolak bukti.")
    if free < _LITTLE_FREE or (total - free) / total > _FULL:
        return warning("disk", words, "Kosongkan disk, atau pindahkan DATA_DIR ke disk lain.")
    return ok("disk", words)


def spool(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether events can be kept on disk, and whether some wait there."""
    folder = settings.data_dir / "spool"
    if not folder.exists():
        yield ok("spool", "belum ada; dibuat saat program mulai")
        return
    trial = folder / f"doctor-{os.getpid()}"
    try:
        write_private(trial, b"")
        trial.unlink()
    except OSError as refused:
        yield fault(
            "spool",
            f"{folder} tidak bisa ditulis ({refused.strerror})",
            "Beri pengguna program hak tulis; tanpa itu program menolak mulai.",
        )
        return
    waiting = [path.stat().st_mtime for path in folder.glob("*.spool")]
    aside = sum(1 for _ in folder.glob("*.refused"))
    if aside:
        yield warning(
            "spool",
            f"{aside} pesan di {folder} tidak bisa dimasukkan ke database",
            "Simpan berkas .refused itu dan laporkan kepada pengembang.",
        )
    elif waiting and now.timestamp() - min(waiting) > _WAITS_LONG:
        yield warning(
            "spool",
            f"{len(waiting)} pesan masih menunggu di disk",
            "Pastikan database hidup dan program berjalan; pesan masuk sendiri sesudahnya.",
        )
    else:
        yield ok("spool", f"bisa ditulis, {len(waiting)} pesan menunggu")


def classifier(settings: Settings) -> Iterator[Finding]:
    """Whether the classifier loads and is quick enough for a conversation."""
    try:
        loaded = load_classifier(settings.classifier, load_taxonomy())
    except ModelError as error:
        yield fault("classifier", f"tidak bisa dimuat: {error}", "Perbaiki CLASSIFIER di .env.")
        return
    except TaxonomyError as error:
        yield fault("classifier", f"daftar kategori salah: {error}", "Perbaiki taxonomy.toml.")
        return
    loaded.classify(_PROBE)
    began = time.perf_counter()
    loaded.classify(_PROBE)
    took = time.perf_counter() - began
    words = f"model {loaded.model}, {took * 1000:.0f} ms satu pesan"
    if took > _PROBE_SECONDS:
        yield warning(
            "classifier",
            words,
            f"Lebih lambat dari {_PROBE_SECONDS * 1000:.0f} ms: pakai CLASSIFIER=bawaan atau "
            "mesin yang lebih kuat.",
        )
    else:
        yield ok("classifier", words)


def rights() -> Iterator[Finding]:
    """Whether the answers about rights can be read, and how many were never compared."""
    try:
        entries = load_rights(taxonomy=load_taxonomy())
    except RightsError as error:
        yield fault("rights", f"jawaban soal hak salah: {error}", "Perbaiki nlp/rights.toml.")
        return
    except TaxonomyError:  # the classifier's own check has told of it
        yield warning("rights", "belum bisa diperiksa", "Perbaiki dulu taxonomy.toml.")
        return
    unsure = sum(any(not law.confirmed for law in entry.articles) for entry in entries)
    yield ok("rights", f"{len(entries)} jawaban, {unsure} di antaranya masih perlu dicek")
