"""The bot runs beside others on small machines: what it does not need stays out of its memory."""

import subprocess
import sys
from pathlib import Path

from bot.memory import give_back

ROOT = Path(__file__).parents[1]


UNNEEDED = {"psycopg", "matplotlib", "holidays", "transformers", "torch"}


def test_what_only_some_need_is_not_loaded_at_the_start() -> None:
    """PostgreSQL's driver, charts, the calendar and training cost megabytes each."""
    look = f"import bot.serve, sys; print(*({UNNEEDED} & set(sys.modules)))"
    started = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert started.stdout.split() == []


def test_giving_memory_back_harms_nothing() -> None:
    """It runs at every start, on every system."""
    kept = ["masih", "ada"]
    give_back()
    assert kept == ["masih", "ada"]
