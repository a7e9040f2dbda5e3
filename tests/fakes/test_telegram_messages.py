"""python-telegram-bot talks to the fake: updates, messages, files, faults."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from telegram import (
    Bot,
    InputMediaPhoto,
    Message,
    Update,
)
from telegram.error import (
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
)

from tests.fakes.clients import Receiver, bot_run, keyboard, refusal
from tests.fakes.telegram import Attachment, FakeTelegram
from tests.patience import PATIENCE, until, wait_until

GROUP = -1001234567890
LONG = 50  # seconds that a poll may last at the most


def test_bot_polls_and_offset_forgets_what_was_taken(telegram: FakeTelegram) -> None:
    """A restarted poller must get exactly what it has not confirmed."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, "/start KB-1")
    telegram.private_message(budi, "upah belum dibayar")

    async def talk(bot: Bot) -> tuple[tuple[Update, ...], ...]:
        first = await bot.get_updates(timeout=0)
        again = await bot.get_updates(timeout=0, offset=first[1].update_id)
        return first, again, await bot.get_updates(timeout=0, offset=first[1].update_id + 1)

    first, again, rest = bot_run(telegram, talk)
    assert [u.message.text for u in first if u.message] == ["/start KB-1", "upah belum dibayar"]
    assert first[0].message is not None
    assert first[0].message.entities[0].type == "bot_command"
    assert [u.message.text for u in again if u.message] == ["upah belum dibayar"]
    assert rest == ()
    assert not telegram.queue.waiting


def test_long_poll_answers_as_soon_as_somebody_writes(telegram: FakeTelegram) -> None:
    """A poll that waited out its time would slow every test of the polling mode."""
    budi = telegram.user(70, "Budi")

    async def talk(bot: Bot) -> tuple[Update, ...]:
        poll = asyncio.create_task(bot.get_updates(timeout=LONG))
        await until(lambda: telegram.polling)
        telegram.private_message(budi, "halo")
        return await poll

    began = time.monotonic()
    assert len(bot_run(telegram, talk)) == 1
    assert time.monotonic() - began < LONG


def test_second_poller_and_polling_beside_a_webhook_conflict(telegram: FakeTelegram) -> None:
    """Two running instances are a mistake that must show."""
    url = f"{telegram.base_url}/bot{telegram.token}/getUpdates"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(httpx.post, url, data={"timeout": str(LONG)}, timeout=PATIENCE)
        wait_until(lambda: telegram.polling)
        bot_run(telegram, lambda bot: bot.get_updates(timeout=0))
        assert first.result().status_code == 409

    async def beside(bot: Bot) -> object:
        await bot.set_webhook("https://bot.contoh.id/telegram/webhook")
        return await bot.get_updates()

    assert isinstance(refusal(telegram, beside), Conflict)


def test_webhook_gets_the_secret_and_is_retried_in_order(
    telegram: FakeTelegram, receiver: Receiver
) -> None:
    """Telegram repeats a refused update and holds back later ones of that chat only."""
    budi, ani = telegram.user(70, "Budi"), telegram.user(71, "Ani")
    receiver.statuses = [500]
    url = f"{receiver.base_url}/telegram/webhook"
    bot_run(telegram, lambda bot: bot.set_webhook(url, secret_token="rahasia-1"))
    for text in ("satu", "dua"):
        telegram.private_message(budi, text)
    telegram.wait_delivered()
    telegram.private_message(ani, "tiga")
    telegram.wait_delivered()
    texts = [json.loads(body)["message"]["text"] for _, _, body in receiver.requests]
    assert texts == ["satu", "satu", "dua", "tiga"]
    headers = receiver.requests[0][1]
    assert headers["x-telegram-bot-api-secret-token"] == "rahasia-1"
    assert telegram.queue.log[0].attempts == [500, 200]


def test_updates_grow_stale_as_at_telegram(telegram: FakeTelegram) -> None:
    """After an outage taps are gone within minutes, messages only after a day."""
    budi = telegram.user(70, "Budi")
    message = telegram.private_message(budi, "halo")
    telegram.tap_data(message, "x", budi)
    telegram.advance(200)
    kinds = [u.to_dict().keys() for u in bot_run(telegram, lambda b: b.get_updates(timeout=0))]
    assert [sorted(k) for k in kinds] == [["message", "update_id"]]
    telegram.advance(86400)
    assert bot_run(telegram, lambda b: b.get_updates(timeout=0)) == ()


