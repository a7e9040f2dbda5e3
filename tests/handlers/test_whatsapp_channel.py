"""What goes out to WhatsApp, as people see it and as Twilio may refuse it."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from bot.channels import (
    ContentRejected,
    File,
    Misconfigured,
    OutcomeUnknown,
    Place,
    RateLimited,
    SendFailure,
    Text,
    TryLater,
    Unreachable,
)
from bot.commands import Choice
from bot.events import Address, MediaKind
from bot.handlers.whatsapp import WhatsAppAccount, WhatsAppChannel
from tests.fakes.twilio import FakeTwilio, wait_until

T = TypeVar("T")
SRI = "+6281200000001"
PLACE = Place(Address("whatsapp", SRI))
YES_NO = (Choice("c:ya", "Setuju"), Choice("c:tidak", "Tidak"))
MANY = tuple(Choice(f"k:{n}", f"Masalah {n}", f"Contoh {n}") for n in range(1, 8))
JPEG = File(MediaKind.PHOTO, b"\xff\xd8gambar", "image/jpeg", "slip.jpg", "77")


class Contents:
    """Remembers contents, as the database does."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], str] = {}

    def find(self, account: str, fingerprint: str) -> str | None:
        return self.known.get((account, fingerprint))

    def remember(self, account: str, fingerprint: str, content_id: str) -> None:
        self.known[account, fingerprint] = content_id


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as running:
        running.fetch_media = False
        yield running


def account(twilio: FakeTwilio) -> WhatsAppAccount:
    return WhatsAppAccount(
        twilio.account_sid,
        (twilio.auth_token,),
        twilio.sender,
        api_base_url=twilio.base_url,
        public_base_url="https://bot.contoh.id",
    )


def run(
    twilio: FakeTwilio,
    talk: Callable[[WhatsAppChannel], Awaitable[T]],
    contents: Contents | None = None,
    config: WhatsAppAccount | None = None,
) -> T:
    async def session() -> T:
        channel = WhatsAppChannel(
            config or account(twilio),
            contents or Contents(),
            lambda attachment: f"https://bot.contoh.id/berkas/{attachment}",
        )
        try:
            return await talk(channel)
        finally:
            await channel.close()

    return asyncio.run(session())


def send(twilio: FakeTwilio, text: Text, contents: Contents | None = None) -> str:
    return run(twilio, lambda channel: channel.send_text(PLACE, text), contents)


def failure(
    twilio: FakeTwilio,
    talk: Callable[[WhatsAppChannel], Awaitable[object]],
    config: WhatsAppAccount | None = None,
) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        run(twilio, talk, config=config)
    return caught.value


def test_words_go_out_from_our_sender_with_a_status_callback(twilio: FakeTwilio) -> None:
    """Without the callback the card could not tell what became of them."""
    sid = send(twilio, Text("Halo <Sri> & kawan\nApa kabar?"))
    (message,) = twilio.messages(SRI)
    assert (message.sid, message.body) == (sid, "Halo <Sri> & kawan\nApa kabar?")
    assert message.sender == twilio.sender
    assert message.status_callback == "https://bot.contoh.id/twilio/status"


def test_a_messaging_service_sends_where_one_is_set(twilio: FakeTwilio) -> None:
    """It then chooses the sender."""
    config = replace(account(twilio), messaging_service_sid=twilio.messaging_service_sid)
    run(twilio, lambda channel: channel.send_text(PLACE, Text("Halo")), config=config)
    assert twilio.messages()[0].messaging_service_sid == twilio.messaging_service_sid


def test_a_person_without_a_phone_number_is_written_to_by_her_user_id(
    twilio: FakeTwilio,
) -> None:
    """Usernames hide phone numbers; the id goes out as it came in."""
    place = Place(Address("whatsapp", "ID.1234567890"))
    run(twilio, lambda channel: channel.send_text(place, Text("Halo")))
    assert twilio.messages()[0].to == "whatsapp:ID.1234567890"


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
        Text("\n".join("baris" for _ in range(101)), YES_NO),
        Text("Banyak", tuple(Choice(str(n), f"Pilihan {n}") for n in range(11))),
    ],
    ids=["long", "label", "same", "lines", "many"],
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


def test_a_photo_goes_by_its_link_with_its_words(twilio: FakeTwilio) -> None:
    """Twilio fetches the file from us; no bytes go through its API."""
    run(twilio, lambda channel: channel.send_file(PLACE, JPEG, Text("Ini buktinya")))
    (message,) = twilio.messages(SRI)
    assert message.media_urls == ["https://bot.contoh.id/berkas/77"]
    assert message.body == "Ini buktinya"


@pytest.mark.parametrize(
    ("kind", "choices"),
    [(MediaKind.DOCUMENT, ()), (MediaKind.VOICE, ()), (MediaKind.PHOTO, YES_NO)],
)
def test_words_that_a_file_cannot_carry_go_ahead_of_it(
    twilio: FakeTwilio, kind: MediaKind, choices: tuple[Choice, ...]
) -> None:
    """Twilio drops captions of documents and sound without a word."""
    file = replace(JPEG, kind=kind)
    sid = run(twilio, lambda channel: channel.send_file(PLACE, file, Text("Surat", choices)))
    words, sent = twilio.messages(SRI)
    assert (words.body, words.media_urls) == ("Surat", [])
    assert (sent.sid, sent.body, len(sent.media_urls)) == (sid, "", 1)


