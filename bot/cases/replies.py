"""An officer's reply on its way to the reporter: draft, preview, undo time, release.

Nothing an officer writes goes out by itself: only a reply that was previewed and sent by its
author's tap, and for twenty seconds it can be taken back.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from bot.cases.ownership import must_handle
from bot.cases.posted import bring_down
from bot.cases.private_reply import DRAFT_TIME, tell_author
from bot.cases.promises import refresh
from bot.cases.quoting import answered_in_topic, quote_of
from bot.cases.reply_words import file_trouble, hand_over
from bot.cases.roster import RosterOfficer
from bot.cases.stages import NotPossible
from bot.cases.together import audience_of
from bot.cases.work import Work, reach_of
from bot.cases.workplaces import remember_workplace
from storage.cases import MessageContent, add_event, message_content, row_id, seal_message
from storage.tables import Case, CaseEvent, CaseMessage, Conversation, Outbound

UNDO_TIME = timedelta(seconds=20)
OFFICER_SPEAKS = timedelta(hours=24)
_REDO = ("failed", "uncertain", "dead", "held")


def begin_reply(work: Work, case: Case, officer: RosterOfficer, *, answers: str = "") -> None:
    """Wait for the officer's next words in this topic as a reply.

    ``answers`` is the post that he answers: the reply will quote the message it shows.
    """
    _may_answer(work, case, officer)
    _drop_drafts(work, case, officer)
    content = _quoting(work, case, answers, MessageContent())
    message = _new_reply(work, case, officer, "draft", content)
    work.write.show_reply(case, row_id(message))
    tell_author(work, case, message, officer)


def edit_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Wait for other words in the place of a preview; what is not replaced stays.

    Raises:
        NotPossible: it is not this officer's, or was sent before.
    """
    _may_answer(work, case, officer)
    if message.officer_id != officer.id:
        raise NotPossible("cases.refused.not_yours")
    if message.state != "preview":
        raise NotPossible("cases.refused.already_sent")
    _drop_drafts(work, case, officer)
    message.state, message.at = "draft", work.now
    work.session.add(message)
    work.write.show_reply(case, row_id(message))


def waiting_draft(work: Work, case: Case, officer: RosterOfficer) -> CaseMessage | None:
    """The draft that waits for this officer's words here, if he asked for one just now."""
    draft = work.session.exec(
        select(CaseMessage)
        .where(
            CaseMessage.case_id == case.id,
            CaseMessage.officer_id == officer.id,
            CaseMessage.state == "draft",
        )
        .order_by(col(CaseMessage.id).desc())
    ).first()
    return draft if draft is not None and work.now - draft.at <= DRAFT_TIME else None


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
) -> None:
    """Show the officer what the reporter would read, with Kirim, Ubah and Batal.

    ``answers`` is the post that he answers: the reply quotes the reporter's message it shows.
    Each part of an ``album`` is a reply of its own.
    """
    _may_answer(work, case, officer)
    before = message_content(work.vault, draft) if draft is not None else MessageContent()
    content = _quoting(work, case, answers, replace(before, text=text or before.text))
    content = replace(content, album=album)
    message = draft or _new_reply(work, case, officer, "preview", content)
    message.state = "preview"
    message.sealed = seal_message(work.vault, content)
    message.attachment_id = attachment_id or message.attachment_id
    message.at = work.now
    work.session.add(message)
    work.session.flush()
    if draft is not None:
        bring_down(work, case, message)
    work.write.show_reply(case, row_id(message))
    tell_author(work, case, message, officer)


