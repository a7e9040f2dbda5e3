"""The Messages resource: what Twilio checks before it takes a message, and what fails later."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tests.fakes.forms import Form
from tests.fakes.http_server import Json
from tests.fakes.twilio_content import delivery_error, render
from tests.fakes.twilio_state import (
    API_VERSION,
    Account,
    StoredMessage,
    TwilioError,
)

WINDOW = timedelta(hours=24)
_BODY_LIMIT = 1600
_ADDRESS = re.compile(r"whatsapp:(\+[1-9]\d{6,14}|[A-Z]{2}\.[A-Za-z0-9]{1,128})")
_PAGE_SIZE = 50
_TAKEN_BACK = {"rejected": 63040, "paused": 63041, "disabled": 63042}


def create_message(account: Account, form: Form, now: datetime) -> StoredMessage:
    """Take a message for sending; what WhatsApp will say is for `later_error` to tell.

    Raises:
        TwilioError: a parameter is missing or wrong.
    """
    fields = form.fields
    to = _check_recipient(account, fields.get("To", ""))
    service = fields.get("MessagingServiceSid", "")
    sender = _check_sender(account, fields.get("From", ""), service)
    callback = fields.get("StatusCallback", "")
    if callback and not _is_url(callback):
        raise TwilioError(400, 21609)
    media_urls = form.all("MediaUrl")
    content_sid = fields.get("ContentSid", "")
    body = fields.get("Body", "")
    _check_content(account, body, media_urls, content_sid)
    prefix = "MM" if media_urls or content_sid else "SM"
    message = StoredMessage(
        account.new_sid(prefix), to, sender, body, now, "accepted" if service else "queued"
    )
    message.statuses.append(message.status)
    message.messaging_service_sid = service
    message.media_urls = media_urls
    message.status_callback = callback
    if content_sid:
        message.content_sid = content_sid
        message.content_variables = _variables(fields.get("ContentVariables", ""))
        content = account.contents[content_sid]
        message.rendered = render(content, message.content_variables)
        message.body = message.rendered.body
    account.messages[message.sid] = message
    return message


def _check_recipient(account: Account, to: str) -> str:
    if not to:
        raise TwilioError(400, 21604)
    if not _ADDRESS.fullmatch(to):
        raise TwilioError(400, 21211)
    if to in account.opted_out:
        raise TwilioError(400, 21610)
    return to


def _check_sender(account: Account, sender: str, service: str) -> str:
    if service:
        if service not in account.service_sids:
            raise TwilioError(404, 21701)
        return sender or account.service_sids[service]
    if not sender:
        raise TwilioError(400, 21603)
    if sender not in account.senders:
        raise TwilioError(400, 63007)
    return sender


def _check_content(account: Account, body: str, media_urls: list[str], content_sid: str) -> None:
    if content_sid:
        if body or media_urls:
            raise TwilioError(400, 21655, "With ContentSid leave out Body and MediaUrl.")
        if content_sid not in account.contents:
            raise TwilioError(400, 21655)
        return
    if not body.strip() and not media_urls:
        raise TwilioError(400, 21619)
    if len(body) > _BODY_LIMIT:
        raise TwilioError(400, 21617)
    if len(media_urls) > 1:
        raise TwilioError(400, 21623)
    if not all(map(_is_url, media_urls)):
        raise TwilioError(400, 21620)


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _variables(text: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        given = json.loads(text)
    except ValueError:
        raise TwilioError(400, 21656) from None
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise TwilioError(400, 21656)
    return given


def later_error(account: Account, message: StoredMessage, now: datetime) -> int | None:
    """Return the code with which a message that was taken fails afterwards, or None."""
    if message.to in account.not_on_whatsapp:
        return 63024
    content = account.contents.get(message.content_sid)
    last = account.last_inbound.get(message.to)
    inside = last is not None and now - last < WINDOW
    if not inside and not (content is not None and content.approved):
        status = content.approval.get("status", "") if content is not None else ""
        return _TAKEN_BACK.get(status, 63016)
    if content is not None and message.rendered is not None:
        return delivery_error(content, message.content_variables, message.rendered)
    return None


def list_messages(account: Account, fields: dict[str, str]) -> Json:
    """Return a page of messages, the newest first, filtered by To, From and DateSent."""
    after, before = fields.get("DateSent>"), fields.get("DateSent<")
    day = fields.get("DateSent", "")[:10]
    found = [
        message
        for message in reversed(account.messages.values())
        if fields.get("To", message.to) == message.to
        and fields.get("From", message.sender) == message.sender
        and (not after or message.created >= _moment(after))
        and (not before or message.created <= _moment(before))
        and (not day or message.created.strftime("%Y-%m-%d") == day)
    ]
    size = min(int(fields.get("PageSize", _PAGE_SIZE)), 1000)
    page = int(fields.get("Page", 0))
    uri = f"/{API_VERSION}/Accounts/{account.sid}/Messages.json"
    more = len(found) > (page + 1) * size
    query = "".join(
        f"&{name}={value.replace(':', '%3A').replace('+', '%2B')}"
        for name, value in fields.items()
        if name in {"To", "From", "DateSent", "DateSent>", "DateSent<"}
    )
    return {
        "messages": [m.wire(account.sid) for m in found[page * size : (page + 1) * size]],
        "page": page,
        "page_size": size,
        "start": page * size,
        "end": min(len(found), (page + 1) * size) - 1,
        "uri": f"{uri}?PageSize={size}&Page={page}",
        "first_page_uri": f"{uri}?PageSize={size}&Page=0",
        "previous_page_uri": None,
        "next_page_uri": f"{uri}?PageSize={size}&Page={page + 1}{query}" if more else None,
    }


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TwilioError(400, 20001, "Invalid DateSent") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
