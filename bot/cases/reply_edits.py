"""Messages of which a reply was made, edited in Telegram: what is not sent yet follows them.

What was sent cannot be changed any more; the officer is told so, and how to correct it.
"""

from dataclasses import replace

from sqlmodel import col, select

from bot.cases.act import command_of
from bot.cases.private_reply import OPEN
from bot.cases.replies import change_preview
from bot.cases.reply_albums import album_replies, with_words
from bot.cases.roster import RosterOfficer
from bot.cases.sight import may_see
from bot.cases.work import Work
from bot.events import OfficerWrote
from storage.cases import MessageContent, case_for_officer, message_content
from storage.numbers import leading_case_number
from storage.tables import Attachment, CaseMessage

_REPLY, _REPLY_TO_ALL = "/balas", "/balas_bersama"


def source_of(work: Work, event: OfficerWrote) -> str:
    """By what a message of officers is known, see :class:`CaseMessage`."""
    return work.vault.lookup(f"{event.channel}:{event.chat_id}:{event.message_id}")


def edited_reply(work: Work, officer: RosterOfficer, event: OfficerWrote) -> CaseMessage | None:
    """The reply that was made of this message of its author."""
    of_message = select(CaseMessage).where(
        CaseMessage.organisation_id == work.organisation.id,
        CaseMessage.source == source_of(work, event),
        CaseMessage.direction == "reply",
        CaseMessage.officer_id == officer.id,
    )
    found = work.session.exec(of_message.order_by(col(CaseMessage.id).desc())).first()
    if found is not None:
        return found
    of_album = album_replies(work, officer, event.album)
    return next((reply for reply in of_album if _has_part(work, reply, event.message_id)), None)


def brings_other_file(work: Work, officer: RosterOfficer, event: OfficerWrote) -> bool:
    """Whether an edit puts another file into a reply that was not sent yet."""
    reply = edited_reply(work, officer, event) if event.media else None
    if reply is None or reply.state not in OPEN:
        return False
    of_posts = {file.post: file.attachment_id for file in _content(work, reply).files}
    file_id = of_posts.get(event.message_id, reply.attachment_id)
    file = work.session.get_one(Attachment, file_id) if file_id is not None else None
    new = event.media[0]
    return file is None or (file.kind, file.size) != (new.kind.value, new.size or file.size)


def follow_edit(
    work: Work, officer: RosterOfficer, event: OfficerWrote, attachment_id: int | None
) -> str:
    """Change the reply as its author changed the message; returns what he is to be told.

    Raises:
        NotPossible: he may not answer any more.
    """
    reply = edited_reply(work, officer, event)
    case = case_for_officer(work.session, reply.case_id) if reply is not None else None
    if reply is None or case is None or not may_see(work, officer, case):
        return ""
    before = _content(work, reply)
    words = _words(event)
    after = _changed(before, event, words or "", attachment_id)
    if after == before and words is not None and attachment_id is None:
        return ""
    if reply.state not in OPEN:
        how = "withdrawn" if reply.state == "withdrawn" else "sent"
        return work.texts(f"officers.reply.edit_{how}")
    is_empty = not after.text and reply.attachment_id is None
    if words is None or is_empty:
        return work.texts("officers.reply.edit_empty")
    change_preview(work, case, officer, reply, after, attachment_id)
    return ""


def _changed(
    before: MessageContent, event: OfficerWrote, words: str, attachment_id: int | None
) -> MessageContent:
    """The reply with what the message says now."""
    if event.message_id not in {file.post for file in before.files}:
        return replace(before, text=words if words != before.text.strip() else before.text)
    after = with_words(before, event.message_id, words)
    if attachment_id is None:
        return after
    files = tuple(
        file._replace(attachment_id=attachment_id) if file.post == event.message_id else file
        for file in after.files
    )
    return replace(after, files=files)


def _words(event: OfficerWrote) -> str | None:
    """What is for the reporter in the message; None where it is another command now."""
    command, rest = command_of(event.text)
    if not command:
        return event.text.strip()
    if command not in {_REPLY, _REPLY_TO_ALL}:
        return None
    is_private = event.chat_id == event.officer.user_id
    return leading_case_number(rest)[1] if is_private else rest


def _has_part(work: Work, reply: CaseMessage, post: str) -> bool:
    return any(file.post == post for file in _content(work, reply).files)


def _content(work: Work, reply: CaseMessage) -> MessageContent:
    return message_content(work.vault, reply)
