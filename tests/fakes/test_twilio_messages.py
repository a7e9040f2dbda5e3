"""The Twilio SDK talks to the fake: webhooks, messages, media, faults."""

import base64
from urllib.parse import parse_qsl

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from tests.fakes.clients import Receiver, code_of, send, twilio_client
from tests.fakes.twilio import FakeTwilio, MediaFile
from tests.patience import wait_until


def test_inbound_webhook_is_signed_as_the_sdk_expects(
    twilio: FakeTwilio, receiver: Receiver
) -> None:
    """If our own signature were wrong in the same way twice, nobody would notice."""
    inbound = twilio.inbound(body="", media=[(b"suara", "audio/ogg")], bsuid="ID.12345")
    path, headers, body = receiver.requests[0]
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    assert path == "/twilio/inbound"
    assert fields == inbound.params
    assert (fields["Body"], fields["ExternalUserId"]) == ("", "whatsapp:ID.12345")
    url = "https://bot.contoh.id/twilio/inbound"
    validator = RequestValidator(twilio.auth_token)
    assert validator.validate(url, fields, headers["x-twilio-signature"])
    assert not validator.validate(url, fields | {"Body": "x"}, headers["x-twilio-signature"])
    assert inbound.response is not None
    assert inbound.response.status_code == 200


def test_message_inside_the_window_is_delivered(twilio: FakeTwilio, receiver: Receiver) -> None:
    """A reply within 24 hours, its reports, and finding it again after a lost answer."""
    twilio.inbound("+6281200000001", "halo")
    twilio.auto_status("sent", "delivered", "read")
    record = send(twilio, body="Halo", status_callback="https://bot.contoh.id/twilio/status")
    wait_until(lambda: record.status == "read")
    wait_until(lambda: len(receiver.requests) == 4)
    _, headers, body = receiver.requests[-1]
    fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
    assert (fields["MessageStatus"], fields["MessageSid"]) == ("read", record.sid)
    assert RequestValidator(twilio.auth_token).validate(
        "https://bot.contoh.id/twilio/status", fields, headers["x-twilio-signature"]
    )
    client = twilio_client(twilio)
    assert client.messages(record.sid).fetch().status == "read"
    found = client.messages.list(to="whatsapp:+6281200000001")
    assert [m.body for m in found] == ["Halo"]
    assert [m.direction for m in client.messages.list()] == ["outbound-api", "inbound"]


def test_list_of_messages_is_paged_and_filtered_by_time(twilio: FakeTwilio) -> None:
    """Reconciliation after an outage reads more than one page."""
    for number in range(5):
        twilio.inbound(body=str(number), deliver=False)
        twilio.advance(60)
    since = twilio.now().replace(microsecond=0)
    twilio.advance(60)
    twilio.inbound(body="akhir", deliver=False)
    client = twilio_client(twilio)
    assert [m.body for m in client.messages.list(page_size=2)] == ["akhir", *"43210"]
    assert [m.body for m in client.messages.list(date_sent_after=since)] == ["akhir"]


def test_free_text_outside_the_window_fails_later_with_63016(
    twilio: FakeTwilio, receiver: Receiver
) -> None:
    """Twilio takes such a message first: only the report tells."""
    twilio.inbound("+6281200000001", "halo")
    twilio.advance(24 * 3600 + 1)
    callback = "https://bot.contoh.id/twilio/status#rc=3"
    record = send(twilio, body="Halo", status_callback=callback)
    wait_until(lambda: len(receiver.requests) == 2)
    fields = dict(parse_qsl(receiver.requests[-1][2].decode()))
    assert (fields["MessageStatus"], fields["ErrorCode"]) == ("undelivered", "63016")
    assert (record.status, record.error_code) == ("undelivered", 63016)
    twilio.not_on_whatsapp("+6281200000009")
    failed = send(twilio, to="whatsapp:+6281200000009", body="Halo")
    wait_until(lambda: failed.error_code == 63024)


def test_wrong_messages_are_refused_at_once(twilio: FakeTwilio) -> None:
    """Each code has its own remedy in our sender."""
    twilio.opt_out("+6281200000008")
    assert code_of(twilio, to="whatsapp:0812", body="x") == 21211
    assert code_of(twilio, to="+6281200000001", body="x") == 21211
    assert code_of(twilio, to="whatsapp:+6281200000008", body="x") == 21610
    assert code_of(twilio, from_="whatsapp:+6289999999999", body="x") == 63007
    assert code_of(twilio, body="x" * 1601) == 21617
    assert code_of(twilio, body=" ") == 21619
    assert code_of(twilio, body="x", status_callback="bot/status") == 21609
    assert code_of(twilio, content_sid="HX0") == 21655
    with pytest.raises(TwilioRestException) as caught:
        twilio_client(twilio, "salah").messages.create("x")
    assert (caught.value.status, caught.value.code) == (401, 20003)
    assert send(twilio, to="whatsapp:ID.12345", body="x").to == "whatsapp:ID.12345"


def test_media_need_credentials_here_and_none_at_the_cdn(twilio: FakeTwilio) -> None:
    """Credentials that follow the redirect would leak; the CDN refuses them."""
    file = MediaFile(b"slip", "image/jpeg", size=100_000, chunked=True, not_found_times=1)
    url = twilio.inbound(body="slip gaji", media=[file]).params["MediaUrl0"]
    auth = (twilio.account_sid, twilio.auth_token)
    assert httpx.get(url).status_code == 401
    assert httpx.get(url, auth=auth).status_code == 404
    redirect = httpx.get(url, auth=auth)
    assert redirect.status_code == 307
    assert httpx.get(redirect.headers["location"], auth=auth).status_code == 400
    got = httpx.get(url, auth=auth, follow_redirects=True)
    assert (len(got.content), got.content[:4]) == (100_000, b"slip")
    assert "content-length" not in got.headers
    assert httpx.delete(url, auth=auth).status_code == 204
    assert httpx.get(url, auth=auth).status_code == 404


def test_typing_is_shown_for_a_message_that_was_received(twilio: FakeTwilio) -> None:
    """Typing needs the sid of an inbound message."""
    sid = twilio.inbound(body="halo").sid
    typing = twilio_client(twilio).messaging.v2.typing_indicator
    assert typing.create(channel="whatsapp", message_id=sid).success
    assert twilio.typing == [sid]
    with pytest.raises(TwilioRestException):
        typing.create(channel="whatsapp", message_id="SM0")


def test_planned_faults_and_rate_limit_of_twilio(twilio: FakeTwilio) -> None:
    """A lost answer leaves a message that only the list knows of."""
    twilio.inbound("+6281200000001", "halo")
    twilio.fail_next("messages.create", 503, 20503)
    assert code_of(twilio, body="x") == 20503
    twilio.fail_next("messages.create", after_accept=True)
    with pytest.raises(OSError, match="Connection"):
        send(twilio, body="sampai")
    assert [m.body for m in twilio.messages("+6281200000001")] == ["sampai"]
    twilio.freeze()
    twilio.rate_limit(1)
    send(twilio, body="y")
    assert code_of(twilio, body="z") == 20429
    twilio.advance(1)
    send(twilio, body="z")


def test_async_content_call_of_the_sdk_would_be_refused(twilio: FakeTwilio) -> None:
    """The SDK's async client sends JSON bodies as forms; Twilio would not take that."""
    token = base64.b64encode(f"{twilio.account_sid}:{twilio.auth_token}".encode()).decode()
    headers = {"Authorization": f"Basic {token}"}
    url = f"{twilio.base_url}/v1/Content"
    assert httpx.post(url, data={"friendly_name": "a"}, headers=headers).status_code == 400
