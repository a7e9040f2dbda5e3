"""Alembic's environment: the engine is handed in by ``storage.migrate``, never made here."""

from alembic import context
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - the tables register themselves

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
