"""``cases``: what operators may see of the cases. What was told stays closed until revealed."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from bot.cli.case_export import Format, export_cases
from bot.cli.case_facts import case_facts, facts_of_row, log_reveal
from bot.cli.case_page import category_label, print_case
from bot.cli.show import Refused, print_json, print_table, say
from bot.cli.store import existing_store, local_time, organisation_named, slugs_by_id
from bot.texts import load_texts
from nlp.taxonomy import load_taxonomy
from storage.numbers import read_case_number
from storage.tables import CASE_STATUSES, Case

app = typer.Typer(no_args_is_help=True)

Status = StrEnum("Status", [(status.upper(), status) for status in CASE_STATUSES])  # type: ignore[misc]  # the table fixes the values
_Organisation = Annotated[
    str | None, typer.Option("--organisation", help="Hanya organisasi dengan nama pendek ini.")
]
_Json = Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")]


@app.command("list")
def show_list(
    *,
    status: Annotated[Status | None, typer.Option(help="Hanya pada tahap ini.")] = None,
    category: Annotated[str | None, typer.Option(help="Hanya kategori ini.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Paling banyak sekian, terbaru dulu.")] = 50,
    organisation: _Organisation = None,
    as_json: _Json = False,
) -> None:
    """Menampilkan kasus, terbaru dulu, tanpa isi dan tanpa nama."""
    taxonomy, texts = load_taxonomy(), load_texts()
    known = [label.slug for label in taxonomy.categories]
    if category is not None and category not in known:
        raise typer.BadParameter(f"salah satu dari {', '.join(known)}", param_hint="--category")
    query = select(Case).order_by(col(Case.opened_at).desc(), col(Case.id).desc()).limit(limit)
    with existing_store() as store, store.database.reading() as session:
        if organisation is not None:
            owner = organisation_named(session, organisation)
            query = query.where(Case.organisation_id == owner.id)
        if status is not None:
            query = query.where(Case.status == str(status))
        if category is not None:
            query = query.where(Case.category == category)
        slugs = slugs_by_id(session)
        cases = session.exec(query).all()
    if as_json:
        print_json([facts_of_row(case, slugs[case.organisation_id]) for case in cases])
    elif not cases:
        say("Tidak ada kasus yang cocok.")
    else:
        columns = ("Nomor", "Tahap", "Urgensi", "Kategori", "Dibuka", "Petugas", "Organisasi")
        rows = [
            (
                case.number,
                texts(f"cases.stage.{case.status}.label"),
                texts(f"cases.urgency.{case.urgency}"),
                category_label(taxonomy, case.category),
                local_time(store.settings, case.opened_at),
                "ada" if case.owner_id else "belum ada",
                slugs[case.organisation_id],
            )
            for case in cases
        ]
        print_table("Kasus", columns, rows)


@app.command("show")
def show_one(
    number: Annotated[str, typer.Argument(help="Nomor kasus, misalnya KB-7F3K-92QM.")],
    *,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Buka juga isi dan nama; ini dicatat.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Menampilkan satu kasus: fakta, jejak, dan pengiriman."""
    read = read_case_number(number)
    if read is None:
        raise typer.BadParameter("seperti KB-7F3K-92QM", param_hint="NUMBER")
    with existing_store() as store:
        with store.database.transaction() as session:
            case = session.exec(select(Case).where(Case.number == read)).first()
            if case is None:
                raise Refused(f"tidak ada kasus {read}.", "Periksa nomornya dengan cases list.")
            if reveal:
                log_reveal(session, store.vault, case, store.clock.now())
                session.flush()
            slug = slugs_by_id(session)[case.organisation_id]
            facts = case_facts(session, store.vault, case, slug, reveal=reveal)
        if as_json:
            print_json(facts)
        else:
            print_case(facts, store.settings, load_texts(), load_taxonomy())


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Berkas tujuan.", dir_okay=False)],
    *,
    form: Annotated[
        Format | None, typer.Option("--format", help="Tanpa ini: menurut akhiran nama berkas.")
    ] = None,
    organisation: _Organisation = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Sertakan isi, nama dan alamat; ini dicatat.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Menulis semua kasus ke sebuah berkas. Kasus latihan hanya dengan --organisation simulasi."""
    chosen = form or (Format.JSONL if file.suffix == ".jsonl" else Format.CSV)
    with existing_store() as store:
        count = export_cases(store, file, chosen, organisation, reveal=reveal)
    if as_json:
        print_json({"file": str(file), "format": chosen.value, "cases": count, "revealed": reveal})
        return
    say(f"{count} kasus ditulis ke {file}; hanya akun Anda yang bisa membacanya.")
    if reveal:
        say("Berkas ini memuat cerita dan nama tanpa sandi. Hapus begitu tidak dipakai lagi.")
