"""Who a case is of and with, as its card says it: how she wants to be named, who handles it."""

from bot.cases.card_subject import FACT_SHOWN
from bot.cases.markup import escaped, shortened
from bot.cases.roster import officer_by_id
from bot.cases.work import Work
from storage.cases import CaseContent
from storage.tables import Case


def people(work: Work, case: Case, content: CaseContent) -> list[str]:
    """How the reporter wants to be named and reached, and who is in charge."""
    lines = [work.texts(f"officers.card.identity_{case.identity}")]
    if content.member:
        lines.append(work.texts(f"officers.card.member_{content.member}"))
    if content.safe_hours and work.hides(case):
        lines.append(work.texts("officers.card.safe_hours_private"))
    elif content.safe_hours:
        hours = escaped(shortened(content.safe_hours, FACT_SHOWN))
        lines.append(work.texts("officers.card.safe_hours", value=hours))
    owner = officer_by_id(work.session, work.vault, case.owner_id)
    if owner is not None:
        lines.append(work.texts("officers.card.owner", name=escaped(owner.name)))
    else:
        lines.append(work.texts("officers.card.no_owner"))
    return lines
