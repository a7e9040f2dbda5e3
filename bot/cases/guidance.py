"""Help in the officers' group: what this officer may do, and no more than that."""

from bot.cases.roster import RosterOfficer
from bot.cases.work import Work


def help_text(work: Work, officer: RosterOfficer) -> str:
    """The commands that fit the officer's role, as Telegram HTML."""
    parts = ["everyone"]
    if officer.may_act:
        parts.append("officer")
    if officer.is_coordinator:
        parts.append("coordinator")
    return "\n\n".join(work.texts(f"officers.help.{part}") for part in parts)
