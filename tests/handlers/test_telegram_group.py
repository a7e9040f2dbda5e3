"""What happens in the officers' group becomes events."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.events import (
    TOPICS_ON,
    GroupChange,
    GroupChanged,
    NotUnderstood,
    Officer,
    OfficerTapped,
    OfficerWrote,
)
from tests.handlers.telegram_fixtures import (
    ANI,
    AT,
    FILE,
    GROUP,
    at,
    changed,
    parsed,
    update,
    wrote,
)


def test_a_tap_in_the_group_is_an_officers_tap_whatever_its_payload() -> None:
    """Nobody reports from the officers' group."""
    assert changed("callback_query__tap") == OfficerTapped(
        channel="telegram",
        officer=ANI,
        chat_id=GROUP,
        message_id=f"{GROUP}:103",
        tap_id="3478923478923478",
        payload="k:9f3a:ambil",
        at=AT,
        thread_id="102",
    )


def test_words_in_a_topic_are_an_officers() -> None:
    """The opening of the topic is no message that is answered."""
    assert changed("message__topic") == OfficerWrote(
        channel="telegram",
        officer=ANI,
        chat_id=GROUP,
        message_id=f"{GROUP}:110",
        at=at("message__topic"),
        thread_id="102",
        text="Sudah kami hubungi HRD-nya",
    )


def test_a_real_reply_in_a_topic_names_the_message() -> None:
    """Replies to the card or to a reporter's message have a meaning of their own."""
    assert wrote("message__topic_reply").reply_to == f"{GROUP}:103"


def test_a_pruned_opening_is_no_message_that_is_answered_either() -> None:
    """Telegram sometimes hands it over without its content."""
    root = update("message__topic")["message"]["reply_to_message"]
    root.pop("forum_topic_created")
    assert wrote("message__topic", reply_to_message=root).reply_to == ""


def test_without_topics_a_thread_is_only_a_chain_of_replies() -> None:
    """Its number must not be taken for a topic."""
    event = wrote("message__topic_reply", is_topic_message=None)
    assert (event.thread_id, event.reply_to) == ("", f"{GROUP}:103")


def test_an_edit_in_the_group_is_marked() -> None:
    """A reply that was already sent must not be sent again."""
    body = update("message__topic")
    body["edited_message"] = body.pop("message") | {"edit_date": 1795000999}
    event = parsed(body)
    assert isinstance(event, OfficerWrote)
    assert event.edited
    assert event.at == datetime.fromtimestamp(1795000999, UTC)


def test_words_that_are_passed_on_are_marked() -> None:
    """A command of somebody else is none of the officer who shows it around."""
    origin = {"type": "hidden_user", "sender_user_name": "Siapa", "date": 1795000000}
    assert wrote("message__topic", forward_origin=origin).forwarded
    assert not wrote("message__topic").forwarded


def test_a_file_in_the_group_comes_with_its_words() -> None:
    """Officers send documents to reporters too."""
    event = wrote("message__topic", text=None, caption="Surat", document=FILE)
    assert (event.text, event.media[0].reference) == ("Surat", "F1")


def test_a_contact_in_the_group_is_words() -> None:
    """Shared in the topic of a secret it names her: it is taken away like a note."""
    budi = {"first_name": "Budi", "phone_number": "6281200000070"}
    event = wrote("message__topic", text=None, contact=budi)
    assert (event.text, event.media) == ("Budi: 6281200000070", ())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"from": {"id": 136817688, "is_bot": True, "first_name": "Channel"}},
        {"from": None},
        {"sender_chat": None},
    ],
    ids=["anonymous", "channel", "nobody", "no_chat"],
)
def test_who_hides_behind_the_group_is_nobody_known(changes: dict[str, Any]) -> None:
    """Rights belong to people; nobody known has none."""
    event = wrote("message__anonymous_admin", **changes)
    assert event.officer == Officer("")
    assert event.text == "Tolong ditutup"


def test_bots_are_not_heard() -> None:
    """Neither our own service messages nor what other bots write."""
    bot = {"id": 999, "is_bot": True, "first_name": "Lain"}
    assert isinstance(changed("message__topic", **{"from": bot}), NotUnderstood)
    assert isinstance(changed("message__forum_topic_closed_by_bot"), NotUnderstood)
    assert isinstance(changed("message__topic", text=None, entities=None), NotUnderstood)


@pytest.mark.parametrize(
    ("name", "change", "officer", "thread", "value"),
    [
        ("message__forum_topic_closed", GroupChange.TOPIC_CLOSED, ANI, "102", ""),
        ("message__forum_topic_reopened", GroupChange.TOPIC_REOPENED, ANI, "102", ""),
        ("message__migrated", GroupChange.MIGRATED, ANI, "", GROUP),
        ("my_chat_member__kicked", GroupChange.BOT_REMOVED, ANI, "", ""),
        ("chat_member__left", GroupChange.MEMBER_LEFT, Officer("810000070", "Budi"), "", ""),
    ],
)
def test_changes_of_the_group_are_told(
    name: str, change: GroupChange, officer: Officer, thread: str, value: str
) -> None:
    """A closed topic may close a case; whoever leaves loses every right."""
    event = changed(name)
    assert isinstance(event, GroupChanged)
    assert (event.change, event.officer, event.thread_id) == (change, officer, thread)
    assert (event.value, event.at) == (value, at(name))


