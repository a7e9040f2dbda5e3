"""Bursts: posts that wait for one topic become one, where a group cannot keep up.

A group takes twenty messages a minute. When many posts wait for it, or one has waited for half
a minute, those of one topic that follow each other are joined into one message: all words, in
their order, each with the time that it carries itself. Every row keeps its own account: the
joined ones are claimed, settled and, when it fails, queued again together with the first.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from storage.crypto import Vault
from storage.joining import claim_along, many_wait, next_in_lane
from storage.outbound import ClaimedOutbound

MANY = 15  # posts that wait for a group, all its topics together
LONG = timedelta(seconds=30)
"""Who waited so long waits for the next minute's room: not all may find it one by one."""
_BETWEEN = "\n\n"
_MOST_WORDS = 3800  # Telegram takes 4096 after its markup was read
_MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one message carries.

    Attributes:
        row: the row that is sent; its payload holds the words of all.
        joined: the other rows whose words, or files of one album, go with it.
    """

    row: ClaimedOutbound
    joined: tuple[ClaimedOutbound, ...] = ()


def bundle(session: Session, vault: Vault, row: ClaimedOutbound, now: datetime) -> Bundle:
    """The claimed row, with the posts behind it where its topic has fallen behind."""
    if row.kind != "post" or not row.paced:
        return Bundle(row)
    first = vault.open_json(row.sealed, "outbox")
    if not _is_plain(first) or not _has_fallen_behind(session, row, now):
        return Bundle(row)
    words, joined = [first["text"]], []
    for each in next_in_lane(session, row.id, now, _MOST_ROWS):
        payload = vault.open_json(each.sealed, "outbox") if _belongs(each, row) else {}
        if not payload or not _is_plain(payload):
            break
        if len(_BETWEEN.join((*words, payload["text"]))) > _MOST_WORDS:
            break
        words.append(payload["text"])
        joined.append(each.id)
    if not joined:
        return Bundle(row)
    whole = vault.seal_json(first | {"text": _BETWEEN.join(words)}, "outbox")
    return Bundle(replace(row, sealed=whole), tuple(claim_along(session, joined, now)))


def _has_fallen_behind(session: Session, row: ClaimedOutbound, now: datetime) -> bool:
    return now - row.created_at > LONG or many_wait(session, row.chat, now, MANY)


def _belongs(row: ClaimedOutbound, first: ClaimedOutbound) -> bool:
    return (row.kind, row.chat, row.case_id) == ("post", first.chat, first.case_id)


def _is_plain(payload: dict[str, Any]) -> bool:
    """Whether it is words alone: no buttons, no answer to another post, no edit of one."""
    return not (payload["choices"] or payload["reply_to"] or payload["edits"])
