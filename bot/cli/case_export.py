"""All cases in one file, for spreadsheets (CSV) or programs (JSON lines).

A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CWE-1236):
what a reporter wrote must never run on an officer's machine.
"""

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from sqlmodel import Session, col, select

from bot.cli.case_facts import facts_of_row, log_reveal, revealed
from bot.cli.show import harmless
from bot.cli.store import Store, organisation_named, slugs_by_id
from storage.tables import Case

_BATCH = 500
_PRACTICE = "simulasi"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")  # noqa: RUF001
_TOLD = (
    "pseudonym", "name", "address", "safe_hours", "member", "story", "workplace", "region",
    "happened", "affected",
)  # fmt: skip


class Format(StrEnum):
    """How the file is written."""

    CSV = "csv"
    JSONL = "jsonl"


def export_cases(
    store: Store, file: Path, form: Format, organisation: str | None, *, reveal: bool
) -> int:
    """Write the cases, oldest first; the file appears whole, for its owner alone.

    With ``reveal`` the trail of every case says so before anything of it is written.

    Returns:
        How many cases were written.
    """
    temporary = file.with_name(f"{file.name}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(descriptor, 0o600)
    count = 0
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as output:
            if form is Format.CSV:
                output.write("\ufeff")  # so that spreadsheets take it for UTF-8
            for count, row in enumerate(_rows(store, organisation, reveal=reveal), start=1):
                _write(output, row, form, first=count == 1)
            output.flush()
            os.fsync(output.fileno())
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return count


def safe_cell(value: object) -> str:
    """A value as text that a spreadsheet shows and never computes."""
    match value:
        case None:
            return ""
        case bool():
            return "ya" if value else "tidak"
        case datetime():
            return value.isoformat(timespec="seconds")
        case list():
            text = ", ".join(map(str, value))
        case _:
            text = str(value)
    seen = harmless(text)
    dangerous = text.startswith(_FORMULA) or seen.lstrip().startswith(_FORMULA)
    return f"'{seen}" if dangerous else seen


def _write(output: TextIO, row: Mapping[str, Any], form: Format, *, first: bool) -> None:
    if form is Format.JSONL:
        output.write(json.dumps(row, ensure_ascii=False, default=_iso) + "\n")
        return
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    if first:
        writer.writerow(row)
    writer.writerow(safe_cell(value) for value in row.values())
    output.write(line.getvalue())


def _rows(store: Store, organisation: str | None, *, reveal: bool) -> Iterator[dict[str, Any]]:
    last = 0
    while True:
        with store.database.transaction() if reveal else store.database.reading() as session:
            slugs = _wanted(session, organisation)
            cases = session.exec(
                select(Case)
                .where(col(Case.id) > last, col(Case.organisation_id).in_(slugs))
                .order_by(col(Case.id))
                .limit(_BATCH)
            ).all()
            rows = [_row(store, session, case, slugs, reveal=reveal) for case in cases]
        if not rows:
            return
        last = cases[-1].id or 0
        yield from rows


def _wanted(session: Session, organisation: str | None) -> dict[int, str]:
    if organisation is not None:
        return {organisation_named(session, organisation).id or 0: organisation}
    return {key: slug for key, slug in slugs_by_id(session).items() if slug != _PRACTICE}


def _row(
    store: Store, session: Session, case: Case, slugs: Mapping[int, str], *, reveal: bool
) -> dict[str, Any]:
    row = facts_of_row(case, slugs[case.organisation_id])
    if reveal:
        log_reveal(session, store.vault, case, store.clock.now())
        told = revealed(session, store.vault, case)
        row |= {key: told[key] for key in _TOLD}
    return row


def _iso(value: datetime) -> str:
    return value.isoformat()
