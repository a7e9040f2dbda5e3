"""The deadlines that run in a case."""

from bot.cases.work import Work
from storage.tables import Case


def deadlines_on_card(_work: Work, _case: Case) -> list[str]:
    """The deadlines that run now, a line each, the nearest first."""
    return []
