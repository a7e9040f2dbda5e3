"""Who of the roster is still in the union's groups: asked anew each day.

Telegram keeps what happened for a day only. Who left while the bot was away for longer would keep
all rights; so each day those are looked for who were seen inside before. Who never was there, for
she was put on the roster ahead of coming, loses nothing. A day on which nobody can tell changes
nothing either.
"""

from datetime import timedelta

from sqlmodel import and_, col, or_, select

from bot.cases.groups import is_our_group, is_small_group
from bot.cases.membership import left
from bot.cases.roster import RosterOfficer, all_officers
from bot.cases.roster_trail import note
from bot.cases.rounds import MEMBERS, next_roll, set_round
from bot.cases.work import Work
from bot.channels import Members
from bot.events import DueCame
from storage.tables import RosterEvent

_INSIDE = "inside"
_AGAIN = timedelta(hours=1)
"""After so long it is tried again, where the groups could not be asked."""


def roll_due(work: Work, _event: DueCame) -> None:
    """Follow what was found out before this transaction; ask again tomorrow."""
    organisation = work.organisation
    groups = [chat for chat in (organisation.officer_chat, organisation.sensitive_chat) if chat]
    for chat in groups:
        if chat in work.inside:
            call_roll(work, chat, work.inside[chat])
    at = next_roll(work.calendar, work.now, work.zone)
    if any(chat not in work.inside for chat in groups):
        at = min(at, work.now + _AGAIN)
    if groups:
        set_round(work.session, organisation.id or 0, MEMBERS, at)


def call_roll(work: Work, chat: str, members: Members) -> None:
    """Note who is in a group of ours; who was in it and is no more loses what that gave."""
    if not (members.count and is_our_group(work, chat)):
        return
    for officer in all_officers(work.session, work.vault, work.organisation.id or 0):
        was_inside = _was_inside(work, chat, officer)
        if officer.user_id not in members.inside and was_inside:
            left(work, chat, officer)
        elif officer.user_id in members.inside and not was_inside:
            note(work, _INSIDE, officer_id=officer.id, subject=_subject(chat, officer))


def _was_inside(work: Work, chat: str, officer: RosterOfficer) -> bool:
    """Whether she was seen there since she got her place on the roster, or her right, last."""
    given = ("added", "confidential") if is_small_group(work, chat) else ("added",)
    seen = and_(
        col(RosterEvent.what) == _INSIDE,
        col(RosterEvent.lookup) == work.vault.lookup(_subject(chat, officer)),
    )
    newest = (
        select(RosterEvent.what)
        .where(
            RosterEvent.organisation_id == work.organisation.id,
            RosterEvent.officer_id == officer.id,
            or_(seen, col(RosterEvent.what).in_(given)),
        )
        .order_by(col(RosterEvent.id).desc())
    )
    return work.session.exec(newest.limit(1)).first() == _INSIDE


def _subject(chat: str, officer: RosterOfficer) -> str:
    return f"{_INSIDE}:{chat}:{officer.id}"
