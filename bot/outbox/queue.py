"""How an order is written into the queue: how urgent, in which lane, and what stands for what.

What is in one lane leaves in its order, and nothing else waits for it. A living post that still
waits stands for a later one of the same ``merge_key``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.commands import Choice, Promise
from storage.crypto import Vault
from storage.database import is_postgres
from storage.tables import Organisation, Outbound

DANGER, ANSWER, CASEWORK, ROUTINE = 1, 3, 5, 7
"""Priorities; what is more urgent leaves first."""
LATER = "later:"
"""Begins the lane of what waits for an hour at which a reporter's phone may ring."""

_outbox: sa.Table = Outbound.__table__  # type: ignore[attr-defined]


def _merging(insert: Any) -> Any:
    """Write a living post, or let the one that waits stand for it: as urgent, as soon."""
    waiting, new = _outbox.c, insert.excluded
    urgent = waiting.priority < new.priority
    sooner = waiting.available_at < new.available_at
    return insert.on_conflict_do_update(
        index_elements=["merge_key"],
        index_where=sa.text("status = 'queued' AND merge_key <> ''"),
        set_={
            "priority": sa.case((urgent, waiting.priority), else_=new.priority),
            "available_at": sa.case((sooner, waiting.available_at), else_=new.available_at),
            "chat": new.chat,
        },
    )


# Made once: building a statement costs more than running it.
_INSERT = sa.insert(_outbox)
_MERGE_ON_POSTGRES = _merging(postgresql.insert(_outbox))
_MERGE_ON_SQLITE = _merging(sqlite.insert(_outbox))


@dataclass(slots=True)
class QueueWriter:
    """Writes orders into the queue inside the transaction of their cause.

    Args:
        inbox_id: the event that caused them; with a running ordinal it makes each order unique.
        forgets: what is said to persons from now on is blanked as soon as it was sent.
    """

    session: Session
    vault: Vault
    organisation: Organisation
    now: datetime
    inbox_id: int | None = None
    forgets: bool = False
    _ordinal: int = field(default=0, init=False)

    def _write(
        self,
        kind: str,
        channel: str,
        *,
        lane: str,
        chat: str,
        promise: Promise,
        priority: int,
        payload: Mapping[str, Any],
        person_id: int | None = None,
        case_id: int | None = None,
        message_id: int | None = None,
        delay: timedelta = timedelta(0),
        merge_key: str = "",
        paced: bool = False,
    ) -> None:
        """Write one order; ``paced``: the message counts among those that its chat may be sent."""
        row = {
            "organisation_id": self.organisation.id,
            "inbox_id": self.inbox_id,
            "ordinal": self._ordinal,
            "channel": channel,
            "lane": lane,
            "chat": chat,
            "paced": paced,
            "kind": kind,
            "promise": promise.value,
            "priority": priority,
            "merge_key": merge_key,
            "person_id": person_id,
            "case_id": case_id,
            "message_id": message_id,
            "status": "queued",
            "attempts": 0,
            "available_at": self.now + delay,
            "external_id": "",
            "error": "",
            "forget": self.forgets and not paced,
            "sealed": self.vault.seal_json(dict(payload), "outbox"),
            "created_at": self.now,
        }
        if merge_key:
            merging = _MERGE_ON_POSTGRES if is_postgres(self.session) else _MERGE_ON_SQLITE
            self.session.execute(merging, row)
        else:
            self.session.execute(_INSERT, row)
        self._ordinal += 1

    def _hurry(self, lane: str) -> None:
        """Let what waits in a lane be as urgent as what is about to stand behind it."""
        waiting = sa.and_(_outbox.c.lane == lane, _outbox.c.status == "queued")
        later = _outbox.c.priority > DANGER
        self.session.execute(sa.update(_outbox).where(waiting, later).values(priority=DANGER))


def as_payload(choices: Sequence[Choice]) -> list[list[str]]:
    """Choices as an order holds them."""
    return [[choice.id, choice.label, choice.detail] for choice in choices]
