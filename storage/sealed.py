"""Everything that is sealed, and sealing it anew with the newest key.

Every binary column holds a sealed value whose context is the table's name; every file under the
sealed folders is one sealed value. Sealing anew may stop anywhere and go on later, and may run
beside the program: a row is changed only if it still holds what was read.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    update,
)
from sqlmodel import Session, SQLModel

import storage.tables
from storage.crypto import KeyProblem, Vault, write_private
from storage.database import Database

__all__ = ["SEALED_FOLDERS", "Resealer", "SealedColumn", "key_uses", "sealed_columns"]

_BATCH = 200
_KEY_ID = slice(1, 5)
# Literals, not parameters: PostgreSQL must see that what is selected is what is grouped by.
_FIRST: ColumnElement[int] = literal_column(str(_KEY_ID.start + 1))
_LENGTH: ColumnElement[int] = literal_column(str(_KEY_ID.stop - _KEY_ID.start))
_attachments: Table = storage.tables.Attachment.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed values."""

    table: Table
    column: Column[bytes]

    @property
    def context(self) -> str:
        """What its values are authenticated with."""
        return self.table.name

    @property
    def key(self) -> Column[Any]:
        """The column by which its rows are found."""
        return next(iter(self.table.primary_key))

    @property
    def key_id(self) -> ColumnElement[bytes]:
        """Which key a value was sealed with, as the database sees it."""
        return func.substr(self.column, _FIRST, _LENGTH)


@dataclass(frozen=True, slots=True)
class SealedFolder:
    """A folder in ``DATA_DIR`` whose files are sealed values."""

    name: str
    patterns: tuple[str, ...]
    context: str

    def files(self, data_dir: Path) -> Iterator[Path]:
        """Its sealed files."""
        for pattern in self.patterns:
            for path in (data_dir / self.name).glob(pattern):
                if path.is_file() and path.suffix != ".part":
                    yield path


EVIDENCE = SealedFolder("evidence", ("*/*",), "evidence")
SEALED_FOLDERS = (
    EVIDENCE,
    SealedFolder("simulator", ("*.sealed",), "simulator file"),
    SealedFolder("spool", ("*.spool", "*.refused"), "spool"),
)


def sealed_columns() -> tuple[SealedColumn, ...]:
    """All columns of sealed values, from the tables themselves."""
    return tuple(
        SealedColumn(table, column)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    )


def key_uses(session: Session, data_dir: Path) -> Counter[str]:
    """How many values each key has sealed, by key id in hexadecimal."""
    uses: Counter[str] = Counter()
    for sealed in sealed_columns():
        counted = session.execute(
            select(sealed.key_id, func.count())
            .where(sealed.column.is_not(None))
            .group_by(sealed.key_id)
        )
        for key_id, count in counted:
            uses[bytes(key_id).hex()] += count
    for folder in SEALED_FOLDERS:
        uses.update(_key_of(path) for path in folder.files(data_dir))
    uses.pop("", None)
    return uses


def newest_key_id(vault: Vault) -> str:
    """The id of the key that seals now, in hexadecimal."""
    return vault.seal(b"", "key id")[_KEY_ID].hex()


class Resealer:
    """Seals anew what older keys have sealed.

    Attributes:
        damaged: how many values could not be opened; they stay as they are.
    """

    def __init__(self, database: Database, vault: Vault, data_dir: Path) -> None:
        self._database = database
        self._vault = vault
        self._data_dir = data_dir
        self.damaged = 0

    def run(self) -> Iterator[int]:
        """Do it all, a batch at a time; yields how many values each batch held."""
        for sealed in sealed_columns():
            yield from self._column(sealed)
        yield from self._stored_evidence()
        for folder in SEALED_FOLDERS:
            for path in folder.files(self._data_dir):
                yield self._file(path, folder.context)

    def _column(self, sealed: SealedColumn) -> Iterator[int]:
        newest, last = bytes.fromhex(newest_key_id(self._vault)), None
        while True:
            with self._database.transaction() as session:
                query = select(sealed.key, sealed.column).where(sealed.key_id != newest)
                if last is not None:
                    query = query.where(sealed.key > last)
                rows = session.execute(query.order_by(sealed.key).limit(_BATCH)).all()
                self._write(session, sealed, [(key, bytes(value)) for key, value in rows])
            if not rows:
                return
            last = rows[-1][0]
            yield len(rows)

    def _write(
        self, session: Session, sealed: SealedColumn, rows: list[tuple[Any, bytes]]
    ) -> None:
        changes = []
        for key, before in rows:
            after = self._anew(before, sealed.context)
            if after is not None:
                changes.append({"its_key": key, "was_sealed": before, "now_sealed": after})
        if changes:
            unchanged = sealed.column == bindparam("was_sealed", type_=LargeBinary)
            session.connection().execute(
                update(sealed.table)
                .where(sealed.key == bindparam("its_key"), unchanged)
                .values({sealed.column.name: bindparam("now_sealed", type_=LargeBinary)}),
                changes,
            )

    def _stored_evidence(self) -> Iterator[int]:
        """Files that a row speaks of, each while its row is held.

        Whoever deletes a file marks its row first; so no deleted file comes back.
        """
        columns, last = _attachments.c, 0
        while True:
            stored = (columns.state == "stored") & (columns.id > last)
            with self._database.reading() as session:
                query = select(columns.id).where(stored).order_by(columns.id).limit(_BATCH)
                ids = session.execute(query).scalars().all()
            for row_id in ids:
                yield self._held_file(row_id)
            if not ids:
                return
            last = ids[-1]

    def _held_file(self, row_id: int) -> int:
        columns = _attachments.c
        with self._database.transaction() as session:
            path = session.execute(
                select(columns.path)
                .where(columns.id == row_id, columns.state == "stored")
                .with_for_update()
            ).scalar()
            if not path:
                return 0
            return self._file(self._data_dir / EVIDENCE.name / path, EVIDENCE.context)

    def _file(self, path: Path, context: str) -> int:
        try:
            with path.open("rb") as file:
                if self._vault.is_newest(file.read(_KEY_ID.stop)):
                    return 0
            before = path.read_bytes()
        except FileNotFoundError:
            return 0
        after = self._anew(before, context)
        if after is not None and path.exists():
            write_private(path, after)
        return 1

    def _anew(self, before: bytes, context: str) -> bytes | None:
        try:
            return self._vault.seal(self._vault.open(before, context), context)
        except KeyProblem:
            self.damaged += 1
            return None


def _key_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_KEY_ID.stop)[_KEY_ID].hex()
    except FileNotFoundError:
        return ""
