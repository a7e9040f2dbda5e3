"""The truth about a message to the reporter: how far it came, why not, what to do next."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from bot.cases.unopened import held_line
from bot.cases.work import Work
from bot.outbox.queue import LATER
from storage.tables import Case, Outbound

TROUBLED = frozenset({"failed", "dead", "uncertain"})
"""What an officer can send once more."""
_WORST = (
    "failed", "dead", "uncertain", "held", "queued", "sending", "sent", "delivered", "read",
    "cancelled",
)  # fmt: skip
_SOME = {"failed": "failed", "dead": "failed", "uncertain": "uncertain", "held": "held"}
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
    if last.message_id is not None:
        last = _worst(rows_of(work.session, last.message_id, case.id))
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


def whole_line(work: Work, rows: Sequence[Outbound]) -> str:
    """The truth about a message in several parts: that of the worst, and how many fare so."""
    worst = _worst(rows)
    line = delivery_line(work, worst)
    one_reporter = len({row.case_id for row in rows}) == 1
    if worst is None or len(rows) == 1 or worst.status not in _SOME or not one_reporter:
        return line
    fare_so = [row for row in rows if _SOME.get(row.status) == _SOME[worst.status]]
    others = _worst([row for row in rows if row not in fare_so])
    counts = {"count": len(fare_so), "total": len(rows)}
    lines = [line, work.texts("officers.delivery.parts", **counts)]
    if others is not None:
        lines.append(work.texts("officers.delivery.others", state=delivery_line(work, others)))
        if worst.status in TROUBLED:
            lines.append(work.texts("officers.delivery.again"))
    return "\n".join(lines)


def rows_of(
    session: Session, message_id: int | None, case_id: int | None = None
) -> Sequence[Outbound]:
    """What was sent of a reply, the newest first.

    ``case_id``: only what went to the reporter of this case.
    """
    query = select(Outbound).where(
        Outbound.message_id == message_id, Outbound.status != "cancelled"
    )
    if case_id is not None:
        query = query.where(Outbound.case_id == case_id)
    return session.exec(query.order_by(col(Outbound.id).desc())).all()


def _worst(rows: Sequence[Outbound]) -> Outbound | None:
    """The row whose state tells most."""
    return min(rows, key=lambda row: _WORST.index(row.status)) if rows else None
