"""``python -m bot [--role all|web|worker]``: start the program and serve until told to stop."""

import argparse
import sys

from bot.inbox.spool import SpoolUnusable
from bot.serve import run
from bot.settings import SettingsProblem
from nlp.scores import ModelError
from nlp.taxonomy import TaxonomyError
from storage.crypto import KeyProblem
from storage.running import NotAlone

_START_PROBLEMS = (
    SettingsProblem,
    KeyProblem,
    SpoolUnusable,
    ModelError,
    NotAlone,
    TaxonomyError,
)


def main(arguments: list[str] | None = None) -> int:
    """Start the program; the exit status, 1 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.add_argument("--role", choices=("all", "web", "worker"), default="all")
    role = parser.parse_args(arguments).role
    try:
        run(role)
    except _START_PROBLEMS as problem:
        sys.stderr.write(f"Kawan Buruh cannot start.\n{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
