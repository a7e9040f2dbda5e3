"""What is done when time has come: one function a kind of due row.

Each runs in one transaction, once; it looks at the case as it is now, for much may have happened
since the row was set.
"""

from collections.abc import Callable

from bot.cases.unopened import alarm_unopened
from bot.cases.work import Work
from bot.events import DueCame
from bot.outbox.window import UNOPENED
from storage.due import is_current

DUES: dict[str, Callable[[Work, DueCame], None]] = {
    UNOPENED: alarm_unopened,
}


def due_came(work: Work, event: DueCame) -> None:
    """Do what was due, unless the row was set anew or cancelled since."""
    if is_current(work.session, event.key, event.sequence):
        DUES[event.kind](work, event)
