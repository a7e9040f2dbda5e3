"""Asking the providers: short time-outs, and nothing of an address or a token in any error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Self

import httpx

from bot.clock import Clock
from bot.handlers.telegram.account import TelegramAccount
from bot.handlers.whatsapp.account import WhatsAppAccount

_TIMEOUT = httpx.Timeout(5, connect=3)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said. ``body`` is empty where it was no JSON object."""

    status: int
    body: Mapping[str, Any] = field(repr=False)

    @property
    def result(self) -> Mapping[str, Any]:
        """The result of a method of the Bot API; empty when it failed."""
        found = self.body.get("result")
        return found if isinstance(found, dict) else {}


class Asker:
    """Asks providers and compares their clocks with ours.

    Attributes:
        ahead: seconds by which our clock was ahead of each answer's Date header.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._http = httpx.Client(timeout=_TIMEOUT)
        self.ahead: list[float] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def telegram(self, account: TelegramAccount, method: str, **parameters: Any) -> Answer | None:
        """Call a method of the Bot API; None when nothing answered."""
        url = f"{account.api_base_url}/bot{account.token}/{method}"
        return self._ask(self._http.build_request("POST", url, json=parameters))

    def twilio_account(self, account: WhatsAppAccount) -> Answer | None:
        """Fetch the account itself; None when nothing answered."""
        path = f"/2010-04-01/Accounts/{account.account_sid}.json"
        request = self._http.build_request("GET", account.api_base_url + path)
        return self._ask(request, auth=(account.account_sid, account.auth_tokens[0]))

    def page(self, url: str) -> Answer | None:
        """Fetch a page of our own."""
        return self._ask(self._http.build_request("GET", url), ours=True)

    def _ask(
        self,
        request: httpx.Request,
        *,
        auth: tuple[str, str] | None = None,
        ours: bool = False,
    ) -> Answer | None:
        before = self._clock.now()
        try:
            response = self._http.send(request, auth=auth)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        if not ours:
            self._compare(response, before)
        try:
            body = response.json()
        except ValueError:
            body = None
        return Answer(response.status_code, body if isinstance(body, dict) else {})

    def _compare(self, response: httpx.Response, before: datetime) -> None:
        """The header counts whole seconds, so the smallest difference that fits is taken."""
        try:
            told = parsedate_to_datetime(response.headers.get("date", ""))
        except ValueError:
            return
        if told.tzinfo is None:
            return
        early = (before - told).total_seconds()
        late = (self._clock.now() - told).total_seconds()
        self.ahead.append(0.0 if early <= 0 <= late else min(early, late, key=abs))
