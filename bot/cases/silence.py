"""When nothing moves in an open case for some days: a due row looks at it, see ``updates``."""

from datetime import datetime, timedelta

from bot.cases.work import Work
from bot.settings import SILENT_STAGES
from storage.cases import OPEN_STATUSES, row_id
from storage.due import cancel_due, set_due
from storage.tables import Case

STILL = "still"
"""Kind of the due row."""


def patience(work: Work, case: Case) -> timedelta:
    """How long a case may stand still before its reporter is told that it goes on."""
    return timedelta(days=work.silent_stages.get(case.status, work.silent_days))


def is_watched(case: Case) -> bool:
    """Whether the case is one that goes on."""
    return case.status in OPEN_STATUSES and case.status in SILENT_STAGES


def watch(work: Work, case: Case, at: datetime | None = None) -> None:
    """Look at the case then, by default when it stood still long enough from now on."""
    key = f"{STILL}:{case.id}"
    if not is_watched(case):
        cancel_due(work.session, key)
        return
    set_due(work.session, organisation_id=case.organisation_id, kind=STILL, key=key,
            lane=f"case:{case.id}", due_at=at or work.now + patience(work, case),
            case_id=row_id(case))  # fmt: skip
