"""Which Telegram groups are the union's own: the big one, and the small one if there is one."""

from bot.cases.work import Work


def is_our_group(work: Work, chat_id: str) -> bool:
    """Whether officers work there."""
    return is_big_group(work, chat_id) or is_small_group(work, chat_id)


def is_big_group(work: Work, chat_id: str) -> bool:
    """Whether it is the group of all cases."""
    return bool(chat_id) and chat_id == work.organisation.officer_chat


def is_small_group(work: Work, chat_id: str) -> bool:
    """Whether it is the group of confidential cases."""
    return bool(chat_id) and chat_id == work.organisation.sensitive_chat
