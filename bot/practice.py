"""The practice organisation, which the simulator plays with."""

from datetime import datetime

from sqlmodel import Session

from bot.accounts import SIMULATED_ORGANISATION
from bot.cases.roster import add_officer, all_officers
from bot.handlers.simulator.people import (
    CONFIDENTIAL_OFFICERS,
    GROUP_CHAT,
    SIMULATED_OFFICERS,
    TELEGRAM,
)
from storage.crypto import Vault
from storage.setup import ensure_organisation


def ensure_practice_organisation(session: Session, vault: Vault, now: datetime) -> int:
    """The id of the practice organisation, made with its roster if there is none."""
    organisation = ensure_organisation(
        session,
        slug=SIMULATED_ORGANISATION,
        name="Serikat Latihan",
        now=now,
        officer_channel=TELEGRAM,
        officer_chat=GROUP_CHAT,
    )
    organisation_id = organisation.id or 0
    if not all_officers(session, vault, organisation_id):
        for user_id, name, role in SIMULATED_OFFICERS:
            add_officer(
                session,
                vault,
                organisation_id,
                user_id=user_id,
                name=name,
                role=role,
                now=now,
                confidential=user_id in CONFIDENTIAL_OFFICERS,
            )
    return organisation_id
