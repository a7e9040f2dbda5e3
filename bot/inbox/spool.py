"""Events kept on disk while the database cannot commit, sealed, in the order they came."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.crypto import Vault, write_private

_CONTEXT = "spool"


class SpoolUnusable(Exception):  # noqa: N818 - an operator's matter
    """The spool folder cannot be written; the program must not accept anything."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """An event waiting on disk."""

    path: Path
    source: str
    account: str
    external_id: str
    lane: str
    raw: bytes
    received_at: datetime


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

    def check(self) -> None:
        """Prove that the folder can be written.

        Raises:
            SpoolUnusable: it cannot.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for left_over in self._folder.glob("*.part"):
                left_over.unlink()
            write_private(self._folder / "write-test", b"")
            (self._folder / "write-test").unlink()
        except OSError as failure:
            raise SpoolUnusable(
                f"Cannot write to the spool folder {self._folder} ({failure.strerror}). "
                "Give this program's user the right to write there."
            ) from failure

    def keep(
        self, *, source: str, account: str, external_id: str, lane: str, raw: bytes, at: datetime
    ) -> None:
        """Write one event, safe on disk when this returns.

        Raises:
            OSError: the disk refuses.
        """
        content = {
            "source": source,
            "account": account,
            "external_id": external_id,
            "lane": lane,
            "raw": raw.decode("latin-1"),
            "received_at": at.isoformat(),
        }
        sealed = self._vault.seal(json.dumps(content).encode(), _CONTEXT)
        name = f"{at.timestamp():020.6f}-{next(self._counter):08d}.spool"
        write_private(self._folder / name, sealed)

    def waiting(self) -> Iterator[Spooled]:
        """The events on disk, oldest first."""
        for path in sorted(self._folder.glob("*.spool")):
            content = json.loads(self._vault.open(path.read_bytes(), _CONTEXT))
            yield Spooled(
                path=path,
                source=content["source"],
                account=content["account"],
                external_id=content["external_id"],
                lane=content["lane"],
                raw=content["raw"].encode("latin-1"),
                received_at=datetime.fromisoformat(content["received_at"]),
            )

    def count(self) -> int:
        """How many events wait."""
        return sum(1 for _ in self._folder.glob("*.spool"))
