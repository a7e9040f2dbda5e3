"""What a case is about, as its card says it. Nothing of a sensitive story stands here."""

from sqlmodel import select

from bot.cases.markup import escaped, shortened
from bot.cases.work import Work
from storage.cases import CaseContent
from storage.tables import Case, Correction

STATUS_MARKS = {
    "belum_lengkap": "✍️", "baru": "🔴", "verifikasi": "🔎", "ditangani": "🟡", "bipartit": "🤝",
    "mediasi": "⚖️", "phi": "🏛", "dilimpahkan": "↗️", "selesai": "✅", "ditolak": "⛔", "arsip": "🗄",
}  # fmt: skip
URGENCY_MARKS = {"darurat": "🚨 ", "tinggi": "❗ ", "normal": ""}
FACT_SHOWN = 80
_TRIGGERS_SHOWN = 200
_REASONS_SHOWN = 100
_SUREST = 99  # a guess is never certain


def headline(work: Work, case: Case) -> list[str]:
    """Number, urgency and status with the time since when."""
    status = work.texts(f"cases.stage.{case.status}.label")
    since = work.local(case.status_since)
    urgency = f"{URGENCY_MARKS[case.urgency]}<b>{case.number}</b>"
    line = work.texts("officers.card.status", status=status, since=since)
    if case.outcome:
        line += f" ({work.texts(f'cases.outcome.{case.outcome}.label')})"
    return [urgency, f"{STATUS_MARKS[case.status]} {line}"]


def subject(work: Work, case: Case, content: CaseContent) -> list[str]:
    """Kind, category and how sure it is, urgency, what raised the alarm, tags."""
    urgency = work.texts(f"cases.urgency.{case.urgency}")
    if work.hides(case):
        return [
            work.texts("officers.card.sensitive"),
            work.texts("officers.card.urgency", urgency=urgency),
        ]
    kind = work.texts(f"cases.kind.{case.kind}")
    line = f"{kind} · <b>{escaped(work.category_label(case.category))}</b>"
    lines = [work.texts("officers.card.sensitive_open")] if case.sensitive else []
    lines += [
        line + _who_says_so(work, case, content),
        work.texts("officers.card.urgency", urgency=urgency),
    ]
    if case.also:
        also = [work.category_label(slug) for slug in case.also.split(",")]
        lines.insert(-1, work.texts("officers.card.also", labels=escaped(", ".join(also))))
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


def facts(work: Work, case: Case, content: CaseContent) -> list[str]:
    """Workplace, region, when it happened, how many are affected."""
    facts = (
        ("workplace", "" if work.hides(case) else content.workplace),
        ("region", content.region_name),
        ("happened", "" if work.hides(case) else content.happened),
        ("affected", "" if work.hides(case) else content.affected),
    )
    return [
        work.texts(f"officers.card.{name}", value=escaped(shortened(value, FACT_SHOWN)))
        for name, value in facts
        if value
    ]
