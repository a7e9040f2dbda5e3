"""The HTTP side of the fake Twilio: one address for every API, and a CDN beside it."""

import asyncio
import base64
import json
import re
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tests.fakes.forms import Form, read_form
from tests.fakes.http_server import (
    ConnectionLostError,
    Fault,
    HttpFake,
    Json,
    RateWindow,
)
from tests.fakes.twilio_cdn import Cdn
from tests.fakes.twilio_content import content_wire, create_content, request_approval
from tests.fakes.twilio_messages import create_message, list_messages
from tests.fakes.twilio_state import (
    API_VERSION,
    Account,
    Content,
    StoredMedia,
    StoredMessage,
    TwilioError,
    error_body,
)

ACCOUNT_SID = "AC" + "0a" * 16
AUTH_TOKEN = "token-of-the-fake-account"
SENDER = "whatsapp:+6281100000000"
SERVICE_SID = "MG" + "0b" * 16

_ACCOUNT = rf"/{API_VERSION}/Accounts/(?P<account>\w+)"
_MESSAGE = rf"{_ACCOUNT}/Messages/(?P<sid>\w+)"
_MEDIA = rf"{_MESSAGE}/Media/(?P<media>\w+)"
_CONTENT = r"/v1/Content/(?P<sid>\w+)"
_ROUTES = [
    ("GET", rf"{_ACCOUNT}\.json", "accounts.fetch"),
    ("POST", rf"{_ACCOUNT}/Messages\.json", "messages.create"),
    ("GET", rf"{_ACCOUNT}/Messages\.json", "messages.list"),
    ("GET", rf"{_MESSAGE}/Media\.json", "media.list"),
    ("GET", rf"{_MESSAGE}\.json", "messages.fetch"),
    ("POST", rf"{_MESSAGE}\.json", "messages.update"),
    ("DELETE", rf"{_MESSAGE}\.json", "messages.delete"),
    ("GET", rf"{_MEDIA}(?P<json>\.json)?", "media.fetch"),
    ("DELETE", rf"{_MEDIA}(?P<json>\.json)?", "media.delete"),
    ("POST", r"/v1/Content", "content.create"),
    ("GET", r"/v1/Content", "content.list"),
    ("GET", _CONTENT, "content.fetch"),
    ("DELETE", _CONTENT, "content.delete"),
    ("POST", rf"{_CONTENT}/ApprovalRequests/whatsapp", "approval.create"),
    ("GET", rf"{_CONTENT}/ApprovalRequests", "approval.fetch"),
    ("POST", r"/v2/Indicators/Typing\.json", "typing.create"),
]
ROUTES = [(verb, re.compile(pattern), name) for verb, pattern, name in _ROUTES]
OPERATIONS = {name for _, _, name in _ROUTES}


