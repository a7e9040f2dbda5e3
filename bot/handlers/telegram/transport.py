"""The library's transport with our timeouts, and without what it would write into logs."""

import json
from typing import Any

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.handlers.telegram.failures import Paused

_TOO_MANY = 429
_PAUSE = 5.0
_LONGEST_PAUSE = 3600.0


class Transport(HTTPXRequest):
    """Sends the library's requests; reads 429 itself, never prints what Telegram answered."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Send one request.

        Raises:
            Paused: Telegram asks for a pause.
        """
        status, payload = await super().do_request(*args, **kwargs)
        if status == _TOO_MANY:
            raise Paused(_pause_in(payload))
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The JSON of an answer.

        Raises:
            TelegramError: it is none. The library would log the whole answer here.
        """
        try:
            answer = json.loads(payload.decode(errors="replace"))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


def make_bot(token: str, api_base_url: str) -> Bot:
    """The library's bot; it opens no connection before it is used."""
    return Bot(
        token,
        base_url=f"{api_base_url}/bot",
        base_file_url=f"{api_base_url}/file/bot",
        request=Transport(
            connection_pool_size=64,
            connect_timeout=5,
            read_timeout=15,
            write_timeout=15,
            pool_timeout=10,
            media_write_timeout=60,
        ),
        get_updates_request=Transport(connection_pool_size=1),
    )


def _pause_in(payload: bytes) -> float:
    try:
        told = float(json.loads(payload)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return _PAUSE
    return min(max(told, 0.0), _LONGEST_PAUSE)
