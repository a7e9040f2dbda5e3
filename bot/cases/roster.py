"""Who may act for the union: the roster of officers and what each role may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from storage.crypto import Vault
from storage.tables import OfficerAccount

ROLES = ("officer", "coordinator", "readonly")


@dataclass(frozen=True, slots=True)
class RosterOfficer:
    """A member of the roster.

    Attributes:
        confidential: may read and handle confidential cases.
    """

    id: int
    user_id: str
    name: str
    role: str
    confidential: bool = False

    @property
    def may_act(self) -> bool:
        """May take, answer and move cases."""
        return self.role in {"officer", "coordinator"}

    @property
    def is_coordinator(self) -> bool:
        """May act in cases of others too."""
        return self.role == "coordinator"


def find_officer(
    session: Session, vault: Vault, organisation_id: int, user_id: str
) -> RosterOfficer | None:
    """The officer with this Telegram user id, None for anyone else or a removed one."""
    if not user_id:
        return None
    row = session.exec(
        select(OfficerAccount).where(
            OfficerAccount.organisation_id == organisation_id,
            OfficerAccount.lookup == vault.lookup(f"officer:{user_id}"),
            col(OfficerAccount.removed_at).is_(None),
        )
    ).first()
    return _officer(vault, row) if row is not None else None


def officer_by_id(session: Session, vault: Vault, officer_id: int | None) -> RosterOfficer | None:
    """The officer of a roster row, also one who was removed since."""
    row = session.get(OfficerAccount, officer_id) if officer_id is not None else None
    return _officer(vault, row) if row is not None else None


def all_officers(session: Session, vault: Vault, organisation_id: int) -> list[RosterOfficer]:
    """The roster, in the order of joining."""
    rows = session.exec(
        select(OfficerAccount)
        .where(
            OfficerAccount.organisation_id == organisation_id,
            col(OfficerAccount.removed_at).is_(None),
        )
        .order_by(col(OfficerAccount.id))
    ).all()
    return [_officer(vault, row) for row in rows]


def add_officer(
    session: Session,
    vault: Vault,
    organisation_id: int,
    *,
    user_id: str,
    name: str,
    role: str,
    now: datetime,
    confidential: bool | None = None,
) -> RosterOfficer:
    """Put someone on the roster, or change the role and name of one who is on it.

    Without ``confidential`` a coordinator gets that right and nobody else does; who is on the
    roster already keeps what he has, unless he becomes a coordinator.
    """
    if role not in ROLES:
        raise ValueError(f"role must be one of {', '.join(ROLES)}")
    lookup = vault.lookup(f"officer:{user_id}")
    row = session.exec(
        select(OfficerAccount).where(
            OfficerAccount.organisation_id == organisation_id, OfficerAccount.lookup == lookup
        )
    ).first()
    sealed = vault.seal_json({"user_id": user_id, "name": name}, "officers")
    if row is None:
        row = OfficerAccount(
            organisation_id=organisation_id, lookup=lookup, role=role, sealed=sealed, added_at=now
        )
    kept = row.confidential and row.removed_at is None
    row.confidential = kept or role == "coordinator" if confidential is None else confidential
    row.role, row.sealed, row.removed_at = role, sealed, None
    session.add(row)
    session.flush()
    return _officer(vault, row)


def remove_officer(
    session: Session, vault: Vault, organisation_id: int, user_id: str, now: datetime
) -> bool:
    """Take someone off the roster; False if he was not on it. Rights end with the commit."""
    row = session.exec(
        select(OfficerAccount).where(
            OfficerAccount.organisation_id == organisation_id,
            OfficerAccount.lookup == vault.lookup(f"officer:{user_id}"),
            col(OfficerAccount.removed_at).is_(None),
        )
    ).first()
    if row is None:
        return False
    row.removed_at = now
    session.add(row)
    return True


def adopt_administrators(
    session: Session,
    vault: Vault,
    organisation_id: int,
    administrators: Sequence[tuple[str, str]],
    now: datetime,
) -> list[RosterOfficer]:
    """The group's administrators become coordinators of a roster that never had anybody.

    Whoever was removed stays removed, also when nobody is left. Returns who was added.
    """
    ever = select(OfficerAccount.id).where(OfficerAccount.organisation_id == organisation_id)
    if session.exec(ever.limit(1)).first() is not None:
        return []
    return [
        add_officer(
            session, vault, organisation_id,
            user_id=user_id, name=name, role="coordinator", now=now,
        )
        for user_id, name in administrators
    ]  # fmt: skip


def change_officer(
    session: Session,
    vault: Vault,
    officer: RosterOfficer,
    *,
    role: str | None = None,
    confidential: bool | None = None,
) -> RosterOfficer:
    """Give an officer another role, or give or take the right to confidential cases."""
    row = session.get_one(OfficerAccount, officer.id)
    row.role = role or row.role
    row.confidential = row.confidential if confidential is None else confidential
    session.add(row)
    session.flush()
    return _officer(vault, row)


def _officer(vault: Vault, row: OfficerAccount) -> RosterOfficer:
    private = vault.open_json(row.sealed, "officers")
    return RosterOfficer(
        id=row.id or 0,
        user_id=private["user_id"],
        name=private["name"],
        role=row.role,
        confidential=row.confidential,
    )
