"""Who uses the data directory: many programs at once, or one alone.

Running programs share a lock on ``DATA_DIR/lock``; what replaces the data takes it alone. The
operating system gives it back however a process ends, so nothing is left to clean up.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAM = "lock"


class NotAlone(Exception):  # noqa: N818 - told to the operator, who then stops the program
    """A program uses this data, or the data are being replaced right now."""


@contextmanager
def in_use(data_dir: Path) -> Iterator[None]:
    """Hold the data directory as a running program does, beside others.

    Raises:
        NotAlone: its data are being replaced right now.
    """
    with _lock(data_dir / _PROGRAM, fcntl.LOCK_SH, "The data are being replaced right now"):
        yield


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for oneself; no program can start meanwhile.

    Raises:
        NotAlone: a program runs.
    """
    with _lock(data_dir / _PROGRAM, fcntl.LOCK_EX, "A program uses the data"):
        yield


@contextmanager
def only_one(data_dir: Path, what: str) -> Iterator[None]:
    """Let no second command of this sort run beside this one.

    Raises:
        NotAlone: one runs already.
    """
    with _lock(data_dir / f"{_PROGRAM}-{what}", fcntl.LOCK_EX, "The same command runs already"):
        yield


@contextmanager
def _lock(path: Path, how: int, refusal: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotAlone(f"{refusal} ({path} is held). Wait until that has ended.") from None
        yield
    finally:
        os.close(descriptor)
