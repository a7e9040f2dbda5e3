"""Templates at Twilio: made, handed to WhatsApp for approval, watched.

A content at Twilio is kept for good and found again by its name, so that handing in twice makes
nothing twice. https://www.twilio.com/docs/content/content-api-resources
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from bot.channels import SendFailure
from bot.handlers.whatsapp.account import WhatsAppAccount
from bot.handlers.whatsapp.client import Transport, twilio_client
from bot.handlers.whatsapp.content import ContentStore
from bot.handlers.whatsapp.failures import failure_of
from bot.outbox.templates import Form, body, buttons
from bot.texts import Texts

CATEGORY = "UTILITY"
UNSUBMITTED = "unsubmitted"
_LANGUAGE = "id"
_LOOKED_THROUGH = 500


class TemplateChanged(Exception):  # noqa: N818 - told to the operator, who knows what to do
    """The words of a template differ from those that stand at Twilio under the same name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"template {name} has other words at Twilio; raise its version")
        self.name = name


@dataclass(frozen=True, slots=True)
class Approval:
    """How far WhatsApp is with a template.

    Attributes:
        status: in Twilio's words: ``unsubmitted``, ``received``, ``pending``, ``approved``,
            ``rejected``, ``paused``, ``disabled``.
        category: as WhatsApp sees it, which may differ from what was asked for.
        reason: why it was rejected.
    """

    status: str
    category: str = ""
    reason: str = ""


class TemplateDesk:
    """The templates of one account. Every method raises a SendFailure when Twilio refuses."""

    def __init__(self, account: WhatsAppAccount, contents: ContentStore, texts: Texts) -> None:
        self._account = account
        self._contents = contents
        self._texts = texts
        self._transport = Transport(account.api_base_url)
        self._client: Client = twilio_client(account, self._transport)

    def close(self) -> None:
        """Close the open connections."""
        self._transport.close()

    def push(self, form: Form) -> tuple[str, Approval]:
        """Make the content if there is none and ask for approval if nobody did.

        Returns:
            Twilio's id of the content, and how far its approval is.

        Raises:
            TemplateChanged: its words were changed without a new version.
        """
        content_id = self._content_of(form)
        approval = self.approval(content_id)
        if approval.status == UNSUBMITTED:
            approval = self._submit(content_id, form.name)
        return content_id, approval

    def approval(self, content_id: str) -> Approval:
        """How far the approval of a content is."""
        requests = self._client.content.v1.contents(content_id).approval_fetch()
        found = _told(requests.fetch)
        return _approval(found.whatsapp or {})

    def _submit(self, content_id: str, name: str) -> Approval:
        request = ApprovalCreateList.ContentApprovalRequest({"name": name, "category": CATEGORY})
        made = _told(
            lambda: self._client.content.v1.contents(content_id).approval_create.create(request)
        )
        return Approval(
            str(made.status or "received"), str(made.category or ""), made.rejection_reason or ""
        )

    def _content_of(self, form: Form) -> str:
        request = content_request(self._texts, form)
        fingerprint = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
        known = self._contents.find(self._account.account_sid, fingerprint)
        if known is None:
            known = self._found(form, request) or self._made(request)
            self._contents.remember(self._account.account_sid, fingerprint, known)
        return known

    def _found(self, form: Form, request: dict[str, Any]) -> str | None:
        """A content of that name that we made and forgot, as after a restored backup."""
        contents = _told(lambda: self._client.content.v1.contents.list(limit=_LOOKED_THROUGH))
        for content in contents:
            if content.friendly_name == form.name:
                if _words(content.types) != _words(request["types"]):
                    raise TemplateChanged(form.name)
                return str(content.sid)
        return None

    def _made(self, request: dict[str, Any]) -> str:
        wanted = ContentList.ContentCreateRequest(request)
        return str(_told(lambda: self._client.content.v1.contents.create(wanted)).sid)


def content_request(texts: Texts, form: Form) -> dict[str, Any]:
    """What Twilio needs to make the content of a template."""
    words = body(texts, form)
    actions = [
        {"type": "QUICK_REPLY", "title": choice.label, "id": choice.id}
        for choice in buttons(texts, form)
    ]
    return {
        "friendly_name": form.name,
        "language": _LANGUAGE,
        "variables": {str(n): sample for n, (_, sample) in enumerate(form.samples, start=1)},
        "types": {"twilio/quick-reply": {"body": words, "actions": actions}},
    }


def _words(types: dict[str, Any]) -> tuple[str, list[str]]:
    """What a person sees: Twilio may add fields of its own beside it."""
    shown = types.get("twilio/quick-reply") or {}
    return str(shown.get("body", "")), [a.get("title", "") for a in shown.get("actions") or []]


def _told(request: Callable[[], Any]) -> Any:
    """The library's answer; its errors become failures of the port."""
    try:
        return request()
    except TwilioException as error:
        raise failure_of(error) from None
    except ValueError:
        raise SendFailure("answer") from None


def _approval(told: dict[str, Any]) -> Approval:
    return Approval(
        str(told.get("status") or UNSUBMITTED),
        str(told.get("category") or ""),
        str(told.get("rejection_reason") or ""),
    )
