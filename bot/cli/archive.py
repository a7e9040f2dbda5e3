"""The backup file: one tar with the database, every sealed file, and a list with their hashes.

The list is sealed with the installation's key, so that a backup proves two things before it
touches anything: nothing in it was changed, and the keys at hand can read it.
"""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from bot.cli.show import Refused
from storage.crypto import KeyProblem, Vault

FORMAT = 1
MANIFEST = "manifest.json"
SEAL = "manifest.seal"
_CONTEXT = "backup"
_BLOCK = 1 << 20
_NAME = re.compile(r"database\.(sqlite|dump)|(evidence|simulator|spool)(/[0-9A-Za-z_.-]+){1,2}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``entries``: SHA-256 of each member by its name."""

    created_at: datetime
    engine: str
    revision: str
    cases: int
    entries: Mapping[str, str]

    def facts(self) -> dict[str, Any]:
        """What other programs may read of it."""
        return {
            "created_at": self.created_at,
            "engine": self.engine,
            "revision": self.revision,
            "cases": self.cases,
            "files": len(self.entries) - 1,
        }


class ArchiveWriter:
    """Writes a backup file, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._tar = tarfile.TarFile(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        self.entries: dict[str, str] = {}

    def add(self, name: str, source: Path) -> None:
        """Take in a file under this name; one that is gone by now is left out."""
        try:
            file = source.open("rb")
        except FileNotFoundError:
            return
        with file:
            member = tarfile.TarInfo(name)
            member.size = os.fstat(file.fileno()).st_size
            member.mode = 0o600
            reader = _Hashing(file)
            self._tar.addfile(member, reader)
            self.entries[name] = reader.digest

    def finish(self, manifest: Manifest, vault: Vault) -> None:
        """Add the sealed list; the file is safe on disk afterwards."""
        content = json.dumps(
            {
                "format": FORMAT,
                "created_at": manifest.created_at.isoformat(),
                "engine": manifest.engine,
                "revision": manifest.revision,
                "cases": manifest.cases,
                "entries": dict(manifest.entries),
            },
            indent=1,
        ).encode()
        self._add_bytes(MANIFEST, content)
        self._add_bytes(SEAL, vault.seal(hashlib.sha256(content).digest(), _CONTEXT))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        """Let go of the file, finished or not."""
        self._file.close()

    def _add_bytes(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self._tar.addfile(member, io.BytesIO(content))


def unpack(file: Path, folder: Path, vault: Vault) -> Manifest:
    """Unpack a backup into an empty folder and prove that it is whole and ours.

    Raises:
        Refused: it is no backup, is damaged or was changed, or the keys do not fit it.
    """
    found: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    with _reading(file) as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isfile() else None
            if content is None:
                raise _damaged(file)
            if member.name in {MANIFEST, SEAL}:
                kept[member.name] = content.read()
            elif _NAME.fullmatch(member.name) and ".." not in member.name:
                found[member.name] = _write_out(content, folder / member.name)
            else:
                raise _damaged(file)
    manifest = _proven(file, kept, vault)
    if manifest.entries != found:
        raise _damaged(file)
    return manifest


def _write_out(content: Any, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    reader = _Hashing(content)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        while block := reader.read(_BLOCK):
            output.write(block)
        output.flush()
        os.fsync(output.fileno())
    return reader.digest


def _proven(file: Path, kept: Mapping[str, bytes], vault: Vault) -> Manifest:
    content, seal = kept.get(MANIFEST), kept.get(SEAL)
    if content is None or seal is None:
        raise _damaged(file)
    try:
        digest = vault.open(seal, _CONTEXT)
    except KeyProblem:
        raise Refused(
            f"kunci yang ada tidak cocok dengan cadangan {file}.",
            "Letakkan kunci yang dipakai saat cadangan itu dibuat, lalu ulangi.",
        ) from None
    if digest != hashlib.sha256(content).digest():
        raise _damaged(file)
    plain = json.loads(content)
    if plain["format"] != FORMAT:
        raise Refused(
            f"cadangan {file} dibuat oleh program yang lebih baru.", "Perbarui program ini dulu."
        )
    return Manifest(
        created_at=datetime.fromisoformat(plain["created_at"]),
        engine=plain["engine"],
        revision=plain["revision"],
        cases=plain["cases"],
        entries=plain["entries"],
    )


@contextmanager
def _reading(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as tar:
            yield tar
    except FileNotFoundError:
        raise Refused(f"tidak ada berkas {file}.", "Periksa nama berkasnya.") from None
    except (tarfile.TarError, EOFError):
        raise _damaged(file) from None


def _damaged(file: Path) -> Refused:
    return Refused(
        f"{file} bukan cadangan yang utuh; tidak ada yang diubah.",
        "Salin ulang berkasnya, atau pakai cadangan yang lain.",
    )


class _Hashing(io.RawIOBase):
    """A reader that hashes what passes through it."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self._source = source
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self._hash.update(block)
        return block
