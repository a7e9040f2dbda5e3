"""A Twilio of our own: its APIs over HTTP for our program, WhatsApp users for the tests.

Messages, Media, Content and Typing answer under one address, as TWILIO_API_BASE_URL expects. Tests
act for people (`inbound`, `tap`, `choose`) and for WhatsApp (`status`, `approve`), and read what
was sent (`messages`). What was taken and cannot be delivered fails later, by a status callback, as
at Twilio. Not imitated: messages in TwiML answers, SMS, retries of webhooks, a sender's queue.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from tests.fakes.http_server import misuse
from tests.fakes.twilio_delivery import TwilioDelivery, sign
from tests.fakes.twilio_state import (
    API_VERSION,
    Choice,
    Content,
    MediaFile,
    StoredMedia,
    StoredMessage,
)
from tests.patience import wait_until

__all__ = ["Choice", "FakeTwilio", "Inbound", "MediaFile", "sign"]


@dataclass(frozen=True, slots=True)
class Inbound:
    """A webhook as it was posted; `response` is None when it was not delivered."""

    sid: str
    url: str
    params: dict[str, str]
    headers: dict[str, str]
    response: httpx.Response | None

    @property
    def body(self) -> bytes:
        """The form as it goes over the wire."""
        return urlencode(self.params).encode()


class FakeTwilio(TwilioDelivery):
    """The fake Twilio server with the people on WhatsApp."""

    # ---- people --------------------------------------------------------------------------

    def inbound(
        self,
        from_: str = "+6281200000001",
        body: str = "",
        *,
        button: tuple[str, str] | None = None,
        list_choice: tuple[str, str] | None = None,
        media: Sequence[MediaFile | tuple[bytes, str]] = (),
        location: tuple[float, float] | None = None,
        bsuid: str = "",
        profile_name: str = "Sri",
        replied_to: str = "",
        extra: Mapping[str, str] | None = None,
        deliver: bool = True,
    ) -> Inbound:
        """Let a person write: post the signed webhook and wait for the answer.

        Args:
            from_: A phone number, or empty when a username hides it (then `bsuid` is needed).
            body: Text, or the caption of a file.
            button: Payload and title of a quick reply that was tapped.
            list_choice: Id and title of the list item that was chosen.
            media: Files; WhatsApp sends one a message.
            location: Latitude and longitude.
            bsuid: The business-scoped user id, e.g. `ID.1234567890`.
            profile_name: The name the person gave herself.
            replied_to: Sid of our message that was answered.
            extra: Further fields, as Twilio adds them without notice.
            deliver: False loses the webhook: only the list of messages knows of it.
        """
        if not from_ and not bsuid:
            misuse("A person has a phone number or a bsuid.")
        phone, user_id = _address(from_) if from_ else "", _address(bsuid) if bsuid else ""
        rich = bool(media or button or list_choice)
        sid = self.account.new_sid("MM" if rich else "SM")
        params = self._plain_fields(sid, phone, user_id)
        params |= {"Body": body, "ProfileName": profile_name}
        params |= _choice_fields(button, list_choice) | self._media_fields(sid, media)
        params |= _place_fields(location) | self._reply_fields(replied_to) | dict(extra or {})
        self._record(params, phone, user_id)
        return self._post_inbound(params, deliver=deliver)

    def tap(self, message: StoredMessage, title: str, *, bsuid: str = "") -> Inbound:
        """Let the receiver of a message tap one of its quick replies."""
        button = _pick(message.buttons, title)
        return self.inbound(
            message.to, button=(button.id, button.title), replied_to=message.sid, bsuid=bsuid
        )

    def choose(self, message: StoredMessage, title: str, *, bsuid: str = "") -> Inbound:
        """Let the receiver of a message choose an item of its list."""
        item = _pick(message.items, title)
        return self.inbound(
            message.to, list_choice=(item.id, item.title), replied_to=message.sid, bsuid=bsuid
        )

    def repeat(self, inbound: Inbound) -> Inbound:
        """Post a webhook once more, as a retry does."""
        return self._post_inbound(inbound.params, deliver=True)

    def _plain_fields(self, sid: str, phone: str, user_id: str) -> dict[str, str]:
        """What Twilio tells with every message on WhatsApp."""
        fields = {
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
            "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": {}}}),
            "Forwarded": "false",
            "From": phone or user_id,
            "MessageSid": sid,
            "MessageType": "text",
            "NumSegments": "1",
            "ReferralNumMedia": "0",
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "To": self.sender,
        }
        if phone:
            fields["WaId"] = phone.removeprefix("whatsapp:+")
        if user_id:
            fields["ExternalUserId"] = user_id
        return fields

    def _media_fields(
        self, message_sid: str, media: Sequence[MediaFile | tuple[bytes, str]]
    ) -> dict[str, str]:
        fields = {"NumMedia": str(len(media))}
        for index, given in enumerate(media):
            file = given if isinstance(given, MediaFile) else MediaFile(*given)
            sid = self.account.new_sid("ME")
            self.account.media[sid] = StoredMedia(sid, message_sid, file)
            messages = f"{self.base_url}/{API_VERSION}/Accounts/{self.account_sid}/Messages"
            fields[f"MediaUrl{index}"] = f"{messages}/{message_sid}/Media/{sid}"
            fields[f"MediaContentType{index}"] = file.content_type
            kind = file.content_type.partition("/")[0]
            fields["MessageType"] = kind if kind in {"image", "audio", "video"} else "document"
        return fields

    def _reply_fields(self, replied_to: str) -> dict[str, str]:
        if not replied_to:
            return {}
        return {
            "OriginalRepliedMessageSid": replied_to,
            "OriginalRepliedMessageSender": self.sender,
        }

    def _record(self, params: Mapping[str, str], *addresses: str) -> None:
        """Keep the message; it opens the service window of each address."""
        sid, at = params["MessageSid"], self.now()
        with self.lock:
            for address in filter(None, addresses):
                self.account.last_inbound[address] = at
            self.account.messages[sid] = StoredMessage(
                sid, self.sender, params["From"], params["Body"], at, "received", "inbound"
            )

    def _post_inbound(self, params: dict[str, str], *, deliver: bool) -> Inbound:
        if not self._app_url:
            misuse("Call connect(app_url) first: nobody knows where the webhook goes.")
        url = self._public_url + self._inbound_path
        headers = self._headers(url, params)
        response = self._post(url, params, headers) if deliver else None
        return Inbound(params["MessageSid"], url, params, headers, response)

    # ---- WhatsApp ------------------------------------------------------------------------

    def approve(
        self, content_sid: str, status: str = "approved", *, category: str = "", reason: str = ""
    ) -> None:
        """Let WhatsApp decide on a template that was handed in, or think of it anew.

        Args:
            content_sid: Which one.
            status: approved, rejected, paused, disabled.
            category: What WhatsApp takes it for, where that differs from what was asked.
            reason: Why it was rejected.
        """
        content = self.account.contents[content_sid]
        if not content.approval:
            misuse("This template was never handed in for approval.")
        content.approval |= {"status": status, "rejection_reason": reason}
        content.approval["category"] = category or content.approval["category"]

    def not_on_whatsapp(self, address: str) -> None:
        """Let every message to an address fail with 63024."""
        self.account.not_on_whatsapp.add(_address(address))

    def opt_out(self, address: str) -> None:
        """Refuse every message to an address with 21610."""
        self.account.opted_out.add(_address(address))

    # ---- what our program did ------------------------------------------------------------

    def messages(self, to: str = "") -> list[StoredMessage]:
        """Return what was sent, to one address or to everybody, oldest first."""
        with self.lock:
            return [
                message
                for message in self.account.messages.values()
                if message.direction != "inbound" and (not to or message.to == _address(to))
            ]

    def wait_messages(self, to: str = "", count: int = 1) -> list[StoredMessage]:
        """Wait until at least `count` messages were sent there, and return them."""
        wait_until(lambda: len(self.messages(to)) >= count, f"{count} messages")
        return self.messages(to)

    def contents(self) -> list[Content]:
        """Return the templates, oldest first."""
        return list(self.account.contents.values())

    @property
    def typing(self) -> list[str]:
        """Sids of the inbound messages for which typing was shown."""
        return self.account.typing


def _address(given: str) -> str:
    return "whatsapp:" + given.removeprefix("whatsapp:")


def _choice_fields(
    button: tuple[str, str] | None, list_choice: tuple[str, str] | None
) -> dict[str, str]:
    if button is not None:
        payload, title = button
        choice = {"ButtonPayload": payload, "ButtonText": title}
    elif list_choice is not None:
        item, title = list_choice
        choice = {"ListId": item, "ListTitle": title}
    else:
        return {}
    return choice | {"Body": title, "MessageType": "interactive"}


def _place_fields(location: tuple[float, float] | None) -> dict[str, str]:
    if location is None:
        return {}
    latitude, longitude = map(str, location)
    return {"MessageType": "location", "Latitude": latitude, "Longitude": longitude}


def _pick(choices: list[Choice], title: str) -> Choice:
    for choice in choices:
        if title in {choice.title, choice.id}:
            return choice
    return misuse(f"No choice {title!r} here; there are {[c.title for c in choices]}.")
