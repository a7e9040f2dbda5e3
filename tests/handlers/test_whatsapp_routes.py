"""Only what Twilio signed for us comes in, and it is stored before it is confirmed."""

from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest
from twilio.request_validator import RequestValidator

from bot.handlers.whatsapp import WhatsAppAccount, whatsapp_routes
from tests.fakes.twilio import FakeTwilio
from tests.handlers.local_app import LocalApp

PUBLIC = "https://bot.contoh.id"
SECONDARY = "token-being-introduced"
OTHER = WhatsAppAccount(
    "AC" + "9f" * 16, ("another-token",), "whatsapp:+6281199999999", public_base_url=PUBLIC
)


@pytest.fixture
def app(twilio: FakeTwilio) -> Iterator[LocalApp]:
    account = WhatsAppAccount(
        twilio.account_sid,
        (twilio.auth_token, SECONDARY, ""),
        twilio.sender,
        messaging_service_sid=twilio.messaging_service_sid,
        public_base_url=PUBLIC,
    )
    with LocalApp(lambda accept: whatsapp_routes([OTHER, account], accept)) as running:
        twilio.connect(running.base_url, PUBLIC)
        yield running


def form(twilio: FakeTwilio, **changes: str) -> dict[str, str]:
    fields = {
        "AccountSid": twilio.account_sid,
        "From": "whatsapp:+6281200000001",
        "To": twilio.sender,
        "MessageSid": "SM" + "01" * 16,
        "NumMedia": "0",
        "Body": "",
    }
    return fields | changes


def post(
    app: LocalApp,
    params: dict[str, str] | bytes,
    *,
    token: str,
    path: str = "/twilio/inbound",
    signed_url: str = "",
    signed: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    over = signed if signed is not None else params
    url = signed_url or PUBLIC + path
    signature = RequestValidator(token).compute_signature(url, over)
    content = urlencode(params) if isinstance(params, dict) else params
    sent = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature,
    } | (headers or {})
    return httpx.post(app.base_url + path, content=content, headers=sent, trust_env=False)


def test_a_signed_message_is_stored_as_it_came_and_confirmed(
    twilio: FakeTwilio, app: LocalApp
) -> None:
    """The raw body is the evidence; the answer must hold no words for the person."""
    sent = twilio.inbound(body="upah blm dibayar & lembur", bsuid="ID.1234567890")
    assert sent.response is not None
    assert (sent.response.status_code, sent.response.text) == (200, "<Response/>")
    assert sent.response.headers["content-type"].startswith("text/xml")
    (item,) = app.accept.items
    assert (item.source, item.account) == ("twilio", twilio.sender)
    assert (item.external_id, item.lane) == (sent.sid, "whatsapp:ID.1234567890")
    assert item.raw == sent.body


def test_delivery_reports_are_one_event_a_status(twilio: FakeTwilio, app: LocalApp) -> None:
    """Each step of a message counts once, however often Twilio tells it."""
    sid = "SM" + "05" * 16
    params = form(twilio, MessageSid=sid, MessageStatus="delivered")
    params |= {"From": twilio.sender, "To": "whatsapp:+6281200000001"}
    answer = post(app, params, token=twilio.auth_token, path="/twilio/status")
    assert (answer.status_code, answer.text) == (200, "<Response/>")
    (item,) = app.accept.items
    assert (item.external_id, item.lane) == (f"{sid}:delivered", f"delivery:{sid}")


def test_a_report_from_another_sender_of_our_messaging_service_counts(
    twilio: FakeTwilio, app: LocalApp
) -> None:
    """A messaging service chooses the sender itself."""
    params = form(twilio, MessageStatus="sent", From="whatsapp:+6281177777777")
    service = {"MessagingServiceSid": twilio.messaging_service_sid}
    answer = post(app, params | service, token=twilio.auth_token, path="/twilio/status")
    assert answer.status_code == 200
    refused = post(app, params, token=twilio.auth_token, path="/twilio/status")
    assert refused.status_code == 403


def test_the_secondary_token_is_good_while_tokens_change(
    twilio: FakeTwilio, app: LocalApp
) -> None:
    """No message may be lost on the day an operator rotates the token."""
    assert post(app, form(twilio), token=SECONDARY).status_code == 200


def test_a_query_in_the_address_is_part_of_what_is_signed(
    twilio: FakeTwilio, app: LocalApp
) -> None:
    """Operators may add one in Twilio's console."""
    path = "/twilio/inbound?dari=nomor%20utama"
    assert post(app, form(twilio), token=twilio.auth_token, path=path).status_code == 200
    url = PUBLIC + "/twilio/inbound"
    answer = post(app, form(twilio), token=twilio.auth_token, path=path, signed_url=url)
    assert answer.status_code == 403


def test_a_port_in_the_signed_address_makes_no_difference(
    twilio: FakeTwilio, app: LocalApp
) -> None:
    """Twilio signs with the port in some products and without in others."""
    url = "https://bot.contoh.id:443/twilio/inbound"
    assert post(app, form(twilio), token=twilio.auth_token, signed_url=url).status_code == 200


