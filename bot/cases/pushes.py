"""What a reporter is told unasked, about any case of hers: whether it may be, and when.

News, reminders and surveys all go this way. An answer to what she said or asked does not: it
always goes, at once.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlmodel import col

from bot.cases.work import Reach, Work, reach_of
from bot.commands import Choice, Promise
from bot.outbox.queue import ANSWER, DANGER, LATER
from bot.outbox.unasked import AT_HAND
from bot.outbox.validity import ALWAYS, Validity
from bot.worktime.quiet import next_allowed, zone_of
from storage.cases import content_of, row_id
from storage.held import last_inbound
from storage.people import private_of
from storage.tables import Case, Outbound, Person

STOPPED, UNREACHABLE, DELETED = "stopped", "unreachable", "deleted"
"""Why a reporter is told nothing: she wrote BERHENTI, cannot be reached, had her data deleted."""


def push(
    work: Work,
    case: Case,
    text: str,
    *,
    choices: tuple[Choice, ...] = (),
    list_label: str = "",
    template: str = "",
    danger: bool = False,
    valid: Validity = ALWAYS,
    about: str = "",
) -> str:
    """Tell the reporter of a case something unasked, at the next moment that suits her.

    Args:
        work: the transaction that it happens in.
        case: the case it is about; it stands on the card how far the words came.
        text: Indonesian words for her.
        choices: offered under the words.
        list_label: the word on the button that opens the choices as a list.
        template: key of the form (``bot.outbox.templates``) that asks her to open WhatsApp when
            her window is shut; empty for the one that says there is news.
        danger: it must not wait for the morning.
        valid: when it may still be said; what waits for longer is not said at all.
        about: the matter that it is news of; what waits about the same is not said any more.

    Returns:
        Empty when it is queued, else why not: :data:`STOPPED`, :data:`UNREACHABLE` or
        :data:`DELETED`.
    """
    if about:
        work.write.unsay(row_id(case), about)
    reach = reach_of(work, case)
    why = _why_not(reach)
    if why or reach is None:
        return why
    zone, safe_hours = _hours(work, case)
    at = work.now if danger else next_allowed(work.now, zone, safe_hours)
    work.write.say(
        reach.address,
        text,
        person_id=reach.person.id,
        case_id=case.id,
        choices=choices,
        list_label=list_label,
        promise=Promise.RECEIPT,
        priority=DANGER if danger else ANSWER,
        delay=at - work.now,
        template=template,
        unasked=None if danger else (zone.key, safe_hours),
        valid=valid,
        about=about,
    )
    return ""


def why_not(work: Work, case: Case) -> str:
    """Why the reporter of a case is told nothing unasked; empty when she may be."""
    return _why_not(reach_of(work, case))


def _why_not(reach: Reach | None) -> str:
    if reach is None:
        return DELETED
    if not reach.person.pushes_on:
        return STOPPED
    return UNREACHABLE if reach.unreachable else ""


def post_untold(work: Work, case: Case, why: str, *, in_time: bool = True) -> None:
    """Let the officers know in the topic what the reporter is not told, or too late.

    ``why``: what :func:`push` returned.
    """
    if why or not in_time:
        work.write.post(case, work.texts(f"officers.push.{why or 'too_late'}"))


def fitting_time(work: Work, case: Case, at: datetime) -> datetime:
    """The first moment from ``at`` on when her phone may ring: no quiet hour where she lives."""
    return next_allowed(at, *_hours(work, case))


def rings_late(work: Work, case: Case) -> list[str]:
    """For who answers her now: her phone rings at an hour that does not suit her.

    An answer goes at once all the same; who wrote a moment ago has the phone in hand.
    """
    reach, at = reach_of(work, case), fitting_time(work, case, work.now)
    if reach is None or at <= work.now:
        return []
    heard = last_inbound(work.session, {reach.person.id or 0})
    wrote = heard.get((reach.person.id or 0, reach.address.channel))
    if wrote is not None and wrote > work.now - AT_HAND:
        return []
    return [work.texts("officers.reply.rings_late", at=work.local(at))]


def _hours(work: Work, case: Case) -> tuple[ZoneInfo, str]:
    """Where she lives, and the safe hours that she told last: they win."""
    safe_hours = content_of(work.vault, case).safe_hours
    person = work.session.get(Person, case.person_id) if case.person_id else None
    if person is not None:
        safe_hours = private_of(work.vault, person).get("safe_hours") or safe_hours
    return zone_of(case.region_code, work.zone), safe_hours


def drop_waiting(work: Work, person: Person) -> None:
    """She wants no news any more: what waits for a fitting hour is not said."""
    work.session.execute(
        update(Outbound)
        .where(
            col(Outbound.person_id) == person.id,
            col(Outbound.status) == "queued",
            col(Outbound.lane).startswith(LATER),
        )
        .values(status="cancelled", settled_at=work.now)
    )
