"""An officer's reply on its way to the reporter: preview and release.

Nothing an officer writes goes out by itself: only a reply that was previewed and sent by its
author's tap, and for twenty seconds it can be taken back.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from bot.cases.own_data import forget_files
from bot.cases.ownership import must_handle
from bot.cases.posted import bring_down
from bot.cases.private_reply import OPEN, tell_author
from bot.cases.promises import refresh
from bot.cases.quoting import answered_in_topic, quote_of
from bot.cases.reply_albums import album_replies, with_notes, with_part
from bot.cases.reply_posts import version_of
from bot.cases.reply_words import file_trouble, files_of, hand_over
from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible
from bot.cases.together import audience_of
from bot.cases.work import Work, reach_of
from bot.cases.workplaces import remember_workplace
from storage.cases import (
    AlbumFile,
    MessageContent,
    add_event,
    message_content,
    row_id,
    seal_message,
)
from storage.tables import Case, CaseMessage, Conversation, Outbound

UNDO_TIME = timedelta(seconds=20)
OFFICER_SPEAKS = timedelta(hours=24)
_REDO = ("failed", "uncertain", "dead", "held")


def preview_reply(
    work: Work,
    case: Case,
    officer: RosterOfficer,
    text: str,
    *,
    attachment_id: int | None = None,
    draft: CaseMessage | None = None,
    answers: str = "",
    album: str = "",
    post: str = "",
    source: str = "",
) -> CaseMessage:
    """Show the officer what the reporter would read, with Kirim, Ubah and Batal.

    ``answers`` is the post that he answers: the reply quotes the reporter's message it shows.
    ``post`` and ``source`` are the message that he wrote, see :class:`AlbumFile` and
    :class:`CaseMessage`. A part of an ``album`` joins the reply that another part began, as long
    as that was not sent; then, or when it was dropped, it begins one of its own.
    """
    may_answer(work, case, officer)
    part = AlbumFile(post, attachment_id, text) if album and attachment_id is not None else None
    begun = next(iter(album_replies(work, officer, album, case)), None) if part else None
    if part is not None and begun is not None and begun.state in OPEN:
        return _join(work, case, officer, begun, part)
    draft = draft if begun is None else None
    before = message_content(work.vault, draft) if draft else MessageContent(late=bool(begun))
    content = quoting(work, case, answers, replace(before, text=text or before.text))
    if attachment_id is not None:
        content = replace(content, album=album, files=(part,) if part else ())
    if part is not None:
        content = with_notes(work, case, officer, content)
    message = draft or new_reply(work, case, officer, "preview", content)
    message.source = source or message.source
    _show_preview(work, case, officer, message, content, attachment_id)
    return message


def change_preview(
    work: Work,
    case: Case,
    officer: RosterOfficer,
    message: CaseMessage,
    content: MessageContent,
    attachment_id: int | None = None,
) -> None:
    """Show other words or files in the place of a draft or a preview that he looks at already.

    Raises:
        NotPossible: he may not answer any more, or it was sent or dropped.
    """
    may_answer(work, case, officer)
    if message.state not in OPEN:
        raise NotPossible("cases.refused.already_sent")
    changed = replace(content, version=content.version + 1)
    _show_preview(work, case, officer, message, changed, attachment_id)


def must_be_seen(work: Work, message: CaseMessage, version: str) -> None:
    """Refuse to send a preview that changed since its button was shown.

    Raises:
        NotPossible: what stands in it is not what was seen.
    """
    if message.state == "preview" and version != version_of(work, message):
        raise NotPossible("cases.refused.reply_changed")


def send_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Hand a previewed reply over; it leaves after the undo time.

    Raises:
        NotPossible: not this officer's to send, sent before, or nobody to send it to.
    """
    may_answer(work, case, officer)
    must_own(message, officer)
    if message.state != "preview":
        raise NotPossible("cases.refused.already_sent")
    if not (message_content(work.vault, message).text or files_of(work, message)):
        raise NotPossible("officers.refused.old_button")  # its words were deleted meanwhile
    trouble = file_trouble(work, reach_of(work, case), message)
    if trouble is not None:
        raise NotPossible(f"cases.refused.file_{trouble.why}")
    if case.owner_id is None:
        case.owner_id = officer.id
        add_event(work.session, work.vault, case, "taken", work.now, actor="officer",
                  officer_id=officer.id, after=by_reply(message))  # fmt: skip
        work.session.add(case)
        remember_workplace(work, case)
    message.state, message.at = "queued", work.now
    work.session.add(message)
    audience = audience_of(work, case, message)
    for each in audience:
        each.answered_at = each.answered_at or work.now
        work.session.add(each)
        hand_over(work, each, message, UNDO_TIME)
    add_event(work.session, work.vault, case, "reply", work.now, actor="officer",
              officer_id=officer.id)  # fmt: skip
    for each in audience:
        set_officer_speaks(work, each, work.now + OFFICER_SPEAKS)
        refresh(work, each)
    work.write.show_reply(case, row_id(message))
    work.write.show_card(case)


