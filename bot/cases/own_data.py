"""Deleting a reporter's data on her wish (UU PDP 27/2022), or an unfinished story."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete as sql_delete
from sqlalchemy import update
from sqlmodel import col, select

from bot.cases import appointments
from bot.cases.parting import part
from bot.cases.stage_records import forget_records
from bot.cases.stages import CLOSED, change_stage
from bot.cases.survey_answers import forget_comments
from bot.cases.work import Work
from storage.cases import (
    CaseContent,
    MessageContent,
    add_event,
    attachments_of,
    cases_of_person,
    content_of,
    link_company,
    message_content,
    messages_of,
    row_id,
    seal_content,
    seal_message,
)
from storage.inbound import forget_dead
from storage.people import Reporter
from storage.tables import (
    Attachment,
    Case,
    CaseEvent,
    Consent,
    Conversation,
    Due,
    Outbound,
    Person,
    PersonAddress,
)

_ALL = 1000


def delete(work: Work, reporter: Reporter, lane: str) -> None:
    """Delete what identifies the reporter and all that was said.

    Only this stays: her cases as empty, nameless rows with their trail, so that numbers and
    counts remain true; the proof of her consent and of its end; the unique keys of what came
    and went, so that a repeated webhook does nothing. What this turn still says to her goes
    out, then it is blanked too. Officers are told that their case has lost its reporter.
    """
    person = reporter.person
    for case in cases_of_person(work.session, row_id_of(person), limit=_ALL, lock=True):
        empty_case(work, case)
        if case.status not in CLOSED:
            _withdraw(work, case)
        case.person_id = None
        work.session.add(case)
        forget_posts(work, case)
        work.write.post(case, work.texts("officers.post.deleted"))
        work.write.show_card(case)
        work.write.set_topic(case)
    _record_end_of_consent(work, reporter)
    forget_dead(work.session, lane, work.now)
    forget_person(work, person, reporter.conversation)
    work.write.forgets = True


def withdraw_draft(work: Work, case: Case) -> None:
    """The reporter cancelled before the end: what she told goes, the officers are told."""
    empty_case(work, case)
    _withdraw(work, case)
    forget_posts(work, case)
    work.write.post(case, work.texts("officers.post.draft_withdrawn"))
    work.write.show_card(case)


def forget_person(work: Work, person: Person, conversation: Conversation) -> None:
    """Forget who she is and how she is reached; her empty row stays for her proofs of consent."""
    loose = work.session.exec(select(Attachment).where(Attachment.person_id == person.id)).all()
    forget_files(work, loose)
    _forget_messages(work, Outbound.person_id == person.id)
    work.session.execute(sql_delete(Due).where(col(Due.conversation_id) == conversation.id))
    work.session.delete(conversation)
    work.session.flush()
    work.session.execute(
        sql_delete(PersonAddress).where(col(PersonAddress.person_id) == person.id)
    )
    person.sealed, person.pseudonym = None, ""
    person.consented_version, person.pushes_on = "", False
    work.session.add(person)


def files_of(work: Work, case: Case) -> list[Attachment]:
    """The files of a case and of what was said in it, but for those that are deleted already."""
    files = {row_id(file): file for file in attachments_of(work.session, row_id(case))}
    for message in messages_of(work.session, row_id(case)):
        album = (file.attachment_id for file in message_content(work.vault, message).files)
        for file_id in sorted({message.attachment_id or 0, *album} - {0, *files}):
            files[file_id] = work.session.get_one(Attachment, file_id)
    return [file for file in files.values() if file.state != "deleted"]


def forget_files(work: Work, files: Sequence[Attachment]) -> None:
    """Mark files as deleted; ``storage.evidence.remove_deleted`` removes them after the commit."""
    for file in files:
        file.state, file.person_id, file.content_type = "deleted", None, ""
        file.sealed = work.vault.seal_json({"reference": "", "name": ""}, "attachments")
        work.session.add(file)


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


def empty_case(work: Work, case: Case, *, actor: str = "reporter") -> int:
    """Blank all words of a case: hers, the replies, and notes, which may name her.

    Returns how many files went with them.
    """
    part(work, case)
    files = files_of(work, case)
    content = content_of(work.vault, case)
    case.sealed = seal_content(work.vault, replace(CaseContent(), confirmed=content.confirmed))
    link_company(work.session, work.vault, case, "", work.now)
    for message in messages_of(work.session, row_id(case)):
        message.sealed = seal_message(work.vault, MessageContent())
        work.session.add(message)
    work.session.execute(
        update(CaseEvent).where(col(CaseEvent.case_id) == case.id).values(sealed=None)
    )
    add_event(work.session, work.vault, case, "content_deleted", work.now, actor=actor)
    forget_records(work, case)
    appointments.forget(work, case)
    forget_comments(work, case)
    forget_files(work, files)
    return len(files)


def forget_posts(work: Work, case: Case) -> None:
    """Take the posts of a case out of the groups, and blank what was sent in it."""
    work.write.erase_posts(case)
    _forget_messages(work, Outbound.case_id == case.id)


def _forget_messages(work: Work, whose: Any) -> None:
    """Blank what went out or waits to go out.

    What this turn says goes out first, and so does the order to take posts back: it only names
    them.
    """
    rows = work.session.exec(select(Outbound).where(whose)).all()
    for row in rows:
        mine = work.write.inbox_id is not None and row.inbox_id == work.write.inbox_id
        erases = row.kind == "erase" and row.status == "queued"
        row.forget = mine or erases or row.status in {"sending", "uncertain"}
        if not row.forget:
            if row.status in {"queued", "held"}:
                row.status, row.settled_at = "cancelled", work.now
            row.sealed, row.external_id = work.vault.seal_json({}, "outbox"), ""
        work.session.add(row)
    work.session.flush()


def _record_end_of_consent(work: Work, reporter: Reporter) -> None:
    work.session.add(
        Consent(
            organisation_id=reporter.person.organisation_id,
            person_id=row_id_of(reporter.person),
            version=reporter.person.consented_version,
            given=False,
            channel=reporter.address.channel,
            at=work.now,
        )
    )
