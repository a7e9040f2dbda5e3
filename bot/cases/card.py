"""How a case looks in the officers' group: the topic's title, the card, an officer's reply.

Names and addresses never stand here; neither does the story of a sensitive case.
"""

from sqlmodel import Session, col, select

from bot.cases.markup import escaped, shortened, visible
from bot.cases.roster import officer_by_id
from bot.cases.stages import CLOSED
from bot.cases.taps import button
from bot.cases.work import Work, reach_of
from bot.channels import Text
from bot.commands import Choice
from storage.cases import CaseContent, content_of, message_content
from storage.tables import Attachment, Case, CaseMessage, Correction, Outbound

_MARKS = {
    "belum_lengkap": "✍️", "baru": "🔴", "verifikasi": "🔎", "ditangani": "🟡", "bipartit": "🤝",
    "mediasi": "⚖️", "phi": "🏛", "dilimpahkan": "↗️", "selesai": "✅", "ditolak": "⛔", "arsip": "🗄",
}  # fmt: skip
_URGENCY_MARKS = {"darurat": "🚨 ", "tinggi": "❗ ", "normal": ""}
_TITLE_LIMIT = 128
_FACT_SHOWN = 80
_TRIGGERS_SHOWN = 200
_REASONS_SHOWN = 100
_REPLY_SHOWN = 2500
_SUREST = 99  # a guess is never certain


def title(work: Work, case: Case) -> str:
    """The topic's title: mark, number, subject and workplace, at most 128 characters."""
    parts = [case.number]
    if case.sensitive:
        parts.append(work.texts("officers.card.sensitive_title"))
    else:
        parts.append(work.category_label(case.category))
        workplace = content_of(work.vault, case).workplace
        if workplace:
            parts.append(workplace)
    mark = _URGENCY_MARKS[case.urgency].strip() if case.status not in CLOSED else ""
    whole = f"{_MARKS[case.status]}{mark} " + " · ".join(parts)
    return shortened(" ".join(visible(whole).split()), _TITLE_LIMIT)


def card(work: Work, case: Case) -> Text:
    """The card on top of the topic, with the buttons that make sense now."""
    content = content_of(work.vault, case)
    lines = [_headline(work, case), *_subject(work, case, content), *_facts(work, case, content)]
    lines += _people(work, case, content)
    lines += _files(work, case)
    lines += _delivery(work, case)
    lines += _advice(work, case)
    return Text("\n".join(lines), choices=_card_buttons(work, case), html=True, rows=2)


def reply_post(work: Work, case: Case, message: CaseMessage) -> Text:
    """An officer's reply as its author sees it: preview, on its way, arrived or failed."""
    content = message_content(work.vault, message)
    words = escaped(shortened(content.text, _REPLY_SHOWN)) or work.texts("officers.reply.file")
    quoted = f"<blockquote>{words}</blockquote>"
    if message.state == "draft":
        cancel = _reply_button(work, case, message, "cancel")
        return Text(work.texts("officers.reply.write"), (cancel,), html=True, rows=2)
    if message.state == "preview":
        channel = _channel_label(work, case)
        head = work.texts("officers.reply.preview", number=case.number, channel=channel)
        both = (
            _reply_button(work, case, message, "send"),
            _reply_button(work, case, message, "cancel"),
        )
        return Text(f"{head}\n{quoted}", both, html=True, rows=2)
    if message.state == "withdrawn":
        return Text(f"{work.texts('officers.reply.withdrawn')}\n{quoted}", html=True)
    sent = _outbound_of(work.session, message)
    if sent is not None and sent.status == "queued" and sent.attempts == 0:
        undo = _reply_button(work, case, message, "undo")
        head = work.texts("officers.reply.soon")
        return Text(f"{head}\n{quoted}", (undo,), html=True, rows=2)
    head = delivery_line(work, sent)
    buttons: tuple[Choice, ...] = ()
    if sent is not None and sent.status in {"failed", "uncertain", "dead"}:
        buttons = (_reply_button(work, case, message, "resend"),)
    return Text(f"{head}\n{quoted}", buttons, html=True, rows=2)


