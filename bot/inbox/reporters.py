"""Whom an event belongs to: who wrote, or whose timer fired."""

from datetime import datetime

from sqlmodel import Session

from bot.events import ReporterEvent, TimerFired
from storage.crypto import Vault
from storage.inbound import ClaimedInbound
from storage.people import Reporter, find_reporter, meet_reporter, reporter_of_address
from storage.tables import Conversation, PersonAddress


def known_reporter(
    session: Session, vault: Vault, row: ClaimedInbound, event: ReporterEvent
) -> Reporter | None:
    """The reporter as she is known before the turn; None when she writes for the first time.

    None as well for a timer of a conversation that was deleted.
    """
    if isinstance(event, TimerFired):
        return _reporter_of(session, event.conversation_id)
    addresses = (event.address, *event.aliases)
    return find_reporter(session, vault, row.organisation_id, addresses)


def reporter_of_turn(
    session: Session, vault: Vault, row: ClaimedInbound, event: ReporterEvent, now: datetime
) -> Reporter | None:
    """The reporter in the transaction of the turn, made on her first message.

    None only for a timer of a conversation that was deleted.
    """
    if isinstance(event, TimerFired):
        return _reporter_of(session, event.conversation_id)
    # Her window counts from when she wrote, however late we come to read it.
    wrote = min(event.at, now)
    return meet_reporter(session, vault, row.organisation_id, event.address, event.aliases, wrote)


def _reporter_of(session: Session, conversation_id: int) -> Reporter | None:
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        return None
    address = session.get_one(PersonAddress, conversation.address_id)
    return reporter_of_address(session, address)
