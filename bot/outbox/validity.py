"""How long words stay true, said by who writes them and looked at again when they leave.

They may wait for the morning, for a provider that is away, for her to open WhatsApp; meanwhile
the case may have been closed, the meeting be over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from storage.tables import Case

KEY = "valid"
"""Where it stands in what an order of the outbox holds."""


@dataclass(frozen=True, slots=True)
class Validity:
    """When words may still be said.

    Attributes:
        stages: the case is at one of these; empty for any.
        until: not later than this; None for any time.
    """

    stages: tuple[str, ...] = ()
    until: datetime | None = None

    def as_payload(self) -> dict[str, Any]:
        """The same for the outbox; empty when the words are true for ever."""
        if not self.stages and self.until is None:
            return {}
        until = self.until.isoformat() if self.until is not None else ""
        return {KEY: {"stages": list(self.stages), "until": until}}


ALWAYS = Validity()


def is_valid(
    session: Session, payload: Mapping[str, Any], case_id: int | None, now: datetime
) -> bool:
    """Whether what an order says is still true."""
    told = payload.get(KEY)
    if not told:
        return True
    if told["until"] and now >= datetime.fromisoformat(told["until"]):
        return False
    case = session.get(Case, case_id) if told["stages"] and case_id is not None else None
    return case is None or case.status in told["stages"]