def delivery_line(work: Work, sent: Outbound | None) -> str:
    """The truth about a message to the reporter, with what to do next when it failed."""
    if sent is None:
        return work.texts("officers.delivery.cancelled")
    at = work.local(sent.settled_at or sent.sent_at or sent.created_at)
    if sent.status in {"failed", "dead", "uncertain", "held"}:
        return work.texts(f"officers.delivery.{sent.status}", why=explain(work, sent.error), at=at)
    return work.texts(f"officers.delivery.{sent.status}", at=at)


def explain(work: Work, code: str) -> str:
    """Why a message did not arrive and what to do next, in an officer's words."""
    key = f"officers.failure.{_FAILURES.get(code, code)}"
    return work.texts(key) if key in work.texts.keys() else work.texts("officers.failure.other")  # noqa: SIM118 - Texts is no mapping


_FAILURES = {
    "63016": "window", "WindowClosed": "window",
    "63003": "no_whatsapp", "63024": "no_whatsapp", "21211": "no_whatsapp",
    "63014": "blocked", "21610": "blocked", "blocked": "blocked", "Unreachable": "blocked",
    "deactivated": "no_account", "63032": "limited", "63018": "limited", "63049": "limited",
    "63019": "file", "63021": "content", "63013": "content", "63005": "content",
    "ContentRejected": "content",
}  # fmt: skip


def _headline(work: Work, case: Case) -> str:
    status = work.texts(f"cases.stage.{case.status}.label")
    since = work.local(case.status_since)
    urgency = f"{_URGENCY_MARKS[case.urgency]}<b>{case.number}</b>"
    line = work.texts("officers.card.status", status=status, since=since)
    if case.outcome:
        line += f" ({work.texts(f'cases.outcome.{case.outcome}.label')})"
    return f"{urgency}\n{_MARKS[case.status]} {line}"


def _subject(work: Work, case: Case, content: CaseContent) -> list[str]:
    urgency = work.texts(f"cases.urgency.{case.urgency}")
    if case.sensitive:
        return [
            work.texts("officers.card.sensitive"),
            work.texts("officers.card.urgency", urgency=urgency),
        ]
    kind = work.texts(f"cases.kind.{case.kind}")
    line = f"{kind} · <b>{escaped(work.category_label(case.category))}</b>"
    lines = [
        line + _who_says_so(work, case, content),
        work.texts("officers.card.urgency", urgency=urgency),
    ]
    if content.triggers:
        words = escaped(shortened(", ".join(content.triggers), _TRIGGERS_SHOWN))
        lines.append(work.texts("officers.card.triggers", words=words))
    if case.tags:
        labels = [work.taxonomy.tags.get(tag, tag) for tag in case.tags.split(",")]
        lines.append(work.texts("officers.card.tags", tags=escaped(", ".join(labels))))
    return lines


def _who_says_so(work: Work, case: Case, content: CaseContent) -> str:
    """How far the category can be trusted: a person's word, or the classifier's and why."""
    corrected = select(Correction.id).where(
        Correction.case_id == case.id,
        Correction.actor == "officer",
        Correction.field == "category",
    )
    if work.session.exec(corrected.limit(1)).first() is not None:
        return f" ({work.texts('officers.card.corrected')})"
    if content.confirmed:
        return f" ({work.texts('officers.card.confirmed')})"
    if not content.probability:
        return ""
    percent = min(round(content.probability * 100), _SUREST)
    guess = work.texts("officers.card.suggested", percent=percent)
    if not content.reasons:
        return f" ({guess})"
    words = escaped(shortened(", ".join(content.reasons), _REASONS_SHOWN))
    return f" ({guess}) {work.texts('officers.card.because', words=words)}"


