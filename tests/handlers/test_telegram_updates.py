"""Telegram's updates become events, whatever stands in them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import (
    Address,
    Event,
    GroupChange,
    GroupChanged,
    Location,
    Media,
    MediaKind,
    MessageReceived,
    NotUnderstood,
    Officer,
    OfficerTapped,
    OfficerWrote,
    ReporterUnreachable,
)
from bot.handlers.telegram import parse

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "fixtures" / "telegram"
BUDI = Address("telegram", "810000070")
ANI = Officer("810000007", "Ani Lestari")
GROUP = "-1001234567890"


def update(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


def parsed(body: Any) -> Event:
    return parse(json.dumps(body).encode(), AT)


def changed(name: str, **changes: Any) -> Event:
    """The event in a fixture whose message was changed; None removes a field."""
    body = update(name)
    kind = next(key for key in body if key != "update_id")
    for key, value in changes.items():
        body[kind].pop(key, None)
        if value is not None:
            body[kind][key] = value
    return parsed(body)


def received(name: str, **changes: Any) -> MessageReceived:
    event = changed(name, **changes)
    assert isinstance(event, MessageReceived)
    return event


def wrote(name: str, **changes: Any) -> OfficerWrote:
    event = changed(name, **changes)
    assert isinstance(event, OfficerWrote)
    return event


def at(name: str, field: str = "date") -> datetime:
    body = update(name)
    inner = next(value for key, value in body.items() if key != "update_id")
    return datetime.fromtimestamp(inner[field], UTC)


def test_a_private_text_is_a_reporters_message() -> None:
    """Who wrote, what, when, and the id by which it is quoted or edited later."""
    inner = update("message__text")["message"]
    assert changed("message__text") == MessageReceived(
        address=BUDI,
        external_id=f"810000070:{inner['message_id']}",
        at=at("message__text"),
        text=inner["text"],
        profile_name="Budi",
    )


def test_a_start_command_keeps_its_payload() -> None:
    """A link on a poster may lead to a union or a case."""
    assert received("message__command").text == update("message__command")["message"]["text"]


@pytest.mark.parametrize(
    "changes",
    [
        {"sender_chat": {"id": -100777, "type": "channel", "title": "Info"}},
        {"forward_origin": {"type": "hidden_user", "sender_user_name": "X", "date": 1795000000}},
        {"via_bot": {"id": 5, "is_bot": True, "first_name": "Bot"}},
        {"hal_baru": {"a": 1}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_however_a_private_message_was_sent_it_is_one(changes: dict[str, Any]) -> None:
    """Forwarded evidence is evidence."""
    assert received("message__text", **changes).address == BUDI


def file_of(name: str, kind: str) -> Any:
    return update(name)["message"][kind]


def test_a_photo_is_its_largest_size() -> None:
    """A payslip must stay readable."""
    sizes = file_of("message__photo", "photo")
    largest = sizes[-1]
    event = received("message__photo", photo=list(reversed(sizes)))
    size = largest.get("file_size")
    assert event.media == (Media(MediaKind.PHOTO, largest["file_id"], "image/jpeg", size),)
    assert event.text == update("message__photo")["message"].get("caption", "")


FILE = {"file_id": "F1", "file_unique_id": "U1", "file_size": 5}


@pytest.mark.parametrize(
    ("field", "body", "expected"),
    [
        ("voice", {"duration": 3}, (MediaKind.VOICE, "audio/ogg", "")),
        ("audio", {"duration": 3, "file_name": "a.mp3"}, (MediaKind.VOICE, "audio/mpeg", "a.mp3")),
        (
            "video",
            {"duration": 3, "width": 9, "height": 9, "mime_type": "video/webm"},
            (MediaKind.VIDEO, "video/webm", ""),
        ),
        ("video_note", {"duration": 3, "length": 240}, (MediaKind.VIDEO, "video/mp4", "")),
        (
            "animation",
            {"duration": 3, "width": 9, "height": 9},
            (MediaKind.VIDEO, "video/mp4", ""),
        ),
        (
            "document",
            {"file_name": "phk.pdf", "mime_type": "application/pdf"},
            (MediaKind.DOCUMENT, "application/pdf", "phk.pdf"),
        ),
        ("document", {}, (MediaKind.DOCUMENT, "application/octet-stream", "")),
    ],
)
def test_every_sort_of_file_is_taken(
    field: str, body: dict[str, Any], expected: tuple[MediaKind, str, str]
) -> None:
    """Kind, type, size and name are known before anything is fetched."""
    event = received("message__text", text=None, caption="bukti", **{field: FILE | body})
    kind, content_type, name = expected
    assert event.media == (Media(kind, "F1", content_type, 5, name),)
    assert event.text == "bukti"


def test_an_animation_counts_once() -> None:
    """It comes with a document of the same file."""
    gif = FILE | {"duration": 1, "width": 9, "height": 9}
    event = received("message__text", text=None, animation=gif, document=FILE)
    assert [media.kind for media in event.media] == [MediaKind.VIDEO]


def test_the_parts_of_an_album_share_their_id() -> None:
    """Ten photos are one proof, not ten messages."""
    first, second = received("message__album"), received("message__album_second")
    assert first.album == second.album == update("message__album")["message"]["media_group_id"]
    assert first.external_id != second.external_id


def test_places_are_taken_with_their_name() -> None:
    """A venue carries the factory's name."""
    place = file_of("message__location", "location")
    event = received("message__location")
    assert event.location == Location(place["latitude"], place["longitude"])
    venue = {"location": place, "title": "PT Contoh", "address": "Jl. Contoh 1"}
    named = received("message__location", venue=venue).location
    assert named == Location(place["latitude"], place["longitude"], "PT Contoh, Jl. Contoh 1")


