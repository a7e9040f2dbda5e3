"""Messages with buttons or a list, as Twilio's Content API wants them.

Twilio keeps a content for good, so it holds only labels, ids and the shape of the text; the
words themselves go as variables with each message. WhatsApp refuses line breaks, tabs and more
than four spaces in a row within a variable, and an empty variable (error 63013): therefore each
line is a variable and the line breaks belong to the content. One content serves every text
with the same choices and the same lines and gaps. In session no approval is needed, so a body
of variables alone is allowed. https://www.twilio.com/docs/content
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

from bot.channels import Text
from bot.commands import Choice

BODY_LIMIT = 1024
BUTTONS = 3
LIST_ITEMS = 10
_BUTTON_LABEL = 20
_ITEM_LABEL = 24
_DETAIL = 72
_ID = 200
_VARIABLES = 100
_WIDE_GAP = re.compile(r" {5,}")


class ContentStore(Protocol):
    """Remembers which contents were made at Twilio. Called from threads."""

    def find(self, account: str, fingerprint: str) -> str | None:
        """The id of a content, or None if there is none yet."""
        ...

    def remember(self, account: str, fingerprint: str, content_id: str) -> None:
        """Keep the id of a new content, in place of an earlier one that is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Content:
    """A message with choices.

    Attributes:
        fingerprint: the same for all messages that one content serves (64 hex digits).
        request: what Twilio needs to make the content.
        variables: the words of this message, as the JSON that Twilio takes.
    """

    fingerprint: str
    request: dict[str, Any]
    variables: str


def content_for(text: Text) -> Content | None:
    """The content that shows this message, or None when WhatsApp could not show it."""
    lines = [_one_line(line) for line in text.text.strip().splitlines()]
    words = [line for line in lines if line]
    as_list = bool(text.list_label) or len(text.choices) > BUTTONS
    if not _fits(text.choices, as_list=as_list) or not 0 < len(words) <= _VARIABLES:
        return None
    if len("\n".join(lines)) > BODY_LIMIT:
        return None
    numbers = iter(range(1, len(words) + 1))
    body = "\n".join(f"{{{{{next(numbers)}}}}}" if line else "" for line in lines)
    types = _list(body, text) if as_list else _buttons(body, text)
    fingerprint = hashlib.sha256(json.dumps(types, sort_keys=True).encode()).hexdigest()
    variables = {str(number): word for number, word in enumerate(words, start=1)}
    request = {
        "friendly_name": f"kawan_{fingerprint[:12]}",
        "language": "id",
        "variables": dict.fromkeys(variables, "teks"),
        "types": types,
    }
    return Content(fingerprint, request, json.dumps(variables, ensure_ascii=False))


def numbered(text: Text, limit: int) -> tuple[str, ...]:
    """The message with its choices as numbers to type; two messages where one is too long."""
    if not text.choices:
        return (text.text,)
    choices = "\n".join(
        f"{number}. {choice.label}" + (f": {choice.detail}" if choice.detail else "")
        for number, choice in enumerate(text.choices, start=1)
    )
    whole = f"{text.text}\n\n{choices}"
    return (whole,) if len(whole) <= limit else (text.text, choices)


def same_words(text: str, body: str) -> bool:
    """Whether ``body``, as Twilio stored it, is this text: alone, or with numbers under it."""
    wanted, found = " ".join(text.split()), " ".join(body.split())
    return found == wanted or found.startswith(f"{wanted} 1. ")


def _one_line(line: str) -> str:
    return _WIDE_GAP.sub("    ", line.replace("\t", " ")).strip()


def _fits(choices: tuple[Choice, ...], *, as_list: bool) -> bool:
    most, label = (LIST_ITEMS, _ITEM_LABEL) if as_list else (BUTTONS, _BUTTON_LABEL)
    labels, ids = {choice.label for choice in choices}, {choice.id for choice in choices}
    return (
        0 < len(choices) <= most
        and len(labels) == len(ids) == len(choices)
        and all(0 < len(choice.label) <= label for choice in choices)
        and all(0 < len(choice.id) <= _ID for choice in choices)
    )


def _buttons(body: str, text: Text) -> dict[str, Any]:
    actions = [
        {"type": "QUICK_REPLY", "title": choice.label, "id": choice.id} for choice in text.choices
    ]
    return {"twilio/quick-reply": {"body": body, "actions": actions}}


def _list(body: str, text: Text) -> dict[str, Any]:
    # Twilio's page says that a description is required: the label stands in for a missing one.
    items = [
        {"id": one.id, "item": one.label, "description": (one.detail or one.label)[:_DETAIL]}
        for one in text.choices
    ]
    button = text.list_label[:_BUTTON_LABEL] or "Pilih"
    return {"twilio/list-picker": {"body": body, "button": button, "items": items}}
