"""The model that is shipped keeps what is promised of it on messages it never saw."""

import socket
from pathlib import Path

import pytest

from nlp.classifier import BUILT_IN_FOLDER, load_classifier
from nlp.corpus import DEVELOPMENT, load_corpus
from nlp.report import Evaluation, evaluate

MOST_BYTES = 30_000_000


@pytest.fixture(scope="module")
def measured() -> Evaluation:
    """The shipped model on the development set."""
    return evaluate(load_classifier(), load_corpus(DEVELOPMENT))


@pytest.mark.parametrize(
    ("figure", "least"),
    [
        ("category_accepted", 0.90),
        ("category_macro_f1", 0.87),
        ("category_top3", 0.97),
        ("kind_macro_f1", 0.95),
        ("urgency_macro_f1", 0.81),
        ("darurat_recall", 0.95),
        ("darurat_precision", 0.60),
        ("tag_micro_f1", 0.75),
    ],
)
def test_it_reaches_its_figures(measured: Evaluation, figure: str, least: float) -> None:
    """A retrained model that is worse must not be shipped."""
    assert getattr(measured.figures, figure) >= least


def test_its_probabilities_can_be_believed(measured: Evaluation) -> None:
    """0.8 means right in eight of ten cases."""
    assert measured.figures.ece <= 0.05


def test_the_card_states_these_figures(measured: Evaluation) -> None:
    """Figures of another model would be a false promise."""
    card = (BUILT_IN_FOLDER.parent / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"# Model card: {measured.model}" in card
    for name in ("category_accepted", "category_macro_f1", "kind_macro_f1", "tag_micro_f1", "ece"):
        value = getattr(measured.figures, name)
        row = next(row for row in card.splitlines() if row.startswith(f"| `{name}` |"))
        stated = float(row.split("|")[2])
        assert stated == pytest.approx(value, abs=0.006), name


def test_it_is_small_and_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ships in the repository and starts on a machine without connection."""
    files = [file for file in BUILT_IN_FOLDER.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the classifier asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert load_classifier().classify("gaji telat").category == "upah"


def test_nothing_of_the_training_is_needed_to_run(tmp_path: Path) -> None:
    """Torch and transformers are for training only."""
    import subprocess
    import sys

    program = (
        "import sys; from nlp.classifier import load_classifier; "
        "load_classifier().classify('gaji telat'); "
        "print([m for m in ('torch', 'transformers', 'sklearn', 'scipy') if m in sys.modules])"
    )
    root = BUILT_IN_FOLDER.parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
