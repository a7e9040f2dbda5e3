"""``python -m bot [--role all|web|worker]``: start the program and serve until told to stop."""

import argparse
import sys

from sqlalchemy.exc import SQLAlchemyError

from bot.cases.retention_rules import RetentionProblem
from bot.inbox.spool import SpoolUnusable
from bot.serve import run
from bot.settings import SettingsProblem
from bot.worktime.calendar import CalendarProblem
from nlp.rights import RightsError
from nlp.scores import ModelError
from nlp.taxonomy import TaxonomyError
from storage.crypto import KeyProblem
from storage.database import DatabaseDown
from storage.migrate import SchemaProblem
from storage.running import NotAlone

_START_PROBLEMS = (
    SettingsProblem,
    KeyProblem,
    SpoolUnusable,
    ModelError,
    NotAlone,
    TaxonomyError,
    RightsError,
    CalendarProblem,
    RetentionProblem,
    SchemaProblem,
    DatabaseDown,
    SQLAlchemyError,
    OSError,
)


def main(arguments: list[str] | None = None) -> int:
    """Start the program; the exit status, 1 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    parser.add_argument("--role", choices=("all", "web", "worker"), default="all")
    role = parser.parse_args(arguments).role
    try:
        run(role)
    except _START_PROBLEMS as problem:
        sys.stderr.write(f"Kawan Buruh cannot start.\n{_explained(problem)}\n")
        return 1
    return 0


def _explained(problem: Exception) -> str:
    """What is wrong and what to do; a library's own words may hold what people wrote."""
    match problem:
        case DatabaseDown() | SQLAlchemyError():
            return (
                f"The database cannot be used ({type(problem).__name__}). Check DATABASE_URL and "
                "that its server runs; a damaged file must be restored from a backup."
            )
        case OSError():
            place = f" ({problem.filename})" if problem.filename else ""
            return f"A file or folder refuses: {problem.strerror}{place}. Check rights and space."
        case _:
            return str(problem)


if __name__ == "__main__":
    raise SystemExit(main())
