"""``dead-letters``: what was tried too often, and what may or may not have arrived.

``in-7`` is an event that came in and could not be worked on, ``out-7`` a message that could not
be sent or of which nobody knows whether it arrived. No text of it is shown.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated

import typer
from sqlmodel import Session, col, select

from bot.cli.show import Refused, print_json, print_table, say
from bot.cli.store import Store, existing_store, local_time
from storage.cases import add_event
from storage.inbound import revive_dead
from storage.notify import notify
from storage.tables import Case, Inbound, Outbound

app = typer.Typer(no_args_is_help=True)

_STATUS_LABELS = {"dead": "gagal terus", "uncertain": "tidak pasti"}
_Json = Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")]


@dataclass(frozen=True, slots=True)
class Letter:
    """A row that waits for a person to decide."""

    id: str
    status: str
    channel: str
    what: str
    attempts: int
    error: str
    since: datetime


@app.command("list")
def show(
    *,
    limit: Annotated[int, typer.Option(min=1, help="Paling banyak sekian dari tiap arah.")] = 100,
    as_json: _Json = False,
) -> None:
    """Menampilkan pesan yang menunggu keputusan."""
    with existing_store() as store:
        with store.database.reading() as session:
            letters = [*_inbound(session, limit), *_outbound(session, limit)]
        if as_json:
            print_json([asdict(letter) for letter in letters])
        elif not letters:
            say("Tidak ada pesan yang menunggu.")
        else:
            columns = ("ID", "Keadaan", "Kanal", "Apa", "Percobaan", "Sebab", "Sejak")
            rows = [
                (
                    letter.id,
                    _STATUS_LABELS[letter.status],
                    letter.channel,
                    letter.what,
                    str(letter.attempts),
                    letter.error or "-",
                    local_time(store.settings, letter.since),
                )
                for letter in letters
            ]
            print_table("Pesan yang menunggu keputusan", columns, rows)
            say("Coba lagi dengan dead-letters retry ID. Yang tidak pasti bisa sampai dua kali.")


@app.command("retry")
def retry(
    letter: Annotated[
        str | None, typer.Argument(metavar="ID", help="Dari dead-letters list, misalnya in-7.")
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Semua yang gagal terus; yang tidak pasti tidak.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Mencoba lagi satu pesan, atau semua yang gagal terus."""
    if (letter is None) != everything:
        raise typer.BadParameter("tulis satu ID, atau --all")
    with existing_store() as store, store.database.transaction() as session:
        now = store.clock.now()
        wanted = _all_dead(session) if letter is None else [_read(letter)]
        for direction, row_id in wanted:
            found = (
                revive_dead(session, row_id, now)
                if direction == "in"
                else _send_again(store, session, row_id, now)
            )
            if not found:
                raise Refused(
                    f"{letter} tidak menunggu keputusan.", "Lihat dengan dead-letters list."
                )
        notify(session)
    if as_json:
        print_json({"retried": [f"{direction}-{row_id}" for direction, row_id in wanted]})
    else:
        say(f"{len(wanted)} pesan dicoba lagi; program yang berjalan mengambilnya segera.")


def _read(letter: str) -> tuple[str, int]:
    direction, _, number = letter.partition("-")
    if direction not in {"in", "out"} or not number.isdecimal():
        raise typer.BadParameter("seperti in-7 atau out-7", param_hint="ID")
    return direction, int(number)


def _all_dead(session: Session) -> list[tuple[str, int]]:
    inbound = session.exec(select(Inbound.id).where(Inbound.status == "dead"))
    outbound = session.exec(select(Outbound.id).where(Outbound.status == "dead"))
    return [("in", row_id or 0) for row_id in inbound] + [
        ("out", row_id or 0) for row_id in outbound
    ]


def _send_again(store: Store, session: Session, row_id: int, now: datetime) -> bool:
    row = session.get(Outbound, row_id, with_for_update=True)
    if row is None or row.status not in _STATUS_LABELS:
        return False
    if _newer_waits(session, row):  # a card is drawn anew when it leaves: one is enough
        row.status = "cancelled"
    else:
        row.status, row.attempts, row.available_at, row.error = "queued", 0, now, ""
        row.external_id, row.settled_at = "", None
    session.add(row)
    session.flush()
    case = session.get(Case, row.case_id) if row.case_id is not None else None
    if case is not None:
        add_event(session, store.vault, case, "resent_by_operator", now, after=row.kind)
    return True


def _newer_waits(session: Session, row: Outbound) -> bool:
    if not row.merge_key:
        return False
    waiting = select(Outbound.id).where(
        Outbound.merge_key == row.merge_key, Outbound.status == "queued"
    )
    return session.exec(waiting).first() is not None


def _inbound(session: Session, limit: int) -> list[Letter]:
    rows = session.exec(
        select(Inbound).where(Inbound.status == "dead").order_by(col(Inbound.id)).limit(limit)
    )
    return [
        Letter(
            f"in-{row.id}",
            row.status,
            row.source,
            "masuk",
            row.attempts,
            row.error,
            row.received_at,
        )
        for row in rows
    ]


def _outbound(session: Session, limit: int) -> list[Letter]:
    rows = session.exec(
        select(Outbound)
        .where(col(Outbound.status).in_(_STATUS_LABELS))
        .order_by(col(Outbound.id))
        .limit(limit)
    )
    return [
        Letter(
            f"out-{row.id}",
            row.status,
            row.channel,
            row.kind,
            row.attempts,
            row.error,
            row.created_at,
        )
        for row in rows
    ]