def send_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Hand a previewed reply over; it leaves after the undo time.

    Raises:
        NotPossible: not this officer's to send, sent before, or nobody to send it to.
    """
    _may_answer(work, case, officer)
    _own(message, officer)
    if message.state != "preview":
        raise NotPossible("cases.refused.already_sent")
    trouble = file_trouble(work, reach_of(work, case), message)
    if trouble:
        raise NotPossible(f"cases.refused.file_{trouble}")
    if case.owner_id is None:
        case.owner_id = officer.id
        add_event(work.session, work.vault, case, "taken", work.now, actor="officer",
                  officer_id=officer.id, after=_by_reply(message))  # fmt: skip
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
        _set_officer_speaks(work, each, work.now + OFFICER_SPEAKS)
        refresh(work, each)
    work.write.show_reply(case, row_id(message))
    work.write.show_card(case)


def undo_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Take a reply back within its undo time.

    Raises:
        NotPossible: it has left already.
    """
    _own(message, officer)
    rows = work.session.exec(
        select(Outbound).where(Outbound.message_id == message.id).with_for_update()
    ).all()
    if not rows or any(row.status != "queued" or row.attempts for row in rows):
        raise NotPossible("cases.refused.too_late_to_undo")
    for row in rows:
        row.status, row.settled_at = "cancelled", work.now
        work.session.add(row)
    message.state = "withdrawn"
    work.session.add(message)
    add_event(work.session, work.vault, case, "reply_withdrawn", work.now, actor="officer",
              officer_id=officer.id)  # fmt: skip
    _as_if_never_sent(work, case, message)
    for each in audience_of(work, case, message):
        each.answered_at = None if each.answered_at == message.at else each.answered_at
        refresh(work, each)
    work.write.show_reply(case, row_id(message))
    work.write.show_card(case)


def cancel_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Drop a draft or a preview.

    Raises:
        NotPossible: it was sent before.
    """
    _own(message, officer)
    if message.state not in {"draft", "preview"}:
        raise NotPossible("cases.refused.already_sent")
    message.state = "withdrawn"
    work.session.add(message)
    work.write.show_reply(case, row_id(message))


def resend_reply(work: Work, case: Case, message: CaseMessage, officer: RosterOfficer) -> None:
    """Try again what failed or whose outcome nobody knows; a person decides, once a tap.

    Raises:
        NotPossible: it is on its way or has arrived.
    """
    _may_answer(work, case, officer)
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


def _may_answer(work: Work, case: Case, officer: RosterOfficer) -> None:
    must_handle(work, case, officer)
    if reach_of(work, case) is None:
        raise NotPossible("cases.refused.nobody")


def _own(message: CaseMessage, officer: RosterOfficer) -> None:
    if message.officer_id != officer.id and not officer.is_coordinator:
        raise NotPossible("cases.refused.not_yours")


def _quoting(work: Work, case: Case, post: str, content: MessageContent) -> MessageContent:
    """The reply with what it quotes; an answer to any other post changes nothing."""
    quoted = answered_in_topic(work, case, post)
    if quoted is None:
        return content
    return replace(content, quote=quote_of(work, quoted), quoted_id=row_id(quoted))


def _new_reply(
    work: Work, case: Case, officer: RosterOfficer, state: str, content: MessageContent
) -> CaseMessage:
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


def _drop_drafts(work: Work, case: Case, officer: RosterOfficer) -> None:
    work.session.execute(
        update(CaseMessage)
        .where(
            col(CaseMessage.case_id) == case.id,
            col(CaseMessage.officer_id) == officer.id,
            col(CaseMessage.state) == "draft",
        )
        .values(state="withdrawn")
    )


def _as_if_never_sent(work: Work, case: Case, message: CaseMessage) -> None:
    """Let the bot speak again and free the case, unless another reply was sent."""
    others = work.session.exec(
        select(CaseMessage.case_id, CaseMessage.at)
        .join(Case, col(Case.id) == col(CaseMessage.case_id))
        .where(
            Case.person_id == case.person_id,
            CaseMessage.direction == "reply",
            col(CaseMessage.state).in_(("queued", "released")),
            CaseMessage.id != message.id,
        )
    ).all()
    if not any(work.now - at < OFFICER_SPEAKS for _, at in others):
        for each in audience_of(work, case, message):
            _set_officer_speaks(work, each, None)
    if any(case_id == case.id for case_id, _ in others):
        return
    case.answered_at = None
    work.session.add(case)
    taken_by = work.session.exec(
        select(CaseEvent.after)
        .where(CaseEvent.case_id == case.id, CaseEvent.what == "taken")
        .order_by(col(CaseEvent.id).desc())
    ).first()
    if taken_by == _by_reply(message) and case.owner_id == message.officer_id:
        case.owner_id = None
        work.session.add(case)
        remember_workplace(work, case)


def _by_reply(message: CaseMessage) -> str:
    return f"reply:{message.id}"


def _set_officer_speaks(work: Work, case: Case, until: datetime | None) -> None:
    work.session.execute(
        update(Conversation)
        .where(col(Conversation.person_id) == case.person_id)
        .values(officer_speaks_until=until)
    )
