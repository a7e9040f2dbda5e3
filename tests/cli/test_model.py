"""``model``: from a BERT checkpoint to the classifier in use, as an operator does it."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="training needs the extra 'train'")


from bot.cli.model import write_setting
from tests.cli.conftest import CommandLine
from tests.nlp.tiny import small_corpus, tiny_bert

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus, a base, a trained network and the exported model."""
    folder = tmp_path_factory.mktemp("bench")
    corpus = small_corpus(folder / "corpus")
    tiny_bert(folder / "base", corpus)
    line = CommandLine({"DATA_DIR": str(folder / "nothing"), "DATABASE_URL": ""})
    line.ok("model", "train", *_train(folder), "--epochs", "3", "--rate", "0.003")
    line.ok("model", "export", str(folder / "trained"), "--out", str(folder / "model"),
            "--name", "uji-1", "--corpus", str(corpus))  # fmt: skip
    return folder


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    """A command line without database."""
    return CommandLine({"DATA_DIR": str(tmp_path / "nothing"), "DATABASE_URL": ""})


def _train(folder: Path) -> list[str]:
    return ["--base", str(folder / "base"), "--out", str(folder / "trained"),
            "--corpus", str(folder / "corpus"), "--batch", "8"]  # fmt: skip


def test_the_exported_model_answers_like_any_other(bench: Path, line: CommandLine) -> None:
    """Fine-tuned and built-in models share one contract."""
    said = line.having(CLASSIFIER=str(bench / "model")).json("classify", "mess bocor tolong")
    assert said["category"] == "fasilitas"
    assert said["model"] == "uji-1"
    assert len(said["candidates"]) == 3


def test_a_training_goes_on_from_an_earlier_one(
    bench: Path, line: CommandLine, tmp_path: Path
) -> None:
    """New messages are learned without starting again, measured on writers that are new to it."""
    line.ok("model", "train", "--base", str(bench / "trained"), "--out", str(tmp_path / "more"),
            "--corpus", str(bench / "corpus"), "--batch", "8", "--epochs", "1", "--seed", "2")  # fmt: skip
    before, after = (
        json.loads((folder / "training.json").read_text())
        for folder in (bench / "trained", tmp_path / "more")
    )
    assert after["held_out_writers"] == before["held_out_writers"]
    assert after["history"][0]["loss"] < before["history"][0]["loss"]


def test_it_is_small_enough_to_ship(bench: Path) -> None:
    """One byte a weight: the int8 file is a quarter of the network it was made of."""
    network = (bench / "trained" / "network.pt").stat().st_size
    assert (bench / "model" / "bert" / "encoder.onnx").stat().st_size < network


def test_a_finished_run_is_not_learned_again(bench: Path, line: CommandLine) -> None:
    """The state of every epoch is kept, so that a broken-off run goes on where it was."""
    before = json.loads((bench / "trained" / "training.json").read_text())["history"]
    line.ok("model", "train", *_train(bench), "--epochs", "3", "--rate", "0.003")
    assert json.loads((bench / "trained" / "training.json").read_text())["history"] == before


def test_another_base_does_not_go_on_from_the_state_of_the_first(
    bench: Path, line: CommandLine, tmp_path: Path
) -> None:
    """Two bases of one shape, such as IndoBERT's phases, are still two models."""
    shutil.copytree(bench / "trained", tmp_path / "trained")
    other = tiny_bert(tmp_path / "other", bench / "corpus")
    arguments = _train(bench)
    arguments[arguments.index("--base") + 1] = str(other)
    arguments[arguments.index("--out") + 1] = str(tmp_path / "trained")
    line.ok("model", "train", *arguments, "--epochs", "3", "--rate", "0.003")
    first, second = (
        json.loads((folder / "trained" / "training.json").read_text())["history"]
        for folder in (bench, tmp_path)
    )
    assert first[0] != second[0]


def test_learning_gets_better(bench: Path) -> None:
    """The loss on writers held out falls."""
    history = json.loads((bench / "trained" / "training.json").read_text())["history"]
    assert history[-1]["held_out"] < history[0]["held_out"]


def test_evaluate_shows_figures_and_draws_them(
    bench: Path, line: CommandLine, tmp_path: Path
) -> None:
    """Precision and recall of every category, confusion, calibration and time."""
    picture = tmp_path / "bingung.png"
    document = line.json("model", "evaluate", str(bench / "model"), "--corpus",
                         str(bench / "corpus"), "--picture", str(picture))  # fmt: skip
    assert {row["slug"] for row in document["categories"]} == {"upah", "k3", "fasilitas"}
    assert sum(pair["messages"] for pair in document["confusion"]) == 108
    assert 0 < document["milliseconds"]["p50"] <= document["milliseconds"]["p99"]
    assert picture.read_bytes().startswith(b"\x89PNG")
    page = line.ok("model", "evaluate", str(bench / "model"), "--corpus", str(bench / "corpus"))
    assert "Per kategori" in page
    assert "p50" in page


def test_a_worse_model_is_refused_unless_wanted(
    bench: Path, line: CommandLine, tmp_path: Path
) -> None:
    """A model of a hundred messages must not replace the shipped one by accident."""
    said = line.fails("model", "use", str(bench / "model"))
    assert "lebih buruk" in said
    assert "--even-if-worse" in said
    assert not (tmp_path / ".env").exists()
    (tmp_path / ".env").write_text("LOG_LEVEL=INFO\nCLASSIFIER=bawaan\n")
    line.ok("model", "use", str(bench / "model"), "--even-if-worse")
    written = (tmp_path / ".env").read_text()
    assert written == f"LOG_LEVEL=INFO\nCLASSIFIER={(bench / 'model').resolve()}\n"


def test_a_setting_of_the_environment_is_not_overridden_silently(line: CommandLine) -> None:
    """What .env says would have no effect there."""
    said = line.having(CLASSIFIER="bawaan").fails("model", "use", "lain")
    assert "diatur di lingkungan" in said


def test_a_base_that_nobody_has_is_one_clear_line(line: CommandLine, bench: Path) -> None:
    """No hub, no traceback: what happened and what to do."""
    said = line.fails("model", "train", "--base", str(bench / "tidak-ada"), "--out",
                      str(bench / "x"), "--corpus", str(bench / "corpus"))  # fmt: skip
    assert "model dasar" in said
    assert len([row for row in said.splitlines() if row.startswith("Gagal")]) == 1


def test_exporting_what_was_never_trained_is_refused(line: CommandLine, tmp_path: Path) -> None:
    """The way to a network is named."""
    said = line.fails("model", "export", str(tmp_path), "--out", str(tmp_path / "m"))
    assert "model train" in said


def test_the_env_file_keeps_everything_else(tmp_path: Path) -> None:
    """Secrets and comments stay, and so does who may read them."""
    file = tmp_path / ".env"
    file.write_text("# rahasia\nTELEGRAM_BOT_TOKEN=1:a\n#CLASSIFIER=lama\n")
    file.chmod(0o600)
    write_setting(file, "CLASSIFIER", "/model")
    assert file.read_text() == (
        "# rahasia\nTELEGRAM_BOT_TOKEN=1:a\n#CLASSIFIER=lama\nCLASSIFIER=/model\n"
    )
    assert file.stat().st_mode & 0o777 == 0o600
