"""In which of a union's groups a case lives: the one place where that is decided."""

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
