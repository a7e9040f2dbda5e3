"""Twilio's forms become events, whatever stands in them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import (
    Address,
    DeliveryReported,
    DeliveryStatus,
    Event,
    Location,
    Media,
    MediaKind,
    MessageReceived,
    NotUnderstood,
)
from bot.handlers.whatsapp import parse
from bot.handlers.whatsapp.parse import to_event
from tests.patience import UNHURRIED

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FIXTURES = Path(__file__).parents[1] / "fixtures" / "twilio"
PHONE = Address("whatsapp", "+6281200000001")
USER_ID = Address("whatsapp", "ID.1234567890")


def fields(name: str) -> dict[str, str]:
    return dict(json.loads((FIXTURES / f"{name}.json").read_text()))


def parsed(name: str, **changes: str) -> Event:
    return parse(urlencode(fields(name) | changes).encode(), AT)


def received(name: str, **changes: str) -> MessageReceived:
    event = parsed(name, **changes)
    assert isinstance(event, MessageReceived)
    return event


def test_the_lasting_user_id_is_the_address_and_the_phone_number_an_alias() -> None:
    """A person who later hides her number must stay the same person."""
    event = received("inbound__text", ExternalUserId="whatsapp:ID.1234567890")
    assert event.address == USER_ID
    assert event.aliases == (PHONE,)
    assert event.external_id == fields("inbound__text")["MessageSid"]
    assert event.text == fields("inbound__text")["Body"]
    assert event.at == AT


def test_without_a_user_id_the_phone_number_is_the_address() -> None:
    """Not every account gets user ids yet."""
    event = received("inbound__phone_only")
    assert (event.address, event.aliases) == (PHONE, ())


def test_a_hidden_phone_number_leaves_the_user_id_alone() -> None:
    """Both fields then hold the same; it must not become its own alias."""
    event = received("inbound__bsuid_only")
    assert (event.address, event.aliases) == (USER_ID, ())


@pytest.mark.parametrize(
    ("name", "choice_field", "title_field"),
    [("inbound__button", "ButtonPayload", "ButtonText"), ("inbound__list", "ListId", "ListTitle")],
)
def test_a_tap_tells_its_id_its_words_and_the_message_it_answers(
    name: str, choice_field: str, title_field: str
) -> None:
    """Flows go by the id; people and transcripts by the words."""
    form = fields(name)
    event = received(name)
    assert event.choice == form[choice_field]
    assert event.text == form[title_field]
    assert event.reply_to == form["OriginalRepliedMessageSid"]


def test_a_swiped_message_tells_which_one_was_answered() -> None:
    """With several open cases the answer belongs to the quoted one."""
    assert (
        received("inbound__reply").reply_to
        == fields("inbound__reply")["OriginalRepliedMessageSid"]
    )


@pytest.mark.parametrize(
    ("name", "kind", "content_type"),
    [
        ("inbound__image", MediaKind.PHOTO, "image/jpeg"),
        ("inbound__voice", MediaKind.VOICE, "audio/ogg"),
        ("inbound__document", MediaKind.DOCUMENT, "application/pdf"),
    ],
)
def test_a_file_keeps_its_kind_and_where_it_lies(
    name: str, kind: MediaKind, content_type: str
) -> None:
    """The caption is text like any other; the file is fetched later."""
    form = fields(name)
    event = received(name)
    assert event.media == (Media(kind, form["MediaUrl0"], content_type),)
    assert event.text == form["Body"]
    assert event.unsupported is None


def test_a_shared_contact_arrives_as_a_document() -> None:
    """WhatsApp hands contacts over as a card file; it must not be lost."""
    event = received("inbound__document", MessageType="contacts", MediaContentType0="text/vcard")
    assert event.media[0].kind is MediaKind.DOCUMENT
    assert event.media[0].content_type == "text/vcard"


def test_a_location_tells_place_and_name() -> None:
    """The name the phone gave often is the factory's."""
    form = fields("inbound__location")
    event = received("inbound__location", Label="Pabrik", Address="Jl. Contoh 1")
    latitude, longitude = float(form["Latitude"]), float(form["Longitude"])
    assert event.location == Location(latitude, longitude, "Pabrik, Jl. Contoh 1")


@pytest.mark.parametrize("latitude", ["nan", "91", "x", ""])
def test_an_impossible_place_is_no_place(latitude: str) -> None:
    """Maps and distances later must not meet it."""
    assert received("inbound__location", Latitude=latitude, Body="sini").location is None


def test_a_message_without_anything_readable_names_its_type() -> None:
    """The flow then says kindly what it can read."""
    assert received("inbound__text", Body="", MessageType="order").unsupported == "order"
    assert received("inbound__text", Body="", MessageType="<b>x").unsupported == "empty"


def test_an_advertisement_click_is_an_ordinary_message() -> None:
    """Unknown fields come without notice and change nothing."""
    assert received("inbound__advertisement").text == fields("inbound__advertisement")["Body"]


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("status__sent", DeliveryStatus.SENT, ""),
        ("status__delivered", DeliveryStatus.DELIVERED, ""),
        ("status__read", DeliveryStatus.READ, ""),
        ("status__undelivered_63016", DeliveryStatus.FAILED, "63016"),
        ("status__failed_63024", DeliveryStatus.FAILED, "63024"),
    ],
)
def test_a_status_callback_reports_delivery(name: str, status: DeliveryStatus, code: str) -> None:
    """The card in the officers' group tells the truth about each message."""
    sid = fields(name)["MessageSid"]
    assert parsed(name) == DeliveryReported("whatsapp", sid, status, AT, code)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"MessageStatus": "sending"}, "status sending"),
        ({"MessageStatus": "Rahasia 08"}, "status ?"),
        ({"MessageSid": ""}, "status sent"),
    ],
)
def test_a_status_that_says_nothing_new_is_not_understood(
    changes: dict[str, str], what: str
) -> None:
    """Twilio's vocabulary may grow; what is repeated of it is never free text."""
    assert parsed("status__sent", **changes) == NotUnderstood("whatsapp", what, AT)


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe", b"Body=%ff%fe&From=whatsapp%3A%2B62", b"no form", b"{}"]
)
def test_a_broken_body_is_not_understood(raw: bytes) -> None:
    """A body in the inbox that cannot be read must not stop the lane."""
    event = parse(raw, AT)
    assert isinstance(event, NotUnderstood)


@UNHURRIED
@given(st.dictionaries(st.sampled_from(sorted(fields("inbound__button"))), st.text(max_size=20)))
def test_no_form_makes_it_fail(form: dict[str, str]) -> None:
    """Whatever Twilio may send one day, an event comes out."""
    assert to_event(form, AT).at == AT
