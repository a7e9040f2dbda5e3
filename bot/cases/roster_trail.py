"""The trail of what happened to a union's roster and groups: who changed what, when."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from bot.cases.roster import RosterOfficer
from bot.cases.work import Work
from bot.events import Officer
from storage.tables import RosterEvent


def note_by_operator(
    session: Session,
    organisation_id: int,
    what: str,
    at: datetime,
    *,
    officer_id: int,
    before: str = "",
    after: str = "",
) -> None:
    """Write one line for a change that was made outside the groups."""
    session.add(
        RosterEvent(
            organisation_id=organisation_id,
            at=at,
            what=what,
            officer_id=officer_id,
            before=before,
            after=after,
        )
    )


def note(
    work: Work,
    what: str,
    *,
    by: RosterOfficer | None = None,
    officer_id: int | None = None,
    before: str = "",
    after: str = "",
    subject: str = "",
    stranger: Officer | None = None,
) -> RosterEvent:
    """Write one line. ``subject`` is hashed: it finds the line again (:func:`times_noted`)."""
    named = None
    if stranger is not None:
        private = {"user_id": stranger.user_id, "name": stranger.name}
        named = work.vault.seal_json(private, "roster_events")
    event = RosterEvent(
        organisation_id=work.organisation.id or 0,
        at=work.now,
        what=what,
        by_id=by.id if by else None,
        officer_id=officer_id,
        lookup=work.vault.lookup(subject) if subject else "",
        before=before,
        after=after,
        sealed=named,
    )
    work.session.add(event)
    work.session.flush()
    return event


def times_noted(work: Work, what: str, subject: str, within: timedelta) -> int:
    """How often this was noted of the subject lately."""
    found = select(func.count(col(RosterEvent.id))).where(
        RosterEvent.organisation_id == work.organisation.id,
        RosterEvent.what == what,
        RosterEvent.lookup == work.vault.lookup(subject),
        RosterEvent.at > work.now - within,
    )
    return work.session.exec(found).one()


def stranger_of(work: Work, event_id: int) -> Officer | None:
    """Who came unknown, as it was noted then."""
    event = work.session.get(RosterEvent, event_id)
    if event is None or event.organisation_id != work.organisation.id or event.sealed is None:
        return None
    private = work.vault.open_json(event.sealed, "roster_events")
    return Officer(private["user_id"], private["name"])
