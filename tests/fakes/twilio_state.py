"""What the fake Twilio remembers: messages, media, templates, and errors in its wording."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

from tests.fakes.http_server import Json

API_VERSION = "2010-04-01"
ERROR_TEXTS = {
    14107: "Message rate limit exceeded",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    21211: "Invalid 'To' Phone Number",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21609: "Invalid 'StatusCallback' URL",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21619: "A text message body or media urls must be specified.",
    21620: "Invalid media URL(s)",
    21623: "Number of media files exceeds allowed limit",
    21655: "The ContentSid is Invalid",
    21656: "The ContentVariables Parameter is invalid",
    21701: "The Messaging Service does not exist",
    63003: "Channel could not find To address",
    63007: "Twilio could not find a Channel with the specified From address",
    63013: "Channel policy violation",
    63016: (
        "Failed to send freeform message because you are outside the allowed window. "
        "If you are using WhatsApp, please use a Message Template."
    ),
    63019: "Media failed to download",
    63021: "Channel invalid content error",
    63024: "Invalid message recipient",
    63040: "Template rejected",
    63041: "Template paused",
    63042: "Template disabled",
}
_RANKS = {"queued": 0, "accepted": 0, "sending": 1, "sent": 2, "delivered": 3, "read": 4}
_FINAL_RANK = 5


class TwilioError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: int, message: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message or ERROR_TEXTS.get(code, "Invalid parameter")

    def body(self) -> Json:
        """Return the JSON that Twilio answers with."""
        return error_body(self.status, self.code, self.message)


def error_body(status: int | None, code: int, message: str = "") -> Json:
    """Return Twilio's error object."""
    return {
        "code": code,
        "message": message or ERROR_TEXTS.get(code, "Internal Server Error"),
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


class Choice(NamedTuple):
    """A quick-reply button or an item of a list."""

    title: str
    id: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that a person sends.

    `size` may claim more bytes than `content` has: the rest is served as zeros. With `chunked` no
    Content-Length tells the size. The first `not_found_times` fetches meet a 404.
    """

    content: bytes
    content_type: str
    size: int | None = None
    chunked: bool = False
    not_found_times: int = 0

    @property
    def length(self) -> int:
        """How many bytes are served."""
        return len(self.content) if self.size is None else self.size


@dataclass(slots=True)
class StoredMedia:
    """A file of an inbound message at Twilio."""

    sid: str
    message_sid: str
    file: MediaFile
    fetches: int = 0
    deleted: bool = False


@dataclass(slots=True)
class Content:
    """A template of the Content API."""

    sid: str
    friendly_name: str
    language: str
    variables: dict[str, str]
    types: Json
    created: datetime
    approval: Json = field(default_factory=dict)

    @property
    def approved(self) -> bool:
        """Whether WhatsApp lets it be sent at any time."""
        return self.approval.get("status") == "approved"


@dataclass(slots=True)
class Rendered:
    """What a person sees of a template."""

    kind: str
    body: str
    buttons: list[Choice] = field(default_factory=list)
    items: list[Choice] = field(default_factory=list)
    list_button: str = ""


@dataclass(slots=True)
class StoredMessage:
    """A message, ours (`outbound-api`) or a person's (`inbound`); `statuses` is its history."""

    sid: str
    to: str
    sender: str
    body: str
    created: datetime
    status: str
    direction: str = "outbound-api"
    messaging_service_sid: str = ""
    media_urls: list[str] = field(default_factory=list)
    content_sid: str = ""
    content_variables: dict[str, str] = field(default_factory=dict)
    rendered: Rendered | None = None
    status_callback: str = ""
    error_code: int | None = None
    statuses: list[str] = field(default_factory=list)
    media: list[bytes] = field(default_factory=list)

    @property
    def buttons(self) -> list[Choice]:
        """Its quick replies."""
        return self.rendered.buttons if self.rendered else []

    @property
    def items(self) -> list[Choice]:
        """The items of its list."""
        return self.rendered.items if self.rendered else []

    @property
    def labels(self) -> list[str]:
        """The titles of its buttons, or of its list's items."""
        return [choice.title for choice in (self.buttons or self.items)]

    def move(self, status: str, error_code: int | None = None) -> None:
        """Take over a later status; an earlier or equal one changes nothing."""
        if _RANKS.get(status, _FINAL_RANK) > _RANKS.get(self.status, _FINAL_RANK):
            self.status = status
            self.statuses.append(status)
            self.error_code = error_code

    def wire(self, account_sid: str) -> Json:
        """Return the Message resource."""
        uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{self.sid}"
        moment = format_datetime(self.created)
        started = self.status not in {"queued", "accepted"}
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "to": self.to,
            "from": self.sender or None,
            "body": self.body,
            "status": self.status,
            "direction": self.direction,
            "messaging_service_sid": self.messaging_service_sid or None,
            "num_media": str(len(self.media_urls)),
            "num_segments": "1" if started else "0",
            "error_code": self.error_code,
            "error_message": ERROR_TEXTS.get(self.error_code) if self.error_code else None,
            "price": None,
            "price_unit": None,
            "date_created": moment,
            "date_updated": moment,
            "date_sent": moment if started else None,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "uri": f"{uri}.json",
        }


class Account:
    """Everything that one Twilio account holds."""

    def __init__(self, sid: str, senders: set[str], service_sids: Mapping[str, str]) -> None:
        self.sid = sid
        self.senders = senders
        self.service_sids = service_sids
        self.messages: dict[str, StoredMessage] = {}
        self.media: dict[str, StoredMedia] = {}
        self.contents: dict[str, Content] = {}
        self.last_inbound: dict[str, datetime] = {}
        self.not_on_whatsapp: set[str] = set()
        self.opted_out: set[str] = set()
        self.typing: list[str] = []
        self._count = 0

    def new_sid(self, prefix: str) -> str:
        """Return a new id: two letters and 32 hex digits, the same in every run."""
        self._count += 1
        digest = hashlib.sha256(f"{self.sid}/{prefix}/{self._count}".encode()).hexdigest()
        return prefix + digest[:32]
