"""What a check found, in words for operators; never a token, a number or a person's name."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended: a fault keeps the program from its work, a warning may."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    Attributes:
        check: its name, for programs.
        message: what was found.
        action: what to do; empty when nothing is.
        organisation: whose it is, empty when it concerns the whole installation.
    """

    check: str
    status: Status
    message: str
    action: str = ""
    organisation: str = ""


Checks = Callable[[], Iterable[Finding]]


def ok(check: str, message: str) -> Finding:
    """All is well."""
    return Finding(check, Status.OK, message)


def warning(check: str, message: str, action: str) -> Finding:
    """It works, or cannot be told, and somebody should look."""
    return Finding(check, Status.WARNING, message, action)


def fault(check: str, message: str, action: str) -> Finding:
    """It does not work."""
    return Finding(check, Status.FAULT, message, action)


def guarded(check: str, run: Checks) -> Iterator[Finding]:
    """The findings of a check; one that breaks is a finding itself and stops no other."""
    try:
        yield from run()
    except Exception as defect:  # noqa: BLE001 - a doctor must not fall ill on a patient
        yield fault(
            check,
            f"pemeriksaan ini sendiri gagal ({type(defect).__name__})",
            "Laporkan ini kepada pengembang, bersama keluaran doctor --json.",
        )
