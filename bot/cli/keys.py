"""``keys``: a new key, and everything sealed anew with it, beside the running program."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.show import Refused, note, print_json, print_table, progress_console, say
from bot.cli.store import KEY_FILE, Store, existing_store
from storage.crypto import load_keys, new_key
from storage.keyring import write_keys
from storage.running import alone, only_one
from storage.sealed import Resealer, key_uses, newest_key_id

app = typer.Typer(no_args_is_help=True)

_PASSES = 3
_Json = Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")]


@app.command("list")
def show(*, as_json: _Json = False) -> None:
    """Menampilkan kunci mana menyegel berapa banyak. Kuncinya sendiri tidak tampil."""
    with existing_store() as store:
        newest, uses = newest_key_id(store.vault), _uses(store)
    ids = [newest, *(key_id for key_id in uses if key_id != newest)]
    if as_json:
        print_json(
            [{"id": one, "newest": one == newest, "values": uses.get(one, 0)} for one in ids]
        )
        return
    rows = [(one, "ya" if one == newest else "", str(uses.get(one, 0))) for one in ids]
    print_table("Kunci", ("ID", "Terbaru", "Nilai yang disegel"), rows)


@app.command("new")
def make() -> None:
    """Membuat kunci baru dan menampilkannya, untuk ditaruh paling depan di ENCRYPTION_KEYS."""
    say(new_key())


@app.command("rotate")
def rotate(
    *,
    drop_old: Annotated[
        bool,
        typer.Option(
            "--drop-old",
            help="Buang kunci yang tidak menyegel apa pun lagi; cadangan lama tetap butuh "
            "kunci itu. Program harus berhenti dulu.",
        ),
    ] = False,
    one_machine: Annotated[
        bool,
        typer.Option(
            "--one-machine", help="Hanya mesin ini yang memakai database PostgreSQL itu."
        ),
    ] = False,
    as_json: _Json = False,
) -> None:
    """Mengganti kunci dan menyegel ulang semua data. Aman diputus dan diulangi."""
    with existing_store() as store, only_one(store.settings.data_dir, "keys"):
        key_file = store.settings.data_dir / KEY_FILE
        from_file = not store.settings.encryption_keys.get_secret_value().strip()
        if drop_old:
            dropped = _drop_old(store, key_file, from_file=from_file)
            _answer(
                as_json, {"dropped": dropped}, f"{dropped} kunci lama dibuang dari {key_file}."
            )
            return
        if not _left(store):
            _begin(store, key_file, from_file=from_file, one_machine=one_machine)
        resealed, damaged = _reseal(store)
        left = _left(store)
        newest = newest_key_id(store.vault)
    facts = {"newest": newest, "resealed": resealed, "left": left, "damaged": damaged}
    _answer(as_json, facts, f"{resealed} nilai disegel ulang dengan kunci {newest}.")
    if left:
        note(f"{left} nilai masih memakai kunci lama ({damaged} rusak). Ulangi perintah ini.")
    note(
        "Simpan salinan kunci yang baru di tempat lain. Kunci lama tetap ada; cadangan yang "
        "dibuat sebelum ini hanya bisa dibuka dengannya."
    )


def _begin(store: Store, key_file: Path, *, from_file: bool, one_machine: bool) -> None:
    """Put a new key in front; nothing is left to seal anew from before.

    Raises:
        Refused: the keys are not in the file, or other machines would not know the new one.
    """
    if not from_file:
        raise Refused(
            "kunci berasal dari ENCRYPTION_KEYS, dan semua data sudah memakai yang pertama.",
            "Buat kunci dengan keys new, taruh paling depan di ENCRYPTION_KEYS semua proses "
            "(baru,lama), jalankan ulang program, lalu ulangi perintah ini.",
        )
    if not store.database.is_sqlite and not one_machine:
        raise Refused(
            "database PostgreSQL bisa dipakai beberapa mesin, tetapi kunci di berkas hanya "
            "dikenal mesin ini.",
            "Kalau hanya mesin ini yang memakainya, ulangi dengan --one-machine. Kalau tidak, "
            "pindahkan kunci ke ENCRYPTION_KEYS di semua mesin.",
        )
    write_keys(key_file, (new_key(), *load_keys("", key_file, may_create=False)))


def _reseal(store: Store) -> tuple[int, int]:
    """Seal anew until nothing is left; how many values were sealed, how many are damaged.

    What the program wrote meanwhile with the older key is found by a further pass.
    """
    columns = (TextColumn("Menyegel ulang"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    resealed = damaged = 0
    with Progress(*columns, console=progress_console(), transient=True) as progress:
        for _ in range(_PASSES):
            left = _left(store)
            if left <= damaged:
                break
            task = progress.add_task("", total=left)
            work = Resealer(store.database, store.vault, store.settings.data_dir)
            for count in work.run():
                progress.advance(task, count)
                resealed += count
            damaged = work.damaged
            resealed -= damaged
    return resealed, damaged


def _drop_old(store: Store, key_file: Path, *, from_file: bool) -> int:
    """Take keys that seal nothing out of the file; how many.

    Raises:
        Refused: the keys are not in the file, or an older key is still needed.
        NotAlone: a program runs, which may still hold a value sealed with an older key.
    """
    if not from_file:
        raise Refused(
            "kunci berasal dari ENCRYPTION_KEYS.", "Hapus kunci lama dari sana, lalu restart."
        )
    with alone(store.settings.data_dir):
        keys = load_keys("", key_file, may_create=False)
        if _left(store):
            raise Refused("masih ada data yang memakai kunci lama.", "Jalankan keys rotate dulu.")
        write_keys(key_file, keys[:1])
    return len(keys) - 1


def _left(store: Store) -> int:
    newest = newest_key_id(store.vault)
    return sum(count for key_id, count in _uses(store).items() if key_id != newest)


def _uses(store: Store) -> Mapping[str, int]:
    with store.database.reading() as session:
        return key_uses(session, store.settings.data_dir)


def _answer(as_json: bool, facts: Mapping[str, object], words: str) -> None:
    if as_json:
        print_json(dict(facts))
    else:
        say(words)
