"""Files that the simulator's people and the bot send: sealed, one file each, under one folder."""

import re
import secrets
from pathlib import Path

from storage.crypto import Vault, write_private

_CONTEXT = "simulator file"
_NAME = re.compile(r"[0-9a-f]{32}")


class SealedFiles:
    """Keeps bytes under unguessable names; only ciphertext reaches the disk.

    Args:
        folder: made when first needed, closed to other users of the machine.
    """

    def __init__(self, vault: Vault, folder: Path) -> None:
        self._vault = vault
        self._folder = folder

    def keep(self, content: bytes) -> str:
        """Store the bytes and return the id they are found under."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file_id = secrets.token_hex(16)
        write_private(self._path(file_id), self._vault.seal(content, _CONTEXT))
        return file_id

    def read(self, file_id: str) -> bytes | None:
        """The bytes again; None when there is no such file."""
        if not _NAME.fullmatch(file_id):
            return None
        try:
            return self._vault.open(self._path(file_id).read_bytes(), _CONTEXT)
        except FileNotFoundError:
            return None

    def _path(self, file_id: str) -> Path:
        return self._folder / f"{file_id}.sealed"
