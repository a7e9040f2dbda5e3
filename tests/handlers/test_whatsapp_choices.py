"""Buttons, lists and numbers to type, as WhatsApp can show them."""

import pytest

from bot.channels import (
    Text,
)
from bot.commands import Choice
from tests.fakes.twilio import FakeTwilio
from tests.handlers.whatsapp_session import (
    MANY,
    SRI,
    YES_NO,
    Contents,
    send,
)
from tests.patience import wait_until


def test_few_choices_are_buttons(twilio: FakeTwilio) -> None:
    """One tap is enough; the id comes back."""
    send(twilio, Text("Setuju?\n\n  Baris    lain     jauh\tsini ", YES_NO))
    (message,) = twilio.messages(SRI)
    assert [(button.title, button.id) for button in message.buttons] == [
        ("Setuju", "c:ya"),
        ("Tidak", "c:tidak"),
    ]
    assert message.body == "Setuju?\n\nBaris    lain    jauh sini"


def test_many_choices_are_a_list_with_its_own_word(twilio: FakeTwilio) -> None:
    """WhatsApp shows at most three buttons in a conversation."""
    send(twilio, Text("Tentang apa?", MANY, list_label="Pilih masalah"))
    (message,) = twilio.messages(SRI)
    assert [item.title for item in message.items] == [choice.label for choice in MANY]
    assert message.items[0].description == "Contoh 1"
    assert message.rendered is not None
    assert message.rendered.list_button == "Pilih masalah"


def test_what_a_person_said_never_becomes_part_of_a_template(twilio: FakeTwilio) -> None:
    """Templates stay at Twilio for good; names and stories must not."""
    send(twilio, Text("Nama: Sri\nCerita: {{1}} upah kami", YES_NO))
    (content,) = twilio.contents()
    assert "Sri" not in f"{content.friendly_name} {content.types} {content.variables}"
    assert twilio.messages(SRI)[0].body == "Nama: Sri\nCerita: {{1}} upah kami"


def test_one_template_serves_all_texts_with_the_same_choices(twilio: FakeTwilio) -> None:
    """Making one takes a request more; a running program makes each once."""
    contents = Contents()
    for text in ("Satu?", "Dua?"):
        send(twilio, Text(text, YES_NO), contents)
    send(twilio, Text("Dua\nbaris?", YES_NO), contents)
    send(twilio, Text("Satu?", YES_NO[:1]), contents)
    assert len(twilio.contents()) == len(contents.known) == 3
    assert [m.body for m in twilio.messages(SRI)] == ["Satu?", "Dua?", "Dua\nbaris?", "Satu?"]


def test_messages_with_buttons_pass_what_whatsapp_checks(twilio: FakeTwilio) -> None:
    """Line breaks and wide gaps in a variable would fail later, unseen by the sender."""
    twilio.connect("http://127.0.0.1:9", "https://bot.contoh.id")
    twilio.inbound(SRI, "halo", deliver=False)
    twilio.auto_status("delivered")
    send(twilio, Text("Ringkasan:\n\n1. Upah\t\tkurang\r\n2. PT  \n\nBenar?", YES_NO))
    message = twilio.messages(SRI)[0]
    wait_until(lambda: message.status not in {"queued", "sent"})
    assert (message.status, message.error_code) == ("delivered", None)


@pytest.mark.parametrize(
    "text",
    [
        Text("x" * 1025, YES_NO),
        Text("Label panjang", (Choice("a", "x" * 21), Choice("b", "Tidak"))),
        Text("Label sama", (Choice("a", "Ya"), Choice("b", "Ya"))),
        Text("Id sama", (Choice("a", "Ya"), Choice("a", "Tidak"))),
        Text("\n".join("baris" for _ in range(101)), YES_NO),
        Text("Banyak", tuple(Choice(str(n), f"Pilihan {n}") for n in range(11))),
    ],
    ids=["long", "label", "same", "id", "lines", "many"],
)
def test_choices_that_whatsapp_cannot_show_are_numbers_to_type(
    twilio: FakeTwilio, text: Text
) -> None:
    """There is always a typed way; old phones have no other."""
    send(twilio, text)
    (message,) = twilio.messages(SRI)
    assert message.buttons == message.items == []
    assert message.body.startswith(f"{text.text}\n\n1. {text.choices[0].label}")
    assert message.body.count("\n") >= len(text.choices)
    assert twilio.contents() == []


def test_a_text_too_long_for_numbers_goes_in_two_messages(twilio: FakeTwilio) -> None:
    """Twilio refuses more than 1600 characters."""
    send(twilio, Text("x" * 1590, YES_NO))
    assert [m.body for m in twilio.messages(SRI)] == ["x" * 1590, "1. Setuju\n2. Tidak"]


def test_without_templates_the_choices_still_arrive(twilio: FakeTwilio) -> None:
    """The Content API may be down or closed to this account while messages go."""
    for status, code in ((403, 20003), (500, 20500), (None, 0)):
        twilio.fail_next("content.create", status, code)
        send(twilio, Text("Setuju?", YES_NO))
    assert [m.body for m in twilio.messages(SRI)] == ["Setuju?\n\n1. Setuju\n2. Tidak"] * 3


def test_a_template_that_was_deleted_at_twilio_is_made_again(
    twilio: FakeTwilio,
) -> None:
    """Somebody may clean up in Twilio's console."""
    contents = Contents()
    send(twilio, Text("Setuju?", YES_NO), contents)
    twilio.account.contents.clear()
    send(twilio, Text("Setuju?", YES_NO), contents)
    assert [m.labels for m in twilio.messages(SRI)] == [["Setuju", "Tidak"]] * 2
    assert list(contents.known.values()) == [content.sid for content in twilio.contents()]
