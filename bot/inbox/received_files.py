"""Rows of files that came with a message; their bytes are fetched by ``bot.inbox.fetch``."""

from collections.abc import Sequence

from bot.cases.work import Work
from bot.events import Media
from storage.inbound import ClaimedInbound
from storage.tables import Attachment


def file_key(row: ClaimedInbound, index: int) -> str:
    """The key of an event's file, known before its row is made."""
    return f"{row.id}.{index}"


def store_files(
    work: Work,
    row: ClaimedInbound,
    files: Sequence[Media],
    channel: str,
    person_id: int | None = None,
) -> list[int]:
    """Make the rows of files that came over a channel; their ids, in the same order."""
    stored = []
    for index, media in enumerate(files):
        attachment = Attachment(
            key=file_key(row, index),
            organisation_id=row.organisation_id,
            person_id=person_id,
            channel=channel,
            kind=media.kind.value,
            content_type=media.content_type[:100],
            size=media.size,
            due_at=work.now,
            sealed=work.vault.seal_json(
                {"reference": media.reference, "name": media.file_name}, "attachments"
            ),
            created_at=work.now,
        )
        work.session.add(attachment)
        work.session.flush()
        stored.append(attachment.id or 0)
    return stored
