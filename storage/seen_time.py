"""Whether the clock can be believed: what is deleted too early cannot be brought back.

Every hour the running program notes the time. A clock that leaps ahead, goes back, or that
nobody watched for long, is doubted until it has gone steadily for a week, or an operator says
that it is right. Nothing is deleted while it is doubted; everything else goes on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from storage.crypto import Vault
from storage.setup import remember, remembered

LONGEST_GAP = timedelta(hours=36)
"""So long the program may have been off without a doubt about the clock."""
BACKWARDS = timedelta(minutes=5)
"""Machines that share a database may differ by so much."""
STEADY = timedelta(days=7)
"""So long the clock must have gone steadily after a doubt."""

NEW, AHEAD, BEHIND = "new", "ahead", "behind"
"""Why a clock is doubted: nobody watched it yet, it leapt ahead, it went back."""
_NAME = "seen_time"


@dataclass(frozen=True, slots=True)
class _Seen:
    """The last noted time, since when time has gone steadily, and the doubt of then."""

    at: datetime
    steady_since: datetime
    why: str


def note_time(session: Session, vault: Vault, now: datetime) -> str:
    """Note the time; why it is doubted, empty if it is not."""
    why = doubt(session, vault, now)
    seen = _last(session, vault)
    leapt = seen is None or _leap(seen, now)
    steady_since = now if seen is None or leapt else seen.steady_since
    _keep(session, vault, _Seen(now, steady_since, why))
    return why


def doubt(session: Session, vault: Vault, now: datetime) -> str:
    """Why the time must be doubted, empty if it need not; changes nothing."""
    seen = _last(session, vault)
    if seen is None:
        return NEW
    return _leap(seen, now) or (seen.why if now - seen.steady_since < STEADY else "")


def trust(session: Session, vault: Vault, now: datetime) -> None:
    """An operator looked at the clock: it is right."""
    _keep(session, vault, _Seen(now, now - STEADY, ""))


def _leap(seen: _Seen, now: datetime) -> str:
    if now < seen.at - BACKWARDS:
        return BEHIND
    return AHEAD if now > seen.at + LONGEST_GAP else ""


def _last(session: Session, vault: Vault) -> _Seen | None:
    stored = remembered(session, vault, _NAME)
    if stored is None:
        return None
    at, steady_since = (datetime.fromisoformat(stored[key]) for key in ("at", "steady_since"))
    return _Seen(at, steady_since, stored["why"])


def _keep(session: Session, vault: Vault, seen: _Seen) -> None:
    value = {"at": seen.at.isoformat(), "steady_since": seen.steady_since.isoformat(),
             "why": seen.why}  # fmt: skip
    remember(session, vault, _NAME, value)
