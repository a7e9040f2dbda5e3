"""Twilio's forms become events. Pure: the same form and time always give the same event.

Fields: https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
"""

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from bot.events import (
    Address,
    DeliveryReported,
    DeliveryStatus,
    Event,
    Location,
    Media,
    MediaKind,
    MessageReceived,
    NotUnderstood,
)

CHANNEL = "whatsapp"
_PREFIX = "whatsapp:"
_MOST_FIELDS = 1000
_MOST_MEDIA = 10
_STATUSES = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "partially_delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
    "undelivered": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}
_KINDS = {"image": MediaKind.PHOTO, "video": MediaKind.VIDEO, "audio": MediaKind.VOICE}
_PROVIDER_WORD = re.compile(r"[a-z_]{1,30}")


def read_form(raw: bytes) -> list[tuple[str, str]]:
    """The fields of an urlencoded body in their order; blank ones stay.

    Raises:
        ValueError: the body is no such form.
    """
    return parse_qsl(
        raw.decode(),
        keep_blank_values=True,
        strict_parsing=True,
        errors="strict",
        max_num_fields=_MOST_FIELDS,
    )


def parse(raw: bytes, received_at: datetime) -> Event:
    """The event in a stored body. Never raises: what cannot be read is NotUnderstood."""
    try:
        form = dict(read_form(raw))
    except ValueError:
        return NotUnderstood(CHANNEL, "body", received_at)
    return to_event(form, received_at)


def to_event(form: Mapping[str, str], received_at: datetime) -> Event:
    """The event in a form of Twilio, inbound message or status callback.

    Args:
        form: the fields; unknown ones are ignored, Twilio adds some without notice.
        received_at: when it reached us; the form itself tells no time.
    """
    status = form.get("MessageStatus", "")
    if status and status != "received":
        return _report(form, status, received_at)
    addresses = _addresses(form)
    if not addresses or not form.get("MessageSid"):
        return NotUnderstood(CHANNEL, "form", received_at)
    text = form.get("Body") or form.get("ButtonText") or form.get("ListTitle") or ""
    choice = form.get("ButtonPayload") or form.get("ListId") or None
    media, location = _media(form), _location(form)
    nothing = not (text or choice or media or location)
    return MessageReceived(
        address=addresses[0],
        external_id=form["MessageSid"],
        at=received_at,
        text=text,
        choice=choice,
        media=media,
        location=location,
        aliases=addresses[1:],
        reply_to=form.get("OriginalRepliedMessageSid") or None,
        unsupported=_provider_word(form.get("MessageType", ""), "empty") if nothing else None,
        profile_name=form.get("ProfileName", ""),
    )


def sender_of(form: Mapping[str, str]) -> Address | None:
    """The lasting address of the person who wrote, or None when there is none."""
    return next(iter(_addresses(form)), None)


def _addresses(form: Mapping[str, str]) -> tuple[Address, ...]:
    """Every address in the form, the one that outlives a hidden phone number first."""
    given = (form.get("ExternalUserId", ""), form.get("From", ""))
    paths = [value.removeprefix(_PREFIX) for value in given if value.startswith(_PREFIX)]
    return tuple(Address(CHANNEL, path) for path in dict.fromkeys(paths) if path)


def _report(form: Mapping[str, str], status: str, at: datetime) -> Event:
    known = _STATUSES.get(status)
    sid = form.get("MessageSid", "")
    if known is None or not sid:
        return NotUnderstood(CHANNEL, f"status {_provider_word(status, '?')}", at)
    code = form.get("ErrorCode", "")
    return DeliveryReported(CHANNEL, sid, known, at, code if code.isdecimal() else "")


def _media(form: Mapping[str, str]) -> tuple[Media, ...]:
    told = form.get("NumMedia", "")
    count = min(int(told), _MOST_MEDIA) if told.isdecimal() else 0
    found = []
    for index in range(count):
        reference = form.get(f"MediaUrl{index}", "")
        if reference:
            content_type = form.get(f"MediaContentType{index}", "").partition(";")[0].strip()
            kind = _KINDS.get(content_type.partition("/")[0].lower(), MediaKind.DOCUMENT)
            found.append(Media(kind, reference, content_type))
    return tuple(found)


def _location(form: Mapping[str, str]) -> Location | None:
    try:
        latitude, longitude = float(form["Latitude"]), float(form["Longitude"])
    except (KeyError, ValueError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - degrees
        return None
    names = (form.get("Label", ""), form.get("Address", ""))
    return Location(latitude, longitude, ", ".join(name for name in names if name))


def _provider_word(value: str, otherwise: str) -> str:
    """A word of Twilio's own vocabulary; whatever else stands there is not repeated."""
    return value if _PROVIDER_WORD.fullmatch(value) else otherwise
