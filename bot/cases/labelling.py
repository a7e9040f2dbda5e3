"""The labels of a case while it is told: guessed, chosen by the reporter, or corrected.

What the classifier said and what people chose instead is kept, to measure and retrain it.
"""

from dataclasses import dataclass

from sqlmodel import select

from bot.cases.work import Work
from bot.commands import Report
from bot.flows.knowledge import Understanding
from storage.cases import row_id
from storage.tables import Case, Correction, Prediction


@dataclass(frozen=True, slots=True)
class Predicted:
    """What the classifier said of the story, with the name of the model.

    ``reasons`` are the words behind the category of the report; empty where the story is the
    same as before.
    """

    model: str
    understanding: Understanding
    reasons: tuple[str, ...] = ()


def take_labels(work: Work, case: Case, report: Report) -> None:
    """The labels of the report, but for those that an officer has corrected meanwhile."""
    case.also = ",".join(report.also)
    news = {
        "kind": report.kind,
        "category": report.category,
        "urgency": report.urgency,
        "tags": ",".join(report.tags),
    }
    known = _corrected(work, case) if case.id is not None else frozenset()
    for name, value in news.items():
        if name not in known:
            setattr(case, name, value)


def keep_prediction(work: Work, case: Case, predicted: Predicted) -> None:
    """Store what the classifier said of a new case; no text."""
    said = predicted.understanding
    work.session.add(
        Prediction(
            organisation_id=case.organisation_id,
            case_id=row_id(case),
            model=predicted.model,
            kind=said.kind,
            category=said.category,
            candidates=",".join(f"{c.category}:{c.probability:.4f}" for c in said.candidates),
            tags=",".join(said.tags),
            urgency=said.urgency,
            abstain=said.abstain,
            at=work.now,
        )
    )


def keep_choice(work: Work, case: Case, before: str) -> None:
    """The reporter chose another category than the one that stood there."""
    work.session.add(
        Correction(
            organisation_id=case.organisation_id,
            case_id=row_id(case),
            actor="reporter",
            field="category",
            before=before,
            after=case.category,
            at=work.now,
        )
    )


def _corrected(work: Work, case: Case) -> frozenset[str]:
    """What an officer corrected: no later guess may change it back."""
    fields = select(Correction.field).where(
        Correction.case_id == case.id, Correction.actor == "officer"
    )
    return frozenset(work.session.exec(fields).all())
