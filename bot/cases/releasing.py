"""Cases that lose the one who handled them: an officer who left, or lost the right to see them."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.outbox.orders import OutboxWriter
from storage.cases import OPEN_STATUSES, add_event, case_for_officer
from storage.crypto import Vault
from storage.tables import Case


def release_cases(
    session: Session,
    vault: Vault,
    write: OutboxWriter,
    officer_id: int,
    now: datetime,
    *,
    confidential_only: bool = False,
) -> list[Case]:
    """Free the open cases of an officer for others; their cards say so. Returns them."""
    owned = select(Case.id).where(Case.owner_id == officer_id, col(Case.status).in_(OPEN_STATUSES))
    if confidential_only:
        owned = owned.where(col(Case.sensitive).is_(True))
    released = []
    for case_id in session.exec(owned.order_by(col(Case.id))).all():
        case = case_for_officer(session, case_id or 0)
        if case is None or case.owner_id != officer_id:
            continue
        case.owner_id = None
        session.add(case)
        add_event(session, vault, case, "released", now, officer_id=officer_id)
        write.show_card(case)
        released.append(case)
    return released
