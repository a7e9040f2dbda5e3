"""Files that came with messages are fetched from the provider and kept encrypted.

A message never waits for its file: the case is made at once, the file follows. A file that
stays away is marked so, and the officers see it.
"""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sqlalchemy import update
from sqlmodel import col, select

from bot.channels import FileGone, FileTooLarge, SendFailure
from bot.clock import Clock
from bot.events import Media, MediaKind
from bot.log import get_logger
from bot.outbox.orders import OutboxWriter
from storage.cases import case_by_id
from storage.crypto import KeyProblem, Vault
from storage.database import Database
from storage.evidence import EvidenceStore
from storage.tables import Attachment, Organisation

FILE_LIMIT = 20 * 1024 * 1024  # bytes; Telegram gives bots no larger ones
_PAUSES = (1, 3, 10, 60, 300, 1800)  # seconds; media may be late at the provider
_LEASE = timedelta(minutes=3)
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class _Pending:
    id: int
    organisation_id: int
    channel: str
    attempts: int
    media: Media


class Source(Protocol):
    """Where a file comes from: the channel that it was sent by, or what draws it."""

    async def fetch(self, media: Media, limit: int) -> bytes:
        """The bytes of the file, at most ``limit``."""
        ...


class Fetcher:
    """Fetches pending files."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        clock: Clock,
        evidence: EvidenceStore,
        channel_of: Callable[[int, str], Source],
        wake_outbox: Callable[[], None],
    ) -> None:
        self._database = database
        self._vault = vault
        self._clock = clock
        self._evidence = evidence
        self._channel_of = channel_of
        self._wake_outbox = wake_outbox

    async def run(self, wake: threading.Event, stopping: Callable[[], bool]) -> None:
        """Fetch until told to stop."""
        while not stopping():
            wake.clear()
            try:
                tried = await self.fetch_waiting()
            except Exception as failure:  # noqa: BLE001 - a full disk or an absent database passes
                get_logger().error("files cannot be fetched now", exc_info=failure)
                tried = 0
            if not tried:
                await asyncio.to_thread(wake.wait, 1.0)

    async def fetch_waiting(self) -> int:
        """Fetch what can be fetched now, a few at a time; returns how many were tried."""
        pending = await asyncio.to_thread(self._claim)
        done = await asyncio.gather(
            *(self._fetch(file) for file in pending), return_exceptions=True
        )
        for failure in done:  # its lease ends by itself, then it is tried again
            if isinstance(failure, Exception):
                get_logger().error("file not recorded", exc_info=failure)
        return len(pending)

    def _claim(self) -> list[_Pending]:
        now = self._clock.now()
        with self._database.transaction() as session:
            rows = session.exec(
                select(Attachment)
                .where(Attachment.state == "pending", Attachment.due_at <= now)
                .order_by(col(Attachment.due_at))
                .limit(_AT_ONCE)
                .with_for_update(skip_locked=True)
            ).all()
            for row in rows:
                row.due_at, row.attempts = now + _LEASE, row.attempts + 1
                session.add(row)
            return [pending for row in rows if (pending := self._pending(row)) is not None]

    def _pending(self, row: Attachment) -> _Pending | None:
        """What is to be fetched; None where it cannot be read, it comes up again later."""
        try:
            private = self._vault.open_json(row.sealed, "attachments")
        except (KeyProblem, ValueError) as defect:  # one bad row stops no others
            get_logger().error("file's row cannot be read", exc_info=defect)
            return None
        media = Media(
            MediaKind(row.kind), private["reference"], row.content_type, row.size, private["name"]
        )
        return _Pending(row.id or 0, row.organisation_id, row.channel, row.attempts, media)

    async def _fetch(self, file: _Pending) -> None:
        try:
            channel = self._channel_of(file.organisation_id, file.channel)
            content = await channel.fetch(file.media, FILE_LIMIT)
        except FileTooLarge:
            await asyncio.to_thread(self._settle, file, "too_large")
        except FileGone:
            await asyncio.to_thread(self._settle, file, "failed")
        except SendFailure as failure:
            await asyncio.to_thread(self._later, file, failure.code)
        except Exception as defect:  # noqa: BLE001 - one bad file must not stop the others
            get_logger().error("file not fetched", channel=file.channel, exc_info=defect)
            await asyncio.to_thread(self._later, file, type(defect).__name__)
        else:
            await asyncio.to_thread(self._keep, file, content)

    def _keep(self, file: _Pending, content: bytes) -> None:
        path, digest = self._evidence.keep(content)
        sealed = self._vault.seal_json(
            {"reference": "", "name": file.media.file_name, "sha256": digest}, "attachments"
        )
        with self._database.transaction() as session:
            kept = session.execute(
                update(Attachment)
                .where(col(Attachment.id) == file.id, col(Attachment.state) == "pending")
                .values(state="stored", path=path, size=len(content), sealed=sealed)
            )
        if not kept.rowcount:  # type: ignore[attr-defined]  # deleted in the meantime
            self._evidence.delete(path)
        self._wake_outbox()

    def _later(self, file: _Pending, code: str) -> None:
        if file.attempts > len(_PAUSES):
            get_logger().error("file given up", channel=file.channel, code=code)
            self._settle(file, "failed")
            return
        pause = timedelta(seconds=_PAUSES[file.attempts - 1])
        with self._database.transaction() as session:
            session.execute(
                update(Attachment)
                .where(col(Attachment.id) == file.id)
                .values(due_at=self._clock.now() + pause)
            )

    def _settle(self, file: _Pending, state: str) -> None:
        """The file will not come: the card of its case tells so."""
        with self._database.transaction() as session:
            row = session.get(Attachment, file.id, with_for_update=True)
            if row is None or row.state != "pending":
                return
            row.state = state
            session.add(row)
            case = case_by_id(session, row.case_id) if row.case_id is not None else None
            if case is not None:
                organisation = session.get_one(Organisation, row.organisation_id)
                writer = OutboxWriter(session, self._vault, organisation, self._clock.now())
                writer.show_card(case)
        self._wake_outbox()
