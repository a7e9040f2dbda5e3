"""Taking cases apart so that the officers of each go on reading what its reporter wrote."""

from sqlmodel import col, exists, select

from bot.cases.showing import show_messages
from bot.cases.together import merged_into, stand_alone
from bot.cases.work import Work
from storage.tables import Case, CaseMessage, Outbound

_SHOWS_WORDS = ("post", "post_file")


def part(work: Work, case: Case) -> None:
    """Take the case out of everything it was put together with, see ``together.stand_alone``.

    Its topic may be emptied after this; what reporters of merged cases wrote there is shown in
    their own topics.
    """
    merged = merged_into(work, case)
    stand_alone(work, case)
    for each in merged:
        show_here_too(work, each)


def show_here_too(work: Work, case: Case) -> None:
    """Show in its own topic what the reporter wrote while it was merged, each message once."""
    shows = (col(Outbound.message_id) == col(CaseMessage.id), col(Outbound.kind).in_(_SHOWS_WORDS))
    elsewhere = exists().where(*shows, col(Outbound.case_id) != case.id)
    here = exists().where(*shows, col(Outbound.case_id) == case.id)
    missing = select(CaseMessage).where(
        CaseMessage.case_id == case.id, CaseMessage.direction == "reporter", elsewhere, ~here
    )
    show_messages(work, case, work.session.exec(missing.order_by(col(CaseMessage.id))).all())
