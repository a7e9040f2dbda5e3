"""Column kinds that all tables share, alike on SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Integer, LargeBinary
from sqlmodel import Field, SQLModel

#: 64-bit keys; SQLite counts rows only with its own INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


def row_id() -> Any:
    """A serial key."""
    return Field(default=None, primary_key=True, sa_type=Key)


def belongs_to(target: str, *, optional: bool = False, index: bool = False) -> Any:
    """A reference to ``table.column``."""
    if optional:
        return Field(default=None, foreign_key=target, sa_type=Key, index=index)
    return Field(foreign_key=target, sa_type=Key, index=index)


def sealed(*, optional: bool = False) -> Any:
    """Authenticated ciphertext, see ``storage.crypto``; the table's name is its context."""
    if optional:
        return Field(default=None, sa_type=LargeBinary)
    return Field(sa_type=LargeBinary)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A check that keeps a text column to these values (plain text: values may grow later)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
