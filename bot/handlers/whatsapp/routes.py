"""Twilio's webhooks: checked, stored, answered. Nothing is done here beyond that.

A request counts only if its signature fits the public address that Twilio was given, never the
Host header. A valid signature never expires: the inbox tells repeated requests by their id.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlparse

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    add_port,
    get_signature_algorithm,
    remove_port,
)

from bot.handlers.body import BodyTooLarge, read_body
from bot.handlers.whatsapp.account import WhatsAppAccount
from bot.handlers.whatsapp.parse import read_form, sender_of
from bot.inbox.accept import Accepted, NotAccepted

INBOUND_PATH = "/twilio/inbound"
STATUS_PATH = "/twilio/status"
_FORM = "application/x-www-form-urlencoded"
_LONGEST_ID = 64

Accept = Callable[[Accepted], Awaitable[object]]
_Form = ImmutableMultiDict[str, str]


class _Refused(Exception):  # noqa: N818 - answered with its status and an empty body
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def whatsapp_routes(accounts: Sequence[WhatsAppAccount], accept: Accept) -> list[Route]:
    """The routes that Twilio calls.

    They answer 200 with an empty TwiML once ``accept`` has stored the event, 403 when a request
    is not proven to come from Twilio for one of the accounts, 400 when its body cannot be read,
    413 above 1 MB, 503 when nothing can be stored. Refusals have no body.
    """

    async def inbound(request: Request) -> Response:
        return await _answer(request, INBOUND_PATH, accounts, accept)

    async def status(request: Request) -> Response:
        return await _answer(request, STATUS_PATH, accounts, accept)

    return [
        Route(INBOUND_PATH, inbound, methods=["POST"]),
        Route(STATUS_PATH, status, methods=["POST"]),
    ]


async def _answer(
    request: Request, path: str, accounts: Sequence[WhatsAppAccount], accept: Accept
) -> Response:
    try:
        raw = await read_body(request)
        form = _checked_form(request, raw)
        account = _proven_account(request, path, form, accounts)
        item = _inbound if path == INBOUND_PATH else _status
        await accept(item(account, form, raw))
    except BodyTooLarge:
        return Response(status_code=413)
    except _Refused as refused:
        return Response(status_code=refused.status)
    except NotAccepted:
        return Response(status_code=503)
    return Response("<Response/>", media_type="text/xml")


def _checked_form(request: Request, raw: bytes) -> _Form:
    # Requests with a JSON body are signed over the address and a hash inside it, not over the
    # body. We never ask for such; taking one would let a body in that nobody signed.
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM or "bodySHA256" in request.query_params:
        raise _Refused(403)
    try:
        return ImmutableMultiDict(read_form(raw))
    except ValueError:
        raise _Refused(400) from None


def _proven_account(
    request: Request, path: str, form: _Form, accounts: Sequence[WhatsAppAccount]
) -> WhatsAppAccount:
    """The account that the request is meant for and signed for.

    Raises:
        _Refused: 403, without saying what was wrong.
    """
    sid = form.get("AccountSid")
    meant = (one for one in accounts if one.account_sid == sid and _ours(one, path, form))
    account = next(meant, None)
    if account is None or not _signed(request, path, form, account):
        raise _Refused(403)
    return account


def _ours(account: WhatsAppAccount, path: str, form: Mapping[str, str]) -> bool:
    if path == INBOUND_PATH:
        return form.get("To") == account.sender
    service = account.messaging_service_sid
    by_service = bool(service) and form.get("MessagingServiceSid") == service
    return form.get("From") == account.sender or by_service


def _signed(request: Request, path: str, form: _Form, account: WhatsAppAccount) -> bool:
    query = request.scope["query_string"].decode("latin-1")
    address = urlparse(account.public_base_url + path + (f"?{query}" if query else ""))
    given = request.headers.get(SIGNATURE_HEADER, "").encode("latin-1")
    algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER, ""))
    fits = False
    for token in filter(None, account.auth_tokens):
        # Twilio signs with or without the port; which one differs between its products.
        for url in (remove_port(address), add_port(address)):
            try:
                wanted = RequestValidator(token).compute_signature(url, form, algorithm)
            except ValueError:  # an algorithm that this release does not know
                return False
            fits |= hmac.compare_digest(wanted.encode(), given)
    return fits


def _inbound(account: WhatsAppAccount, form: Mapping[str, str], raw: bytes) -> Accepted:
    sender = sender_of(form)
    sid = form.get("MessageSid", "")
    if sender is None or not 0 < len(sid) <= _LONGEST_ID:
        raise _Refused(400)
    return Accepted("twilio", account.sender, sid, str(sender), raw)


def _status(account: WhatsAppAccount, form: Mapping[str, str], raw: bytes) -> Accepted:
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    external_id = f"{sid}:{status}"
    if not sid or not status or len(external_id) > _LONGEST_ID:
        raise _Refused(400)
    return Accepted("twilio", account.sender, external_id, f"delivery:{sid}", raw)
