"""The transcripts are the readable specification: each is played on the whole program."""

from pathlib import Path

import pytest

from bot.transcript.play import play_file
from nlp.classifier import load_classifier
from tests.world import minds_of

ANSWERS_A_QUESTION = "\n  Dasar: "
TRANSCRIPTS = sorted((Path(__file__).parent.parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_program_speaks_as_the_transcript_says(path: Path) -> None:
    """What officers may read and correct is what workers see."""
    if ANSWERS_A_QUESTION in path.read_text(encoding="utf-8") and not load_classifier().embedder:
        pytest.skip("the built-in model has no encoder, so no answer about rights is ever found")
    assert play_file(path, minds_of("bawaan")).difference is None


def test_there_are_enough_transcripts() -> None:
    """Every flow has at least one; twenty-five in all."""
    assert len(TRANSCRIPTS) >= 25
