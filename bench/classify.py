"""How long understanding a message takes: ``python -m bench.classify``.

Every message of the corpus once, one at a time, after a warm-up.
"""

import os
import time
from collections.abc import Callable
from datetime import date

from rich.console import Console
from rich.table import Table

from nlp.classifier import load_classifier
from nlp.corpus import load_corpus
from nlp.extraction import extract
from nlp.matching import index_companies

_WARM_UP = 50


def measure(work: Callable[[str], object], texts: list[str]) -> tuple[float, float, float]:
    """Milliseconds a text: p50, p95, p99."""
    for text in texts[:_WARM_UP]:
        work(text)
    each = []
    for text in texts:
        started = time.perf_counter()
        work(text)
        each.append(1000 * (time.perf_counter() - started))
    each.sort()
    return each[len(each) // 2], each[int(0.95 * len(each))], each[int(0.99 * len(each))]


def main() -> None:
    """Measure and print."""
    texts = [message.text for message in load_corpus()]
    started = time.perf_counter()
    classifier = load_classifier("bawaan")
    loaded = time.perf_counter() - started
    companies = index_companies([f"PT Perusahaan Nomor {number}" for number in range(1000)])
    today = date(2026, 11, 21)
    rows = {
        "classify": measure(classifier.classify, texts),
        "extract (1,000 companies)": measure(lambda text: extract(text, companies, today), texts),
    }
    table = Table(title=f"{len(texts)} messages, {classifier.model}, {os.cpu_count()} cores")
    for column in ("what", "p50 ms", "p95 ms", "p99 ms"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, figures in rows.items():
        table.add_row(name, *(f"{figure:.2f}" for figure in figures))
    console = Console()
    console.print(table)
    console.print(f"model loaded in {loaded:.2f} s (promised: p50 of 5 ms)")


if __name__ == "__main__":
    main()