def _facts(work: Work, case: Case, content: CaseContent) -> list[str]:
    facts = (
        ("workplace", "" if case.sensitive else content.workplace),
        ("region", content.region_name),
        ("happened", "" if case.sensitive else content.happened),
        ("affected", "" if case.sensitive else content.affected),
    )
    return [
        work.texts(f"officers.card.{name}", value=escaped(shortened(value, _FACT_SHOWN)))
        for name, value in facts
        if value
    ]


def _people(work: Work, case: Case, content: CaseContent) -> list[str]:
    lines = [work.texts(f"officers.card.identity_{case.identity}")]
    if content.member:
        lines.append(work.texts(f"officers.card.member_{content.member}"))
    if content.safe_hours and case.sensitive:
        lines.append(work.texts("officers.card.safe_hours_private"))
    elif content.safe_hours:
        hours = escaped(shortened(content.safe_hours, _FACT_SHOWN))
        lines.append(work.texts("officers.card.safe_hours", value=hours))
    owner = officer_by_id(work.session, work.vault, case.owner_id)
    if owner is not None:
        lines.append(work.texts("officers.card.owner", name=escaped(owner.name)))
    else:
        lines.append(work.texts("officers.card.no_owner"))
    return lines


def _files(work: Work, case: Case) -> list[str]:
    states = work.session.exec(select(Attachment.state).where(Attachment.case_id == case.id)).all()
    if not states:
        return []
    lost = sum(state in {"failed", "too_large"} for state in states)
    line = work.texts("officers.card.files", count=len(states))
    return [line + (" " + work.texts("officers.card.files_lost", count=lost) if lost else "")]


def _delivery(work: Work, case: Case) -> list[str]:
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


def _advice(work: Work, case: Case) -> list[str]:
    if case.status in CLOSED or case.kind != "pengaduan":
        return []
    steps = work.taxonomy.next_steps_for(
        case.category,
        stage=case.status,
        tags=tuple(filter(None, case.tags.split(","))),
        urgency=case.urgency,
        limit=3,
    )
    if not steps or case.sensitive:
        return []
    numbered = [f"{index}. {escaped(step.sentence)}" for index, step in enumerate(steps, 1)]
    return ["", work.texts("officers.card.advice"), *numbered]


def _card_buttons(work: Work, case: Case) -> tuple[Choice, ...]:
    def make(action: str) -> Choice:
        return button(work, case, work.texts.label(f"officers.button.{action}"), action)

    if case.status in CLOSED:
        return (make("reopen"), make("reveal")) if case.status != "arsip" else ()
    buttons = [] if case.owner_id else [make("take")]
    buttons += [make(action) for action in ("reply", "stage", "kind", "category", "urgency")]
    if not case.sensitive:
        buttons.append(make("tags"))
    if case.owner_id:
        buttons.append(make("close"))
    return (*buttons, make("reveal"))


def _reply_button(work: Work, case: Case, message: CaseMessage, action: str) -> Choice:
    label = work.texts.label(f"officers.button.reply_{action}")
    return button(work, case, label, f"reply_{action}", message_id=message.id)


def _outbound_of(session: Session, message: CaseMessage) -> Outbound | None:
    """The row whose state tells most: the worst of the pieces, the latest try."""
    rows = session.exec(
        select(Outbound)
        .where(Outbound.message_id == message.id, Outbound.status != "cancelled")
        .order_by(col(Outbound.id).desc())
    ).all()
    return min(rows, key=lambda row: _WORST.index(row.status)) if rows else None


_WORST = (
    "failed", "dead", "uncertain", "held", "queued", "sending", "sent", "delivered", "read",
    "cancelled",
)  # fmt: skip


def _channel_label(work: Work, case: Case) -> str:
    reach = reach_of(work, case)
    name = reach.address.channel.removeprefix("sim-") if reach else "none"
    return work.texts(f"officers.channel.{name}")
