"""``simulate``: transcripts as tests that officers can write."""

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine


@pytest.fixture
def bare(tmp_path: Path) -> CommandLine:
    """A command line with no database and no keys anywhere."""
    return CommandLine({"DATA_DIR": str(tmp_path / "nothing"), "COLUMNS": "200"})


def write(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_what_fits_ends_with_status_0(bare: CommandLine, tmp_path: Path) -> None:
    """Make and scripts read the status."""
    file = write(tmp_path / "a.txt", "reporter: halo", "bot: …")
    assert "cocok" in bare.ok("simulate", file)
    assert bare.json("simulate", file) == [{"file": file, "same": True, "difference": None}]


def test_the_first_difference_is_shown_with_its_line(bare: CommandLine, tmp_path: Path) -> None:
    """Who wrote the transcript must see at once what to mend."""
    good = write(tmp_path / "a.txt", "reporter: halo", "bot: …")
    bad = write(tmp_path / "b.txt", "# salam", "reporter: halo", "bot: Selamat siang!")
    result = bare("simulate", good, bad)
    assert result.exit_code == 1
    for part in ("line 3", "Selamat siang!", "Kawan Buruh", "1 dari 2"):
        assert part in result.stdout


def test_show_prints_the_conversation(bare: CommandLine, tmp_path: Path) -> None:
    """The way to begin a new transcript."""
    assert "bot: Halo" in bare.ok(
        "simulate", "--show", write(tmp_path / "a.txt", "reporter: halo")
    )


def test_files_that_cannot_be_read_are_told(bare: CommandLine, tmp_path: Path) -> None:
    """Typing errors are no reason for a traceback."""
    assert "hilang.txt" in bare.fails("simulate", "hilang.txt")
    assert "line 1" in bare.fails("simulate", write(tmp_path / "a.txt", "siapa: halo"))
