"""How the fake Twilio reaches our program: signatures, webhooks, delivery reports."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlencode

import httpx

from tests.fakes.http_server import no_certificates
from tests.fakes.twilio_messages import later_error
from tests.fakes.twilio_server import (
    TwilioServer,
)
from tests.fakes.twilio_state import API_VERSION, ERROR_TEXTS, StoredMessage

WEBHOOK_SECONDS = 15


def sign(auth_token: str, url: str, params: Mapping[str, str]) -> str:
    """Return the X-Twilio-Signature of a form POST to `url`."""
    signed = url + "".join(key + params[key] for key in sorted(params))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class TwilioDelivery(TwilioServer):
    """The part of the fake that posts to our program.

    `callback_delay_seconds` lie between a message and its first report; `fetch_media` tells
    whether the files of our messages are fetched, as Twilio does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.callback_delay_seconds = 0.01
        self.fetch_media = True
        self._app_url = ""
        self._public_url = ""
        self._inbound_path = ""
        self._auto_statuses: tuple[str, ...] = ()
        self._client: httpx.Client | None = None

    def stop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        super().stop()

    def connect(
        self, app_url: str, public_url: str = "", inbound_path: str = "/twilio/inbound"
    ) -> Self:
        """Tell where our program listens, and under which public address it is known.

        Signatures are made over the public address; callbacks to it are posted to `app_url`.
        """
        self._app_url = app_url.rstrip("/")
        self._public_url = (public_url or app_url).rstrip("/")
        self._inbound_path = inbound_path
        return self

    def _headers(self, url: str, params: Mapping[str, str]) -> dict[str, str]:
        token = hashlib.sha256(params.get("MessageSid", "").encode()).hexdigest()[:36]
        return {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": sign(self.auth_token, url, params),
            "I-Twilio-Idempotency-Token": token,
            "User-Agent": "TwilioProxy/1.1",
        }

    def _local(self, url: str) -> str:
        if self._public_url and url.startswith(self._public_url):
            return self._app_url + url.removeprefix(self._public_url)
        return url

    def _post(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> httpx.Response:
        local = self._local(url)
        return self._http().post(local, content=urlencode(params), headers=dict(headers))

    def _http(self) -> httpx.Client:
        with self.lock:
            if self._client is None:
                self._client = httpx.Client(
                    timeout=WEBHOOK_SECONDS, trust_env=False, verify=no_certificates()
                )
            return self._client

    # ---- delivery ------------------------------------------------------------------------

    def auto_status(self, *statuses: str) -> None:
        """Report these statuses by itself for every message from now on, e.g. sent, delivered."""
        self._auto_statuses = statuses

    def accepted(self, message: StoredMessage) -> None:
        error = later_error(self.account, message, self.now())

        async def follow() -> None:
            nonlocal error
            if error is None and message.media_urls and self.fetch_media:
                error = await asyncio.to_thread(self._fetch_media, message)
            if error is not None:
                await asyncio.sleep(self.callback_delay_seconds)
                final = "undelivered" if error == 63016 else "failed"
                await asyncio.to_thread(self.status, message.sid, final, error)
                return
            for status in self._auto_statuses:
                await asyncio.sleep(self.callback_delay_seconds)
                await asyncio.to_thread(self.status, message.sid, status)

        self.spawn(follow)

    def _fetch_media(self, message: StoredMessage) -> int | None:
        for url in message.media_urls:
            try:
                response = self._http().get(self._local(url), follow_redirects=True)
            except httpx.HTTPError:
                return 63019
            if response.status_code != 200 or not response.content:
                return 63019
            message.media.append(response.content)
        return None

    def status(
        self, sid: str, status: str, error_code: int | None = None
    ) -> httpx.Response | None:
        """Report a delivery status: change the message and post the signed callback.

        Returns the answer of our program; None when the message asked for no callback, or nobody
        answered. A report that comes late or twice is posted and leaves the message as it is.
        """
        with self.lock:
            message = self.account.messages[sid]
            message.move(status, error_code)
            params = self._status_fields(message, status, error_code)
            url = message.status_callback.partition("#")[0]
        if not url:
            return None
        try:
            return self._post(url, params, self._headers(url, params))
        except httpx.HTTPError:
            return None

    def _status_fields(
        self, message: StoredMessage, status: str, error_code: int | None
    ) -> dict[str, str]:
        params = {
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
            "ChannelInstallSid": "XE" + "0c" * 16,
            "ChannelPrefix": "whatsapp",
            "ChannelToAddress": message.to.removeprefix("whatsapp:"),
            "From": message.sender,
            "MessageSid": message.sid,
            "MessageStatus": status,
            "SmsSid": message.sid,
            "SmsStatus": status,
            "StructuredMessage": "false",
            "To": message.to,
        }
        if status in {"read", "delivered"}:
            params["EventType"] = status.upper()
        if message.messaging_service_sid:
            params["MessagingServiceSid"] = message.messaging_service_sid
        if error_code is not None:
            params["ErrorCode"] = str(error_code)
            params["ErrorMessage"] = ERROR_TEXTS.get(error_code, "")
        return params
