"""What people corrected, as messages to learn from. They stay in memory and are never written."""

from sqlmodel import Session, col, select

from nlp.corpus import Example
from storage.cases import content_of
from storage.crypto import Vault
from storage.tables import Case, Correction

SOURCE = "corrected"


def corrected_examples(session: Session, vault: Vault) -> tuple[Example, ...]:
    """The stories of cases whose labels somebody changed, with the labels that hold now.

    Cases whose story was deleted are left out.
    """
    corrected = select(Correction.case_id).distinct()
    cases = session.exec(
        select(Case).where(col(Case.id).in_(corrected)).order_by(col(Case.id))
    ).all()
    return tuple(
        Example(
            text=story,
            kind=case.kind,
            category=case.category,
            also=(),
            tags=tuple(tag for tag in case.tags.split(",") if tag),
            urgency=case.urgency,
            source=SOURCE,
            writer=SOURCE,
            place=case.number,
        )
        for case in cases
        if (story := content_of(vault, case).story.strip())
    )
