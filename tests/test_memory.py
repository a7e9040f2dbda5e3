"""The bot runs beside others on small machines: what it does not need stays out of its memory."""

import gc
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


def test_what_lives_from_the_start_is_not_looked_through_again() -> None:
    """Looking through texts, classes and the model for what may go costs time and memory."""
    gc.unfreeze()
    kept = [["masih", "ada"]]
    give_back()
    try:
        assert gc.get_freeze_count() > 10_000
        assert all(one is not kept for one in gc.get_objects())
    finally:
        gc.unfreeze()
