"""``due``: what the program will do at a time, and letting it do what is due now."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from bot.cli.show import Refused, print_json, print_table, say
from bot.cli.store import Store, existing_store, local_time
from bot.inbox.firing import fire_due
from storage.notify import notify
from storage.tables import Case, Due

app = typer.Typer(no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")]
_Now = Annotated[
    str | None,
    typer.Option("--now", metavar="WAKTU", help="Seandainya sekarang 2026-12-22T08:00."),
]
_Limit = Annotated[int, typer.Option(min=1, help="Paling banyak sekian.")]


KINDS = {
    "quiet": "jeda cerita",
    "unfinished": "laporan belum selesai",
    "referral": "izin melimpahkan",
    "joining": "ajakan laporan bersama",
    "unopened": "kabar belum dibuka",
    "promise": "janji layanan",
    "still": "kabar masih diproses",
    "appointment_day": "janji, sehari sebelumnya",
    "appointment_soon": "janji, sebentar lagi",
    "appointment_morning": "janji, untuk petugas",
    "survey": "survei",
    "check_in": "tanya keadaan",
    "legal": "batas waktu, petugas",
    "legal_tell": "batas waktu, pelapor",
    "legal_day": "hitungan hari di kartu",
    "digest": "ringkasan pagi",
    "weekly": "ringkasan mingguan",
    "picture": "hapus gambar ringkasan",
    "members": "periksa anggota grup",
}
"""What each kind of row does, in the operator's words."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits for its time. ``late``: its time has come."""

    id: int
    kind: str
    key: str
    case: str
    due_at: datetime
    late: bool


@app.command("list")
def show(*, now: _Now = None, limit: _Limit = 100, as_json: _Json = False) -> None:
    """Menampilkan yang menunggu waktunya; dengan --now hanya yang sudah jatuh tempo saat itu."""
    with existing_store() as store:
        at = moment(store, now)
        with store.database.reading() as session:
            waiting = _waiting(session, at, limit, only_late=now is not None)
        _print(store, waiting, as_json=as_json)


@app.command("run")
def run(
    *,
    now: _Now = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Hanya tampilkan, tidak ada yang dikerjakan.")
    ] = False,
    limit: _Limit = 100,
    as_json: _Json = False,
) -> None:
    """Menyerahkan yang jatuh tempo ke program; biasanya program melakukannya sendiri."""
    with existing_store() as store:
        at = moment(store, now)
        if dry_run:
            with store.database.reading() as session:
                waiting = _waiting(session, at, limit, only_late=True)
            _print(store, waiting, as_json=as_json)
            return
        if at > store.clock.now():
            raise Refused(
                "waktu itu belum tiba, dan yang dikerjakan lebih awal tidak bisa ditarik kembali.",
                "Pakai --dry-run untuk melihat apa yang akan dikerjakan saat itu.",
            )
        fired = 0
        while True:
            with store.database.transaction() as session:
                count = fire_due(session, store.vault, at)
                notify(session)
            fired += count
            if not count:
                break
    if as_json:
        print_json({"fired": fired})
    else:
        say(f"{fired} diserahkan; program yang berjalan mengerjakannya segera.")


def moment(store: Store, told: str | None) -> datetime:
    """The moment that was told, in the settings' zone unless it names another one."""
    if told is None:
        return store.clock.now()
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise typer.BadParameter("seperti 2026-12-22T08:00", param_hint="--now") from None
    return (at if at.tzinfo else at.replace(tzinfo=store.settings.zone)).astimezone(UTC)


def _waiting(session: Session, at: datetime, limit: int, *, only_late: bool) -> list[Waiting]:
    query = select(Due, Case.number).join(Case, isouter=True).where(Due.status == "waiting")
    if only_late:
        query = query.where(Due.due_at <= at)
    rows = session.exec(query.order_by(col(Due.due_at), col(Due.id)).limit(limit)).all()
    return [
        Waiting(row.id or 0, row.kind, row.key, number or "", row.due_at, row.due_at <= at)
        for row, number in rows
    ]


def _print(store: Store, waiting: list[Waiting], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(one) for one in waiting])
    elif not waiting:
        say("Tidak ada yang menunggu.")
    else:
        rows = [
            (
                local_time(store.settings, one.due_at),
                KINDS.get(one.kind, one.kind),
                one.case or "-",
                one.key,
                "jatuh tempo" if one.late else "menunggu",
            )
            for one in waiting
        ]
        print_table("Yang menunggu waktunya", ("Waktu", "Apa", "Kasus", "Kunci", "Keadaan"), rows)
