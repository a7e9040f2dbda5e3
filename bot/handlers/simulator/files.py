"""Files that the simulator's people and the bot send: sealed, one file each, under one folder."""

import json
import re
import secrets
from pathlib import Path

from bot.events import Media
from bot.handlers.simulator.messages import Attached
from bot.handlers.simulator.wire import as_plain, from_plain
from storage.crypto import Vault, write_private

_CONTEXT = "simulator file"
_NAME = re.compile(r"[0-9a-f]{32}")


class SealedFiles:
    """Keeps files under unguessable names; only ciphertext reaches the disk.

    Each holds one line of JSON (name, type, kind, size), then the bytes.

    Args:
        folder: made when first needed, closed to other users of the machine.
    """

    def __init__(self, vault: Vault, folder: Path) -> None:
        self._vault = vault
        self._folder = folder

    def keep(self, content: bytes, media: Media) -> Attached:
        """Store a file; the id under ``file`` finds it again."""
        kept = Attached(
            file=secrets.token_hex(16),
            name=media.file_name,
            content_type=media.content_type,
            kind=media.kind,
            size=len(content),
        )
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        head = json.dumps(as_plain(kept)).encode()
        write_private(self._path(kept.file), self._vault.seal(head + b"\n" + content, _CONTEXT))
        return kept

    def read(self, file_id: str) -> tuple[Attached, bytes] | None:
        """What the file is, and its bytes; None when there is none."""
        if not _NAME.fullmatch(file_id):
            return None
        try:
            sealed = self._path(file_id).read_bytes()
        except FileNotFoundError:
            return None
        head, _, content = self._vault.open(sealed, _CONTEXT).partition(b"\n")
        return from_plain(Attached, json.loads(head)), content

    def _path(self, file_id: str) -> Path:
        return self._folder / f"{file_id}.sealed"
