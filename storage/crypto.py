"""Encryption at rest: what a reporter says and who she is leaves memory only as ciphertext.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. A sealed value is
``version (1) | key id (4) | nonce (12) | ciphertext and tag``; its context (table or file
kind) is authenticated with it, so a value cannot be moved elsewhere. Addresses are found by
HMAC-SHA-256 with a look-up key that is itself kept sealed in the database, so that it outlives
a change of keys. Keys live outside the database; a missing or wrong one stops the program.
"""

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
_KEY_BYTES = 32
_HEAD = 1 + 4 + 12


class KeyProblem(Exception):  # noqa: N818 - read by operators, who fix keys, not errors
    """A key is missing, malformed or not the one the data was sealed with."""


@dataclass(frozen=True, slots=True)
class _Key:
    key_id: bytes
    cipher: AESGCM


class Vault:
    """Seals and opens values with the newest key first.

    Args:
        keys: base64 (URL-safe) keys of 32 bytes, newest first. The first one seals.

    Raises:
        KeyProblem: no key, or one that is not 32 bytes of base64.
    """

    def __init__(self, keys: tuple[str, ...]) -> None:
        if not keys:
            raise KeyProblem("ENCRYPTION_KEYS is empty: nothing can be stored without a key.")
        self._keys = {key.key_id: key for key in map(_parse_key, keys)}
        self._newest = _parse_key(keys[0])
        self._lookup_key = b""

    def seal(self, plain: bytes, context: str) -> bytes:
        """The value as authenticated ciphertext."""
        nonce = os.urandom(12)
        key = self._newest
        return _VERSION + key.key_id + nonce + key.cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The value again.

        Raises:
            KeyProblem: sealed with a key we do not have, for another context, or damaged.
        """
        key = self._keys.get(bytes(sealed[1:5]))
        if key is None or sealed[:1] != _VERSION:
            raise KeyProblem(
                "A stored value was sealed with a key that ENCRYPTION_KEYS does not contain."
            )
        try:
            return key.cipher.decrypt(sealed[5:_HEAD], sealed[_HEAD:], context.encode())
        except InvalidTag as wrong:
            raise KeyProblem("A stored value is damaged or belongs to another place.") from wrong

    def seal_json(self, value: Any, context: str) -> bytes:
        """A JSON value as ciphertext."""
        return self.seal(json.dumps(value, ensure_ascii=False).encode(), context)

    def open_json(self, sealed: bytes, context: str) -> Any:
        """A JSON value again."""
        return json.loads(self.open(sealed, context))

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the value is already sealed with the newest key."""
        return bytes(sealed[1:5]) == self._newest.key_id

    def use_lookup_key(self, key: bytes) -> None:
        """Take the key for :meth:`lookup`, read from the database at start."""
        self._lookup_key = key

    def lookup(self, value: str) -> str:
        """A keyed hash under which ``value`` can be found but not guessed (64 hex digits)."""
        if not self._lookup_key:
            raise KeyProblem("The look-up key was not loaded before use.")
        return hmac.new(self._lookup_key, value.encode(), hashlib.sha256).hexdigest()


def new_key() -> str:
    """A fresh key as ENCRYPTION_KEYS wants it."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


def load_keys(configured: str, key_file: Path, *, may_create: bool) -> tuple[str, ...]:
    """The keys from the setting, else from the key file, else a new one written there.

    Args:
        configured: the value of ENCRYPTION_KEYS.
        key_file: one key a line, newest first; only its owner may read it.
        may_create: False when data already exists: then a missing file is an error.

    Raises:
        KeyProblem: no key where data exists, or a key file that others can read.
    """
    if configured.strip():
        return tuple(part.strip() for part in configured.split(",") if part.strip())
    if key_file.exists():
        if key_file.stat().st_mode & 0o077:
            raise KeyProblem(f"{key_file} can be read by others. Run: chmod 600 {key_file}")
        return tuple(key_file.read_text().split())
    if not may_create:
        raise KeyProblem(
            f"There is a database but no key: {key_file} is missing and ENCRYPTION_KEYS is "
            "empty. Put the key file back (from your backup); without it nothing can be read."
        )
    key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(key_file, (new_key() + "\n").encode())
    return tuple(key_file.read_text().split())


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all, safe on disk."""
    temporary = path.with_name(path.name + ".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _parse_key(text: str) -> _Key:
    try:
        raw = base64.urlsafe_b64decode(text)
    except ValueError as wrong:
        raise KeyProblem("A key in ENCRYPTION_KEYS is not URL-safe base64.") from wrong
    if len(raw) != _KEY_BYTES:
        raise KeyProblem(f"A key in ENCRYPTION_KEYS has {len(raw)} bytes; it must have 32.")
    return _Key(hashlib.sha256(b"kawan-buruh key id" + raw).digest()[:4], AESGCM(raw))
