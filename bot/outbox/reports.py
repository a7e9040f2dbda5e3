"""What a provider reports of a message later, even before its send is written down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from bot.channels import SendFailure
from bot.outbox.judge import cannot_wait, judge
from bot.outbox.outcome import Result
from bot.outbox.shown_delivery import show_delivery
from bot.outbox.window import follow_up
from storage.crypto import Vault
from storage.delivery_reports import apply_report
from storage.outbound import ClaimedOutbound, park_chat
from storage.people import mark_unreachable
from storage.tables import DeliveryReport, Outbound

ReadFailure = Callable[[str], SendFailure]
"""What the code in a provider's delivery report means."""


def report_delivery(
    session: Session,
    vault: Vault,
    report: DeliveryReport,
    now: datetime,
    read_failure: ReadFailure,
) -> bool:
    """Take in a provider's report; False when its message is not known (yet).

    A failure that is told late is judged as one that is told at once.
    """
    row = apply_report(session, report, now)
    if row is None:
        return False
    if report.status == "failed" and row.status == "failed":
        _judge_late(session, vault, row, read_failure(report.error), now)
    show_delivery(session, vault, row, now)
    return True


def catch_up(
    session: Session, vault: Vault, result: Result, now: datetime, read_failure: ReadFailure
) -> None:
    """Reports that came before the send was recorded take effect now."""
    early = session.exec(
        select(DeliveryReport)
        .where(
            DeliveryReport.organisation_id == result.row.organisation_id,
            DeliveryReport.channel == result.row.channel,
            DeliveryReport.external_id == vault.lookup(result.external_id),
        )
        .order_by(col(DeliveryReport.id))
    ).all()
    for report in early:
        report_delivery(session, vault, report, now, read_failure)
        session.delete(report)


def _judge_late(
    session: Session, vault: Vault, row: Outbound, failure: SendFailure, now: datetime
) -> None:
    claimed = ClaimedOutbound(
        **{name: getattr(row, name) for name in ClaimedOutbound.__dataclass_fields__}
    )
    result = judge(claimed, failure)
    if result.status == "dead" or (result.status == "held" and cannot_wait(claimed)):
        result = replace(result, status="failed")
    row.status = result.status
    if result.status in {"queued", "held"}:
        # Late reports of this try must not settle the next one.
        row.external_id, row.settled_at, row.available_at = "", None, now + result.wait
    session.flush()
    follow_up(session, vault, claimed, row.status, result.error, now)
    if result.park is not None:
        park_chat(session, row.chat, now + result.park)
    if result.unreachable and row.person_id is not None:
        mark_unreachable(session, row.person_id, row.channel, result.error)
