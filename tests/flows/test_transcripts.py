"""Conversations as workers write them, word for word."""

from pathlib import Path

import pytest

from tests.flows.transcripts import FOLDER, play

REPORTER_SIDE = sorted(
    path for path in FOLDER.glob("*.txt") if "\nofficer" not in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("path", REPORTER_SIDE, ids=lambda path: path.stem)
def test_the_bot_says_what_the_transcript_says(path: Path) -> None:
    """A changed word in a conversation is a decision, never an accident."""
    assert play(path).commands != []


def test_a_transcript_with_another_word_fails(tmp_path: Path) -> None:
    """The comparison must be able to fail."""
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("reporter: halo\nbot: Selamat datang\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"wrong\.txt:2"):
        play(wrong)


def test_a_silent_bot_fails_where_words_are_expected(tmp_path: Path) -> None:
    """Silence where an answer belongs is a failure too."""
    path = tmp_path / "silent.txt"
    path.write_text("reporter: halo\nbot: …\nbot: …\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="the bot was silent"):
        play(path)


def test_words_that_nobody_expected_fail(tmp_path: Path) -> None:
    """An answer that the transcript does not know is a failure too."""
    path = tmp_path / "talkative.txt"
    path.write_text("reporter: halo\nreporter: setuju\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"talkative\.txt:2: before it the bot said"):
        play(path)
