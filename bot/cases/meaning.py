"""The meaning of a story as a vector: to find cases that tell of the same matter.

The encoder behind the classifier makes it, outside every transaction; it is kept sealed with
the name of the model that made it. Without an encoder there are no vectors.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import delete
from sqlmodel import Session, col, select

from bot.commands import AddToCase, OpenCase
from nlp.classifier import Classifier
from nlp.heads import Floats
from storage.cases import content_of, message_content, messages_of, row_id
from storage.crypto import Vault
from storage.database import Database
from storage.tables import Case, CaseVector

WORDS_THAT_CHANGE_IT = 8
"""So many new words make the story another one: its vector is made anew."""
_TOGETHER = 100
_CONTEXT = "case_vectors"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A vector and the model that made it."""

    model: str
    vector: Floats


def measure(classifier: Classifier, text: str) -> Meaning | None:
    """The meaning of a text; None without words or without an encoder. Takes a few ms."""
    if classifier.embedder is None or not text.strip():
        return None
    return Meaning(classifier.model, classifier.embedder.embed(text))


def measure_new(
    database: Database,
    vault: Vault,
    classifier: Classifier,
    organisation_id: int,
    commands: Sequence[object],
) -> dict[str, Meaning]:
    """The meanings of stories that these commands open or make longer, by case number."""
    found: dict[str, Meaning | None] = {}
    for command in commands:
        match command:
            case OpenCase(number=number, report=report):
                story = "\n".join(part.text for part in report.parts if part.text)
                found[number] = measure(classifier, story)
            case AddToCase(number=number, parts=parts):
                news = "\n".join(part.text for part in parts if part.text)
                if classifier.embedder is None or len(news.split()) < WORDS_THAT_CHANGE_IT:
                    continue
                with database.reading() as session:
                    before = _text_by_number(session, vault, organisation_id, number)
                found[number] = measure(classifier, f"{before}\n{news}")
    return {number: meaning for number, meaning in found.items() if meaning is not None}


def keep_meaning(
    session: Session, vault: Vault, case: Case, meaning: Meaning, now: datetime
) -> None:
    """Store it in the place of an older one."""
    session.execute(delete(CaseVector).where(col(CaseVector.case_id) == case.id))
    session.add(
        CaseVector(
            organisation_id=case.organisation_id,
            case_id=row_id(case),
            model=meaning.model[:60],
            sealed=vault.seal(np.asarray(meaning.vector, dtype="<f2").tobytes(), _CONTEXT),
            at=now,
        )
    )
    session.flush()


def meanings_of(session: Session, vault: Vault, case_ids: Iterable[int]) -> Mapping[int, Meaning]:
    """What is known of these cases."""
    rows = session.exec(select(CaseVector).where(col(CaseVector.case_id).in_(list(case_ids))))
    return {
        row.case_id: Meaning(
            row.model,
            np.frombuffer(vault.open(row.sealed, _CONTEXT), dtype="<f2").astype(np.float32),
        )
        for row in rows.all()
    }


def catch_up(
    database: Database,
    vault: Vault,
    classifier: Classifier,
    case_ids: Sequence[int],
    now: datetime,
) -> None:
    """Measure anew those of the cases whose vector is missing or of another model."""
    if classifier.embedder is None or not case_ids:
        return
    with database.reading() as session:
        current = select(CaseVector.case_id).where(
            col(CaseVector.case_id).in_(case_ids), CaseVector.model == classifier.model[:60]
        )
        done = set(session.exec(current).all())
        stale = [case_id for case_id in case_ids if case_id not in done][:_TOGETHER]
        texts = {case_id: _text_of(session, vault, session.get_one(Case, case_id))
                 for case_id in stale}  # fmt: skip
    measured = {case_id: measure(classifier, text) for case_id, text in texts.items()}
    with database.transaction() as session:
        for case_id, meaning in sorted(measured.items()):
            case = session.get(Case, case_id)
            if case is not None and case.person_id is not None and meaning is not None:
                keep_meaning(session, vault, case, meaning, now)


def _text_by_number(session: Session, vault: Vault, organisation_id: int, number: str) -> str:
    case = session.exec(
        select(Case).where(Case.number == number, Case.organisation_id == organisation_id)
    ).first()
    return _text_of(session, vault, case) if case is not None else ""


def _text_of(session: Session, vault: Vault, case: Case) -> str:
    """The story, and what was added later as far as it was more than a word."""
    story = content_of(vault, case).story
    said = (
        message_content(vault, message).text
        for message in messages_of(session, row_id(case))
        if message.direction == "reporter"
    )
    later = [
        text for text in said if len(text.split()) >= WORDS_THAT_CHANGE_IT and text not in story
    ]
    return "\n".join((story, *later)).strip()
