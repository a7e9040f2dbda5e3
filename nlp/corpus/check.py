"""Checks the corpus: ``python -m nlp.corpus.check [--remove-duplicates]``.

Prints how many messages there are of each sort, and what must not be: near-duplicates, and
copies of development messages among those that models learn from. Status 1 if there are any.
"""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from nlp.corpus import DEVELOPMENT, WRITERS, Duplicate, Example, find_duplicates, load_corpus

FEWEST = 300
FEWEST_ELSEWHERE = 250
ELSEWHERE = "lainnya"
_SHOWN = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts; 1 when something must be mended."""
    parser = argparse.ArgumentParser(prog="python -m nlp.corpus.check", description=__doc__)
    parser.add_argument(
        "--remove-duplicates",
        action="store_true",
        help="delete the later one of each pair from the writers' files",
    )
    options = parser.parse_args(arguments)
    console = Console(highlight=False)
    written, development = load_corpus(WRITERS), load_corpus(DEVELOPMENT)
    console.print(_counts("Written", written), _counts("Development", development))
    repeated = repetitions(written, development)
    for pair in repeated[:_SHOWN]:
        console.print(f"{pair.second.place} repeats {pair.first.place} ({pair.similarity:.0f})")
    console.print(f"{len(repeated)} messages say what another one says")
    if options.remove_duplicates and repeated:
        remove(WRITERS, {pair.second.place for pair in repeated})
        console.print("removed")
        return 0
    few = too_few(written)
    for category, count in few.items():
        console.print(f"{category}: only {count} messages")
    return 1 if repeated or few else 0


def repetitions(
    written: Sequence[Example], development: Sequence[Example]
) -> tuple[Duplicate, ...]:
    """For each written message that repeats another one, the first that it repeats."""
    measured = {example.place for example in development}
    first: dict[str, Duplicate] = {}
    for pair in find_duplicates((*development, *written)):
        if pair.second.place not in measured:
            first.setdefault(pair.second.place, pair)
    return tuple(first.values())


def too_few(written: Sequence[Example]) -> dict[str, int]:
    """The categories with fewer messages than a model needs."""
    counted = Counter(example.category for example in written)
    return {
        category: count
        for category, count in counted.items()
        if count < (FEWEST_ELSEWHERE if category == ELSEWHERE else FEWEST)
    }


def remove(folder: Path, places: set[str]) -> None:
    """Delete these lines (``file:line``) from the files of the folder."""
    for file in sorted(folder.glob("*.jsonl")):
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = [
            line
            for number, line in enumerate(lines, start=1)
            if f"{file.name}:{number}" not in places
        ]
        if len(kept) < len(lines):
            file.write_text("\n".join(kept) + "\n", encoding="utf-8")


def _counts(title: str, examples: Sequence[Example]) -> Table:
    table = Table(title=f"{title}: {len(examples)} by {len({e.writer for e in examples})} writers")
    for column in ("category", "pengaduan", "aspirasi", "pertanyaan", "darurat", "tinggi", "also"):
        table.add_column(column, justify="left" if column == "category" else "right")
    for category in sorted({e.category for e in examples}):
        of = [e for e in examples if e.category == category]
        kinds, urgencies = Counter(e.kind for e in of), Counter(e.urgency for e in of)
        counts = (
            *(kinds[kind] for kind in ("pengaduan", "aspirasi", "pertanyaan")),
            *(urgencies[urgency] for urgency in ("darurat", "tinggi")),
            sum(bool(e.also) for e in of),
        )
        table.add_row(category, *map(str, counts))
    return table


if __name__ == "__main__":
    raise SystemExit(main())
