"""What a turn of officers needs from outside or for long, had before its transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.cases.comparing import compares
from bot.cases.found import Searched
from bot.cases.groups import is_big_group, is_our_group
from bot.cases.meaning import catch_up
from bot.cases.onboarding import would_bind
from bot.cases.roster import all_officers
from bot.cases.search_ahead import search_ahead
from bot.cases.work import Work
from bot.channels import Members, SendFailure
from bot.events import GroupChange, GroupChanged, OfficerTapped, OfficerWrote
from bot.log import get_logger
from nlp.classifier import Classifier
from storage.crypto import Vault
from storage.database import Database

GroupEvent = OfficerWrote | OfficerTapped | GroupChanged
_SEES_ANEW = frozenset({GroupChange.BOT_ADDED, GroupChange.BOT_RIGHTS_CHANGED})
_ASKED_AT_ONCE = 20
"""People: the channel answers for so many within the time that a turn waits."""
_NOT_THERE = frozenset({GroupChange.BOT_REMOVED, GroupChange.MIGRATED})


@dataclass(frozen=True, slots=True)
class GroupAsker:
    """Asks the channel of an organisation's officers about a group.

    Attributes:
        administrators: user id and name of its human administrators.
        members: how many are in it, and which of these people.
        own_name: the name by which commands call our own bot; empty where bots have none.
    """

    administrators: Callable[[int, str], Sequence[tuple[str, str]]]
    members: Callable[[int, str, Sequence[str]], Members]
    own_name: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was found out: nothing, for most events.

    Attributes:
        administrators: of the group, where the roster is empty.
        members: of a group that begins to work.
        searched: what the officer looks for.
    """

    administrators: Sequence[tuple[str, str]] = ()
    members: Members | None = None
    searched: Searched | None = None


@dataclass(frozen=True, slots=True)
class Preparation:
    """Finds it out."""

    database: Database
    vault: Vault
    classifier: Classifier
    asker: GroupAsker

    def calls_another_bot(self, organisation_id: int, event: GroupEvent) -> bool:
        """Whether it is a command like ``/tutup@another_bot``: not for us, nor a note."""
        if not isinstance(event, OfficerWrote) or not event.text.lstrip().startswith("/"):
            return False
        called = event.text.split(maxsplit=1)[0].partition("@")[2]
        if not called:
            return False
        try:
            own = self.asker.own_name(organisation_id)
        except (SendFailure, TimeoutError):
            get_logger().warning("the bot's own name is not known now")
            return False
        return bool(own) and called.casefold() != own.casefold()

    def ahead(self, event: GroupEvent, work_in: Callable[[Session], Work], now: datetime) -> Ahead:
        """Everything that this event needs, asked and measured outside any transaction."""
        with self.database.reading() as session:
            work = work_in(session)
            organisation_id = work.organisation.id or 0
            roster = all_officers(session, self.vault, organisation_id)
            lacks_officers = not roster and _may_bring_officers(work, event)
            begins = _begins_to_work(work, event)
            compared = searched = None
            if isinstance(event, OfficerWrote | OfficerTapped):
                searched = search_ahead(work, event)
                if self.classifier.embedder is not None:
                    compared = compares(work, event)
        if compared:
            catch_up(self.database, self.vault, self.classifier, compared, now)
        administrators: Sequence[tuple[str, str]] = ()
        if lacks_officers:
            administrators = self.asker.administrators(organisation_id, event.chat_id)
        members = None
        if begins:
            known = [one.user_id for one in roster] or [user_id for user_id, _ in administrators]
            members = self._members(organisation_id, event.chat_id, known)
        return Ahead(administrators, members, searched)

    def inside(self, work_in: Callable[[Session], Work]) -> dict[str, Members]:
        """Who of the roster is in which of our groups; without those that nobody can tell of."""
        with self.database.reading() as session:
            own = work_in(session).organisation
            organisation_id = own.id or 0
            groups = [chat for chat in (own.officer_chat, own.sensitive_chat) if chat]
            roster = all_officers(session, self.vault, organisation_id)
        user_ids = [officer.user_id for officer in roster]
        told = {chat: self._all_members(organisation_id, chat, user_ids) for chat in groups}
        return {chat: members for chat, members in told.items() if members is not None}

    def _all_members(
        self, organisation_id: int, chat: str, user_ids: Sequence[str]
    ) -> Members | None:
        count, inside = 0, frozenset[str]()
        for first in range(0, len(user_ids), _ASKED_AT_ONCE):
            some = self._members(organisation_id, chat, user_ids[first : first + _ASKED_AT_ONCE])
            if some is None or not some.count:
                return some
            count, inside = some.count, inside | some.inside
        return Members(count, inside)

    def _members(self, organisation_id: int, chat: str, user_ids: Sequence[str]) -> Members | None:
        try:
            return self.asker.members(organisation_id, chat, user_ids)
        except (SendFailure, TimeoutError):
            get_logger().warning("who is in the group is not known now")
            return None


def _may_bring_officers(work: Work, event: GroupEvent) -> bool:
    if isinstance(event, GroupChanged) and event.change in _NOT_THERE:
        return False
    return is_big_group(work, event.chat_id) or _binds(work, event)


def _begins_to_work(work: Work, event: GroupEvent) -> bool:
    """Whether a group is bound now, or the bot may see anew who is in one of ours."""
    if isinstance(event, GroupChanged):
        return event.change in _SEES_ANEW and is_our_group(work, event.chat_id)
    return _binds(work, event)


def _binds(work: Work, event: GroupEvent) -> bool:
    return isinstance(event, OfficerWrote) and would_bind(work, event)
