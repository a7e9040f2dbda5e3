"""How long understanding a message takes: ``python -m bench.classify``.

The built-in model on every message of the development set, one at a time, after a warm-up. With
the extra ``train`` also a model of IndoBERT-base's shape (12 layers of 768, random weights) on
messages of some 48 tokens, served by the same code, beside the plain transformers pipeline.
"""

import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from nlp.classifier import load_classifier
from nlp.corpus import DEVELOPMENT, load_corpus
from nlp.extraction import extract
from nlp.matching import index_companies

_WARM_UP = 20
_TOKENS = range(44, 53)
_ROUNDS = 60

Milliseconds = tuple[float, float, float]


def measure(work: Callable[[str], object], texts: Sequence[str]) -> Milliseconds:
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


def built_in(texts: Sequence[str]) -> tuple[dict[str, Milliseconds], float]:
    """The built-in model and the readers of places and times; seconds that loading takes."""
    started = time.perf_counter()
    classifier = load_classifier("bawaan")
    loaded = time.perf_counter() - started
    companies = index_companies([f"PT Perusahaan Nomor {number}" for number in range(1000)])
    today = date(2026, 11, 21)
    rows = {
        f"classify ({classifier.model})": measure(classifier.classify, texts),
        "reasons": measure(lambda text: classifier.reasons(text, "upah"), texts[:200]),
        "extract (1,000 companies)": measure(lambda text: extract(text, companies, today), texts),
    }
    return rows, loaded


def indobert_shaped(texts: Sequence[str]) -> dict[str, Milliseconds]:
    """IndoBERT-base's shape through our code, and through the transformers pipeline."""
    import torch  # noqa: PLC0415 - only with the extra train
    from tokenizers import BertWordPieceTokenizer  # noqa: PLC0415
    from transformers import (  # noqa: PLC0415
        BertConfig,
        BertForSequenceClassification,
        BertModel,
        BertTokenizerFast,
        pipeline,
    )

    from nlp.bert import load_bert, token_ids  # noqa: PLC0415
    from nlp.heads import width  # noqa: PLC0415
    from nlp.taxonomy import load_taxonomy  # noqa: PLC0415
    from nlp.training.calibration import UNDECIDED  # noqa: PLC0415
    from nlp.training.export import save_bert  # noqa: PLC0415
    from nlp.training.network import Network  # noqa: PLC0415
    from nlp.training.task import heads_of  # noqa: PLC0415

    torch.set_num_threads(2)
    torch.manual_seed(1)
    pieces = BertWordPieceTokenizer(lowercase=True)
    pieces.train_from_iterator(texts, vocab_size=30_000, show_progress=False)
    tokenizer = BertTokenizerFast(tokenizer_object=pieces)
    fast = tokenizer.backend_tokenizer
    chosen = [text for text in texts if len(token_ids(fast, text, 512)) in _TOKENS][:_ROUNDS]
    config = BertConfig(vocab_size=50_000, num_labels=14)
    heads = heads_of(load_taxonomy())
    plain = BertForSequenceClassification(config).eval()
    encoder = BertModel(config, add_pooling_layer=False)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        network = Network(encoder, width(heads))
        save_bert(network, fast.to_str(), 0, heads, UNDECIDED, "indobert", folder)
        model = load_bert(folder, json.loads((folder / "model.json").read_text()))
        ours = measure(model.score, chosen)
    judge = pipeline("text-classification", model=plain, tokenizer=tokenizer, top_k=None)
    return {
        "IndoBERT-base shape, here": ours,
        "IndoBERT-base shape, transformers pipeline": measure(judge, chosen),
    }


def main() -> None:
    """Measure and print."""
    texts = [message.text for message in load_corpus(DEVELOPMENT)]
    rows, loaded = built_in(texts)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console = Console()
    try:
        rows |= indobert_shaped([message.text for message in load_corpus()])
    except ModuleNotFoundError as missing:
        console.print(f"{missing.name} is not installed: the IndoBERT rows are left out")
    table = Table(title=f"{len(texts)} messages, {os.cpu_count()} cores")
    for column in ("what", "p50 ms", "p95 ms", "p99 ms"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, figures in rows.items():
        table.add_row(name, *(f"{figure:.2f}" for figure in figures))
    console.print(table)
    console.print(
        f"built-in model loaded in {loaded:.2f} s; {memory:.0f} MB at most with it and the readers"
    )
    console.print("promised: built-in p50 5 and p99 20; IndoBERT p50 25 and 3 x the pipeline")


if __name__ == "__main__":
    main()
