"""Replies in cases whose words do not stand in the group: written and read in private chats.

The topic shows that a reply is being written, and how far it came; the words are in the chat of
its author, and of who taps to read them.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from bot.cases.reply_posts import private_post
from bot.cases.roster import RosterOfficer, officer_by_id
from bot.cases.sight import may_see
from bot.cases.work import Work
from bot.outbox.albums import GATHERS
from storage.cases import case_by_id, message_content, row_id, seal_message
from storage.tables import Case, CaseMessage, Outbound

DRAFT_TIME = timedelta(minutes=10)
"""So long an officer's next words are the reply that she began."""

OPEN = ("draft", "preview")
"""States of a reply that was not sent yet."""


def tell_author(
    work: Work, case: Case, message: CaseMessage, officer: RosterOfficer, *, edits: str = ""
) -> None:
    """Show the reply to its author alone; ``edits`` is the post that it takes the place of.

    An album is shown when its parts had time to come, and once. The post in which it was sent
    goes on to tell how far it came, also when the case is not confidential any more.
    """
    if not (edits or work.hides(case)):
        return
    if edits and message.state == "queued":
        content = message_content(work.vault, message)
        shown = replace(content, shown_to=officer.user_id, shown_in=edits)
        message.sealed = seal_message(work.vault, shown)
        work.session.add(message)
    key = f"preview:{row_id(message)}"
    _take_back(work, key)
    gathers = message.state == "preview" and message_content(work.vault, message).album
    text = private_post(work, case, message)
    work.write.whisper(
        officer.user_id,
        text.text,
        choices=text.choices,
        case_id=case.id,
        edits=edits,
        delay=GATHERS if gathers else timedelta(0),
        merge_key=key if gathers else "",
    )


def follow_in_private(work: Work, case: Case, message: CaseMessage) -> None:
    """Let the post in which it was sent in private show what was done with it in the topic."""
    content = message_content(work.vault, message)
    if content.shown_in:
        work.write.show_in_private(case, row_id(message), content.shown_to, content.shown_in,
                                   later=timedelta(0))  # fmt: skip


def _take_back(work: Work, merge_key: str) -> None:
    """Let what waits to be shown not be shown any more."""
    waiting = col(Outbound.merge_key) == merge_key, col(Outbound.status) == "queued"
    cancelled = {"status": "cancelled", "settled_at": work.now}
    work.session.execute(update(Outbound).where(*waiting).values(**cancelled))


def keep_off_the_group(work: Work, case: Case, post: str) -> bool:
    """Take away what somebody typed in the topic, where the group must not read it.

    Returns whether it was.
    """
    if not post or not work.hides(case):
        return False
    work.write.erase(case.chat_id, [post], case)
    return True


def hide_replies(work: Work, case: Case) -> None:
    """Let the topic show the replies without their words, once the case became confidential."""
    replies = select(CaseMessage).where(
        CaseMessage.case_id == case.id,
        CaseMessage.direction == "reply",
        CaseMessage.preview_id != "",
    )
    for reply in work.session.exec(replies.order_by(col(CaseMessage.id))).all():
        work.write.show_reply(case, row_id(reply))
        author = officer_by_id(work.session, work.vault, reply.officer_id)
        if reply.state in OPEN and author is not None and may_see(work, author, case):
            tell_author(work, case, reply, author)


def case_that_waits(work: Work, officer: RosterOfficer, *, previewed: bool = False) -> Case | None:
    """The case for which this officer's next private words are a reply; not locked yet.

    ``previewed``: or one whose reply she is looking at just now.
    """
    drafts = select(CaseMessage.case_id).where(
        CaseMessage.organisation_id == work.organisation.id,
        CaseMessage.officer_id == officer.id,
        col(CaseMessage.state).in_(OPEN if previewed else ("draft",)),
        CaseMessage.at >= work.now - DRAFT_TIME,
    )
    for case_id in work.session.exec(drafts.order_by(col(CaseMessage.id).desc())).all():
        case = case_by_id(work.session, case_id)
        if case is not None and work.hides(case) and may_see(work, officer, case):
            return case
    return None
