"""What a reporter may ask for her own data: a copy, or that they be deleted (UU PDP 27/2022)."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import select

from bot.cases.stages import CLOSED, change_stage
from bot.cases.work import Work
from bot.commands import Promise
from bot.events import Address
from storage.cases import (
    CaseContent,
    MessageContent,
    add_event,
    attachments_of,
    cases_of_person,
    content_of,
    message_content,
    messages_of,
    row_id,
    seal_content,
    seal_message,
)
from storage.people import private_of
from storage.tables import Attachment, Case, CaseMessage, Consent, Person

_ALL = 1000


def send_copy(work: Work, person: Person, to: Address) -> None:
    """Send the reporter all that is stored about her, as messages."""
    private = private_of(work.vault, person)
    parts = [
        work.texts(
            "cases.own_data.person",
            name=private.get("name") or "-",
            safe_hours=private.get("safe_hours") or "-",
            consent=person.consented_version or "-",
            since=work.local(person.created_at),
        )
    ]
    for case in cases_of_person(work.session, row_id_of(person), limit=_ALL):
        content = content_of(work.vault, case)
        words = [
            f"- {message_content(work.vault, message).text}"
            for message in messages_of(work.session, row_id(case))
            if message.direction in {"reporter", "reply"} and message.state != "withdrawn"
        ]
        parts.append(
            work.texts(
                "cases.own_data.case",
                number=case.number,
                status=work.texts(f"cases.stage.{case.status}.plain"),
                workplace=content.workplace or "-",
                region=content.region_name or "-",
                happened=content.happened or "-",
                files=len(attachments_of(work.session, row_id(case))),
                words="\n".join(words) or "-",
            )
        )
    text = "\n\n".join(parts)
    work.write.say(to, text, person_id=person.id, promise=Promise.RECEIPT)


def delete(work: Work, person: Person) -> list[str]:
    """Delete what identifies the reporter and what she told; returns files to remove.

    Her cases stay as empty, nameless rows with their trail, so that numbers and counts remain
    true; officers are told that their case has lost its reporter.
    """
    forgotten: list[str] = []
    for case in cases_of_person(work.session, row_id_of(person), limit=_ALL):
        forgotten += _empty(work, case)
        case.person_id = None
        if case.status not in CLOSED:
            _withdraw(work, case)
        work.write.post(case, work.texts("officers.post.deleted"))
        work.write.show_card(case)
    person.sealed = None
    person.consented_version = ""
    person.pushes_on = False
    for consent in work.session.exec(select(Consent).where(Consent.person_id == person.id)):
        consent.given = False
        work.session.add(consent)
    loose = work.session.exec(select(Attachment).where(Attachment.person_id == person.id)).all()
    forgotten += forget_files(work, loose)
    work.session.add(person)
    return forgotten


def withdraw_draft(work: Work, case: Case) -> list[str]:
    """The reporter cancelled before the end: what she told goes, the officers are told."""
    forgotten = _empty(work, case)
    _withdraw(work, case)
    work.write.post(case, work.texts("officers.post.draft_withdrawn"))
    work.write.show_card(case)
    return forgotten


def forget_files(work: Work, files: Sequence[Attachment]) -> list[str]:
    """Mark files as deleted; returns their paths to remove after the commit."""
    paths = []
    for file in files:
        if file.path:
            paths.append(file.path)
        file.state, file.path, file.person_id = "deleted", "", None
        file.sealed = work.vault.seal_json({"reference": "", "name": ""}, "attachments")
        work.session.add(file)
    return paths


def row_id_of(person: Person) -> int:
    """The key of a stored person."""
    if person.id is None:
        raise ValueError("the person was not stored yet")
    return person.id


def _withdraw(work: Work, case: Case) -> None:
    if case.status == "belum_lengkap":
        change_stage(work, case, "arsip", by_reporter=True)
    else:
        change_stage(work, case, "selesai", outcome="dicabut", by_reporter=True)


def _empty(work: Work, case: Case) -> list[str]:
    content = content_of(work.vault, case)
    case.sealed = seal_content(work.vault, replace(CaseContent(), confirmed=content.confirmed))
    for message in work.session.exec(
        select(CaseMessage).where(
            CaseMessage.case_id == case.id, CaseMessage.direction == "reporter"
        )
    ):
        message.sealed = seal_message(work.vault, MessageContent())
        work.session.add(message)
    add_event(work.session, work.vault, case, "content_deleted", work.now, actor="reporter")
    work.session.add(case)
    return forget_files(work, attachments_of(work.session, row_id(case)))
