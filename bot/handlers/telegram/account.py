"""Our bot at Telegram."""

from dataclasses import dataclass, field

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "chat_member",  # not among Telegram's defaults: who leaves the officers' group
)
"""What we ask Telegram for, by webhook and by long poll alike; the setting sticks there."""


@dataclass(frozen=True, slots=True)
class TelegramAccount:
    """One bot.

    Attributes:
        token: ``<bot id>:<secret>`` as BotFather gave it.
        api_base_url: methods are at ``{base}/bot{token}/{method}``.
        webhook_secret: proves that a webhook comes from Telegram; empty when none is used.
    """

    token: str = field(repr=False)
    api_base_url: str = "https://api.telegram.org"
    webhook_secret: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """The name of this account in the inbox: ``telegram:<bot id>``."""
        return f"telegram:{self.token.partition(':')[0]}"