def test_a_photo_above_whatsapps_limit_is_refused_before_it_leaves(twilio: FakeTwilio) -> None:
    """It would fail later, at the receiver's side only."""
    photo = replace(JPEG, content=b"\0" * (5 * 1024 * 1024 + 1))
    found = failure(twilio, lambda channel: channel.send_file(PLACE, photo, Text("")))
    assert isinstance(found, ContentRejected)
    assert twilio.messages() == []


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, 21211, Unreachable),
        (400, 21610, Unreachable),
        (401, 20003, Misconfigured),
        (500, 20500, OutcomeUnknown),
        (None, 0, OutcomeUnknown),
    ],
)
def test_what_twilio_refuses_becomes_a_failure(
    twilio: FakeTwilio, status: int | None, code: int, expected: type[SendFailure]
) -> None:
    """Only the outbox decides what follows from it."""
    twilio.fail_next("messages.create", status, code)
    found = failure(twilio, lambda channel: channel.send_text(PLACE, Text("Halo")))
    assert type(found) is expected


def test_too_many_requests_are_paused_as_long_as_twilio_says(twilio: FakeTwilio) -> None:
    """Asking earlier only makes it longer."""
    twilio.fail_next("messages.create", 429, 20429, retry_after=7)
    found = failure(twilio, lambda channel: channel.send_text(PLACE, Text("Halo")))
    assert isinstance(found, RateLimited)
    assert found.retry_after == 7


def test_a_refused_connection_is_certainly_not_sent(twilio: FakeTwilio) -> None:
    """It may be tried again without fear of a second message, with or without buttons."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    config = replace(account(twilio), api_base_url=nobody)
    for text in (Text("Halo"), Text("Setuju?", YES_NO)):
        found = failure(twilio, lambda channel, t=text: channel.send_text(PLACE, t), config)
        assert type(found) is TryLater


def test_a_lost_answer_is_looked_up(twilio: FakeTwilio) -> None:
    """A receipt must not be said twice, and not be forgotten either."""
    since = twilio.now()
    for text in (Text("Nomor laporan: KB-7F3K-92QM"), Text("Benar?\nPilih satu", YES_NO)):
        twilio.fail_next("messages.create", after_accept=True)
        found = failure(twilio, lambda channel, t=text: channel.send_text(PLACE, t))
        assert type(found) is OutcomeUnknown
        sent = run(
            twilio, lambda channel, t=text: channel.was_sent(PLACE, t.text, since.isoformat())
        )
        assert sent == twilio.messages(SRI)[-1].sid


def test_only_the_same_words_to_the_same_person_since_then_count(twilio: FakeTwilio) -> None:
    """An older receipt is no proof of the new one."""
    send(twilio, Text("Terima kasih"))
    now = twilio.now()
    for text, since, place in (
        ("Terima kasih banyak", now, PLACE),
        ("Terima", now, PLACE),
        ("Terima kasih", now + timedelta(minutes=5), PLACE),
        ("Terima kasih", now, Place(Address("whatsapp", "+6281200000002"))),
    ):
        found = run(twilio, lambda c, p=place, t=text, s=since: c.was_sent(p, t, s.isoformat()))
        assert found is None


def test_a_look_up_that_fails_leaves_the_outcome_unknown(twilio: FakeTwilio) -> None:
    """Taking it for "not sent" would double the message."""
    since = twilio.now().isoformat()
    for status in (500, 429, None):
        twilio.fail_next("messages.list", status)
        found = failure(twilio, lambda channel: channel.was_sent(PLACE, "Halo", since))
        assert type(found) is OutcomeUnknown
    assert type(failure(twilio, lambda c: c.was_sent(PLACE, " ", since))) is OutcomeUnknown


def test_typing_is_shown_and_never_fails(twilio: FakeTwilio) -> None:
    """It is a courtesy; an answer must not wait for it."""
    twilio.connect("http://127.0.0.1:9")
    sid = twilio.inbound(SRI, "halo", deliver=False).sid
    run(twilio, lambda channel: channel.show_typing(PLACE, sid))
    assert twilio.typing == [sid]
    twilio.fail_next("typing.create", 500)
    run(twilio, lambda channel: channel.show_typing(PLACE, sid))


def test_answers_never_change_places_between_threads(twilio: FakeTwilio) -> None:
    """The library's own transport keeps the last answer for all threads."""
    texts = [f"Pesan {n}" for n in range(24)]

    async def all_at_once(channel: WhatsAppChannel) -> list[str]:
        return await asyncio.gather(*(channel.send_text(PLACE, Text(text)) for text in texts))

    sids = run(twilio, all_at_once)
    assert [twilio.account.messages[sid].body for sid in sids] == texts
    assert threading.active_count() < 64


def test_the_account_does_not_print_its_tokens(twilio: FakeTwilio) -> None:
    """Settings get into logs and error reports sooner or later."""
    assert twilio.auth_token not in repr(account(twilio))