def test_the_bots_rights_are_listed() -> None:
    """Operators read there what is still missing."""
    added = changed("my_chat_member__promoted")
    assert isinstance(added, GroupChanged)
    assert added.change is GroupChange.BOT_ADDED
    assert {"can_manage_topics", "can_pin_messages"} <= set(added.value.split(","))
    assert "can_promote_members" not in added.value.split(",")
    new = update("my_chat_member__promoted")["my_chat_member"]["new_chat_member"]
    fewer = new | {"can_pin_messages": False}
    event = changed("my_chat_member__promoted", old_chat_member=new, new_chat_member=fewer)
    assert isinstance(event, GroupChanged)
    assert event.change is GroupChange.BOT_RIGHTS_CHANGED
    assert "can_pin_messages" not in event.value


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("administrator_", "kicked", GroupChange.MEMBER_LEFT),
        ("member", "restricted_out", GroupChange.MEMBER_LEFT),
        ("restricted_in", "left", GroupChange.MEMBER_LEFT),
        ("member", "restricted_in", None),
        ("left", "member", GroupChange.MEMBER_JOINED),
        ("kicked", "restricted_in", GroupChange.MEMBER_JOINED),
        ("left", "kicked", None),
    ],
)
def test_only_who_crosses_the_door_comes_or_leaves(
    old: str, new: str, change: GroupChange | None
) -> None:
    """Restricted members may be inside or outside."""
    user = update("chat_member__left")["chat_member"]["new_chat_member"]["user"]
    silent = dict.fromkeys(
        (
            "can_send_messages", "can_change_info", "can_invite_users", "can_pin_messages",
            "can_send_polls", "can_send_other_messages", "can_add_web_page_previews",
            "can_manage_topics", "can_send_audios", "can_send_documents", "can_send_photos",
            "can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_edit_tag",
            "can_react_to_messages",
        ),
        False,
    )  # fmt: skip
    rights = update("my_chat_member__promoted")["my_chat_member"]["new_chat_member"]
    members = {
        "member": {"status": "member"},
        "left": {"status": "left"},
        "kicked": {"status": "kicked", "until_date": 0},
        "administrator_": rights,
        "restricted_in": silent | {"status": "restricted", "is_member": True, "until_date": 0},
        "restricted_out": silent | {"status": "restricted", "is_member": False, "until_date": 0},
    }
    event = changed(
        "chat_member__left",
        old_chat_member=members[old] | {"user": user},
        new_chat_member=members[new] | {"user": user},
    )
    assert (event.change if isinstance(event, GroupChanged) else None) == change


def test_new_members_are_told_without_being_administrator() -> None:
    """A bot that is no administrator hears of them only by the group's own message."""
    users = [{"id": 70 + n, "is_bot": n == 1, "first_name": f"Orang{n}"} for n in range(3)]
    event = changed("message__topic", text=None, entities=None, new_chat_members=users)
    assert isinstance(event, GroupChanged)
    assert event.change is GroupChange.MEMBER_JOINED
    assert (event.officer, event.others) == (Officer("70", "Orang0"), (Officer("72", "Orang2"),))
    only_bots = changed("message__topic", text=None, entities=None, new_chat_members=users[1:2])
    assert isinstance(only_bots, NotUnderstood)


def test_a_member_who_leaves_is_told_of_without_being_administrator() -> None:
    """Rights end with the membership, also where Telegram tells it as a message only."""
    gone = {"id": 5, "is_bot": False, "first_name": "Joko"}
    event = changed("message__topic", text=None, entities=None, left_chat_member=gone)
    assert isinstance(event, GroupChanged)
    assert (event.change, event.officer.user_id) == (GroupChange.MEMBER_LEFT, "5")
    bot = gone | {"is_bot": True}
    assert isinstance(
        changed("message__topic", text=None, entities=None, left_chat_member=bot), NotUnderstood
    )


def test_topics_are_told_with_the_bots_rights() -> None:
    """Without them every case lies in one heap."""
    chat = update("my_chat_member__promoted")["my_chat_member"]["chat"]
    for forum in (True, False):
        event = changed("my_chat_member__promoted", chat=chat | {"is_forum": forum})
        assert isinstance(event, GroupChanged)
        assert (TOPICS_ON in event.value.split(",")) is forum


def test_the_parts_of_an_album_are_known_as_such() -> None:
    """Only the first of its pictures carries the words /balas."""
    assert wrote("message__topic", media_group_id="77").album == "77"
    assert wrote("message__topic").album == ""
