"""What providers tell of messages that were sent, taken in where the message is known."""

from datetime import datetime

from sqlmodel import Session, select

from storage.tables import DeliveryReport, Outbound

_RANK = dict.fromkeys(("queued", "held", "sending", "uncertain"), 0) | {
    "sent": 1,
    "delivered": 2,
    "read": 3,
}


def apply_report(session: Session, report: DeliveryReport, now: datetime) -> Outbound | None:
    """Move a sent message on as its provider reports; never back, a failure only once.

    Returns:
        The row if it is ours and changed or not, None if no such message is known.
    """
    row = session.exec(
        select(Outbound)
        .where(
            Outbound.organisation_id == report.organisation_id,
            Outbound.channel == report.channel,
            Outbound.external_id == report.external_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    status = report.status
    if status == "failed":
        if row.status not in {"failed", "held"} and _RANK.get(row.status, 0) < _RANK["delivered"]:
            row.status, row.error, row.settled_at = "failed", report.error, now
    elif row.status in _RANK and _RANK[status] > _RANK[row.status]:
        row.status, row.settled_at = status, now
    session.add(row)
    return row


def is_known_message(
    session: Session, organisation_id: int, channel: str, external_id: str
) -> bool:
    """Whether a message of the provider belongs to one of this organisation's rows."""
    known = select(Outbound.id).where(
        Outbound.external_id == external_id,
        Outbound.channel == channel,
        Outbound.organisation_id == organisation_id,
    )
    return session.exec(known.limit(1)).first() is not None
