"""The vault of an installation: it follows its key file while the program runs.

So a new key is in use everywhere on this machine the moment it is written, without a restart.
Keys given by ENCRYPTION_KEYS cannot change while a process runs.
"""

from pathlib import Path

from storage.crypto import KeyProblem, Vault, load_keys, write_private


def open_vault(configured: str, key_file: Path, *, may_create: bool) -> Vault:
    """The vault with the keys of the setting, else of the key file.

    Raises:
        KeyProblem: see :func:`storage.crypto.load_keys`.
    """
    keys = load_keys(configured, key_file, may_create=may_create)
    return Vault(keys) if configured.strip() else KeyFileVault(keys, key_file)


def write_keys(key_file: Path, keys: tuple[str, ...]) -> None:
    """Write the key file, newest first, whole or not at all."""
    write_private(key_file, "".join(f"{key}\n" for key in keys).encode())


class KeyFileVault(Vault):
    """A vault that takes up the keys of its file when the file changes.

    A file that is gone or cannot be read changes nothing: what is in memory stays in use.
    """

    def __init__(self, keys: tuple[str, ...], key_file: Path) -> None:
        super().__init__(keys)
        self._key_file = key_file
        self._version = _version(key_file)

    def seal(self, plain: bytes, context: str) -> bytes:
        """The value as authenticated ciphertext."""
        self._follow()
        return super().seal(plain, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        """The value again; see :meth:`Vault.open`."""
        self._follow()
        return super().open(sealed, context)

    def _follow(self) -> None:
        version = _version(self._key_file)
        if version in {None, self._version}:
            return
        try:
            fresh = Vault(load_keys("", self._key_file, may_create=False))
        except (KeyProblem, OSError, ValueError):
            return
        self._keys = fresh._keys  # noqa: SLF001 - the same class
        self._newest = fresh._newest  # noqa: SLF001 - the same class
        self._version = version


def _version(key_file: Path) -> tuple[int, int] | None:
    try:
        found = key_file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
