"""Files that came with messages, encrypted on disk, named by chance."""

import hashlib
import secrets
from pathlib import Path

from sqlmodel import col, select

from storage.crypto import Vault, write_private
from storage.database import Database
from storage.tables import Attachment

_CONTEXT = "evidence"


class EvidenceStore:
    """The folder of sealed files.

    A file's path within the folder tells nothing of its content, owner or type.
    """

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left_over in folder.glob("*/*.part"):
            left_over.unlink()

    def keep(self, content: bytes) -> tuple[str, str]:
        """Store a file; returns its path within the folder and its SHA-256."""
        name = secrets.token_hex(16)
        path = self._folder / name[:2] / name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        write_private(path, self._vault.seal(content, _CONTEXT))
        return f"{name[:2]}/{name}", hashlib.sha256(content).hexdigest()

    def read(self, path: str) -> bytes:
        """The file's bytes.

        Raises:
            FileNotFoundError: it was deleted.
        """
        return self._vault.open((self._folder / path).read_bytes(), _CONTEXT)

    def delete(self, path: str) -> None:
        """Remove a file; one that is gone is fine."""
        (self._folder / path).unlink(missing_ok=True)


def remove_deleted(database: Database, evidence: EvidenceStore) -> int:
    """Remove the files of deleted attachments from disk; returns how many.

    A process that dies in between leaves the paths in their rows: the next call goes on.
    """
    with database.reading() as session:
        rows = session.exec(
            select(Attachment.id, Attachment.path).where(
                Attachment.state == "deleted", Attachment.path != ""
            )
        ).all()
    for _, path in rows:
        evidence.delete(path)
    if rows:
        with database.transaction() as session:
            gone = col(Attachment.id).in_([row_id for row_id, _ in rows])
            for row in session.exec(select(Attachment).where(gone)):
                row.path = ""
                session.add(row)
    return len(rows)
