"""Updates by long poll are stored before Telegram may forget them."""

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

import httpx
import pytest
import structlog

from bot.handlers.telegram import TelegramAccount, poll
from bot.handlers.telegram.receive import Pauses
from bot.inbox.accept import Accepted
from tests.fakes.telegram import FakeTelegram
from tests.handlers.local_app import Accepting
from tests.patience import until

SECRET = "rahasia-webhook_01"
SHORT = Pauses(lease=0.01, conflict=0.01, refusal=0.01, first=0.01, longest=0.02)
GROUP = -1001234567890
CHAT = {"id": 70, "type": "private"}


def account(telegram: FakeTelegram) -> TelegramAccount:
    return TelegramAccount(telegram.token, telegram.base_url, SECRET)


def polled(
    telegram: FakeTelegram,
    accept: Accepting,
    over: Callable[[], bool],
    lease: Callable[[], bool] = lambda: True,
    config: TelegramAccount | None = None,
    pauses: Pauses = SHORT,
) -> None:
    """Poll until a condition holds, then stop."""

    async def session() -> None:
        stop = asyncio.Event()
        bot = config or account(telegram)
        running = asyncio.create_task(poll(bot, accept, lease, stop, pauses))
        await until(lambda: over() or running.done())
        stop.set()
        await running

    asyncio.run(session())


def offsets(telegram: FakeTelegram) -> list[int]:
    return [int(call["offset"]) for call in telegram.calls_of("getUpdates")]


def test_updates_come_by_long_poll_in_their_order(telegram: FakeTelegram) -> None:
    """The same events as by webhook, with nothing to open to the internet."""
    budi = telegram.user(70, "Budi")
    for text in ("satu", "dua 😀", "tiga"):
        telegram.private_message(budi, text)
    accept = Accepting()
    polled(telegram, accept, lambda: not telegram.queue.waiting)
    assert [json.loads(item.raw)["message"]["text"] for item in accept.items] == [
        "satu",
        "dua 😀",
        "tiga",
    ]
    assert {item.account for item in accept.items} == {account(telegram).name}
    assert {item.lane for item in accept.items} == {"telegram:70"}
    assert [int(item.external_id) for item in accept.items] == [
        update.id for update in telegram.queue.log
    ]


def test_who_leaves_the_group_is_asked_for(telegram: FakeTelegram) -> None:
    """Telegram leaves such updates out unless they are listed."""
    ani = telegram.user(7, "Ani")
    telegram.group(GROUP, members=[ani])
    accept = Accepting()
    polled(telegram, accept, lambda: telegram.queue.allowed is not None)
    telegram.member_left(GROUP, ani)
    polled(telegram, accept, lambda: not telegram.queue.waiting)
    assert any("chat_member" in json.loads(item.raw) for item in accept.items)


def test_what_was_not_stored_is_asked_for_again(telegram: FakeTelegram) -> None:
    """The offset moves only behind what is safe."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, "satu")
    telegram.private_message(budi, "dua")

    class SecondFailsOnce(Accepting):
        async def __call__(self, item: Accepted) -> bool:
            self.tried.append(item.external_id)
            self.refusing = int(len(self.tried) == 2)
            return await super().__call__(item)

        tried: ClassVar[list[str]] = []

    accept = SecondFailsOnce()
    polled(telegram, accept, lambda: not telegram.queue.waiting)
    texts = [json.loads(item.raw)["message"]["text"] for item in accept.items]
    assert texts == ["satu", "dua"]
    first, second = (str(update.id) for update in telegram.queue.log)
    assert accept.tried == [first, second, second]


def test_a_stop_in_the_middle_leaves_the_rest_at_telegram(telegram: FakeTelegram) -> None:
    """The next process takes it up there; a stop need not wait for the poll to end."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, "satu")
    held = asyncio.Event()

    class Stuck(Accepting):
        async def __call__(self, item: Accepted) -> bool:
            self.items.append(item)
            await held.wait()
            return True

    stuck = Stuck()
    polled(telegram, stuck, lambda: bool(stuck.items))
    assert len(telegram.queue.waiting) == 1
    accept = Accepting()
    polled(telegram, accept, lambda: not telegram.queue.waiting)
    assert len(accept.items) == 1


