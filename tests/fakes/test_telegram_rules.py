"""The fake Telegram refuses what Telegram refuses, and keeps the rules of groups."""

from collections.abc import Awaitable, Callable

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    TelegramError,
)

from tests.fakes.clients import bot_run, keyboard, refusal
from tests.fakes.telegram import FakeTelegram

GROUP = -1001234567890


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<b>upah", "can't find end tag corresponding to start tag"),
        ("upah < 3 juta", "unsupported start tag"),
        ("<b>upah</i>", "unmatched end tag"),
        ("upah</b>", "unexpected end tag"),
        ("<br>", "unsupported start tag"),
        ("<b></b>", "text is empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
    ],
)
def test_bad_text_is_refused(telegram: FakeTelegram, text: str, reason: str) -> None:
    """Unescaped or over-long text must fail here before it fails in front of a worker."""
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    error = refusal(telegram, lambda b: b.send_message(70, text, parse_mode="HTML"))
    assert isinstance(error, BadRequest)
    assert reason in str(error).lower()


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        (keyboard(("Ya", "é" * 33)), "button_data_invalid"),
        (keyboard((" ", "y")), "must be non-empty"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("Ya")]]), "text buttons are unallowed"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("Ya", url="ya")]]), "button_url_invalid"),
    ],
)
def test_bad_buttons_are_refused(
    telegram: FakeTelegram, markup: InlineKeyboardMarkup, reason: str
) -> None:
    """64 bytes of callback data are bytes, not characters."""
    telegram.private_message(telegram.user(70, "Budi"), "halo")
    error = refusal(telegram, lambda b: b.send_message(70, "Halo", reply_markup=markup))
    assert reason in str(error).lower()


def test_impossible_targets_are_refused(telegram: FakeTelegram) -> None:
    """Each of these errors has its own remedy in our sender."""
    budi = telegram.user(70, "Budi")
    theirs = telegram.private_message(budi, "halo")
    telegram.group(GROUP, owner=budi)
    mine = bot_run(telegram, lambda b: b.send_message(70, "Halo"))
    contact = ReplyKeyboardMarkup([[KeyboardButton("Nomor", request_contact=True)]])
    calls: dict[str, Callable[[Bot], Awaitable[object]]] = {
        "chat not found": lambda b: b.send_message(999, "x"),
        "message to be replied not found": lambda b: b.send_message(
            70, "x", reply_parameters=ReplyParameters(99)
        ),
        "message is not modified": lambda b: b.edit_message_text("Halo", 70, mine.message_id),
        "message to edit not found": lambda b: b.edit_message_text("x", 70, 99),
        "message can't be edited": lambda b: b.edit_message_text("x", 70, theirs.message_id),
        "message to delete not found": lambda b: b.delete_message(70, 99),
        "query is too old": lambda b: b.answer_callback_query("1"),
        "reaction_invalid": lambda b: b.set_message_reaction(70, theirs.message_id, "✅"),
        "wrong file_id": lambda b: b.get_file("tidak-ada"),
        "wrong parameter action": lambda b: b.send_chat_action(70, "mengetik"),
        "private chats only": lambda b: b.send_message(GROUP, "x", reply_markup=contact),
        "bot_command_invalid": lambda b: b.set_my_commands([BotCommand("Status", "x")]),
        "https url must be": lambda b: b.set_webhook("http://bot.contoh.id/x"),
        "unallowed characters": lambda b: b.set_webhook("https://a.id", secret_token="a b"),
        "member not found": lambda b: b.get_chat_member(GROUP, 999),
    }
    for reason, call in calls.items():
        error = refusal(telegram, call)
        assert isinstance(error, BadRequest)
        assert reason in str(error).lower()


def test_old_taps_and_old_messages_are_refused(telegram: FakeTelegram) -> None:
    """An officer's tap after a pause, and a deletion after two days, must not look successful."""
    budi = telegram.user(70, "Budi")
    telegram.private_message(budi, "halo")
    mine = bot_run(telegram, lambda b: b.send_message(70, "?", reply_markup=keyboard(("Y", "y"))))
    query = telegram.tap(telegram.sent(70)[0], "Y", budi)
    telegram.advance(31)
    assert "too old" in str(refusal(telegram, lambda b: b.answer_callback_query(query.id)))
    telegram.advance(48 * 3600)
    error = refusal(telegram, lambda b: b.delete_message(70, mine.message_id))
    assert "can't be deleted" in str(error)


