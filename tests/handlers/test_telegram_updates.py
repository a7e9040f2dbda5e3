"""Telegram's updates become events, whatever stands in them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.events import (
    Location,
    Media,
    MediaKind,
    MessageReceived,
    NotUnderstood,
    Officer,
    OfficerTapped,
    ReporterUnreachable,
)
from bot.handlers.telegram import parse
from tests.handlers.telegram_fixtures import (
    AT,
    BUDI,
    FILE,
    FIXTURES,
    at,
    changed,
    parsed,
    received,
    update,
)
from tests.patience import UNHURRIED


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


def test_private_words_that_are_passed_on_are_marked() -> None:
    """An officer may show the bot a command of somebody else; it is none of hers."""
    origin = {"type": "hidden_user", "sender_user_name": "X", "date": 1795000000}
    assert received("message__text", forward_origin=origin).forwarded
    assert not received("message__text").forwarded


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


def test_a_live_location_that_moves_corrects_nothing() -> None:
    """Telegram sends each move as an edit without words; it must not blank what she told."""
    moved = update("message__location")["message"] | {"edit_date": 1795000000}
    event = parsed({"update_id": 9, "edited_message": moved})
    assert event == NotUnderstood("telegram", "edited_message", AT)


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


def test_blocking_and_coming_back_are_told() -> None:
    """The card must not promise a delivery that cannot happen."""
    blocked = changed("my_chat_member__blocked")
    assert blocked == ReporterUnreachable(BUDI, at("my_chat_member__blocked"))
    body = update("my_chat_member__blocked")["my_chat_member"]
    old, new = body["old_chat_member"], body["new_chat_member"]
    back = changed("my_chat_member__blocked", old_chat_member=new, new_chat_member=old)
    assert isinstance(back, ReporterUnreachable)
    assert back.reachable


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


@UNHURRIED
@given(
    st.sampled_from([path.stem for path in sorted(FIXTURES.glob("*.json"))]),
    st.integers(min_value=0),
    JSON,
)
@example("message__album", 7, None)
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
