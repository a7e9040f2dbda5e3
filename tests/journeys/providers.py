"""The whole program in this process, its providers fake but over HTTP, and a clock to move."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from bot.handlers.telegram.channel import TelegramChannel
from bot.handlers.telegram.receive import lane_of
from bot.handlers.whatsapp.routes import whatsapp_routes
from bot.inbox.accept import Accepted
from bot.media_route import media_route
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_state import StoredMessage, User
from tests.fakes.twilio import FakeTwilio, Inbound
from tests.journeys.people import number_in
from tests.patience import PATIENCE, wait_until
from tests.program import GROUP, free_port
from tests.world import World


class Providers(World):
    """As :class:`World`, with Telegram and Twilio in the place of the simulator.

    Updates are taken from Telegram as the long poll does; Twilio calls the real routes.
    """

    def __init__(
        self, database_url: str, folder: Path, telegram: FakeTelegram, twilio: FakeTwilio
    ) -> None:
        port = free_port()
        super().__init__(
            database_url,
            folder,
            simulator="off",
            bind=f"127.0.0.1:{port}",
            telegram_bot_token=telegram.token,
            telegram_api_base_url=telegram.base_url,
            officer_chat_id=str(GROUP),
            twilio_account_sid=twilio.account_sid,
            twilio_auth_token=twilio.auth_token,
            twilio_whatsapp_from=twilio.sender.removeprefix("whatsapp:"),
            twilio_api_base_url=twilio.base_url,
        )
        self.telegram, self.twilio = telegram, twilio
        self.ratna = telegram.user(501, "Ratna")
        telegram.group(GROUP, forum=True, owner=self.ratna)
        self._loop = asyncio.new_event_loop()
        self._started = False
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._routes(),
                port=port,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._serving = threading.Thread(target=self._server.run, daemon=True)
        self._serving.start()
        wait_until(lambda: self._server.started, "the routes")
        twilio.connect(self.settings.public_url)

    def _routes(self) -> Starlette:
        async def accept(item: Accepted) -> bool:
            return await asyncio.to_thread(self.app.acceptor.accept_now, item)

        accounts = [a.whatsapp for a in self.app.accounts if a.whatsapp is not None]
        media = media_route(self.app)
        return Starlette(routes=[*whatsapp_routes(accounts, accept), media])

    def close(self) -> None:
        """Let go of the connections and the database."""
        self._server.should_exit = True
        self._serving.join(PATIENCE)
        for channel in self.app.channels.values():
            self._loop.run_until_complete(channel.close())  # type: ignore[attr-defined]
        self._loop.close()
        super().close()

    def settle(self) -> None:
        """Let everything happen that can happen now."""
        self._loop.run_until_complete(self._everything())

    async def _everything(self) -> None:
        if not self._started:
            self._started = True
            for channel in self.app.channels.values():
                if isinstance(channel, TelegramChannel):
                    await channel.start()
        await self._settle()
        # Twilio's late word on a message comes on a webhook of its own.
        while (updates := self._taken()) or await asyncio.to_thread(self.twilio.finish_background):
            for item in updates:
                self.app.acceptor.accept_now(item)
            await self._settle()

    def _taken(self) -> list[Accepted]:
        account = self.app.accounts[0].telegram
        assert account is not None
        waiting, self.telegram.queue.waiting = self.telegram.queue.waiting, []
        return [
            Accepted("telegram", account.name, str(u.id), lane_of(u.body), json.dumps(u.body).encode())
            for u in waiting
        ]  # fmt: skip

    # --- people -----------------------------------------------------------------------------

    def whatsapp(self, phone: str, text: str = "", **fields: Any) -> Inbound:
        """Somebody writes on WhatsApp."""
        said = self.twilio.inbound(phone, text, **fields)
        self.settle()
        return said

    def whatsapp_case(self, phone: str, story: str) -> str:
        """A worker reports on WhatsApp, typing all her answers; the case number."""
        self.whatsapp(phone, story)
        self.whatsapp(phone, "setuju")
        for _ in range(12):
            newest = self.twilio.messages(phone)[-1]
            if "Kirim" in newest.labels:
                break
            secret = "Rahasiakan nama" in newest.labels
            self.whatsapp(phone, "rahasiakan nama" if secret else "lewati")
        self.whatsapp(phone, "kirim")
        return self.cases()[-1].number

    def telegram_case(self, user: User, story: str) -> str:
        """A worker reports on Telegram; the case number."""
        self.telegram.private_message(user, story)
        self.settle()
        for label in ("Setuju", *("Lewati",) * 12):
            newest = self.telegram.sent(user.id)[-1]
            if "Kirim" in newest.labels:
                break
            wanted = [one for one in ("Rahasiakan nama", label) if one in newest.labels]
            self.telegram.tap(newest, (wanted or newest.labels)[0], user)
            self.settle()
        self.telegram.tap(self.telegram.sent(user.id)[-1], "Kirim", user)
        self.settle()
        return number_in(self.telegram.sent(user.id)[-1].text)

    def officer_writes(self, text: str, thread: int | None, **fields: Any) -> None:
        """Ratna writes in the group."""
        self.telegram.group_message(self.ratna, text, thread, chat_id=GROUP, **fields)
        self.settle()

    def officer_taps(self, message: StoredMessage, label: str) -> None:
        """Ratna taps a button."""
        self.telegram.tap(message, label, self.ratna)
        self.settle()

    def post(self, words: str) -> StoredMessage:
        """The newest post in the group with these words."""
        return [m for m in self.telegram.sent(GROUP) if words in m.text and not m.deleted][-1]


@contextmanager
def providers(database_url: str, folder: Path) -> Iterator[Providers]:
    """The program with its providers; closed at the end."""
    with FakeTelegram() as telegram, FakeTwilio() as twilio:
        world = Providers(database_url, folder / "var", telegram, twilio)
        try:
            yield world
        finally:
            world.close()