def test_a_contact_is_text_and_answers_our_question() -> None:
    """Whose contact it is cannot be relied on; both are words of hers."""
    event = received("message__contact")
    assert event.contact == "Budi: 6281200000070"
    assert event.reply_to == "810000070:2"
    assert received("message__contact_of_someone_else").contact


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"dice": {"emoji": "🎲", "value": 3}}, "dice"),
        ({"hal_baru": {"a": 1}}, "hal_baru"),
    ],
)
def test_what_cannot_be_read_is_named(changes: dict[str, Any], name: str) -> None:
    """The flow then says what it can read, instead of staying silent."""
    assert received("message__text", text=None, entities=None, **changes).unsupported == name
    assert received("message__sticker").unsupported == "sticker"


def test_service_messages_in_a_private_chat_say_nothing() -> None:
    """Nobody said anything, so nobody gets an answer."""
    event = changed(
        "message__text",
        text=None,
        message_auto_delete_timer_changed={"message_auto_delete_time": 86400},
    )
    assert event == NotUnderstood("telegram", "message message_auto_delete_timer_changed", AT)


def test_an_edit_corrects_the_message_it_is_of() -> None:
    """Both versions are kept."""
    event = received("edited_message__text")
    assert event.edits == event.external_id == "810000070:3"
    assert event.at == at("edited_message__text", "edit_date")


def tap(data: str | None, **message: Any) -> dict[str, Any]:
    body = update("callback_query__inaccessible_message")
    body["callback_query"].pop("data")
    if data is not None:
        body["callback_query"]["data"] = data
    body["callback_query"]["message"] |= message
    return dict(body)


def test_a_tap_tells_its_id_its_words_and_the_message_it_stands_under() -> None:
    """The words go into the transcript, as on WhatsApp."""
    button = {"text": "Setuju", "callback_data": "c:ya"}
    body = tap("c:ya", date=1795000000, reply_markup={"inline_keyboard": [[button]]})
    assert parsed(body) == MessageReceived(
        address=BUDI,
        external_id="tap:3478923478923478",
        at=AT,
        text="Setuju",
        choice="c:ya",
        reply_to="810000070:2",
        profile_name="Budi",
    )


