"""The bot runs beside others on small machines: what it does not need stays out of its memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.memory import give_back

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("package", ["psycopg", "matplotlib", "holidays", "transformers", "torch"])
def test_what_only_some_need_is_not_loaded_at_the_start(package: str) -> None:
    """PostgreSQL's driver, charts, the calendar and training cost megabytes each."""
    look = f"import bot.serve, sys; sys.exit({package!r} in sys.modules)"
    started = subprocess.run([sys.executable, "-c", look], cwd=ROOT, check=False)  # noqa: S603
    assert started.returncode == 0


def test_giving_memory_back_harms_nothing() -> None:
    """It runs at every start, on every system."""
    kept = ["masih", "ada"]
    give_back()
    assert kept == ["masih", "ada"]
