"""Events kept on disk while the database cannot commit, sealed, in the order they came."""

import itertools
import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.crypto import Vault, write_private

_CONTEXT = "spool"


class SpoolUnusable(Exception):  # noqa: N818 - an operator's matter
    """The spool folder cannot be written; the program must not accept anything."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An event as it came from a provider, already proven to come from it.

    Attributes:
        source: which parser reads ``raw``: ``twilio``, ``telegram`` or ``simulator``.
        account: our account at the provider; decides the organisation.
        external_id: unique within the account for ever.
        lane: whose order must be kept; stored only as a keyed hash.
        raw: the body exactly as received.
    """

    source: str
    account: str
    external_id: str
    lane: str
    raw: bytes


class Spool:
    """A folder of sealed events.

    Raises:
        SpoolUnusable: the folder cannot be made or written.
    """

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault
        self._counter = itertools.count()
        self.check()
        for left_over in folder.glob("*.part"):
            left_over.unlink(missing_ok=True)

    def check(self) -> None:
        """Prove that the folder can be written.

        Raises:
            SpoolUnusable: it cannot.
        """
        trial = self._folder / f"write-test-{secrets.token_hex(8)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(trial, b"")
            trial.unlink()
        except OSError as failure:
            raise SpoolUnusable(
                f"Cannot write to the spool folder {self._folder} ({failure.strerror}). "
                "Give this program's user the right to write there."
            ) from failure

    def keep(self, event: Accepted, at: datetime) -> None:
        """Write one event, safe on disk when this returns.

        Raises:
            OSError: the disk refuses.
        """
        content = {
            "source": event.source,
            "account": event.account,
            "external_id": event.external_id,
            "lane": event.lane,
            "raw": event.raw.decode("latin-1"),
            "received_at": at.isoformat(),
        }
        sealed = self._vault.seal(json.dumps(content).encode(), _CONTEXT)
        name = f"{at.timestamp():020.6f}-{next(self._counter):08d}-{os.getpid()}.spool"
        write_private(self._folder / name, sealed)

    def waiting(self) -> list[Path]:
        """The events on disk, oldest first."""
        return sorted(self._folder.glob("*.spool"))

    def read(self, path: Path) -> tuple[Accepted, datetime]:
        """One event and when it came."""
        content = json.loads(self._vault.open(path.read_bytes(), _CONTEXT))
        event = Accepted(
            source=content["source"],
            account=content["account"],
            external_id=content["external_id"],
            lane=content["lane"],
            raw=content["raw"].encode("latin-1"),
        )
        return event, datetime.fromisoformat(content["received_at"])

    def drop(self, path: Path) -> None:
        """Remove an event that is in the database now."""
        path.unlink(missing_ok=True)

    def set_aside(self, path: Path) -> None:
        """Keep an event that cannot be brought in, out of the way, for the operator."""
        path.rename(path.with_suffix(".refused"))

    def count(self) -> int:
        """How many events wait."""
        return len(self.waiting())
