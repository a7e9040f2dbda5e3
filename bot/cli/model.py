"""``model``: train, measure, export and choose the classifier; see what people corrected."""

import os
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cases.corrected import corrected_examples
from bot.cli.model_drift import print_drift
from bot.cli.model_pages import print_comparison, print_evaluation
from bot.cli.show import Refused, note, print_json, progress_console, say
from bot.cli.store import existing_store
from bot.settings import load_settings
from nlp.classifier import BUILT_IN, load_classifier
from nlp.corpus import DEVELOPMENT, WRITERS, CorpusError, Example, load_corpus
from nlp.report import Evaluation, evaluate
from nlp.taxonomy import Taxonomy, load_taxonomy

app = typer.Typer(no_args_is_help=True)

WORSE = 0.01
"""A new model may be this much worse in one figure; measuring is no more exact than that."""
COMPARED = (
    "category_accepted",
    "category_macro_f1",
    "category_top3",
    "kind_macro_f1",
    "urgency_macro_f1",
    "darurat_recall",
    "tag_micro_f1",
)
_ENV_FILE = Path(".env")

_Json = Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")]
_Corpus = Annotated[Path, typer.Option(help="Folder pesan latihan (*.jsonl).")]
_Corrections = Annotated[
    bool, typer.Option("--corrections/--no-corrections", help="Ikut belajar dari koreksi.")
]


@app.command()
def train(
    base: Annotated[str, typer.Option(help="Folder model BERT, atau namanya di hub.")],
    out: Annotated[Path, typer.Option(help="Folder hasil latihan; dilanjutkan bila terputus.")],
    *,
    epochs: Annotated[int, typer.Option(min=1, max=100)] = 8,
    rate: Annotated[float, typer.Option(min=1e-7, max=1e-1, help="Laju belajar.")] = 2e-4,
    batch: Annotated[int, typer.Option(min=2, max=512)] = 32,
    seed: int = 1,
    layers: Annotated[int | None, typer.Option(min=1, help="Pakai sekian lapis pertama.")] = None,
    corpus: _Corpus = WRITERS,
    corrections: _Corrections = True,
) -> None:
    """Melatih model BERT dengan pesan latihan dan koreksi petugas."""
    pipeline = _training("nlp.training.pipeline")
    settings = _training("nlp.training.finetune").Settings(
        epochs=epochs, rate=rate, batch=batch, seed=seed
    )
    taxonomy = load_taxonomy()
    examples = _examples(corpus, taxonomy, corrections=corrections)
    note(f"{len(examples)} pesan, model dasar {base}.")
    try:
        with _progress() as bar:
            task = bar.add_task("melatih", total=None)
            history = pipeline.train_model(
                base, examples, taxonomy, out, settings, layers,
                lambda done, total: bar.update(task, completed=done, total=total),
            )  # fmt: skip
    except _training("nlp.training.network").BaseModelError:
        raise Refused(
            f"model dasar {base} tidak ada: bukan folder model, dan hub tidak memberikannya.",
            "Periksa nama dan sambungan, atau unduh di mesin lain dan berikan foldernya.",
        ) from None
    for epoch in history:
        say(f"putaran {epoch.number}: galat {epoch.loss:.3f}, penulis lain {epoch.held_out:.3f}")
    say(f"Selesai. Lanjut: python admin_cli.py model export {out} --out FOLDER")


@app.command()
def export(
    trained: Annotated[Path, typer.Argument(help="Folder hasil model train.")],
    out: Annotated[Path, typer.Option(help="Folder model yang jadi.")],
    *,
    name: Annotated[str, typer.Option(help="Nama yang tampil di setiap perkiraan.")] = "",
    corpus: _Corpus = WRITERS,
    corrections: _Corrections = True,
) -> None:
    """Membuat model siap pakai (ONNX int8) dari hasil latihan."""
    pipeline = _training("nlp.training.pipeline")
    taxonomy = load_taxonomy()
    examples = _examples(corpus, taxonomy, corrections=corrections)
    with progress_console().status("membuat model siap pakai, beberapa menit"):
        pipeline.export_model(trained, examples, taxonomy, out, name or out.name)
    size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file()) / 1e6
    say(f"Model {name or out.name} ada di {out} ({size:.1f} MB).")
    say(f"Lanjut: python admin_cli.py model use {out}")


@app.command("evaluate")
def evaluate_model(
    model: Annotated[str, typer.Argument(help="bawaan, atau folder model.")] = "",
    *,
    corpus: _Corpus = DEVELOPMENT,
    picture: Annotated[Path | None, typer.Option(help="Gambar PNG yang dibuat.")] = None,
    as_json: _Json = False,
) -> None:
    """Mengukur model pada pesan yang tidak pernah dipelajarinya."""
    taxonomy = load_taxonomy()
    measured = _measured(model or load_settings().classifier, corpus, taxonomy)
    if picture is not None:
        _training("nlp.training.picture").draw_evaluation(measured, taxonomy, picture)
        note(f"Gambar: {picture}")
    if as_json:
        print_json(_as_json(measured))
    else:
        print_evaluation(measured)


