"""Albums: files that somebody sent together go to the other side together.

Every file keeps its own row, and with it its own message and fate. When the first of an album is
claimed, those behind it in its lane go along as one request. Only at the first try: what went
wrong together is tried again one by one.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.outbox.digest import Bundle
from storage.crypto import Vault
from storage.joining import claim_along, next_in_lane
from storage.outbound import ClaimedOutbound, room_in

MOST = 10  # https://core.telegram.org/bots/api#sendmediagroup
GATHERS = timedelta(seconds=1.5)
"""So long the first part waits for the others: they come as messages of their own."""

_GO_TOGETHER = {"photo": "visual", "video": "visual", "document": "document"}


def album_of(album: str, kind: str) -> str:
    """The album that a file of this kind stands in; empty where it goes alone."""
    sort = _GO_TOGETHER.get(kind, "")
    return f"{album}:{sort}" if album and sort else ""


def gather(session: Session, vault: Vault, row: ClaimedOutbound, now: datetime) -> Bundle:
    """The claimed file, with the files of its album that stand behind it."""
    first = vault.open_json(row.sealed, "outbox")
    album = first.get("album", "")
    if not album or row.attempts > 1:
        return Bundle(row)
    room = room_in(session, row.chat, now) if row.paced else MOST
    parts, ids = [[first["attachment"], first["caption"]]], []
    for each in next_in_lane(session, row.id, now, min(MOST - 1, room)):
        if (each.kind, each.chat, each.case_id) != (row.kind, row.chat, row.case_id):
            break
        payload = vault.open_json(each.sealed, "outbox")
        if payload.get("album") != album or each.attempts:
            break
        parts.append([payload["attachment"], payload["caption"]])
        ids.append(each.id)
    if not ids:
        return Bundle(row)
    whole = vault.seal_json(first | {"parts": parts}, "outbox")
    return Bundle(replace(row, sealed=whole), tuple(claim_along(session, ids, now)))
