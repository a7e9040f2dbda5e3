"""The way to Twilio's API: the library's client over a transport of our own.

The library's transport keeps the last answer in itself, so that two threads may swap their
answers; it has no timeout; it cannot be pointed to another host. This one shares nothing between
requests, and tells what was certainly not sent from what may have been.
"""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.channels import OutcomeUnknown, RateLimited, TryLater
from bot.handlers.whatsapp.account import WhatsAppAccount

PUBLIC_API = "https://api.twilio.com"
_TIMEOUT = httpx.Timeout(10, connect=5)
_TOO_MANY = 429
_LONGEST_PAUSE = 3600.0
# The library asks the environment where it is given nothing, and an empty mapping is nothing.
_NO_ENVIRONMENT = {"TWILIO_EDGE": ""}


class Transport(HttpClient):  # type: ignore[misc]  # the library has no types
    """Sends the library's requests, to another host where one is configured."""

    def __init__(self, api_base_url: str) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), is_async=False)
        self._base = None if api_base_url == PUBLIC_API else urlsplit(api_base_url)
        self._http = httpx.Client(timeout=_TIMEOUT)

    def close(self) -> None:
        """Close the open connections."""
        self._http.close()

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the library never passes one
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request of the library.

        Raises:
            TryLater: it certainly did not reach Twilio.
            RateLimited: Twilio did not take it; wait as long as it says.
            OutcomeUnknown: it left, and no answer came.
        """
        as_json = (headers or {}).get("Content-Type") == "application/json"
        try:
            answer = self._http.request(
                method,
                self._address(uri),
                params=params or None,
                json=data if as_json else None,
                data=None if as_json else data,
                headers=headers,
                auth=auth,
                follow_redirects=allow_redirects,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TryLater(type(error).__name__) from None
        except httpx.HTTPError as error:
            raise OutcomeUnknown(type(error).__name__) from None
        if answer.status_code == _TOO_MANY:
            raise RateLimited(pause_of(answer))
        return Response(answer.status_code, answer.text, answer.headers)

    def _address(self, uri: str) -> str:
        if self._base is None:
            return uri
        asked = urlsplit(uri)
        return urlunsplit((self._base.scheme, self._base.netloc, asked.path, asked.query, ""))


def pause_of(answer: httpx.Response) -> float:
    """Seconds to wait, from Retry-After, else 2."""
    told = answer.headers.get("retry-after", "")
    return min(float(told), _LONGEST_PAUSE) if told.isdecimal() else 2.0


def twilio_client(account: WhatsAppAccount, transport: Transport) -> Client:
    """The library's client for an account."""
    return Client(
        account.account_sid,
        account.auth_tokens[0],
        http_client=transport,
        environment=_NO_ENVIRONMENT,
    )
