"""``survey``: what workers say after their cases were closed; small groups stay hidden."""

from enum import StrEnum
from typing import Annotated, Any

import typer
from sqlmodel import select

from bot.accounts import SIMULATED_ORGANISATION
from bot.cases.survey_results import FEWEST, WAYS, Results, Row, survey_results
from bot.cli.case_page import category_label
from bot.cli.show import print_json, print_table, say
from bot.cli.store import existing_store, organisation_named
from bot.texts import Texts, load_texts
from nlp.taxonomy import load_taxonomy
from storage.tables import Organisation

app = typer.Typer(no_args_is_help=True)

By = StrEnum("By", [(way.upper(), way) for way in WAYS])  # type: ignore[misc]  # WAYS fixes the values
_HEADINGS = {
    "officer": "Petugas",
    "category": "Kategori",
    "company": "Perusahaan",
    "organisation": "Organisasi",
    "sex": "Jenis kelamin",
    "month": "Bulan",
}


@app.callback()
def _surveys() -> None:
    """Hasil survei setelah kasus ditutup."""


@app.command("results")
def results(
    *,
    by: Annotated[By, typer.Option(help="Dikelompokkan menurut ini.")] = By("organisation"),
    organisation: Annotated[
        str | None, typer.Option("--organisation", help="Hanya organisasi dengan nama pendek ini.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")] = False,
) -> None:
    """Menampilkan hasil survei. Latihan hanya dengan --organisation simulasi."""
    with existing_store() as store, store.database.reading() as session:
        if organisation is not None:
            chosen = [organisation_named(session, organisation).id or 0]
        else:
            everyone = session.exec(select(Organisation)).all()
            chosen = [row.id or 0 for row in everyone if row.slug != SIMULATED_ORGANISATION]
        found = survey_results(session, store.vault, chosen, str(by), store.settings.zone)
    if as_json:
        print_json(_document(str(by), found))
    else:
        _print(str(by), found, load_texts())


def _document(by: str, found: Results) -> dict[str, Any]:
    return {
        "by": by,
        "groups": [_facts(row) for row in found.rows],
        "hidden_groups": found.hidden,
        "fewest_answers": FEWEST,
        "total": _facts(found.total) if found.total is not None else None,
        "waiting": found.waiting,
        "lapsed": found.lapsed,
        "not_sent": dict(found.not_sent),
    }


def _facts(row: Row) -> dict[str, Any]:
    facts = {
        "asked": row.asked,
        "answered": row.answered,
        "solved_share": row.solved_share,
        "score": row.score,
    }
    return {"group": row.name, **facts} if row.name else facts


def _print(by: str, found: Results, texts: Texts) -> None:
    rows = [_cells(_label(by, row.name), row) for row in found.rows]
    if found.total is not None:
        rows.append(_cells("Semua", found.total))
    if rows:
        columns = (_HEADINGS[by], "Ditanya", "Menjawab", "Benar selesai", "Nilai (1-5)")
        print_table("Hasil survei", columns, rows)
    else:
        say(f"Belum ada hasil yang bisa ditampilkan: jawabannya kurang dari {FEWEST}.")
    if found.hidden:
        say(
            f"Disembunyikan, seluruhnya atau sebagian: {found.hidden} kelompok. "
            f"Yang jawabannya kurang dari {FEWEST}, dan yang bisa membocorkannya lewat "
            "selisih dengan jumlah semua."
        )
    say(f"Belum dijawab: {found.waiting}. Tidak dijawab sampai waktunya habis: {found.lapsed}.")
    for reason, count in found.not_sent.items():
        say(f"Tidak dikirim, karena {texts(f'officers.not_sent.{reason}')}: {count}.")


def _cells(name: str, row: Row) -> tuple[str, ...]:
    share = f"{row.solved_share:.0%}" if row.solved_share is not None else "-"
    score = f"{row.score:.1f}".replace(".", ",") if row.score is not None else "-"
    return (name, str(row.asked), str(row.answered), share, score)


def _label(by: str, name: str) -> str:
    return category_label(load_taxonomy(), name) if by == "category" else name