class TwilioServer(HttpFake):
    """Answers our program; what people and WhatsApp do is added by `FakeTwilio`."""

    def __init__(self) -> None:
        super().__init__()
        self.account_sid = ACCOUNT_SID
        self.auth_token = AUTH_TOKEN
        self.sender = SENDER
        self.messaging_service_sid = SERVICE_SID
        self.account = Account(ACCOUNT_SID, {SENDER}, {SERVICE_SID: SENDER})
        self.cdn = Cdn(self.now)
        self.calls: list[tuple[str, dict[str, str]]] = []
        self._rate: RateWindow | None = None

    def start(self) -> Self:
        self.cdn.start()
        return super().start()

    def stop(self) -> None:
        self.cdn.stop()
        super().stop()

    # ---- faults --------------------------------------------------------------------------

    def fail_next(
        self,
        operation: str,
        status: int | None = None,
        code: int = 20500,
        message: str = "",
        *,
        times: int = 1,
        after_accept: bool = False,
        retry_after: int | None = None,
    ) -> None:
        """Let the next `times` calls of an operation fail, e.g. `messages.create`; `*` is any.

        `status` None cuts the connection before anything was done. With `after_accept` the
        operation is carried out, then the connection is cut: the caller cannot know the outcome.
        """
        if operation not in OPERATIONS | {"*"}:
            raise ValueError(f"No operation {operation}; there are {sorted(OPERATIONS)}.")
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
        body = error_body(status, code, message)
        self.faults.plan(operation, Fault(status, body, times, after_accept, headers))

    def delay(self, operation: str, seconds: float) -> None:
        """Carry out an operation at once but answer `seconds` later, until set to 0."""
        self.faults.set_delay(operation, seconds)

    def rate_limit(self, per_second: int | None) -> None:
        """Answer 429 (20429) above so many new messages a second."""
        self._rate = RateWindow(per_second, 1) if per_second is not None else None

    # ---- requests ------------------------------------------------------------------------

    async def handle(self, request: Request) -> Response:
        if not self._authorised(request):
            return _failure(TwilioError(401, 20003))
        for verb, pattern, name in ROUTES:
            match = pattern.fullmatch(request.url.path)
            if match is not None and verb == request.method:
                parts = match.groupdict()
                if parts.get("account", self.account_sid) != self.account_sid:
                    return _failure(TwilioError(404, 20404))
                return await self._call(name, request, parts)
        return _failure(TwilioError(404, 20404))

    def _authorised(self, request: Request) -> bool:
        expected = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {expected}"

    async def _call(self, name: str, request: Request, parts: dict[str, str]) -> Response:
        is_json = request.headers.get("content-type", "").startswith("application/json")
        form = Form((), {}) if is_json else await read_form(request)
        body = await request.body() if is_json else b""
        fault = self.faults.take(name)
        with self.lock:
            self.calls.append((name, form.fields))
        if fault is not None and not fault.after_accept:
            await asyncio.sleep(self.faults.delay_of(name))
            if fault.status is None:
                raise ConnectionLostError
            return JSONResponse(dict(fault.body), fault.status, headers=dict(fault.headers))
        try:
            with self.lock:
                response = self._perform(name, form, body, parts)
        except TwilioError as error:
            response = _failure(error)
        await asyncio.sleep(self.faults.delay_of(name))
        if fault is not None:
            raise ConnectionLostError
        return response

    def _perform(self, name: str, form: Form, body: bytes, parts: dict[str, str]) -> Response:
        group = name.partition(".")[0]
        match group:
            case "messages":
                return self._messages(name, form, parts)
            case "media":
                return self._media(name, parts)
            case "content" | "approval":
                return self._content(name, body, parts)
            case "typing":
                return self._typing(form)
            case _:
                account = {"sid": self.account_sid, "status": "active", "type": "Full"}
                return JSONResponse(account | {"friendly_name": "Serikat"})

    # ---- messages ------------------------------------------------------------------------

    def accepted(self, message: StoredMessage) -> None:
        """Hear that a message was taken for sending; does nothing unless overridden."""

    def _messages(self, name: str, form: Form, parts: dict[str, str]) -> Response:
        if name == "messages.create":
            wait = self._rate.wait_for(self.now()) if self._rate else 0
            if wait:
                raise TwilioError(429, 20429)
            message = create_message(self.account, form, self.now())
            response = JSONResponse(message.wire(self.account_sid), 201)
            self.accepted(message)
            return response
        if name == "messages.list":
            return JSONResponse(list_messages(self.account, form.fields))
        message = self._message(parts["sid"])
        if name == "messages.delete":
            del self.account.messages[message.sid]
            return Response(status_code=204)
        if name == "messages.update":
            if form.fields.get("Body") != "":
                raise TwilioError(400, 20001, "A message's body can only be emptied.")
            message.body = ""
        return JSONResponse(message.wire(self.account_sid))

    def _message(self, sid: str) -> StoredMessage:
        message = self.account.messages.get(sid)
        if message is None:
            raise TwilioError(404, 20404)
        return message

    # ---- media ---------------------------------------------------------------------------

    def _media(self, name: str, parts: dict[str, str]) -> Response:
        if name == "media.list":
            found = [
                self._media_wire(media)
                for media in self.account.media.values()
                if media.message_sid == parts["sid"] and not media.deleted
            ]
            return JSONResponse({"media_list": found, "page": 0, "next_page_uri": None})
        media = self.account.media.get(parts["media"])
        if media is None or media.deleted or media.message_sid != parts["sid"]:
            raise TwilioError(404, 20404)
        if name == "media.delete":
            media.deleted = True
            return Response(status_code=204)
        if parts["json"]:
            return JSONResponse(self._media_wire(media))
        media.fetches += 1
        if media.fetches <= media.file.not_found_times:
            raise TwilioError(404, 20404)
        return RedirectResponse(self.cdn.link(media.file), 307)

    def _media_wire(self, media: StoredMedia) -> Json:
        return {
            "sid": media.sid,
            "parent_sid": media.message_sid,
            "account_sid": self.account_sid,
            "content_type": media.file.content_type,
            "uri": f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{media.message_sid}"
            f"/Media/{media.sid}.json",
        }

    # ---- templates -----------------------------------------------------------------------

    def _content(self, name: str, body: bytes, parts: dict[str, str]) -> Response:
        if name == "content.create":
            content = create_content(self.account, _parse(body), self.now())
            return JSONResponse(self._content_wire(content), 201)
        if name == "content.list":
            contents = [self._content_wire(c) for c in self.account.contents.values()]
            meta = {"key": "contents", "page": 0, "page_size": 1000, "next_page_url": None}
            return JSONResponse({"contents": contents, "meta": meta})
        found = self.account.contents.get(parts["sid"])
        if found is None:
            raise TwilioError(404, 20404)
        match name:
            case "content.delete":
                del self.account.contents[found.sid]
                return Response(status_code=204)
            case "approval.create":
                return JSONResponse(request_approval(found, _parse(body)), 201)
            case "approval.fetch":
                request = found.approval or {"status": "unsubmitted"}
                answer = {"sid": found.sid, "account_sid": self.account_sid, "whatsapp": request}
                return JSONResponse(answer)
            case _:
                return JSONResponse(self._content_wire(found))

    def _content_wire(self, content: Content) -> Json:
        return content_wire(content, self.account_sid, self.base_url)

    # ---- typing --------------------------------------------------------------------------

    def _typing(self, form: Form) -> Response:
        sid = form.fields.get("messageId", "")
        if form.fields.get("channel") != "whatsapp":
            raise TwilioError(400, 20001, "channel must be whatsapp.")
        message = self.account.messages.get(sid)
        if message is None or message.direction != "inbound":
            raise TwilioError(404, 20404)
        self.account.typing.append(sid)
        return JSONResponse({"success": True})


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise TwilioError(400, 20001, "The Content API takes JSON.") from None


def _failure(error: TwilioError) -> Response:
    return JSONResponse(error.body(), error.status)