def test_sent_message_is_edited_tapped_and_deleted(telegram: FakeTelegram) -> None:
    """The whole life of a question with buttons, as the tests of the flows read it."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, "halo")

    async def ask(bot: Bot) -> Message:
        return await bot.send_message(
            70,
            "<b>Benar</b> &amp; jelas?",
            parse_mode="HTML",
            reply_markup=keyboard(("Ya", "y:1")),
        )

    question = bot_run(telegram, ask)
    record = telegram.sent(70)[0]
    assert (record.text, record.labels) == ("Benar & jelas?", ["Ya"])
    assert question.entities[0].type == "bold"
    query = telegram.tap(record, "Ya", budi)

    async def settle(bot: Bot) -> Update:
        updates = await bot.get_updates(timeout=0)
        await bot.answer_callback_query(query.id, "Terima kasih")
        await bot.edit_message_text("Sudah.", 70, record.message_id)
        await bot.delete_message(70, record.message_id)
        return updates[-1]

    update = bot_run(telegram, settle)
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.from_user.id) == ("y:1", 70)
    assert query.answers == [("Terima kasih", False)]
    assert (record.texts, record.buttons) == (["Benar & jelas?", "Sudah."], [])
    assert record.deleted


def test_files_travel_both_ways_unchanged(telegram: FakeTelegram) -> None:
    """Evidence must arrive byte for byte, whatever the bytes are."""
    budi = telegram.user(70, "Budi")
    content = bytes(range(256)) + b"\r\n--boundary\r\n\r\n"
    telegram.private_message(budi, "slip gaji", photo=content)

    async def talk(bot: Bot) -> bytes:
        (update,) = await bot.get_updates(timeout=0)
        assert update.message is not None
        assert update.message.caption == "slip gaji"
        file = await bot.get_file(update.message.photo[-1].file_id)
        got = bytes(await file.download_as_bytearray())
        await bot.send_document(70, content, filename="bukti.pdf", caption="Salinan")
        await bot.send_media_group(70, [InputMediaPhoto(b"a", caption="x"), InputMediaPhoto(b"b")])
        await bot.copy_message(70, 70, update.message.message_id)
        return got

    assert bot_run(telegram, talk) == content
    sent = telegram.sent(70)
    assert [telegram.file_of(m) for m in sent] == [content, b"a", b"b", content]
    assert sent[0].content["document"]["file_name"] == "bukti.pdf"
    assert sent[1].content["media_group_id"] == sent[2].content["media_group_id"]


def test_a_download_can_fail_for_a_moment(telegram: FakeTelegram) -> None:
    """Evidence must be fetched again later, not given up."""
    telegram.private_message(telegram.user(70, "Budi"), photo=b"slip")
    telegram.fail_next("file", 502, "Bad Gateway")
    file_id = next(iter(telegram.world.files))

    async def fetch(bot: Bot) -> bytes:
        return bytes(await (await bot.get_file(file_id)).download_as_bytearray())

    assert isinstance(refusal(telegram, fetch), NetworkError)
    assert bot_run(telegram, fetch) == b"slip"


def test_file_over_20_mb_cannot_be_fetched(telegram: FakeTelegram) -> None:
    """The reporter must be asked for a smaller file."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, document=Attachment(b"x", size=20 * 1024 * 1024 + 1))
    file_id = next(iter(telegram.world.files))
    assert "too big" in str(refusal(telegram, lambda b: b.get_file(file_id)))


def test_planned_faults_map_to_the_errors_of_the_library(telegram: FakeTelegram) -> None:
    """Our sender decides by these classes."""
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    telegram.fail_next("sendMessage", 429, "Too Many Requests: retry after 3", {"retry_after": 3})
    error = refusal(telegram, lambda b: b.send_message(70, "x"))
    assert isinstance(error, RetryAfter)
    telegram.fail_next("sendMessage", 502, "Bad Gateway")
    assert type(refusal(telegram, lambda b: b.send_message(70, "x"))) is NetworkError
    telegram.fail_next("*")
    with pytest.raises(NetworkError):
        bot_run(telegram, lambda b: b.send_message(70, "x"))
    assert telegram.sent(70) == []
    telegram.fail_next("sendMessage", after_accept=True)
    with pytest.raises(NetworkError):
        bot_run(telegram, lambda b: b.send_message(70, "sampai"))
    assert [m.text for m in telegram.sent(70)] == ["sampai"]
    with pytest.raises(InvalidToken):
        bot_run(telegram, lambda b: b.get_me(), token="1:" + "a" * 35)


def test_group_flood_limit_answers_429(telegram: FakeTelegram) -> None:
    """More than so many messages a minute to one group must wait; other chats need not."""
    telegram.group(GROUP)
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    telegram.freeze()
    telegram.rate_limit_group(2)

    async def flood(bot: Bot) -> RetryAfter:
        for _ in range(2):
            await bot.send_message(GROUP, "x")
            await bot.send_message(70, "x")
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(GROUP, "x")
        telegram.advance(61)
        await bot.send_message(GROUP, "x")
        return caught.value

    assert bot_run(telegram, flood).retry_after == timedelta(minutes=1)
    assert len(telegram.sent(GROUP)) == 3


def test_a_stopped_fake_refuses_connections_and_comes_back(telegram: FakeTelegram) -> None:
    """An outage and its end keep address and state."""
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    telegram.stop()
    with pytest.raises(NetworkError):
        bot_run(telegram, lambda b: b.send_message(70, "x"))
    telegram.start()
    bot_run(telegram, lambda b: b.send_message(70, "x"))
    assert len(telegram.sent(70)) == 1
