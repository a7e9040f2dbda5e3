"""One-time codes with which an operator lets a Telegram group be bound to an organisation."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from storage.crypto import Vault
from storage.numbers import ALPHABET, MISREAD
from storage.tables import Invitation

VALID_FOR = timedelta(hours=24)
_LENGTH, _GROUP = 12, 4  # 60 random bits


def make_invitation(
    session: Session, vault: Vault, organisation_id: int, purpose: str, now: datetime
) -> str:
    """A code such as ``7F3K-92QM-XH4T``, valid once within :data:`VALID_FOR`.

    ``purpose`` is ``group`` or ``sensitive``. Only the keyed hash of the code is kept.
    """
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    session.add(
        Invitation(
            organisation_id=organisation_id,
            lookup=_lookup(vault, drawn),
            purpose=purpose,
            made_at=now,
            expires_at=now + VALID_FOR,
        )
    )
    return "-".join(drawn[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def find_invitation(
    session: Session, vault: Vault, organisation_id: int, code: str, now: datetime
) -> Invitation | None:
    """What a code stands for; None when it is wrong, used, too old or another's.

    Case, spaces, dashes and misread letters are forgiven.
    """
    meant = "".join(sign for sign in code.upper() if sign.isalnum()).translate(MISREAD)
    valid = (
        Invitation.organisation_id == organisation_id,
        Invitation.lookup == _lookup(vault, meant),
        col(Invitation.used_at).is_(None),
        col(Invitation.expires_at) > now,
    )
    return session.exec(select(Invitation).where(*valid)).first()


def use_invitation(
    session: Session, vault: Vault, organisation_id: int, code: str, now: datetime
) -> str | None:
    """Use a code up and tell its purpose; None when it is wrong, used, too old or another's."""
    found = find_invitation(session, vault, organisation_id, code, now)
    if found is None:
        return None
    used = session.execute(
        update(Invitation)
        .where(col(Invitation.id) == found.id, col(Invitation.used_at).is_(None))
        .values(used_at=now)
    )
    return found.purpose if used.rowcount else None  # type: ignore[attr-defined]


def _lookup(vault: Vault, code: str) -> str:
    return vault.lookup(f"invitation:{code}")
