"""``python -m bot [--role all|web|worker]``: start the program and serve until told to stop."""

import argparse
import sys

from bot.bootstrap import build
from bot.inbox.spool import SpoolUnusable
from bot.log import configure_logging
from bot.serve import serve
from bot.settings import SettingsProblem, load_settings
from nlp.scores import ModelError
from nlp.taxonomy import TaxonomyError
from storage.crypto import KeyProblem

_START_PROBLEMS = (SettingsProblem, KeyProblem, SpoolUnusable, ModelError, TaxonomyError)


def main(arguments: list[str] | None = None) -> int:
    """Start the program; the exit status, 1 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.add_argument("--role", choices=("all", "web", "worker"), default="all")
    role = parser.parse_args(arguments).role
    try:
        settings = load_settings()
        configure_logging(settings.log_level)
        app = build(settings)
    except _START_PROBLEMS as problem:
        sys.stderr.write(f"Kawan Buruh cannot start.\n{problem}\n")
        return 1
    try:
        serve(app, role)
    finally:
        app.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
