"""What the bot does in the officers' group."""

from dataclasses import replace

import pytest

from bot.channels import (
    Members,
    NotAllowed,
    OutcomeUnknown,
    Place,
    TargetGone,
    Text,
    TopicGone,
    TryLater,
)
from bot.events import Address
from bot.handlers.telegram import TelegramChannel
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_state import ALL_BOT_RIGHTS, User
from tests.handlers.telegram_session import (
    BUDI_PLACE,
    GROUP,
    GROUP_PLACE,
    YES_NO,
    failure,
    run,
    say,
)

# ---- the officers' group -----------------------------------------------------------------


@pytest.mark.usefixtures("ani")
def test_a_message_of_ours_is_edited_and_an_equal_edit_is_fine(telegram: FakeTelegram) -> None:
    """Cards are brought up to date as often as one likes."""
    card = say(telegram, Text("<b>baru</b>", YES_NO, html=True), GROUP_PLACE)
    for _ in range(2):
        text = Text("<b>ditangani</b>", YES_NO[:1], html=True)
        run(telegram, lambda c, t=text: c.edit_text(GROUP_PLACE, card, t))
    (message,) = telegram.sent(GROUP)
    assert message.texts == ["baru", "ditangani"]
    assert message.labels == ["Setuju"]
    run(telegram, lambda c: c.edit_text(GROUP_PLACE, card, Text("<i>x</b>", html=True)))
    assert (message.text, message.labels) == ("x", [])


@pytest.mark.usefixtures("ani")
def test_an_edit_of_what_is_gone_says_so(telegram: FakeTelegram) -> None:
    """A new card is then sent."""
    found = failure(telegram, lambda c: c.edit_text(GROUP_PLACE, f"{GROUP}:99", Text("x")))
    assert type(found) is TargetGone


@pytest.mark.usefixtures("ani")
def test_a_lost_answer_to_an_edit_may_be_asked_again(telegram: FakeTelegram) -> None:
    """Editing twice does no harm, so nobody has to look."""
    card = say(telegram, Text("baru"), GROUP_PLACE)
    telegram.fail_next("editMessageText", after_accept=True)
    found = failure(telegram, lambda c: c.edit_text(GROUP_PLACE, card, Text("lama")))
    assert type(found) is TryLater
    run(telegram, lambda c: c.edit_text(GROUP_PLACE, card, Text("lama")))


@pytest.mark.usefixtures("ani")
def test_a_message_is_deleted_once_and_twice(telegram: FakeTelegram) -> None:
    """One that is gone is fine."""
    sent = say(telegram, Text("salah kirim"), GROUP_PLACE)
    for _ in range(2):
        run(telegram, lambda c: c.delete_message(GROUP_PLACE, sent))
    assert telegram.sent(GROUP)[0].deleted


def test_an_old_message_may_need_a_right_to_be_deleted(telegram: FakeTelegram, budi: User) -> None:
    """Officers must learn that words still stand there."""
    sent = say(telegram, Text("lama"))
    telegram.advance(49 * 3600)
    found = failure(telegram, lambda c: c.delete_message(BUDI_PLACE, sent))
    assert type(found) is NotAllowed


def test_a_tap_is_answered_and_one_too_old_is_fine(telegram: FakeTelegram, ani: User) -> None:
    """The button must not seem to hang; after a restart nobody waits any more."""
    say(telegram, Text("kartu", YES_NO), GROUP_PLACE)
    tap = telegram.tap(telegram.sent(GROUP)[0], "Setuju", ani)
    run(telegram, lambda c: c.answer_tap(tap.id, "x" * 250, alert=True))
    assert tap.answers == [("x" * 200, True)]
    telegram.advance(3600)
    run(telegram, lambda c: c.answer_tap(tap.id, "", alert=False))
    run(telegram, lambda c: c.answer_tap("123", "", alert=False))


@pytest.mark.usefixtures("ani")
def test_a_topic_is_made_renamed_closed_and_reopened(telegram: FakeTelegram) -> None:
    """As often as one likes; no change is fine."""
    thread = run(telegram, lambda c: c.open_topic(GROUP_PLACE, "KB-7F3K-92QM · " + "x" * 200))
    topic = telegram.topic(GROUP, int(thread))
    assert len(topic.name) == 128
    place = replace(GROUP_PLACE, thread=thread)
    for _ in range(2):
        run(telegram, lambda c: c.edit_topic(place, title="✅ KB-7F3K-92QM", closed=True))
    assert (topic.name, topic.closed) == ("✅ KB-7F3K-92QM", True)
    for _ in range(2):
        run(telegram, lambda c: c.edit_topic(place, closed=False))
    assert (topic.name, topic.closed) == ("✅ KB-7F3K-92QM", False)
    telegram.delete_topic(GROUP, int(thread))
    assert isinstance(failure(telegram, lambda c: c.edit_topic(place, title="x")), TopicGone)


