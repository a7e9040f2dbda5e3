"""What was told when a case reached a stage: kept sealed, one line a stage on the card."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import delete
from sqlmodel import col, select

from bot.cases.dates import short_date
from bot.cases.markup import escaped, shortened
from bot.cases.work import Work
from storage.cases import row_id
from storage.tables import Case, OfficerQuestion, StageRecord

DATES = ("meeting", "recorded", "hearing")
"""Answers that are a day, as ``2026-12-03``; the law counts from it."""
CHECKS = ("reachable", "workplace", "evidence")
"""What is looked at in the verification."""
CONSENT = "consent"
ASKED, AGREED, DECLINED, OVER = "asked", "agreed", "declined", "over"
"""How far the reporter's consent to a referral is."""
_SHOWN = ("meeting", "participants", "office", "registration", "recorded", "court", "docket",
          "hearing", "sentence", "reason", "instead", "body")  # fmt: skip
_IN_ORDER = ("verifikasi", "bipartit", "mediasi", "phi", "dilimpahkan", "selesai", "ditolak")
_VALUE_SHOWN = 60


def keep_record(
    work: Work,
    case: Case,
    stage: str,
    answers: Mapping[str, str],
    *,
    officer_id: int | None,
    on_date: date | None = None,
) -> StageRecord:
    """Store what was told about this stage; skipped answers are left out."""
    told = {name: value for name, value in answers.items() if value}
    record = StageRecord(
        organisation_id=case.organisation_id,
        case_id=row_id(case),
        stage=stage,
        officer_id=officer_id,
        on_date=on_date,
        sealed=work.vault.seal_json(told, "stage_records"),
        at=work.now,
    )
    work.session.add(record)
    return record


def newest_record(work: Work, case: Case, stage: str) -> StageRecord | None:
    """What was told last about this stage."""
    query = select(StageRecord).where(StageRecord.case_id == case.id, StageRecord.stage == stage)
    return work.session.exec(query.order_by(col(StageRecord.id).desc())).first()


def answers_of(work: Work, record: StageRecord) -> dict[str, str]:
    """The answers by field name."""
    return dict(work.vault.open_json(record.sealed, "stage_records"))


def change_answers(work: Work, record: StageRecord, **answers: str) -> None:
    """Replace some answers."""
    sealed = work.vault.seal_json(answers_of(work, record) | answers, "stage_records")
    record.sealed = sealed
    work.session.add(record)


def card_lines(work: Work, case: Case) -> list[str]:
    """One line for each stage of which something was told; of a confidential case only days."""
    query = select(StageRecord).where(StageRecord.case_id == case.id).order_by(col(StageRecord.id))
    newest = {record.stage: record for record in work.session.exec(query).all()}
    lines = []
    for stage in _IN_ORDER:
        parts = _parts(work, case, newest[stage]) if stage in newest else []
        if parts:
            label = work.texts(f"cases.stage.{stage}.label")
            lines.append(work.texts("officers.record.line", stage=label, parts=" · ".join(parts)))
    return lines


def end_of_waiting(work: Work, case: Case) -> None:
    """The case came to its end: nobody waits for the reporter's answer or consent any more."""
    case.waiting_since = None
    record = newest_record(work, case, "dilimpahkan")
    if record is not None and answers_of(work, record).get(CONSENT) == ASKED:
        change_answers(work, record, **{CONSENT: OVER})


def forget_records(work: Work, case: Case) -> None:
    """Blank what officers told about the stages: it may name her. The days stay."""
    work.session.execute(delete(OfficerQuestion).where(col(OfficerQuestion.case_id) == case.id))
    query = select(StageRecord).where(StageRecord.case_id == case.id)
    for record in work.session.exec(query).all():
        record.sealed = work.vault.seal_json({}, "stage_records")
        work.session.add(record)


def _parts(work: Work, case: Case, record: StageRecord) -> Sequence[str]:
    answers, hidden = answers_of(work, record), work.hides(case)
    parts = [work.texts(f"officers.record.{name}") for name in CHECKS if answers.get(name)]
    for name in _SHOWN:
        value = answers.get(name, "")
        if not value or (hidden and name not in DATES):
            continue
        shown = short_date(date.fromisoformat(value)) if name in DATES else value
        words = escaped(shortened(shown, _VALUE_SHOWN))
        parts.append(work.texts(f"officers.record.told_{name}", value=words))
    if CONSENT in answers:
        consent = answers[CONSENT]
        at = work.local(record.at)
        parts.append(work.texts(f"officers.record.consent_{consent}", at=at))
    return parts
