"""The HTTP side of the fake Telegram: methods, files, long polling, webhook, faults."""

import asyncio
import contextlib
import json
import re
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.fakes.forms import Form, read_form
from tests.fakes.http_server import (
    Clock,
    ConnectionLostError,
    Fault,
    HttpFake,
    Json,
    system_clock,
)
from tests.fakes.telegram_api import METHODS
from tests.fakes.telegram_params import Params
from tests.fakes.telegram_state import ApiError, Call, World, bad_request
from tests.fakes.telegram_updates import Update, UpdateQueue, Webhook

DEFAULT_TOKEN = "7000000001:AAtest-token-of-the-fake-bot-0123456789"
_PATH = re.compile(r"/(file/)?bot([^/]+)/(.+)")
_MAX_POLL_SECONDS = 50
_WEBHOOK_SECONDS = 60


class TelegramServer(HttpFake):
    """Answers the bot; what people do in the chats is added by `FakeTelegram`."""

    def __init__(self, token: str = DEFAULT_TOKEN, clock: Clock = system_clock) -> None:
        super().__init__(clock)
        self.token = token
        self.world = World(token, self.now)
        self.queue = UpdateQueue(self.now, self._wake)
        self.world.emit = self.queue.add
        self.calls: list[Call] = []
        self.webhook_retry_seconds = 0.05
        self._poll_number = 0
        self.polling = False  # whether a long poll is open just now
        self._poll_wake = asyncio.Event()
        self._push_wake = asyncio.Event()

    def _wake(self) -> None:
        self.in_loop(self._poll_wake.set)
        self.in_loop(self._push_wake.set)

    # ---- faults --------------------------------------------------------------------------

    def fail_next(
        self,
        method: str,
        status: int | None = None,
        description: str = "",
        parameters: Json | None = None,
        *,
        times: int = 1,
        after_accept: bool = False,
    ) -> None:
        """Let the next `times` calls of `method` fail; `file` is a download, `*` any call.

        `status` None cuts the connection before anything was done. With `after_accept` the method
        does its work, then the connection is cut: the bot cannot know the outcome.
        """
        body: Json = {"ok": False, "error_code": status, "description": description}
        if parameters:
            body["parameters"] = parameters
        self.faults.plan(method, Fault(status, body, times, after_accept))

    def delay(self, method: str, seconds: float) -> None:
        """Do the work of `method` at once but answer `seconds` later, until set to 0."""
        self.faults.set_delay(method, seconds)

    def rate_limit_group(self, per_minute: int | None) -> None:
        """Answer 429 with `retry_after` above so many messages a minute in each group."""
        self.world.group_limit = per_minute
        for chat in self.world.chats.values():
            chat.flood = None

    # ---- requests ------------------------------------------------------------------------

    async def handle(self, request: Request) -> Response:
        match = _PATH.fullmatch(request.url.path)
        if match is None:
            return _failure(ApiError(404, "Not Found"))
        is_file, token, rest = match.groups()
        if token != self.token:
            known_form = re.fullmatch(r"\d+:[-\w]{20,}", token)
            return _failure(
                ApiError(401, "Unauthorized") if known_form else ApiError(404, "Not Found")
            )
        if is_file:
            return await self._call("file", Params(Form((("path", rest),), {})))
        params = Params(await read_form(request))
        return await self._call(rest, params)

    async def _call(self, method: str, params: Params) -> Response:
        fault = self.faults.take(method)
        if fault is not None and not fault.after_accept:
            self._record(method, params, str(fault.body["description"]) or "connection cut")
            await asyncio.sleep(self.faults.delay_of(method))
            if fault.status is None:
                raise ConnectionLostError
            return JSONResponse(dict(fault.body), fault.status)
        try:
            result = await self._perform(method, params)
        except ApiError as error:
            self._record(method, params, error.description)
            response = _failure(error)
        else:
            self._record(method, params, "")
            response = (
                result
                if isinstance(result, Response)
                else JSONResponse({"ok": True, "result": result})
            )
        await asyncio.sleep(self.faults.delay_of(method))
        if fault is not None:
            raise ConnectionLostError
        return response

    def _record(self, method: str, params: Params, error: str) -> None:
        call = Call(method, dict(params.fields), self.now(), error)
        with self.lock:
            self.calls.append(call)

    async def _perform(self, method: str, params: Params) -> Any:
        name = method.lower()
        if name == "file":
            return self._download(params.text("path"))
        if name == "getupdates":
            return await self._get_updates(params)
        settings = {
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
        }
        with self.lock:
            if name in settings:
                return settings[name](params)
            if name not in METHODS:
                raise ApiError(404, "Not Found: method not found")
            return METHODS[name](self.world, params)

    def _download(self, path: str) -> Response:
        for stored in self.world.files.values():
            if stored.path == path:
                return Response(stored.content, media_type="application/octet-stream")
        raise ApiError(404, "Not Found")

    # ---- updates -------------------------------------------------------------------------

    async def _get_updates(self, params: Params) -> list[Json]:
        if self.queue.webhook is not None:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._poll_number += 1
        mine = self._poll_number
        self._poll_wake.set()  # an older poll notices that it was replaced
        with self.lock:
            self._set_allowed(params)
        offset, limit = params.number("offset"), params.number("limit") or 100
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(params.number("timeout") or 0, _MAX_POLL_SECONDS)
        while True:
            if mine != self._poll_number:
                raise ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
            self._poll_wake.clear()
            with self.lock:
                found = self.queue.take(offset, limit)
            remaining = deadline - loop.time()
            if found or remaining <= 0:
                return found
            self.polling = True
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._poll_wake.wait(), remaining)
            self.polling = False

    def _set_allowed(self, params: Params) -> None:
        if "allowed_updates" in params.fields:
            self.queue.allowed = params.json("allowed_updates") or None

    def _set_webhook(self, params: Params) -> bool:
        url = params.text("url")
        if not url:
            return self._delete_webhook(params)
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        secret = params.text("secret_token")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        self._set_allowed(params)
        if params.flag("drop_pending_updates"):
            self.queue.waiting.clear()
        connections = min(max(params.number("max_connections") or 40, 1), 100)
        self.queue.webhook = Webhook(url.split("#")[0], secret, connections)
        self._wake()
        return True

    def _delete_webhook(self, params: Params) -> bool:
        if params.flag("drop_pending_updates"):
            self.queue.waiting.clear()
        self.queue.webhook = None
        return True

    def _webhook_info(self, _params: Params) -> Json:
        webhook = self.queue.webhook
        body: Json = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.queue.waiting),
        }
        if self.queue.allowed:
            body["allowed_updates"] = self.queue.allowed
        if webhook is not None:
            body["max_connections"] = webhook.max_connections
            if self.queue.last_error:
                body["last_error_message"] = self.queue.last_error
                body["last_error_date"] = self.world.timestamp()
        return body

    async def while_running(self) -> None:
        """Push updates to the webhook: one at a time for each queue, again until it takes them."""
        busy: set[str] = set()
        tasks: set[asyncio.Task[None]] = set()
        patience = aiohttp.ClientTimeout(total=_WEBHOOK_SECONDS)
        async with aiohttp.ClientSession(timeout=patience) as client:
            try:
                while True:
                    self._push_wake.clear()
                    with self.lock:
                        heads = list(self.queue.heads()) if self.queue.webhook else []
                    for update in heads:
                        if update.queue not in busy:
                            busy.add(update.queue)
                            task = asyncio.create_task(self._push(client, update, busy))
                            tasks.add(task)
                            task.add_done_callback(tasks.discard)
                    await self._push_wake.wait()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _push(self, client: aiohttp.ClientSession, update: Update, busy: set[str]) -> None:
        webhook = self.queue.webhook
        if webhook is not None:
            status = await self._post(client, webhook, update)
            update.attempts.append(status)
            if 200 <= status <= 299:
                with self.lock:
                    self.queue.delivered(update)
            else:
                self.queue.last_error = f"Wrong response from the webhook: {status}"
                growth = 2 ** min(len(update.attempts) - 1, 5)
                await asyncio.sleep(self.webhook_retry_seconds * growth)
        busy.discard(update.queue)
        self._push_wake.set()

    @staticmethod
    async def _post(client: aiohttp.ClientSession, webhook: Webhook, update: Update) -> int:
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        content = json.dumps(update.body, ensure_ascii=False).encode()
        try:
            async with client.post(webhook.url, data=content, headers=headers) as response:
                await response.read()
                return response.status
        except (aiohttp.ClientError, TimeoutError):
            return 0


def _failure(error: ApiError) -> Response:
    body: Json = {"ok": False, "error_code": error.status, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return JSONResponse(body, error.status)
