"""Lanes: what belongs to one person or one place leaves its queue in order."""

from sqlalchemy import ColumnElement, Table, select


def waits_behind_another(queue: Table, *is_open: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether an older row in the lane of a queue's row is still open.

    ``is_open``: the statuses that count, as literals, so that a partial index of them fits.
    """
    older = queue.alias("older")
    return (
        select(older.c.id)
        .where(
            older.c.lane == queue.c.lane,
            older.c.status.in_(is_open),
            older.c.id < queue.c.id,
        )
        .exists()
    )
