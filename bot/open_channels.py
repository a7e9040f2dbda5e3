"""The channels that are on: those of each organisation's accounts, and the simulator's."""

from collections.abc import Callable, Iterable, Mapping

from bot.accounts import OrganisationAccounts
from bot.channels import GroupChannel, Misconfigured
from bot.clock import Clock
from bot.handlers.simulator.channel import SimulatorChannel
from bot.handlers.simulator.people import TELEGRAM, WHATSAPP
from bot.handlers.simulator.store import SimulatorStore
from bot.handlers.telegram.channel import TelegramChannel
from bot.handlers.whatsapp.channel import WhatsAppChannel
from bot.handlers.whatsapp.content import ContentStore
from bot.texts import Texts

ChannelKey = tuple[int, str]
"""The organisation and the name of a channel."""


def account_channels(
    accounts: Iterable[OrganisationAccounts],
    contents: ContentStore,
    media_link: Callable[[str], str],
) -> dict[ChannelKey, GroupChannel]:
    """The channels of accounts; what WhatsApp is sent, it fetches from ``media_link``."""
    channels: dict[ChannelKey, GroupChannel] = {}
    for own in accounts:
        union, telegram = own.organisation_id, own.telegram
        if telegram is not None:
            channels[(union, "telegram")] = TelegramChannel(telegram.token, telegram.api_base_url)
        if own.whatsapp is not None:
            whatsapp = WhatsAppChannel(own.whatsapp, contents, media_link)
            channels[(union, "whatsapp")] = whatsapp  # type: ignore[assignment]
    return channels


def practice_channels(
    organisation_id: int, store: SimulatorStore, clock: Clock, texts: Texts
) -> dict[ChannelKey, GroupChannel]:
    """The channels of the practice organisation: both looks of the simulator."""
    return {
        (organisation_id, look): SimulatorChannel(look, store, clock, texts)
        for look in (WHATSAPP, TELEGRAM)
    }


def find_channel(
    channels: Mapping[ChannelKey, GroupChannel], organisation_id: int, name: str
) -> GroupChannel:
    """A channel of an organisation.

    Raises:
        Misconfigured: it is off, which is a matter for the operator.
    """
    try:
        return channels[(organisation_id, name)]
    except KeyError:
        raise Misconfigured(f"{name} is off") from None
