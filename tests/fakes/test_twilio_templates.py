"""The fake Content API keeps WhatsApp's limits."""

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from tests.fakes.clients import Receiver, code_of, send, twilio_client
from tests.fakes.twilio import FakeTwilio
from tests.patience import wait_until


def quick_reply(*titles: str, body: str = "Laporan {{1}} sudah benar?") -> dict[str, Any]:
    actions = [{"type": "QUICK_REPLY", "title": t, "id": f"k:{t[:9]}"} for t in titles]
    return {"twilio/quick-reply": {"body": body, "actions": actions}}


def list_picker(count: int = 1, item: str = "Upah", description: str = "THR") -> dict[str, Any]:
    items = [{"id": f"k{n}", "item": item, "description": description} for n in range(count)]
    return {"twilio/list-picker": {"body": "Apa?", "button": "Pilih", "items": items}}


def create(fake: FakeTwilio, types: dict[str, Any]) -> str:
    """Create a template by the SDK and return its sid."""
    request = {"friendly_name": "a", "language": "id", "variables": {"1": "KB"}, "types": types}
    created = twilio_client(fake).content.v1.contents.create(
        ContentList.ContentCreateRequest(request)
    )
    return str(created.sid)


@pytest.mark.parametrize(
    "types",
    [
        quick_reply("x" * 21),
        quick_reply("Ya", "Ya"),
        quick_reply(*(str(n) for n in range(11))),
        quick_reply("Ya", body="x" * 1025),
        list_picker(11),
        list_picker(0),
        list_picker(item="x" * 25),
        list_picker(description="x" * 73),
        list_picker(description=""),
        {"twilio/tombol": {"body": "x"}},
        {},
    ],
)
def test_templates_beyond_the_limits_of_whatsapp_are_refused(
    twilio: FakeTwilio, types: dict[str, Any]
) -> None:
    """A label of 21 characters must fail in a test, not on a phone."""
    with pytest.raises(TwilioRestException) as caught:
        create(twilio, types)
    assert caught.value.status == 400


def test_buttons_and_lists_are_shown_and_answered(twilio: FakeTwilio, receiver: Receiver) -> None:
    """A tap comes back with payload, title and the message it belongs to."""
    twilio.inbound("+6281200000001", "halo")
    question = send(
        twilio,
        content_sid=create(twilio, quick_reply("Ya", "Ubah")),
        content_variables='{"1":"KB-7F3K"}',
    )
    assert (question.body, question.labels) == ("Laporan KB-7F3K sudah benar?", ["Ya", "Ubah"])
    tap = twilio.tap(question, "Ya").params
    assert (tap["ButtonPayload"], tap["ButtonText"], tap["Body"]) == ("k:Ya", "Ya", "Ya")
    assert tap["OriginalRepliedMessageSid"] == question.sid
    choice = send(twilio, content_sid=create(twilio, list_picker(2)))
    assert twilio.choose(choice, "k1").params["ListId"] == "k1"
    assert code_of(twilio, content_sid=choice.content_sid, body="x") == 21655
    assert code_of(twilio, content_sid=choice.content_sid, content_variables="x") == 21656
    many = send(twilio, content_sid=create(twilio, quick_reply("1", "2", "3", "4")))
    wait_until(lambda: many.error_code == 63021)
    empty = send(twilio, content_sid=question.content_sid, content_variables='{"1":" "}')
    wait_until(lambda: empty.error_code == 63013)


def test_only_approved_templates_go_out_outside_the_window(twilio: FakeTwilio) -> None:
    """The way back to a worker who has been silent for a day."""
    sid = create(twilio, quick_reply("Ya"))
    contents = twilio_client(twilio).content.v1.contents
    request = {"name": "status_kasus_id", "category": "UTILITY"}
    approval = ApprovalCreateList.ContentApprovalRequest(request)
    early = send(twilio, content_sid=sid)
    wait_until(lambda: early.error_code == 63016)
    contents(sid).approval_create.create(approval)
    assert contents(sid).approval_fetch().fetch().whatsapp["status"] == "received"
    twilio.approve(sid)
    twilio.auto_status("sent")
    late = send(twilio, content_sid=sid, messaging_service_sid=twilio.messaging_service_sid)
    assert late.statuses[0] == "accepted"
    wait_until(lambda: late.status == "sent")
    picker = create(twilio, list_picker())
    with pytest.raises(TwilioRestException):
        contents(picker).approval_create.create(approval)
    assert [c.sid for c in contents.list()] == [sid, picker]
