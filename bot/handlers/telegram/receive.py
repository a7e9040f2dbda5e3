"""Updates come in: by webhook, or by asking for them. Both only store, then confirm.

Telegram forgets an update once a webhook answered 2xx or a later offset was asked for, so
neither happens before ``accept`` has returned.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import Conflict, TelegramError

from bot.channels import Misconfigured, RateLimited
from bot.handlers.body import BodyTooLarge, read_body
from bot.handlers.telegram.account import ALLOWED_UPDATES, TelegramAccount
from bot.handlers.telegram.failures import failure_of
from bot.handlers.telegram.messages import GROUPS
from bot.handlers.telegram.transport import Transport
from bot.inbox.accept import Accepted, NotAccepted
from bot.log import get_logger

WEBHOOK_PATH = "/telegram/webhook"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
_MARGIN = 10
_BATCH = 100

Accept = Callable[[Accepted], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Pauses:
    """How many seconds the long poll waits.

    Attributes:
        request: at Telegram, for updates to come.
        lease: before it asks again for the right to poll.
        conflict: when another program polls for the same bot.
        refusal: when Telegram refuses the token.
        first: after a failure; doubled with each further one.
        longest: the most after failures.
    """

    request: int = 25
    lease: float = 5
    conflict: float = 15
    refusal: float = 60
    first: float = 1
    longest: float = 30


def telegram_routes(accounts: Sequence[TelegramAccount], accept: Accept) -> list[Route]:
    """The route that Telegram calls; the secret in its header tells which bot is meant.

    It answers 200 once ``accept`` has stored the update, 403 for a wrong secret, 400 for a body
    that is no update, 413 above 1 MB, 503 when nothing can be stored. Telegram repeats whatever
    is not answered with 2xx for a day.
    """

    async def webhook(request: Request) -> Response:
        account = _meant(request, accounts)
        if account is None:
            return Response(status_code=403)
        try:
            raw = await read_body(request)
            item = _accepted(account, _update_in(raw), raw)
            await accept(item)
        except BodyTooLarge:
            return Response(status_code=413)
        except ValueError:
            return Response(status_code=400)
        except NotAccepted:
            return Response(status_code=503)
        return Response()

    return [Route(WEBHOOK_PATH, webhook, methods=["POST"])]


def _meant(request: Request, accounts: Sequence[TelegramAccount]) -> TelegramAccount | None:
    given = request.headers.get(_SECRET_HEADER, "").encode("latin-1")
    found = None
    for account in accounts:  # all of them, so that the time taken tells nothing
        secret = account.webhook_secret.encode()
        if hmac.compare_digest(secret, given) and secret:
            found = account
    return found


def _update_in(raw: bytes) -> dict[str, Any]:
    try:
        update = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        raise ValueError("no update")
    return update


def _accepted(account: TelegramAccount, update: dict[str, Any], raw: bytes) -> Accepted:
    return Accepted("telegram", account.name, str(update["update_id"]), lane_of(update), raw)


def lane_of(update: dict[str, Any]) -> str:
    """Whose order an update belongs to: a private chat, or a topic of a group."""
    message: Any = {}
    for name in ("message", "edited_message", "my_chat_member", "chat_member"):
        message = update.get(name) or message
    tap = update.get("callback_query")
    if isinstance(tap, dict):
        message = tap.get("message") or {"chat": tap.get("from")}
    chat = message.get("chat") if isinstance(message, dict) else None
    if not isinstance(chat, dict) or "id" not in chat:
        return f"telegram:update:{update['update_id']}"
    if chat.get("type") not in GROUPS:
        return f"telegram:{chat['id']}"
    thread = message.get("message_thread_id", 0) if message.get("is_topic_message") else 0
    return f"telegram-group:{chat['id']}:{thread}"


async def poll(
    account: TelegramAccount,
    accept: Accept,
    lease: Callable[[], bool],
    stop: asyncio.Event,
    pauses: Pauses | None = None,
) -> None:
    """Ask for updates until ``stop`` is set.

    Args:
        account: the bot.
        accept: stores an update; only then the next offset is asked for.
        lease: takes or renews the right to ask, for at least 60 seconds; called in a thread
            before every request. Without it this process waits.
        stop: ends the loop at once; what was not stored stays at Telegram.
        pauses: other than the usual ones.
    """
    await _Poller(account, accept, lease, stop, pauses or Pauses()).run()


class _Poller:
    def __init__(
        self,
        account: TelegramAccount,
        accept: Accept,
        lease: Callable[[], bool],
        stop: asyncio.Event,
        pauses: Pauses,
    ) -> None:
        self._account = account
        self._accept = accept
        self._lease = lease
        self._stop = stop
        self._pauses = pauses
        self._offset = 0
        self._ready = False
        self._failures = 0

    async def run(self) -> None:
        transport = Transport(connection_pool_size=2, connect_timeout=5, pool_timeout=10)
        asking = asyncio.ensure_future(self._ask_on(transport))
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                asking.result()  # it never ends by itself: whoever watches must hear of it
        finally:
            for task in (asking, stopping):
                task.cancel()
            await asyncio.gather(asking, stopping, return_exceptions=True)
            await transport.shutdown()

    async def _ask_on(self, transport: Transport) -> None:
        while True:
            try:
                if await asyncio.to_thread(self._lease):
                    pause = await self._ask_once(transport)
                else:
                    self._ready, pause = False, self._pauses.lease
            except Exception as defect:  # noqa: BLE001 - asking outlives a database that is down
                get_logger().error("updates not fetched", channel="telegram", exc_info=defect)
                pause = self._backoff("defect")
            await asyncio.sleep(pause)

    async def _ask_once(self, transport: Transport) -> float:
        """One request; returns the seconds to wait before the next."""
        try:
            if not self._ready:
                await self._call(transport, "deleteWebhook", "drop_pending_updates=false")
                self._ready = True
            await self._take(transport)
        except Conflict:
            self._ready = False
            get_logger().warning(
                "another program asks Telegram for the updates of this bot, or set a webhook; "
                "stop it, or give this installation a bot of its own",
                channel="telegram",
                seconds=self._pauses.conflict,
            )
            return self._pauses.conflict
        except NotAccepted:
            return self._backoff("not accepted")
        except TelegramError as error:
            failure = failure_of(error)
            if isinstance(failure, RateLimited):
                return failure.retry_after
            if isinstance(failure, Misconfigured):
                get_logger().error(
                    "Telegram refuses the bot's token; check TELEGRAM_BOT_TOKEN",
                    channel="telegram",
                    seconds=self._pauses.refusal,
                )
                return self._pauses.refusal
            return self._backoff(failure.code)
        self._failures = 0
        return 0.0

    async def _take(self, transport: Transport) -> None:
        allowed, wait = json.dumps(ALLOWED_UPDATES), self._pauses.request
        updates = await self._call(
            transport,
            "getUpdates",
            f"offset={self._offset}&limit={_BATCH}&timeout={wait}&allowed_updates={allowed}",
            read_timeout=wait + _MARGIN,
        )
        for update in updates:
            await self._accept(_accepted(self._account, update, json.dumps(update).encode()))
            self._offset = update["update_id"] + 1
        if not updates:
            # All before the offset is confirmed now. After a quiet week Telegram starts from
            # a random number that may be lower: ask for whatever is there.
            self._offset = 0

    async def _call(
        self, transport: Transport, method: str, query: str, read_timeout: float = 15
    ) -> Any:
        account = self._account
        url = f"{account.api_base_url}/bot{account.token}/{method}?{query}"
        return await transport.post(url, read_timeout=read_timeout)

    def _backoff(self, code: str) -> float:
        self._failures += 1
        pause = min(self._pauses.first * 2.0 ** (self._failures - 1), self._pauses.longest)
        get_logger().warning("updates not fetched", channel="telegram", code=code, seconds=pause)
        return pause