def test_topics_need_a_forum_and_a_right(telegram: FakeTelegram, ani: User) -> None:
    """Without them the card goes into the group as it is."""
    telegram.group(-1007, forum=False, owner=ani)
    plain = Place(Address("telegram", "-1007"))
    assert isinstance(failure(telegram, lambda c: c.open_topic(plain, "x")), NotAllowed)
    telegram.set_bot_rights(GROUP, ALL_BOT_RIGHTS - {"can_manage_topics"}, ani)
    assert isinstance(failure(telegram, lambda c: c.open_topic(GROUP_PLACE, "x")), NotAllowed)


@pytest.mark.usefixtures("ani")
def test_a_topic_of_unknown_outcome_is_not_made_twice(telegram: FakeTelegram) -> None:
    """Telegram has no list in which it could be found again."""
    telegram.fail_next("createForumTopic", after_accept=True)
    found = failure(telegram, lambda c: c.open_topic(GROUP_PLACE, "x"))
    assert type(found) is OutcomeUnknown
    assert len(telegram.topics(GROUP)) == 1


def test_a_card_is_pinned_without_a_sound(telegram: FakeTelegram, ani: User) -> None:
    """It stays at the top of its topic."""
    card = say(telegram, Text("kartu"), GROUP_PLACE)
    run(telegram, lambda c: c.pin(GROUP_PLACE, card))
    message = telegram.sent(GROUP)[0]
    assert telegram.world.chats[GROUP].pinned == [message.message_id]
    assert telegram.calls_of("pinChatMessage")[0]["disable_notification"] == "true"
    telegram.set_bot_rights(GROUP, ALL_BOT_RIGHTS - {"can_pin_messages"}, ani)
    assert isinstance(failure(telegram, lambda c: c.pin(GROUP_PLACE, card)), NotAllowed)


def test_the_administrators_are_people(telegram: FakeTelegram, ani: User) -> None:
    """They become the first coordinators; bots never do."""
    assert run(telegram, lambda c: c.administrators(str(GROUP))) == (("7", "Ani Lestari"),)


def test_who_is_in_a_group_is_known(telegram: FakeTelegram, ani: User) -> None:
    """All count, bots too; whoever Telegram does not know there is not inside."""
    budi = telegram.user(70, "Budi")
    telegram.set_member(GROUP, budi, "member", by=ani)
    telegram.set_member(GROUP, telegram.user(71, "Lama"), "left", by=ani)
    asked = ("7", "70", "71", "999", "bukan-angka")
    found = run(telegram, lambda c: c.members(str(GROUP), asked))
    assert found == Members(3, frozenset({"7", "70"}))


@pytest.mark.usefixtures("ani")
@pytest.mark.parametrize("said", ["user not found", "PARTICIPANT_ID_INVALID"])
def test_whom_telegram_does_not_know_is_not_inside(telegram: FakeTelegram, said: str) -> None:
    """It says so in several ways; none of them means that the group is away."""
    telegram.fail_next("getChatMember", 400, f"Bad Request: {said}")
    assert run(telegram, lambda c: c.members(str(GROUP), ("7",))).inside == frozenset()


@pytest.mark.usefixtures("ani")
def test_who_may_not_ask_does_not_take_everybody_for_a_stranger(telegram: FakeTelegram) -> None:
    """A bot that is no administrator yet would warn of all officers."""
    telegram.fail_next("getChatMember", 400, "Bad Request: member list is inaccessible")
    assert isinstance(failure(telegram, lambda c: c.members(str(GROUP), ("7",))), NotAllowed)


def test_the_bot_asks_for_its_own_name_once(telegram: FakeTelegram) -> None:
    """Commands of other bots in the same group call them by theirs."""

    async def twice(channel: TelegramChannel) -> list[str]:
        return [await channel.own_name() for _ in range(2)]

    assert run(telegram, twice) == ["kawanburuh_bot"] * 2
    assert len(telegram.calls_of("getMe")) == 1


def test_typing_is_shown_ends_a_taps_waiting_and_never_fails(
    telegram: FakeTelegram, budi: User
) -> None:
    """It is a courtesy; an answer must not wait for it."""
    say(telegram, Text("Setuju?", YES_NO))
    tap = telegram.tap(telegram.sent(70)[0], "Setuju", budi)
    run(telegram, lambda c: c.show_typing(BUDI_PLACE, f"tap:{tap.id}"))
    run(telegram, lambda c: c.show_typing(BUDI_PLACE, "70:5"))
    assert tap.answers == [("", False)]
    assert telegram.world.chats[70].actions == ["typing", "typing"]
    telegram.fail_next("sendChatAction", 500, "Internal Server Error")
    run(telegram, lambda c: c.show_typing(BUDI_PLACE, "70:5"))
    assert len(telegram.world.chats[70].actions) == 2


def test_a_start_asks_telegram_nothing(telegram: FakeTelegram) -> None:
    """The program must start while Telegram is down."""

    async def nothing(_channel: TelegramChannel) -> None:
        return

    run(telegram, nothing)
    assert telegram.calls == []
