"""Which message answers which: across the topic, the preview and the reporter's own chat."""

from sqlmodel import col, select

from bot.cases.markup import shortened, visible
from bot.cases.work import Work
from bot.commands import Part
from storage.cases import MessageContent, case_by_id, message_content, row_id
from storage.tables import Attachment, Case, CaseMessage, Outbound

_QUOTED = 60
QUOTING_CHANNELS = frozenset({"telegram", "sim-telegram"})
"""Channels on which a message of ours can quote one of hers; Twilio's WhatsApp cannot."""


def told(work: Work, case: Case, part: Part) -> MessageContent:
    """What a reporter's message says, with what it answers and where it can be quoted."""
    quoted, quote = _answered_by_her(work, case, part.answers)
    return MessageContent(
        part.text,
        channel=part.channel,
        external_id=part.source,
        album=part.album,
        quote=quote,
        quoted_id=row_id(quoted) if quoted else 0,
    )


def answered_in_topic(work: Work, case: Case, post: str) -> CaseMessage | None:
    """The reporter's message that this post of the topic shows."""
    if not post:
        return None
    return work.session.exec(
        select(CaseMessage)
        .join(Outbound, col(Outbound.message_id) == col(CaseMessage.id))
        .where(
            CaseMessage.case_id == case.id,
            CaseMessage.direction == "reporter",
            Outbound.chat == case.chat_id,
            Outbound.external_id == post,
            col(Outbound.kind).in_(("post", "post_file")),
        )
    ).first()


def post_of(work: Work, case: Case, message: CaseMessage) -> str:
    """The newest post of the topic that shows this message; empty if none does."""
    if message.preview_id:
        return message.preview_id
    return (
        work.session.exec(
            select(Outbound.external_id)
            .where(
                Outbound.message_id == message.id,
                Outbound.chat == case.chat_id,
                Outbound.external_id != "",
                col(Outbound.kind).in_(("post", "post_file")),
            )
            .order_by(col(Outbound.id).desc())
        ).first()
        or ""
    )


def quote_of(work: Work, message: CaseMessage) -> str:
    """The first words of a message, or what sort of file it is."""
    words = _first_words(message_content(work.vault, message).text)
    if words or message.attachment_id is None:
        return words
    file = work.session.get_one(Attachment, message.attachment_id)
    return f"({work.texts(f'officers.file.{file.kind}')})"


def quotable_id(work: Work, message: CaseMessage, channel: str) -> str:
    """The id by which a reply on this channel can quote what it answers; empty if it cannot."""
    quoted_id = message_content(work.vault, message).quoted_id
    if not quoted_id or channel not in QUOTING_CHANNELS:
        return ""
    quoted = message_content(work.vault, work.session.get_one(CaseMessage, quoted_id))
    return quoted.external_id if quoted.channel == channel else ""


def quotes_case(work: Work, message: CaseMessage, case: Case) -> bool:
    """Whether what a reply quotes was said in this very case; so it is when it quotes nothing."""
    quoted_id = message_content(work.vault, message).quoted_id
    if not quoted_id:
        return message.case_id == case.id
    return work.session.get_one(CaseMessage, quoted_id).case_id == case.id


def _answered_by_her(work: Work, case: Case, external_id: str) -> tuple[CaseMessage | None, str]:
    """What she answered by swiping: a message of the case, or else the bot's own words."""
    if not external_id:
        return None, ""
    lookup = work.vault.lookup(external_id)
    own = CaseMessage.case_id == case.id, CaseMessage.source == lookup
    hers = work.session.exec(select(CaseMessage).where(*own)).first()
    if hers is not None:
        return hers, quote_of(work, hers)
    row = work.session.exec(
        select(Outbound).where(
            Outbound.external_id == lookup, Outbound.person_id == case.person_id
        )
    ).first()
    if row is None:
        return None, ""
    reply = work.session.get(CaseMessage, row.message_id or 0)
    if reply is not None and reply.case_id == case.id:
        return reply, quote_of(work, reply)
    if not _is_about(work, row, case):
        return None, ""
    said = work.vault.open_json(row.sealed, "outbox")
    return None, _first_words(str(said.get("text", "")))


def _is_about(work: Work, row: Outbound, case: Case) -> bool:
    """Whether words of ours may be quoted here: what was said of a confidential case may not."""
    if row.case_id in {None, case.id}:
        return True
    other = case_by_id(work.session, row.case_id or 0)
    return other is not None and not other.sensitive


def _first_words(text: str) -> str:
    return shortened(" ".join(visible(text).split()), _QUOTED)
