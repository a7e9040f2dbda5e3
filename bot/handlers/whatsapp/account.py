"""Our account at Twilio."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WhatsAppAccount:
    """One WhatsApp sender of one Twilio account.

    Attributes:
        account_sid: ``AC…``.
        auth_tokens: the primary token, which calls the API, then a secondary one that webhooks
            may be signed with while tokens are being changed.
        sender: ``whatsapp:+62…``; also the name of this account in the inbox.
        messaging_service_sid: ``MG…`` when a messaging service sends, else empty.
        api_base_url: ``https://api.twilio.com``, or one host that serves all of Twilio's paths.
        public_base_url: how Twilio reaches us, without a slash at the end; signatures are
            checked against it.
    """

    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    sender: str
    messaging_service_sid: str = ""
    api_base_url: str = "https://api.twilio.com"
    public_base_url: str = ""
