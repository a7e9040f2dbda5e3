"""What the guides tell officers and workers is what the program shows and says to them."""

import re
from pathlib import Path

import pytest

from bot.cases import group_acts
from bot.cases.acts import TOPIC_COMMANDS
from bot.cases.stages import OUTCOMES, TRANSITIONS
from bot.flows.words import command
from bot.texts import Texts, load_texts

DOCS = Path(__file__).parent.parent / "docs"
COMMANDS = {*TOPIC_COMMANDS, *group_acts.GROUP_COMMANDS}


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The words that people read."""
    return load_texts()


@pytest.fixture(scope="module")
def guide() -> str:
    """The officers' guide."""
    return (DOCS / "petugas.md").read_text(encoding="utf-8")


def test_the_officers_guide_names_every_button(texts: Texts, guide: str) -> None:
    """Officers look for the word that stands on the button."""
    keys = sorted(key for key in texts.keys() if key.startswith("officers.button."))  # noqa: SIM118
    assert keys
    for key in keys:
        assert f"**{texts.label(key)}**" in guide, key


def test_the_officers_guide_names_every_command(guide: str) -> None:
    """A command that stands in no guide is used by nobody."""
    for word in COMMANDS - {"/start", "/help"}:
        assert f"`{word}`" in guide, word


def test_the_officers_guide_tells_what_workers_read(texts: Texts, guide: str) -> None:
    """Officers must know which words a change of stage sends to the worker."""
    for stage in TRANSITIONS:
        assert f"**{texts.label(f'cases.stage.{stage}.label')}**" in guide
        if stage in {"baru", "belum_lengkap"}:
            continue
        said = texts(f"cases.stage.{stage}.reporter", number="KB", outcome="…")
        words = " ".join(said.removeprefix("Kabar KB: ").split())
        assert words in guide, stage
    for outcome in OUTCOMES:
        assert texts.label(f"cases.outcome.{outcome}.label") in guide


def test_the_officers_guide_explains_every_delivery_mark(texts: Texts, guide: str) -> None:
    """An unknown mark on a card makes officers guess."""
    keys = [key for key in texts.keys() if key.startswith("officers.delivery.")]  # noqa: SIM118
    assert keys
    for key in keys:
        shown = texts(key, at="", why="", count=1, total=3, state="")
        mark = re.split(r"[.{(]", shown)[0].strip()
        assert mark in guide, key


def test_the_privacy_notice_fits_the_program(texts: Texts) -> None:
    """What workers are promised must be what the bot understands and asks consent for."""
    notice = (DOCS / "privacy-notice.id.md").read_text(encoding="utf-8")
    assert texts("consent.version") in notice
    for words in ("DATA SAYA", "HAPUS DATA", "CABUT IZIN", "BERHENTI", "MULAI", "PETUGAS"):
        assert f"**{words}**" in notice
        assert command(words) is not None
