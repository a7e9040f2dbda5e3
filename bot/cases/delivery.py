"""The truth about a message to the reporter: how far it came, why not, what to do next."""

from sqlmodel import Session, col, select

from bot.cases.unopened import held_line
from bot.cases.work import Work
from bot.outbox.queue import LATER
from storage.tables import Case, CaseMessage, Outbound

_WORST = (
    "failed", "dead", "uncertain", "held", "queued", "sending", "sent", "delivered", "read",
    "cancelled",
)  # fmt: skip
_FAILURES = {
    "63016": "window", "WindowClosed": "window",
    "63003": "no_whatsapp", "63024": "no_whatsapp", "21211": "no_whatsapp",
    "63014": "blocked", "21610": "blocked", "blocked": "blocked", "Unreachable": "blocked",
    "deactivated": "no_account", "63032": "limited", "63018": "limited", "63049": "limited",
    "63019": "file", "file_lost": "file", "photo_too_large": "file",
    "63021": "content", "63013": "content", "63005": "content",
    "ContentRejected": "content",
}  # fmt: skip


def last_delivery(work: Work, case: Case) -> list[str]:
    """What became of the last thing that was sent to the reporter."""
    last = work.session.exec(
        select(Outbound)
        .where(
            Outbound.case_id == case.id,
            col(Outbound.kind).in_(("say", "send_file")),
            Outbound.status != "cancelled",
        )
        .order_by(col(Outbound.id).desc())
        .limit(1)
    ).first()
    if last is None:
        return []
    return [work.texts("officers.card.delivery", state=delivery_line(work, last))]


def delivery_line(work: Work, sent: Outbound | None) -> str:
    """The truth about a message to the reporter, with what to do next when it failed."""
    if sent is None:
        return work.texts("officers.delivery.cancelled")
    if sent.status == "held":
        return held_line(work, sent, explain)
    if sent.status == "queued" and sent.lane.startswith(LATER):
        return work.texts("officers.delivery.later", at=work.local(sent.available_at))
    at = work.local(sent.settled_at or sent.sent_at or sent.created_at)
    if sent.status in {"failed", "dead", "uncertain"}:
        return work.texts(f"officers.delivery.{sent.status}", why=explain(work, sent.error), at=at)
    return work.texts(f"officers.delivery.{sent.status}", at=at)


def explain(work: Work, code: str) -> str:
    """Why a message did not arrive and what to do next, in an officer's words."""
    key = f"officers.failure.{_FAILURES.get(code, code)}"
    return work.texts(key) if key in work.texts.keys() else work.texts("officers.failure.other")  # noqa: SIM118 - Texts is no mapping


def outbound_of(
    session: Session, message: CaseMessage, case_id: int | None = None
) -> Outbound | None:
    """The row whose state tells most: the worst of the pieces, the latest try.

    ``case_id``: only what went to the reporter of this case.
    """
    query = select(Outbound).where(
        Outbound.message_id == message.id, Outbound.status != "cancelled"
    )
    if case_id is not None:
        query = query.where(Outbound.case_id == case_id)
    rows = session.exec(query.order_by(col(Outbound.id).desc())).all()
    return min(rows, key=lambda row: _WORST.index(row.status)) if rows else None
