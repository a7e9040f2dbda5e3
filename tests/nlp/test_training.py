"""Training measures on unseen writers, writes a usable model, and is repeatable."""

import json
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="training needs the extra 'train'")

from nlp.classifier import load_classifier
from nlp.corpus import WRITERS, load_corpus
from nlp.train import main

WORDS = {
    "upah": ("gaji belum dibayar", "upah kurang", "thr tidak turun"),
    "k3": ("masker tidak ada", "mesin tanpa pengaman", "bau bahan kimia"),
    "fasilitas": ("mess bocor", "makan siang basi", "jemputan tidak datang"),
}
VOICES = (
    "saya operator jahit di lantai dua pabrik lama dekat sungai",
    "bapakku sopir malam keluar masuk gudang pelabuhan utara",
    "istri penyapu kantor pusat seberang stasiun kota sana",
)


def _small_corpus(folder: Path, writers: int) -> Path:
    """The smallest corpus that can be learned from; its phrases serve no other purpose."""
    folder.mkdir(exist_ok=True)
    kinds = {"pengaduan": "tolong", "pertanyaan": "apa boleh?", "aspirasi": "usul"}
    urgencies = ("normal", "tinggi", "darurat")
    for writer in range(writers):
        rows = [
            {
                "text": f"{words} {lead} {urgency} {VOICES[writer]}",
                "kind": kind,
                "category": category,
                "also": [],
                "tags": ["thr"] if "thr" in words else [],
                "urgency": urgency,
                "source": "written",
                "writer": f"w{writer}",
            }
            for category, phrases in WORDS.items()
            for words in phrases
            for urgency, (kind, lead) in zip(urgencies, kinds.items(), strict=True)
        ]
        text = "\n".join(json.dumps(row) for row in rows)
        (folder / f"w{writer}.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small corpus and a model trained on it."""
    base = tmp_path_factory.mktemp("training")
    corpus = _small_corpus(base / "corpus", writers=3)
    arguments = ["--few", "--corpus", str(corpus), "--out", str(base / "models" / "m")]
    assert main(arguments) == 0
    return base


def test_the_trained_model_answers(trained: Path) -> None:
    """What was learned is used, labels never seen stay out of reach."""
    said = load_classifier(str(trained / "models" / "m")).classify("mess bocor")
    assert said.category == "fasilitas"
    assert {c.category for c in said.candidates} == set(WORDS)


def test_the_card_reports_what_was_measured(trained: Path) -> None:
    """Folds by writer, all promised figures, and what they do not mean."""
    card = (trained / "models" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "each fold holds writers whose messages the model had not seen" in card
    for name in (
        "category_accuracy", "category_accepted", "category_top3", "category_macro_f1",
        "kind_macro_f1", "urgency_macro_f1", "darurat_recall", "ece",
    ):  # fmt: skip
        assert f"| {name} | " in card


def test_the_same_corpus_and_seed_give_the_same_files(trained: Path, tmp_path: Path) -> None:
    """A released model can be made again."""
    again = tmp_path / "again"
    arguments = ["--few", "--corpus", str(trained / "corpus"), "--out", str(again), "--seed", "1"]
    assert main(arguments) == 0
    for name in ("model.json", "weights.npz"):
        assert (again / name).read_bytes() == (trained / "models" / "m" / name).read_bytes()


def test_too_few_writers_are_said_to_flatter(tmp_path: Path) -> None:
    """Folds that mix writers are no measure of strangers."""
    corpus = _small_corpus(tmp_path / "corpus", writers=2)
    assert main(["--few", "--corpus", str(corpus), "--out", str(tmp_path / "m" / "x")]) == 0
    assert "the figures flatter" in (tmp_path / "m" / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_too_small_a_corpus_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A model that people rely on needs 600 messages."""
    corpus = _small_corpus(tmp_path / "corpus", writers=1)
    assert main(["--corpus", str(corpus), "--out", str(tmp_path / "m")]) == 2
    assert "at least 600" in capsys.readouterr().out
    assert not (tmp_path / "m").exists()


def test_a_wrong_corpus_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The writer is told where, not shown a trace."""
    (tmp_path / "a.jsonl").write_text("{}\n", encoding="utf-8")
    assert main(["--corpus", str(tmp_path), "--out", str(tmp_path / "m")]) == 2
    assert "a.jsonl:1" in capsys.readouterr().out


def test_the_shipped_card_belongs_to_the_shipped_model() -> None:
    """Figures of another model would be a false promise."""
    card = (WRITERS.parent.parent / "models" / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"# Model card: {load_classifier().model}" in card
    assert "unseen" in card or "had not seen" in card
    assert len(load_corpus()) >= 600
