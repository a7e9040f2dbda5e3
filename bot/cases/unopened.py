"""What waits until the reporter opens WhatsApp again, as officers see it, and its alarm."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import select

from bot.cases.work import Work, reach_of
from bot.events import DueCame
from bot.outbox.queue import ANSWER
from bot.outbox.templates import APPROVED, UPDATE, latest
from storage.cases import case_by_id
from storage.held import held_in_case, is_unanswered, newest_template
from storage.tables import Case, Outbound, PersonAddress

_REFUSED = {"rejected": "rejected", "disabled": "rejected", "paused": "paused"}
_HOW_FAR = {"sent": "told", "uncertain": "told", "delivered": "arrived", "read": "arrived"}


def held_line(work: Work, held: Outbound, explain: Callable[[Work, str], str]) -> str:
    """Since when a text waits for the reporter, and what asked her to open it.

    ``explain`` says what an error means, in an officer's words.
    """
    template = newest_template(work.session, held.case_id or 0)
    if template is not None and is_unanswered(template):
        how = work.texts(f"officers.unopened.{_HOW_FAR.get(template.status, 'queued')}")
        return _waiting(work, template.created_at, how)
    since = held.sent_at or held.created_at
    state = latest(work.session, held.organisation_id, UPDATE)
    if state is not None and state.status in _REFUSED:
        key = f"officers.unopened.template_{_REFUSED[state.status]}"
        return _waiting(work, since, work.texts(key))
    approved = state is not None and state.status == APPROVED
    if template is not None and template.status in {"failed", "dead"} and approved:
        why = explain(work, template.error)
        return _waiting(work, since, work.texts("officers.unopened.failed", why=why))
    return _waiting(work, since, work.texts("officers.unopened.no_template"))


def alarm_unopened(work: Work, event: DueCame) -> None:
    """Tell the officers in the topic that she has not opened what waits, and what to try next."""
    case = case_by_id(work.session, event.case_id or 0, lock=True)
    waiting = held_in_case(work.session, case.id or 0) if case is not None else []
    if case is None or not waiting:
        return
    since = min(row.sent_at or row.created_at for row in waiting)
    text = work.texts(
        "officers.unopened.alarm",
        number=case.number,
        since=work.local(since),
        next=_next_channel(work, case, waiting[0].channel),
    )
    main = case_by_id(work.session, case.merged_into_id) if case.merged_into_id else None
    work.write.post(main or case, text, priority=ANSWER)


def _waiting(work: Work, since: datetime, how: str) -> str:
    return work.texts("officers.delivery.held", at=work.local(since), why=how)


def _next_channel(work: Work, case: Case, tried: str) -> str:
    """Another channel that she wrote on, her phone, or a way between people."""
    others = work.session.exec(
        select(PersonAddress.channel).where(
            PersonAddress.person_id == case.person_id,
            PersonAddress.channel != tried,
            PersonAddress.unreachable == "",
        )
    ).all()
    for channel in others:
        name = work.texts(f"officers.channel.{channel.removeprefix('sim-')}")
        return work.texts("officers.unopened.next_other", channel=name)
    reach = reach_of(work, case)
    if reach is not None and case.identity == "nama" and reach.address.path.startswith("+"):
        return work.texts("officers.unopened.next_phone")
    return work.texts("officers.unopened.next_none")
