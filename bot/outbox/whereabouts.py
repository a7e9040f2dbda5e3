"""In which of a union's groups a case lives: the one place where that is decided."""

from sqlmodel import Session, col, select

from storage.tables import Case, Organisation


def group_of(organisation: Organisation, case: Case) -> str:
    """The chat of a case: the small group if it is confidential and there is one; may be empty."""
    if case.sensitive and organisation.sensitive_chat:
        return organisation.sensitive_chat
    return organisation.officer_chat


def lives_elsewhere(organisation: Organisation, case: Case, chat: str) -> bool:
    """Whether ``chat`` is the one of our two groups that the case must not stand in."""
    ours = {organisation.officer_chat, organisation.sensitive_chat} - {""}
    return chat in ours and chat != group_of(organisation, case)


def case_and_union(
    session: Session, case_id: int, *, lock: bool = False
) -> tuple[Case, Organisation] | None:
    """The case with this id and the organisation that it belongs to, in one query."""
    query = (
        select(Case, Organisation)
        .join(Organisation, col(Organisation.id) == col(Case.organisation_id))
        .where(Case.id == case_id)
    )
    if lock:
        query = query.with_for_update(of=Case).execution_options(populate_existing=True)
    found = session.exec(query).first()
    return None if found is None else (found[0], found[1])