def resend_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Try again what failed or whose outcome nobody knows; a person decides, once a tap.

    Raises:
        NotPossible: it is on its way or has arrived.
    """
    may_answer(work, case, officer)
    still_hers = select(Case.id).where(Case.person_id == Outbound.person_id)  # not deleted since
    failed = col(Outbound.status).in_(_REDO), col(Outbound.case_id).in_(still_hers)
    rows = work.session.exec(
        select(Outbound).where(Outbound.message_id == message.id, *failed).with_for_update()
    ).all()
    if not rows:
        raise NotPossible("cases.refused.already_sent")
    for row in rows:
        # Of unknown outcome: counted as tried, so that it is looked up before it leaves again.
        tried = 1 if row.status == "uncertain" else 0
        row.status, row.attempts, row.available_at, row.error = "queued", tried, work.now, ""
        row.external_id, row.settled_at = "", None
        work.session.add(row)
    add_event(work.session, work.vault, case, "reply_resent", work.now, actor="officer",
              officer_id=officer.id)  # fmt: skip
    work.write.show_reply(case, row_id(message))


def may_answer(work: Work, case: Case, officer: RosterOfficer) -> None:
    """Refuse who may not answer in this case, and where nobody can be answered.

    Raises:
        NotPossible: with the reason.
    """
    must_handle(work, case, officer)
    if reach_of(work, case) is None:
        raise NotPossible("cases.refused.nobody")


def must_own(message: CaseMessage, officer: RosterOfficer) -> None:
    """Refuse who neither wrote the reply nor coordinates.

    Raises:
        NotPossible: it is somebody else's.
    """
    if message.officer_id != officer.id and not officer.is_coordinator:
        raise NotPossible("cases.refused.not_yours")


def quoting(work: Work, case: Case, post: str, content: MessageContent) -> MessageContent:
    """The reply with what it quotes; an answer to any other post changes nothing."""
    quoted = answered_in_topic(work, case, post)
    if quoted is None:
        return content
    return replace(content, quote=quote_of(work, quoted), quoted_id=row_id(quoted))


def _join(
    work: Work, case: Case, officer: RosterOfficer, begun: CaseMessage, part: AlbumFile
) -> CaseMessage:
    """One more file; a reply that waits for other words goes on waiting for them."""
    content = with_part(message_content(work.vault, begun), part)
    if begun.state == "preview":
        change_preview(work, case, officer, begun, content)
    else:
        _keep(work, begun, content)
    return begun


def _show_preview(
    work: Work,
    case: Case,
    officer: RosterOfficer,
    message: CaseMessage,
    content: MessageContent,
    attachment_id: int | None,
) -> None:
    message.state, message.at = "preview", work.now
    _keep(work, message, content, attachment_id)
    bring_down(work, case, message)
    work.write.show_reply(case, row_id(message))
    tell_author(work, case, message, officer)


def _keep(
    work: Work, message: CaseMessage, content: MessageContent, attachment_id: int | None = None
) -> None:
    """What the reply is now; a file that others took the place of is not kept."""
    before = files_of(work, message)
    message.sealed = seal_message(work.vault, content)
    first = content.files[0].attachment_id if content.files else attachment_id
    message.attachment_id = first or message.attachment_id
    work.session.add(message)
    work.session.flush()
    now = {row_id(file) for file in files_of(work, message)}
    forget_files(work, [file for file in before if row_id(file) not in now])


def new_reply(
    work: Work, case: Case, officer: RosterOfficer, state: str, content: MessageContent
) -> CaseMessage:
    """Store a reply of this officer's."""
    message = CaseMessage(
        organisation_id=case.organisation_id,
        case_id=row_id(case),
        direction="reply",
        state=state,
        officer_id=officer.id,
        sealed=seal_message(work.vault, content),
        at=work.now,
    )
    work.session.add(message)
    work.session.flush()
    return message


def by_reply(message: CaseMessage) -> str:
    """What the trail says of a case that was taken by sending this reply."""
    return f"reply:{message.id}"


def set_officer_speaks(work: Work, case: Case, until: datetime | None) -> None:
    """Let the bot be silent towards her until then; None: no longer."""
    work.session.execute(
        update(Conversation)
        .where(col(Conversation.person_id) == case.person_id)
        .values(officer_speaks_until=until)
    )
