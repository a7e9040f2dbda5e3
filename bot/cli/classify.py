"""``classify``: what the classifier says of a message; needs neither database nor keys."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.bar import Bar
from rich.console import Console
from rich.table import Table

from bot.cli.show import Refused, say
from bot.settings import load_settings
from nlp.classifier import Classifier, load_classifier
from nlp.prediction import Prediction
from nlp.taxonomy import Taxonomy, load_taxonomy

app = typer.Typer()
_BAR_WIDTH = 24


@app.command()
def classify(
    text: Annotated[str | None, typer.Argument(help="Pesan yang dikelompokkan.")] = None,
    *,
    file: Annotated[
        Path | None,
        typer.Option(help='Satu objek JSON tiap baris, dengan "text"; - untuk masukan standar.'),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")] = False,
) -> None:
    """Mengelompokkan satu pesan, atau setiap baris sebuah berkas."""
    if (text is None) == (file is None):
        raise typer.BadParameter("tulis satu pesan, atau --file dengan berkas JSON lines")
    if file is not None and not as_json:
        raise typer.BadParameter("--file hanya dengan --json", param_hint="--file")
    taxonomy = load_taxonomy()
    classifier = load_classifier(load_settings().classifier, taxonomy)
    if file is not None:
        for message in _messages(file):
            _print_line(classifier, message)
    elif as_json:
        _print_line(classifier, text or "")
    else:
        _print_table(classifier.classify(text or ""), taxonomy)


def _print_line(classifier: Classifier, message: str) -> None:
    prediction = classifier.classify(message).as_json()
    sys.stdout.write(json.dumps(prediction, ensure_ascii=False) + "\n")


def _messages(path: Path) -> Iterator[str]:
    """The messages of a file of JSON lines; blank lines are passed over.

    Raises:
        Refused: no such file, or a line that is no object with a text; names the line.
    """
    try:
        lines = sys.stdin if str(path) == "-" else path.open(encoding="utf-8")
    except FileNotFoundError:
        raise Refused(f"tidak ada berkas {path}.", "Periksa nama berkasnya.") from None
    try:
        with lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _message(line, number)
    except UnicodeDecodeError:
        raise Refused(f"{path} bukan teks UTF-8.", "Simpan ulang sebagai UTF-8.") from None


def _message(line: str, number: int) -> str:
    try:
        entry = json.loads(line)
    except ValueError:
        entry = None
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        raise Refused(
            f'baris {number} bukan objek JSON dengan "text" berupa teks.',
            "Perbaiki baris itu; hasil baris-baris sebelumnya sudah ditulis.",
        )
    return str(entry["text"])


def _print_table(prediction: Prediction, taxonomy: Taxonomy) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for candidate in prediction.candidates:
        table.add_row(
            taxonomy.category(candidate.category).label,
            Bar(1, 0, candidate.probability, width=_BAR_WIDTH),
            f"{candidate.probability:.0%}",
        )
    Console(highlight=False, markup=False).print(table)
    labels = {label.slug: label.label for label in (*taxonomy.kinds, *taxonomy.urgencies)}
    tags = ", ".join(taxonomy.tags.get(tag, tag) for tag in prediction.tags)
    say(f"\nJenis     : {labels.get(prediction.kind, prediction.kind)}")
    say(f"Urgensi   : {labels.get(prediction.urgency, prediction.urgency)}")
    say(f"Tanda     : {tags or '-'}")
    say(f"Ragu-ragu : {'ya, tanyakan dulu' if prediction.abstain else 'tidak'}")
    say(f"Model     : {prediction.model}")
    if prediction.recommendations:
        say("Saran     :\n" + "\n".join(f"  - {step}" for step in prediction.recommendations))