@app.command()
def use(
    model: Annotated[str, typer.Argument(help="bawaan, atau folder model.")],
    *,
    even_if_worse: Annotated[
        bool, typer.Option("--even-if-worse", help="Pakai walau hasil ukurnya lebih buruk.")
    ] = False,
) -> None:
    """Memakai model lain, kalau tidak lebih buruk dari yang sekarang."""
    taxonomy = load_taxonomy()
    current = load_settings().classifier
    if os.environ.get("CLASSIFIER", model) != model:
        raise Refused(
            "CLASSIFIER diatur di lingkungan, jadi .env tidak dipakai.",
            "Ubah CLASSIFIER di tempat program dijalankan, atau hapus dari sana lalu ulangi.",
        )
    new = _measured(model, DEVELOPMENT, taxonomy)
    old = _measured(current, DEVELOPMENT, taxonomy)
    print_comparison(old, new, COMPARED)
    worse = [n for n in COMPARED if getattr(new.figures, n) < getattr(old.figures, n) - WORSE]
    if worse and not even_if_worse:
        raise Refused(
            f"model {new.model} lebih buruk dari {old.model} pada {', '.join(worse)}.",
            "Latih lagi dengan pesan lebih banyak, atau ulangi dengan --even-if-worse.",
        )
    choice = model if model == BUILT_IN else str(Path(model).resolve())
    write_setting(_ENV_FILE, "CLASSIFIER", choice)
    say(f"CLASSIFIER={choice} ditulis di {_ENV_FILE}. Jalankan ulang program agar dipakai.")


@app.command()
def report(
    *,
    weeks: Annotated[int, typer.Option(min=1, max=520, help="Berapa minggu terakhir.")] = 12,
    as_json: _Json = False,
) -> None:
    """Menampilkan seberapa sering orang setuju dengan pengklasifikasi, minggu demi minggu."""
    with existing_store() as store, store.database.reading() as session:
        print_drift(session, store.clock.now(), weeks, as_json=as_json)


def write_setting(file: Path, name: str, value: str) -> None:
    """Set one line of an ``.env`` file and leave every other as it is; whole or not at all."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    kept = [line for line in lines if line.partition("=")[0].strip() != name]
    part = file.with_name(file.name + ".part")
    part.write_text("\n".join([*kept, f"{name}={value}"]) + "\n", encoding="utf-8")
    if file.exists():
        part.chmod(file.stat().st_mode)
    else:
        part.chmod(0o600)
    part.replace(file)


def _examples(corpus: Path, taxonomy: Taxonomy, *, corrections: bool) -> tuple[Example, ...]:
    written = _written(corpus, taxonomy)
    if not corrections:
        return written
    try:
        with existing_store() as store, store.database.reading() as session:
            corrected = corrected_examples(session, store.vault)
    except Refused as nothing:
        note(f"Tanpa koreksi: {nothing.what}")
        return written
    note(f"{len(corrected)} kasus dengan koreksi ikut dipelajari.")
    return (*written, *corrected)


def _written(corpus: Path, taxonomy: Taxonomy) -> tuple[Example, ...]:
    try:
        examples = load_corpus(corpus, taxonomy)
    except CorpusError as error:
        raise Refused(f"pesan latihan salah: {error}.", "Perbaiki baris itu.") from None
    if not examples:
        raise Refused(f"tidak ada pesan di {corpus}.", "Berikan folder dengan berkas *.jsonl.")
    return examples


def _measured(model: str, corpus: Path, taxonomy: Taxonomy) -> Evaluation:
    classifier = load_classifier(model, taxonomy)
    examples = _written(corpus, taxonomy)
    with _progress() as bar:
        task = bar.add_task(f"mengukur {classifier.model}", total=len(examples))
        return evaluate(classifier, examples, lambda done: bar.update(task, completed=done))


def _as_json(measured: Evaluation) -> dict[str, object]:
    confusion: Sequence[tuple[tuple[str, str], int]] = measured.confusion.most_common()
    return {
        "model": measured.model,
        "figures": asdict(measured.figures),
        "categories": [asdict(category) for category in measured.categories],
        "confusion": [
            {"true": true, "said": said, "messages": count} for (true, said), count in confusion
        ],
        "calibration": [asdict(part) for part in measured.calibration],
        "milliseconds": {"p50": measured.milliseconds[0], "p99": measured.milliseconds[1]},
    }


def _training(module: str) -> Any:
    """A module that needs the extra ``train``, loaded only when it is wanted."""
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        raise Refused(
            f"paket {missing.name} belum terpasang; hanya dibutuhkan untuk melatih.",
            "Jalankan: pip install torch==2.13.0 && pip install '.[train]'",
        ) from None


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(),
        console=progress_console(), transient=True,
    )  # fmt: skip
