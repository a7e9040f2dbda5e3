"""What the bot is to be told, waiting to be polled or pushed.

Rules: an offset forgets everything below it; messages wait 24 hours, taps 150 seconds; a type that
was not asked for is dropped; pushed updates keep their order within a queue (a chat, or a
person's taps), and a failing one holds back its queue only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.http_server import Json

_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_KEEP_SECONDS = {"callback_query": 150, "inline_query": 30}
_DAY = 86400


@dataclass(slots=True, eq=False)
class Update:
    """One update and the HTTP statuses with which the webhook answered it; 0 is no answer."""

    body: Json
    queue: str
    kind: str
    created: datetime
    attempts: list[int] = field(default_factory=list)

    @property
    def id(self) -> int:
        """Its update_id."""
        update_id: int = self.body["update_id"]
        return update_id


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are pushed."""

    url: str
    secret: str
    max_connections: int = 40


class UpdateQueue:
    """Updates that wait, and a log of all that were ever made."""

    def __init__(self, now: Callable[[], datetime], changed: Callable[[], None]) -> None:
        self._now = now
        self._changed = changed
        self._next_id = 700_001
        self.waiting: list[Update] = []
        self.log: list[Update] = []
        self.allowed: list[str] | None = None
        self.webhook: Webhook | None = None
        self.last_error = ""

    def add(self, kind: str, payload: Json, queue: str) -> None:
        """Add an update of one type, unless the bot did not ask for that type."""
        if self._wanted(kind):
            self.add_raw({"update_id": self._next_id, kind: payload}, queue)

    def add_raw(self, body: Json, queue: str = "raw") -> Update:
        """Add an update as it is; gives it an `update_id` when it has none."""
        body = {"update_id": self._next_id} | body
        self._next_id = max(self._next_id, body["update_id"] + 1)
        kind = next((key for key in body if key != "update_id"), "")
        update = Update(body, queue, kind, self._now())
        self.waiting.append(update)
        self.log.append(update)
        self._changed()
        return update

    def _wanted(self, kind: str) -> bool:
        if not self.allowed:
            return kind not in _NOT_BY_DEFAULT
        return kind in self.allowed

    def expire(self) -> None:
        """Drop what has waited too long."""
        now = self._now()
        self.waiting = [
            update
            for update in self.waiting
            if (now - update.created).total_seconds() < _KEEP_SECONDS.get(update.kind, _DAY)
        ]

    def take(self, offset: int | None, limit: int) -> list[Json]:
        """Return the updates of one getUpdates call and forget those below `offset`."""
        self.expire()
        if offset is not None and offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset:
            self.waiting = [update for update in self.waiting if update.id >= offset]
        return [update.body for update in self.waiting[:limit]]

    def heads(self) -> Iterator[Update]:
        """Yield the oldest waiting update of every queue."""
        self.expire()
        seen = set()
        for update in list(self.waiting):
            if update.queue not in seen:
                seen.add(update.queue)
                yield update

    def delivered(self, update: Update) -> None:
        """Forget an update that the webhook took."""
        if update in self.waiting:
            self.waiting.remove(update)