def test_a_tap_under_an_old_message_still_counts() -> None:
    """Telegram then hides the message, and with it the words."""
    event = parsed(tap("c:ya"))
    assert isinstance(event, MessageReceived)
    assert (event.choice, event.text) == ("c:ya", "")


def test_a_tap_without_payload_is_not_understood() -> None:
    """Only games have such buttons."""
    assert isinstance(parsed(tap(None)), NotUnderstood)


def test_an_officers_button_in_a_private_chat_is_an_officers_tap() -> None:
    """Cards of sensitive cases go to the handling officer alone."""
    assert parsed(tap("o:9f3a")) == OfficerTapped(
        channel="telegram",
        officer=Officer("810000070", "Budi"),
        chat_id="810000070",
        message_id="810000070:2",
        tap_id="3478923478923478",
        payload="o:9f3a",
        at=AT,
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


def test_blocking_and_coming_back_are_told() -> None:
    """The card must not promise a delivery that cannot happen."""
    blocked = changed("my_chat_member__blocked")
    assert blocked == ReporterUnreachable(BUDI, at("my_chat_member__blocked"))
    body = update("my_chat_member__blocked")["my_chat_member"]
    old, new = body["old_chat_member"], body["new_chat_member"]
    back = changed("my_chat_member__blocked", old_chat_member=new, new_chat_member=old)
    assert isinstance(back, ReporterUnreachable)
    assert back.reachable


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


def test_a_file_in_the_group_comes_with_its_words() -> None:
    """Officers send documents to reporters too."""
    event = wrote("message__topic", text=None, caption="Surat", document=FILE)
    assert (event.text, event.media[0].reference) == ("Surat", "F1")


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
    ("old", "new", "left"),
    [
        ("administrator_", "kicked", True),
        ("member", "restricted_out", True),
        ("restricted_in", "left", True),
        ("member", "restricted_in", False),
        ("left", "member", False),
        ("left", "kicked", False),
    ],
)
def test_only_who_was_inside_can_leave(old: str, new: str, *, left: bool) -> None:
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
    assert isinstance(event, GroupChanged) is left


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "body"),
        (b"\xff", "body"),
        (b"[]", "body"),
        (b"{}", "update"),
        (b'{"update_id": 1, "message": {"text": "rahasia"}}', "message text"),
        (b'{"update_id": 1, "message": 5}', "message"),
        (b'{"update_id": 1, "Rahasia 0812": {}}', "update"),
        (b"[" * 100_000, "body"),
    ],
)
def test_what_cannot_be_read_never_fails(body: bytes, what: str) -> None:
    """One odd update must not hold back those behind it, nor get into logs."""
    assert parse(body, AT) == NotUnderstood("telegram", what, AT)


def test_updates_of_unknown_types_and_channel_posts_are_not_understood() -> None:
    """Telegram adds types; they are counted by name."""
    assert changed("unknown__update_type") == NotUnderstood("telegram", "hal_baru", AT)
    body = update("message__text")
    body["channel_post"] = body.pop("message")
    assert isinstance(parsed(body), NotUnderstood)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    st.sampled_from([path.stem for path in sorted(FIXTURES.glob("*.json"))]),
    st.integers(min_value=0),
    JSON,
)
def test_no_damage_to_an_update_makes_it_fail(name: str, which: int, value: Any) -> None:
    """Any field may be missing or of another type one day."""
    body = update(name)
    holder = body
    while True:
        keys = list(holder)
        key = keys[which % len(keys)]
        which //= len(keys)
        if not isinstance(holder[key], dict) or not holder[key] or which == 0:
            break
        holder = holder[key]
    holder[key] = value
    event = parsed(body)
    assert event.at - AT < timedelta(days=10**6)  # type: ignore[union-attr]
