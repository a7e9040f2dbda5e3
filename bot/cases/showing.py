"""How a reporter's words come before the officers: in full, or as a line that something came."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import col, select

from bot.cases.markup import escaped, escaped_pieces
from bot.cases.quoting import post_of
from bot.cases.taps import button
from bot.cases.together import shown_in
from bot.cases.work import Work
from bot.commands import Choice
from bot.outbox.albums import GATHERS, album_of
from storage.cases import MessageContent, message_content, row_id
from storage.tables import Attachment, Case, CaseMessage

_POST_LIMIT = 3500
_CAPTION_LIMIT = 800  # Telegram takes 1024 with our own words before it


def show_messages(work: Work, case: Case, messages: Sequence[CaseMessage]) -> None:
    """Put what came together into the topic, in its order; parts of an album are counted."""
    contents = [message_content(work.vault, message) for message in messages]
    sizes = Counter(content.album for content in contents if content.album)
    seen: Counter[str] = Counter()
    for message, content in zip(messages, contents, strict=True):
        seen[content.album] += 1
        place, first = "", False
        if sizes[content.album] > 1:
            words = {"index": seen[content.album], "count": sizes[content.album]}
            place = work.texts("officers.post.of_album", **words)
        elif content.album:
            index = _place_in_album(work, case, message, content)
            place, first = work.texts("officers.post.later_in_album", index=index), index == 1
        show_message(work, case, message, place=place, gathers=first)


def show_message(
    work: Work, case: Case, message: CaseMessage, *, place: str = "", gathers: bool = False
) -> None:
    """Put what the reporter said into the topic of her case, as far as it may stand there.

    ``place`` says which file of an album it is; ``gathers``: the others are about to come.
    """
    if work.hides(case):
        post_sealed(work, case, "officers.post.sensitive", message)
        return
    content = message_content(work.vault, message)
    home, mark = shown_in(work, case)
    head = {"at": mark + work.clock_time(message.at), "answers": _answers(work, content)}
    answered = "" if mark else _answered_post(work, case, content)
    words = content.text
    if message.attachment_id is not None:
        attachment = work.session.get_one(Attachment, message.attachment_id)
        short = escaped_pieces(words, _CAPTION_LIMIT)
        caption = short[0] if len(short) == 1 else ""
        kind = work.texts(f"officers.file.{attachment.kind}") + place
        album = album_of(content.album, attachment.kind)
        caption = work.texts("officers.post.file", **head, kind=kind, text=caption).rstrip()
        work.write.post_file(
            home,
            row_id(attachment),
            caption,
            about=message.id,
            album=album,
            delay=GATHERS if gathers and album else timedelta(0),
        )
        words = words if len(short) > 1 else ""
    for piece in escaped_pieces(words, _POST_LIMIT):
        text = work.texts("officers.post.reporter", **head, text=piece)
        work.write.post(home, text, reply_to=answered, about=message.id)


def show_edited(work: Work, case: Case, message: CaseMessage) -> None:
    """Show the new version of what the reporter said, as an answer to the old one."""
    if work.hides(case):
        post_sealed(work, case, "officers.post.edited_sensitive", message)
        return
    home, mark = shown_in(work, case)
    earlier = "" if mark else post_of(work, case, message)
    at = mark + work.clock_time(message.at)
    for piece in escaped_pieces(message_content(work.vault, message).text, _POST_LIMIT):
        text = work.texts("officers.post.edited", at=at, text=piece)
        work.write.post(home, text, reply_to=earlier, about=message.id)


def post_sealed(work: Work, case: Case, key: str, message: CaseMessage) -> None:
    """A line without the words; they go to an officer's private chat on a tap."""
    label = work.texts.label("officers.button.read")
    read: tuple[Choice, ...] = (button(work, case, label, "read", message_id=message.id),)
    home, mark = shown_in(work, case)
    work.write.post(home, mark + work.texts(key), choices=read, about=message.id)


def _answers(work: Work, content: MessageContent) -> str:
    if not content.quote:
        return ""
    return "\n" + work.texts("officers.post.answers", quote=escaped(content.quote))


def _answered_post(work: Work, case: Case, content: MessageContent) -> str:
    if not content.quoted_id:
        return ""
    return post_of(work, case, work.session.get_one(CaseMessage, content.quoted_id))


def _place_in_album(work: Work, case: Case, message: CaseMessage, content: MessageContent) -> int:
    """Its place among the parts that came one by one; nobody knows how many will follow."""
    earlier = work.session.exec(
        select(CaseMessage)
        .where(
            CaseMessage.case_id == case.id,
            CaseMessage.direction == "reporter",
            col(CaseMessage.attachment_id).is_not(None),
            col(CaseMessage.id) < row_id(message),
        )
        .order_by(col(CaseMessage.id).desc())
        .limit(_LARGEST_ALBUM)
    ).all()
    return 1 + sum(message_content(work.vault, each).album == content.album for each in earlier)


_LARGEST_ALBUM = 10
