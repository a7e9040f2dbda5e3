"""What goes out to WhatsApp, and what Twilio answers instead."""

import asyncio
import socket
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels import (
    ContentRejected,
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
from bot.handlers.whatsapp import WhatsAppChannel
from tests.fakes.twilio import FakeTwilio
from tests.handlers.whatsapp_session import (
    JPEG,
    PLACE,
    SRI,
    YES_NO,
    account,
    failure,
    run,
    send,
)


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
