"""Waiting for the reporter: the officers asked her something and cannot go on without it."""

from bot.cases.act import Act, must_act, said
from bot.cases.promises import refresh
from bot.cases.stages import CLOSED, NotPossible
from bot.cases.work import Work
from storage.cases import add_event
from storage.tables import Case


def wait_for_reporter(act: Act) -> str:
    """From now on the reporter is waited for; said again, no longer."""
    must_act(act)
    work, case = act.work, act.case
    if case.status in CLOSED:
        raise NotPossible("cases.refused.already_closed")
    begins = case.waiting_since is None
    case.waiting_since = work.now if begins else None
    work.session.add(case)
    what = "waits_for_reporter" if begins else "waits_no_more"
    add_event(work.session, work.vault, case, what, work.now, actor="officer",
              officer_id=act.officer.id)  # fmt: skip
    refresh(work, case)
    work.write.show_card(case)
    done = work.texts("officers.done.waiting" if begins else "officers.done.waiting_over")
    return said(act, done)


def reporter_wrote(work: Work, case: Case) -> None:
    """She wrote: nobody waits for her any more."""
    if case.waiting_since is None:
        return
    case.waiting_since = None
    work.session.add(case)
    add_event(work.session, work.vault, case, "waits_no_more", work.now, actor="reporter")
    refresh(work, case)
    work.write.show_card(case)


def card_lines(work: Work, case: Case) -> list[str]:
    """Since when the reporter is waited for."""
    if case.waiting_since is None:
        return []
    return [work.texts("officers.card.waiting", since=work.local(case.waiting_since))]
