"""Stored files on their way, one by one or as an album."""

import asyncio
from collections.abc import Sequence

from bot.channels import (
    AlbumChannel,
    ContentRejected,
    File,
    GroupChannel,
    Place,
    TargetGone,
    Text,
    TryLater,
)
from bot.outbox.outcome import FilePending
from bot.outbox.posts import PostReader


async def send_stored(
    posts: PostReader,
    channel: GroupChannel,
    place: Place,
    attachment_id: int,
    caption: Text,
    *,
    words_suffice: bool = True,
) -> str:
    """Send a stored file; of one that is lost the words alone, if they suffice.

    Returns:
        The provider's id of the message.

    Raises:
        SendFailure: it did not go through, or nobody knows.
        FilePending: it was not fetched yet.
    """
    file = await _stored(posts, attachment_id)
    if file is not None:
        return await channel.send_file(place, file, caption)
    if not words_suffice:
        raise ContentRejected("file_lost")
    return await channel.send_text(place, caption)


async def send_album(
    posts: PostReader,
    channel: GroupChannel,
    place: Place,
    parts: Sequence[tuple[int, str]],
    reply_to: str,
    *,
    html: bool = True,
) -> list[str]:
    """Send several files as one; what cannot go together goes one by one at the next try.

    ``parts`` holds of each file its id and its caption, Telegram HTML or bare words.

    Returns:
        The provider's ids of the messages, in the order of the files.

    Raises:
        SendFailure: it did not go through, or nobody knows; ``TryLater``: nothing was sent, and
            so it must not go again.
        FilePending: one was not fetched yet.
    """
    files = [await _stored(posts, attachment) for attachment, _ in parts]
    captions = [Text(caption, html=html, reply_to=reply_to) for _, caption in parts]
    album = [(f, text) for f, text in zip(files, captions, strict=True) if f is not None]
    if len(album) < len(parts):
        raise TryLater("album")
    try:
        if isinstance(channel, AlbumChannel):
            return await channel.send_album(place, album)
        return [await channel.send_file(place, *part) for part in album]
    except (ContentRejected, TargetGone) as refused:
        raise TryLater(f"album {refused.code}".strip()) from None


async def _stored(posts: PostReader, attachment_id: int) -> File | None:
    """The file, None when it is lost."""
    stored = await asyncio.to_thread(posts.file, attachment_id)
    if stored is None:
        raise FilePending
    return stored if stored.content else None
