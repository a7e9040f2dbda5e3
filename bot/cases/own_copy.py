"""A copy of what the reporter told and was told, on her wish (UU PDP 27/2022, art. 7)."""

from sqlmodel import col, select

from bot.cases.survey_answers import own_answers
from bot.cases.work import Work
from bot.commands import Promise
from bot.events import Address
from bot.flows.state import State
from storage.cases import (
    attachments_of,
    cases_of_person,
    content_of,
    message_content,
    messages_of,
    row_id,
)
from storage.people import private_of
from storage.tables import Attachment, Case, CaseMessage, Consent, Person

_ALL = 1000
_SENT = ("queued", "released")
_ANSWERS = ("where", "workplace", "region", "happened", "affected", "name", "safe_hours")


def send_copy(work: Work, person: Person, to: Address, running: State | None) -> None:
    """Send her what is stored about her, as messages.

    ``running`` is her conversation as it was before she asked: with it goes the story that she
    has not sent yet. Files are counted, not sent; the officers' own notes stay out.
    """
    cases = cases_of_person(work.session, person.id or 0, limit=_ALL)
    parts = [_person(work, person), *(_case(work, case) for case in cases)]
    parts += _unsent(work, person, running)
    parts.append(work.texts("cases.own_data.left_out"))
    work.write.say(to, "\n\n".join(parts), person_id=person.id, promise=Promise.RECEIPT)


def _person(work: Work, person: Person) -> str:
    private = private_of(work.vault, person)
    consent = work.texts("cases.own_data.no_consent")
    if person.consented_version:
        given = work.session.exec(
            select(Consent.at)
            .where(Consent.person_id == person.id, col(Consent.given).is_(True))
            .order_by(col(Consent.id).desc())
        ).first()
        when = work.local(given or person.created_at)
        consent = work.texts("cases.own_data.consent", when=when)
    return work.texts(
        "cases.own_data.person",
        name=private.get("name") or "-",
        safe_hours=private.get("safe_hours") or "-",
        member=_member(work, private.get("member", "")),
        consent=consent,
        since=work.local(person.created_at),
    )


def _case(work: Work, case: Case) -> str:
    content = content_of(work.vault, case)
    words = [
        _line(work, message)
        for message in messages_of(work.session, row_id(case))
        if message.direction == "reporter"
        or (message.direction == "reply" and message.state in _SENT)
    ]
    facts = work.texts(
        "cases.own_data.case",
        number=case.number,
        status=work.texts(f"cases.stage.{case.status}.plain"),
        category=work.taxonomy.category(case.category).list_label,
        identity=work.texts(f"cases.own_data.identity_{case.identity}"),
        workplace=content.workplace or "-",
        region=content.region_name or "-",
        happened=content.happened or "-",
        affected=content.affected or "-",
        files=len(attachments_of(work.session, row_id(case))),
        words="\n".join(words) or "-",
    )
    return "\n".join([facts, *own_answers(work, case)])


def _line(work: Work, message: CaseMessage) -> str:
    content = message_content(work.vault, message)
    text = content.text or work.texts("cases.own_data.file")
    line = work.texts(f"cases.own_data.from_{message.direction}", text=text)
    earlier = [work.texts("cases.own_data.earlier", text=old) for old in content.earlier]
    return "\n".join([line, *earlier])


def _unsent(work: Work, person: Person, running: State | None) -> list[str]:
    words: list[str] = []
    while running is not None:
        pieces = (*running.parts, *running.evidence)
        words += [f"- {part.text}" for part in pieces if part.text]
        answers = (running.answers.get(name, "") for name in _ANSWERS)
        words += [f"- {answer}" for answer in answers if answer]
        running = running.suspended
    files = work.session.exec(
        select(Attachment.id).where(
            Attachment.person_id == person.id,
            col(Attachment.case_id).is_(None),
            Attachment.state != "deleted",
        )
    ).all()
    if not words and not files:
        return []
    return [work.texts("cases.own_data.unsent", files=len(files), words="\n".join(words) or "-")]


def _member(work: Work, member: str) -> str:
    return work.texts(f"cases.own_data.member_{member}") if member else "-"