def test_after_a_quiet_week_lower_numbers_are_taken_too(telegram: FakeTelegram) -> None:
    """Telegram then starts again from a random number."""
    accept = Accepting()
    telegram.raw_update({"update_id": 900_000_000, "message": {"chat": CHAT}})
    later: list[int] = []

    def both_taken() -> bool:
        if len(offsets(telegram)) >= 3 and not later:
            later.append(telegram.raw_update({"update_id": 5, "message": {"chat": CHAT}}))
        return len(accept.items) == 2

    polled(telegram, accept, both_taken, pauses=replace(SHORT, request=0))
    assert offsets(telegram)[:3] == [0, 900_000_001, 0]
    assert [item.external_id for item in accept.items] == ["900000000", "5"]


def test_a_webhook_that_was_set_is_taken_away_and_nothing_is_dropped(
    telegram: FakeTelegram,
) -> None:
    """Whoever changes from webhook to polling must not lose what waits."""
    hook = {"url": "http://127.0.0.1:9/telegram/webhook"}
    url = f"{telegram.base_url}/bot{telegram.token}/setWebhook"
    httpx.post(url, data=hook, trust_env=False)
    telegram.private_message(telegram.user(70, "Budi"), "satu")
    accept = Accepting()
    polled(telegram, accept, lambda: not telegram.queue.waiting)
    assert len(accept.items) == 1
    assert telegram.calls_of("deleteWebhook") == [{"drop_pending_updates": "false"}]


def test_without_the_lease_nothing_is_asked(telegram: FakeTelegram) -> None:
    """Two processes that ask at once throw each other out."""
    telegram.private_message(telegram.user(70, "Budi"), "satu")
    asked: list[bool] = []

    def lease() -> bool:
        asked.append(len(asked) >= 3)
        return asked[-1]

    accept = Accepting()
    polled(telegram, accept, lambda: not telegram.queue.waiting, lease)
    assert asked[:4] == [False, False, False, True]
    assert len(accept.items) == 1


def test_the_poll_outlives_a_database_that_is_down(telegram: FakeTelegram) -> None:
    """Whoever holds the lease knows by the database; it comes back without a restart."""
    telegram.private_message(telegram.user(70, "Budi"), "satu")
    asked: list[int] = []

    def lease() -> bool:
        asked.append(1)
        if len(asked) < 3:
            raise OSError("database is down")
        return True

    accept = Accepting()
    with structlog.testing.capture_logs():
        polled(telegram, accept, lambda: not telegram.queue.waiting, lease)
    assert len(accept.items) == 1


@pytest.mark.parametrize(
    ("status", "description", "parameters"),
    [
        (409, "Conflict: terminated by other getUpdates request", None),
        (401, "Unauthorized", None),
        (500, "Internal Server Error", None),
        (502, "Bad Gateway", None),
        (429, "Too Many Requests: retry after 0", {"retry_after": 0.01}),
        (None, "", None),
    ],
)
def test_the_poll_survives_what_telegram_answers(
    telegram: FakeTelegram,
    status: int | None,
    description: str,
    parameters: dict[str, object] | None,
) -> None:
    """Complaints come in again as soon as Telegram does, without a restart."""
    telegram.private_message(telegram.user(70, "Budi"), "satu")
    telegram.fail_next("getUpdates", status, description, parameters, times=2)
    accept = Accepting()
    with structlog.testing.capture_logs() as logs:
        polled(telegram, accept, lambda: not telegram.queue.waiting)
    assert len(accept.items) == 1
    assert telegram.token not in str(logs)
    if status in {409, 401}:
        assert any("another program" in e["event"] or "token" in e["event"] for e in logs)


def test_nobody_at_the_other_end_is_survived(telegram: FakeTelegram) -> None:
    """A start without internet must not end the program."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    asked: list[int] = []

    def lease() -> bool:
        asked.append(1)
        return True

    config = replace(account(telegram), api_base_url=nobody)
    polled(telegram, Accepting(), lambda: len(asked) > 3, lease, config)
    assert len(asked) > 3


def test_the_account_does_not_print_its_secrets(telegram: FakeTelegram) -> None:
    """Settings get into logs and error reports sooner or later."""
    shown = repr(account(telegram))
    assert telegram.token not in shown
    assert SECRET not in shown
