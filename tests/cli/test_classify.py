"""``classify``: the contract that other programs rely on."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine

FIELDS = [
    "kind", "category", "candidates", "tags", "urgency", "abstain", "recommendations", "model",
]  # fmt: skip


@pytest.fixture
def bare(tmp_path: Path) -> CommandLine:
    """A command line with no database and no keys anywhere."""
    return CommandLine({"DATA_DIR": str(tmp_path / "nothing"), "DATABASE_URL": ""})


def test_json_has_the_fixed_fields_in_order(bare: CommandLine) -> None:
    """Other programs read this document; neither names nor order may change."""
    document = bare.json("classify", "gaji saya dua bulan belum dibayar")
    assert list(document) == FIELDS
    assert document["category"] == "upah"
    assert [list(one) for one in document["candidates"]] == [["category", "probability"]] * 3


def test_it_leaves_no_trace(bare: CommandLine, tmp_path: Path) -> None:
    """Classifying must need and make neither database nor keys."""
    bare.ok("classify", "lembur tidak dibayar")
    assert not (tmp_path / "nothing").exists()


def test_a_file_gives_one_line_for_each(bare: CommandLine, tmp_path: Path) -> None:
    """Batches are matched to their texts by place."""
    file = tmp_path / "pesan.jsonl"
    texts = ["gaji belum dibayar", "mandor memeluk saya dari belakang"]
    file.write_text("\n\n".join(json.dumps({"text": text}) for text in texts) + "\n")
    lines = bare.ok("classify", "--file", str(file), "--json").splitlines()
    assert [json.loads(line)["category"] for line in lines] == ["upah", "pelecehan_kekerasan"]


@pytest.mark.parametrize("bad", ['{"txt": "a"}', "[]", '{"text": 1}', "not json"])
def test_a_bad_line_is_named(bare: CommandLine, bad: str) -> None:
    """Somebody with ten thousand lines must know which one to mend."""
    good = '{"text": "gaji"}\n'
    result = bare("classify", "--file", "-", "--json", stdin=f"{good}\n{bad}\n{good}")
    assert result.exit_code == 1
    assert "baris 3" in result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_a_missing_file_is_named(bare: CommandLine) -> None:
    """A wrong name is no reason for a traceback."""
    assert "hilang.jsonl" in bare.fails("classify", "--file", "hilang.jsonl", "--json")


def test_the_table_says_it_in_words(bare: CommandLine) -> None:
    """People read labels and percents, not slugs."""
    printed = bare.ok("classify", "gaji saya dua bulan belum dibayar")
    assert "Upah" in printed
    assert "%" in printed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "tulis satu pesan, atau --file"),
        (["a", "--file", "b"], "tulis satu pesan, atau --file"),
        (["--file", "b"], "--file hanya dengan --json"),
    ],
)
def test_half_a_question_is_wrong_usage(
    bare: CommandLine, arguments: list[str], told: str
) -> None:
    """Scripts tell wrong usage (2) from a fault (1), people read what is missing."""
    assert told in bare.fails("classify", *arguments, status=2)


def test_an_unknown_model_is_told_with_what_to_do(bare: CommandLine) -> None:
    """CLASSIFIER is a setting that operators get wrong."""
    assert "CLASSIFIER" in bare.having(CLASSIFIER="tidak-ada").fails("classify", "gaji")
