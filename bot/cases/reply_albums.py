"""Albums of officers: one reply, in however many messages and in whatever order it comes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from bot.cases.roster import RosterOfficer
from bot.cases.work import Work
from storage.cases import AlbumFile, MessageContent, message_content
from storage.tables import Case, CaseMessage

_COMES_WITHIN = timedelta(days=1)
"""Telegram keeps an update for a day: https://core.telegram.org/bots/api#getting-updates"""


def album_replies(
    work: Work, officer: RosterOfficer, album: str, case: Case | None = None
) -> list[CaseMessage]:
    """The replies that this officer began with parts of an album, the newest first."""
    return _of_album(work, officer, "reply", album, case)


def album_notes(work: Work, officer: RosterOfficer, album: str) -> list[CaseMessage]:
    """The notes that this officer made of parts of an album, the newest first."""
    return _of_album(work, officer, "note", album)


def with_part(content: MessageContent, part: AlbumFile) -> MessageContent:
    """The reply with one more file of its album, in its place; its words stand in that order.

    Words that were typed in the place of those under the files stay before the new ones.
    """
    of_posts = {file.post: file for file in (*content.files, part)}
    files = tuple(sorted(of_posts.values(), key=_place))
    if content.text == _words(content.files):
        text = _words(files)
    else:
        text = "\n".join(filter(None, (content.text, part.words)))
    return replace(content, text=text, files=files)


def with_words(content: MessageContent, post: str, words: str) -> MessageContent:
    """The reply with other words under one file, unless they were replaced before."""
    files = tuple(
        file._replace(words=words) if file.post == post else file for file in content.files
    )
    own = content.text == _words(content.files)
    return replace(content, text=_words(files) if own else content.text, files=files)


def with_notes(
    work: Work, case: Case, officer: RosterOfficer, content: MessageContent
) -> MessageContent:
    """The reply with the parts of its album that came before the words that made it one.

    They were kept as notes; they are none any more.
    """
    for note in _of_album(work, officer, "note", content.album, case):
        for part in message_content(work.vault, note).files:
            content = with_part(content, part)
        work.session.delete(note)
    return content


def _of_album(
    work: Work, officer: RosterOfficer, direction: str, album: str, case: Case | None = None
) -> list[CaseMessage]:
    if not album:
        return []
    here = [CaseMessage.case_id == case.id] if case is not None else []
    query = select(CaseMessage).where(
        *here,
        CaseMessage.organisation_id == work.organisation.id,
        CaseMessage.officer_id == officer.id,
        CaseMessage.direction == direction,
        col(CaseMessage.attachment_id).is_not(None),
        CaseMessage.at >= work.now - _COMES_WITHIN,
    )
    said = work.session.exec(query.order_by(col(CaseMessage.id).desc())).all()
    return [each for each in said if message_content(work.vault, each).album == album]


def _words(files: Sequence[AlbumFile]) -> str:
    return "\n".join(file.words for file in files if file.words)


def _place(file: AlbumFile) -> tuple[int, int]:
    """Messages of one chat are numbered in their order, and so is what has no number."""
    number = file.post.rpartition(":")[2]
    return (int(number) if number.isdecimal() else 0, file.attachment_id)