@pytest.mark.parametrize(
    "forgery",
    [
        {"token": "a-guess"},
        {"token": "another-token"},
        {"token": ""},
        {"signed_url": "http://bot.contoh.id/twilio/inbound"},
        {"signed_url": PUBLIC + "/twilio/status"},
        {"headers": {"X-Twilio-Signature": ""}},
        {"headers": {"X-Twilio-Signature": b"\xff\xfe"}},
        {"headers": {"X-Twilio-Webhooks-Signature-Settings": "algorithm=HMAC_MD5"}},
        {"headers": {"X-Twilio-Webhooks-Signature-Settings": "algorithm=HMAC_SHA256"}},
        {"headers": {"X-Forwarded-Host": "penipu.contoh"}, "signed_url": "https://penipu.contoh/"},
        {"signed": {}},
        {"change": {"Body": "lain"}},
        {"change": {"Tambahan": ""}},
        {"params": {"AccountSid": "AC" + "00" * 16}},
        {"params": {"AccountSid": OTHER.account_sid}},
        {"params": {"To": "whatsapp:+6281100000001"}},
        {"params": {"To": OTHER.sender}},
        {"params": {"To": ""}},
    ],
    ids=str,
)
def test_what_is_not_proven_is_refused_without_a_word(
    twilio: FakeTwilio, app: LocalApp, forgery: dict[str, dict[str, str] | str]
) -> None:
    """Whoever forges a complaint must not learn what was wrong with it."""
    options = {"token": twilio.auth_token} | forgery
    params = form(twilio) | dict(options.pop("params", {}))
    sent = params | dict(options.pop("change", {}))
    answer = post(app, sent, **({"signed": params} | options))  # type: ignore[arg-type]
    assert (answer.status_code, answer.content) == (403, b"")
    assert app.accept.items == []


def test_a_missing_signature_is_refused(twilio: FakeTwilio, app: LocalApp) -> None:
    """The library itself fails on a missing header."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    content = urlencode(form(twilio))
    url = app.base_url + "/twilio/inbound"
    answer = httpx.post(url, content=content, headers=headers, trust_env=False)
    assert (answer.status_code, answer.content) == (403, b"")


def test_a_blank_field_is_part_of_what_is_signed(twilio: FakeTwilio, app: LocalApp) -> None:
    """Media without caption come with an empty Body; dropping it breaks the signature."""
    params = form(twilio, Body="", Kosong="")
    assert post(app, params, token=twilio.auth_token).status_code == 200
    fewer = {key: value for key, value in params.items() if key != "Kosong"}
    answer = post(app, fewer, token=twilio.auth_token, signed=params)
    assert answer.status_code == 403


def test_a_signed_address_does_not_let_an_unsigned_body_in(
    twilio: FakeTwilio, app: LocalApp
) -> None:
    """With bodySHA256 in the query the library checks the address alone."""
    path = "/twilio/inbound?bodySHA256=" + "0" * 64
    content = urlencode(form(twilio)).encode()
    as_form = post(app, content, token=twilio.auth_token, path=path, signed={})
    json_type = {"Content-Type": "application/json"}
    as_json = post(app, b"{}", token=twilio.auth_token, path=path, signed={}, headers=json_type)
    whole = post(app, form(twilio), token=twilio.auth_token, path=path)
    assert [as_form.status_code, as_json.status_code, whole.status_code] == [403, 403, 403]
    assert app.accept.items == []


@pytest.mark.parametrize("body", [b"tanpa tanda", b"Body=%ff", b"\xff\xfe=1"])
def test_a_body_that_is_no_form_is_told_apart(
    twilio: FakeTwilio, app: LocalApp, body: bytes
) -> None:
    """Twilio's error log then points to the body, not to the token."""
    answer = post(app, body, token=twilio.auth_token, signed={})
    assert answer.status_code == 400


def test_a_signed_form_without_its_ids_is_told_apart(twilio: FakeTwilio, app: LocalApp) -> None:
    """Without an id nothing can be told from its repetition."""
    for changes in ({"MessageSid": ""}, {"MessageSid": "S" * 65}, {"From": "+6281200000001"}):
        assert post(app, form(twilio, **changes), token=twilio.auth_token).status_code == 400
    status = form(twilio, From=twilio.sender)
    answer = post(app, status, token=twilio.auth_token, path="/twilio/status")
    assert answer.status_code == 400


def test_a_body_above_one_megabyte_is_refused(twilio: FakeTwilio, app: LocalApp) -> None:
    """Said in the header or found while reading, it costs us no memory."""
    content = b"Body=" + b"a" * 1_000_000
    told = post(app, content, token=twilio.auth_token, signed={})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    found = httpx.post(
        app.base_url + "/twilio/inbound",
        content=iter([content]),
        headers=headers,
        trust_env=False,
    )
    assert [told.status_code, found.status_code] == [413, 413]


def test_twilio_hears_when_nothing_could_be_stored(twilio: FakeTwilio, app: LocalApp) -> None:
    """It then tries again, or calls the fallback address."""
    app.accept.refusing = 1
    assert post(app, form(twilio), token=twilio.auth_token).status_code == 503
    assert post(app, form(twilio), token=twilio.auth_token).status_code == 200
