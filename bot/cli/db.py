"""``db``: the schema, backups, and what to do after a lost machine."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.backup import make_backup
from bot.cli.restore import restore_backup
from bot.cli.show import print_json, say
from bot.cli.store import KEY_FILE, existing_store, local_time
from bot.clock import SystemClock
from bot.log import configure_logging
from bot.settings import load_settings
from bot.store import open_store
from storage.database import Database, sqlite_path
from storage.migrate import current_revision, newest_revision

app = typer.Typer(no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")]


@app.command("upgrade")
def upgrade(*, as_json: _Json = False) -> None:
    """Memperbarui susunan database; membuatnya, dengan kuncinya, kalau belum ada."""
    settings = load_settings()
    configure_logging("WARNING")
    before = _revision(settings.database)
    database, _vault = open_store(settings, clock=SystemClock())
    database.dispose()
    after = newest_revision()
    if as_json:
        print_json({"before": before, "after": after})
    elif before is None:
        say(f"Database dibuat, versi {after}.")
        if not settings.encryption_keys.get_secret_value():
            key_file = settings.data_dir / KEY_FILE
            say(f"Simpan salinan {key_file} di tempat lain: tanpa kunci itu data tidak terbaca.")
    elif before == after:
        say(f"Database sudah versi {after}.")
    else:
        say(f"Database diperbarui dari versi {before} ke {after}.")


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="Berkas cadangan yang dibuat.", dir_okay=False)],
    *,
    as_json: _Json = False,
) -> None:
    """Mencadangkan database dan semua bukti ke satu berkas, selagi program berjalan."""
    with existing_store() as store:
        manifest = make_backup(store, file)
    if as_json:
        print_json({"file": str(file), "bytes": file.stat().st_size} | manifest.facts())
        return
    say(
        f"Cadangan lengkap: {file} ({file.stat().st_size / 1_000_000:.1f} MB, "
        f"{manifest.cases} kasus, {len(manifest.entries) - 1} berkas). Isinya tetap bersandi."
    )
    say(
        "Kunci TIDAK ada di dalamnya, dan tanpa kunci cadangan ini tidak bisa dibaca. Simpan "
        f"salinan kunci ({store.settings.data_dir / KEY_FILE} atau ENCRYPTION_KEYS) di tempat "
        "yang terpisah."
    )


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="Berkas dari db backup.", dir_okay=False)],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Gantikan data yang ada; yang lama disisihkan.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Memulihkan cadangan. Program harus berhenti, dan kuncinya harus sudah di tempatnya."""
    settings = load_settings()
    configure_logging("WARNING")
    restored = restore_backup(settings, file, SystemClock().now(), force=force)
    if as_json:
        set_aside = str(restored.set_aside) if restored.set_aside else None
        print_json(restored.manifest.facts() | {"set_aside": set_aside})
        return
    made = local_time(settings, restored.manifest.created_at)
    say(f"Dipulihkan ke keadaan {made}: {restored.manifest.cases} kasus.")
    if restored.set_aside:
        say(f"Data sebelumnya disisihkan di {restored.set_aside}; hapus kalau tidak perlu lagi.")
    say("Jalankan doctor, lalu mulai programnya.")


def _revision(url: str) -> str | None:
    path = sqlite_path(url)
    if path is not None and not path.exists():
        return None
    database = Database(url, pool_size=1)
    try:
        database.check()
        return current_revision(database)
    finally:
        database.dispose()
