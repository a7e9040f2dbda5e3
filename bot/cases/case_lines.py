"""A case in one line of a list: number, mark, subject, stage, who has it, how old."""

from bot.cases.card_subject import STATUS_MARKS, URGENCY_MARKS
from bot.cases.markup import escaped, shortened
from bot.cases.roster import officer_by_id
from bot.cases.stages import CLOSED
from bot.cases.work import Work
from storage.cases import content_of
from storage.tables import Case

_WORKPLACE_SHOWN = 30
_SUPERGROUP = "-100"


def case_line(work: Work, case: Case, *, private: bool) -> str:
    """The line as Telegram HTML; of a confidential case a group reads no more than its number.

    ``private``: it is read in the chat of an officer who may see the case.
    """
    number = case_link(case)
    if case.sensitive and not private:
        return work.texts("officers.found.secret", number=number)
    urgency = URGENCY_MARKS[case.urgency].strip() if case.status not in CLOSED else ""
    owner = officer_by_id(work.session, work.vault, case.owner_id)
    return work.texts(
        "officers.found.line",
        number=number,
        mark=STATUS_MARKS[case.status] + urgency,
        subject=_subject(work, case),
        stage=work.texts(f"cases.stage.{case.status}.label"),
        owner=escaped(owner.name) if owner else work.texts("officers.found.no_owner"),
        age=age(work, case),
    )


def case_link(case: Case) -> str:
    """The number; where Telegram can lead to the topic, as a link to it."""
    bold = f"<b>{case.number}</b>"
    group = case.chat_id.removeprefix(_SUPERGROUP)
    if group == case.chat_id or not (group.isdigit() and case.thread_id.isdigit()):
        return bold
    return f'<a href="https://t.me/c/{group}/{case.thread_id}">{bold}</a>'


def age(work: Work, case: Case) -> str:
    """How old the case is, in days of the union's own time zone."""
    opened, now = (moment.astimezone(work.zone).date() for moment in (case.opened_at, work.now))
    days = (now - opened).days
    return (
        work.texts("officers.found.days", count=days)
        if days
        else work.texts("officers.found.today")
    )


def _subject(work: Work, case: Case) -> str:
    label = escaped(work.category_label(case.category))
    if case.sensitive:
        return f"🔒 {label}"
    workplace = content_of(work.vault, case).workplace
    if not workplace:
        return label
    return f"{label}, {escaped(shortened(workplace, _WORKPLACE_SHOWN))}"