def test_people_who_cannot_be_reached(telegram: FakeTelegram) -> None:
    """Blocked, deleted, never started: three ways in which a worker is out of reach."""
    budi, ani, citra = (telegram.user(i, n) for i, n in ((70, "Budi"), (71, "Ani"), (72, "Citra")))
    telegram.group(GROUP, members=[citra])
    for person in (budi, ani):
        telegram.private_message(person, "halo")
    telegram.block(budi)
    telegram.deactivate(ani)
    for person, reason in ((budi, "blocked"), (ani, "deactivated"), (citra, "can't initiate")):
        error = refusal(telegram, lambda b, chat=person.id: b.send_message(chat, "x"))  # type: ignore[misc]
        assert isinstance(error, Forbidden)
        assert reason in str(error)
    changes = [u.body for u in telegram.queue.log if u.kind == "my_chat_member"]
    assert changes[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


def test_topics_follow_their_rules(telegram: FakeTelegram) -> None:
    """One case is one topic: creation, routing, renaming, closing, deletion."""
    ani = telegram.user(71, "Ani")
    telegram.group(GROUP, owner=ani)

    async def make(bot: Bot) -> int:
        topic = await bot.create_forum_topic(GROUP, "KB-7F3K-92QM")
        card = await bot.send_message(GROUP, "Kartu", message_thread_id=topic.message_thread_id)
        assert card.is_topic_message
        await bot.edit_forum_topic(GROUP, topic.message_thread_id, name="KB-7F3K-92QM · Upah")
        await bot.close_forum_topic(GROUP, topic.message_thread_id)
        await bot.pin_chat_message(GROUP, card.message_id)
        await bot.set_my_commands([BotCommand("balas", "Balas")], BotCommandScopeChat(GROUP))
        return topic.message_thread_id

    thread = bot_run(telegram, make)
    topic = telegram.topic(GROUP, thread)
    assert (topic.name, topic.closed) == ("KB-7F3K-92QM · Upah", True)
    assert [m.text for m in telegram.sent(GROUP, thread)] == ["Kartu"]
    telegram.reopen_topic(GROUP, thread, ani)
    telegram.group_message(ani, "Sudah kami hubungi", thread, chat_id=GROUP)
    update = bot_run(telegram, lambda b: b.get_updates(timeout=0))[-1]
    assert update.message is not None
    assert update.message.message_thread_id == thread
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.forum_topic_created is not None

    def say(to: int) -> TelegramError:
        return refusal(telegram, lambda b: b.send_message(GROUP, "x", message_thread_id=to))

    assert "message thread not found" in str(say(1)).lower()
    telegram.delete_topic(GROUP, thread)
    assert "message thread not found" in str(say(thread)).lower()


def test_the_bot_hears_of_its_own_topic_events(telegram: FakeTelegram) -> None:
    """Telegram sends a bot its own service messages: closing a topic must not close a case twice."""
    telegram.group(GROUP)
    bot_run(telegram, lambda b: b.create_forum_topic(GROUP, "KB-1"))
    update = bot_run(telegram, lambda b: b.get_updates(timeout=0))[0]
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.from_user.is_bot
    assert update.message.forum_topic_created is not None


def test_missing_rights_and_missing_forum_are_told_apart(telegram: FakeTelegram) -> None:
    """The operator needs the right advice."""
    telegram.group(GROUP, bot_rights=["can_pin_messages"])
    telegram.group(GROUP - 1, forum=False)
    error = refusal(telegram, lambda b: b.create_forum_topic(GROUP, "x"))
    assert str(error) == "Not enough rights to create a topic"
    assert "not a forum" in str(refusal(telegram, lambda b: b.create_forum_topic(GROUP - 1, "x")))
    assert telegram.topics(GROUP) == []


def test_members_and_administrators_are_known(telegram: FakeTelegram) -> None:
    """Rights are checked at each tap; who left has none."""
    ani, budi = telegram.user(71, "Ani"), telegram.user(70, "Budi")
    telegram.group(GROUP, owner=ani, members=[budi])

    async def look(bot: Bot) -> tuple[list[str], str, str]:
        await bot.get_updates(timeout=0, allowed_updates=["chat_member", "message"])
        admins = await bot.get_chat_administrators(GROUP)
        before = await bot.get_chat_member(GROUP, 70)
        telegram.member_left(GROUP, budi)
        after = await bot.get_chat_member(GROUP, 70)
        return [a.user.first_name for a in admins], before.status, after.status

    assert bot_run(telegram, look) == (["Ani", "Kawan Buruh"], "member", "left")
    assert [u.kind for u in telegram.queue.log] == ["chat_member", "message"]
    anonymous = telegram.anonymous_admin_message(GROUP, "Siapa saya?")
    assert anonymous.wire()["from"]["username"] == "GroupAnonymousBot"
    assert anonymous.wire()["sender_chat"]["id"] == GROUP


def test_ordinary_bot_member_hears_only_commands_and_replies(telegram: FakeTelegram) -> None:
    """Privacy mode: who forgets to make the bot an administrator gets silence."""
    ani = telegram.user(71, "Ani")
    telegram.group(GROUP, bot_rights=None, members=[ani])
    telegram.group_message(ani, "catatan", chat_id=GROUP)
    telegram.group_message(ani, "/balas ya", chat_id=GROUP)
    assert [u.body["message"]["text"] for u in telegram.queue.log] == ["/balas ya"]


def test_kicked_and_migrated_groups(telegram: FakeTelegram) -> None:
    """A dead officers' group must raise the alarm, a moved one must be followed."""
    ani = telegram.user(71, "Ani")
    telegram.group(-500, forum=False, owner=ani)
    telegram.migrate_group(-500, GROUP)
    error = refusal(telegram, lambda b: b.send_message(-500, "x"))
    assert isinstance(error, ChatMigrated)
    assert error.new_chat_id == GROUP
    telegram.kick_bot(GROUP, ani)
    error = refusal(telegram, lambda b: b.send_message(GROUP, "x"))
    assert str(error) == "Forbidden: bot was kicked from the supergroup chat"
    kinds = [
        next(iter(set(u.body[u.kind]) & {"migrate_to_chat_id", "new_chat_member"}), "")
        for u in telegram.queue.log
    ]
    assert kinds == ["migrate_to_chat_id", "", "new_chat_member"]
