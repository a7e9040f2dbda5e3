"""``retention``: what is kept too long, and letting it go."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from bot.cases.retention import Step
from bot.cases.retention_rules import load_retention_rules
from bot.cli.due import moment
from bot.cli.show import Refused, print_json, print_table, say
from bot.cli.store import Store, existing_store
from bot.retention import Retention
from bot.texts import load_texts
from bot.worktime.calendar import FOLDER, load_calendar
from nlp.taxonomy import load_taxonomy
from storage.seen_time import doubt, trust

app = typer.Typer(no_args_is_help=True)

_EVERYTHING = 1_000_000
_ACTIONS = {"warn": "diingatkan", "delete": "dihapus"}
_WHATS = {"case": "kasus", "draft": "laporan belum lengkap", "files": "berkas",
          "person": "pelapor tanpa kasus"}  # fmt: skip
_DOUBTS = {
    "new": "belum tujuh hari program ini mengikuti jam komputer",
    "ahead": "jam komputer melompat maju, atau program mati lebih dari 36 jam",
    "behind": "jam komputer pernah mundur",
}


@app.callback()
def _retention() -> None:
    """Masa simpan: apa yang sudah waktunya dihapus."""


@app.command("run")
def run(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Hanya tampilkan, tidak ada yang dihapus.")
    ] = False,
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="WAKTU", help="Seandainya sekarang 2028-12-22T08:00."),
    ] = None,
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="Jam komputer sudah saya periksa.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")] = False,
) -> None:
    """Mengingatkan petugas dan menghapus yang masa simpannya habis; biasanya program sendiri."""
    with existing_store() as store:
        at, clock_now = moment(store, now), store.clock.now()
        retention = _retention_of(store)
        if dry_run:
            _print(retention.plan(at, limit=_EVERYTHING), as_json=as_json, done=False)
            return
        if at > clock_now:
            raise Refused(
                "waktu itu belum tiba, dan yang dihapus tidak bisa dikembalikan.",
                "Pakai --dry-run untuk melihat apa yang akan dihapus saat itu.",
            )
        _must_be_right(store, clock_now, told=clock_is_right)
        done = retention.sweep(clock_now, as_of=at, limit=_EVERYTHING)
        _print(done, as_json=as_json, done=True)


def _must_be_right(store: Store, now: datetime, *, told: bool) -> None:
    """Refuse while the clock is doubted, unless the operator says that it is right."""
    with store.database.transaction() as session:
        why = doubt(session, store.vault, now)
        if why and told:
            trust(session, store.vault, now)
    if why and not told:
        raise Refused(
            f"tidak ada yang dihapus: {_DOUBTS[why]}, jadi tanggalnya mungkin salah.",
            "Periksa dengan timedatectl. Kalau jamnya benar, jalankan lagi dengan "
            "--clock-is-right. Tanpa itu, program mulai lagi sendiri setelah tujuh hari.",
        )


def _retention_of(store: Store) -> Retention:
    folder, taxonomy = store.settings.data_dir, load_taxonomy()
    return Retention(
        database=store.database,
        vault=store.vault,
        texts=load_texts(),
        taxonomy=taxonomy,
        zone=store.settings.zone,
        calendar=load_calendar(folder / FOLDER),
        rules=load_retention_rules(folder, taxonomy),
    )


def _print(steps: list[Step], *, as_json: bool, done: bool) -> None:
    if as_json:
        print_json([asdict(step) for step in steps])
    elif not steps:
        say("Tidak ada yang masa simpannya habis.")
    else:
        title = "Sudah dikerjakan" if done else "Yang akan dikerjakan"
        rows = [
            (step.number or "-", _WHATS[step.what], _ACTIONS[step.action], step.rule)
            for step in steps
        ]
        print_table(title, ("Kasus", "Apa", "Bagaimana", "Aturan"), rows)
