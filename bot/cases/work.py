"""What every case operation has at hand: one transaction and all that belongs to it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot.cases.found import Searched
from bot.channels import Members
from bot.events import Address
from bot.outbox.orders import OutboxWriter
from bot.texts import Texts
from bot.worktime.calendar import WorkCalendar
from nlp.taxonomy import Taxonomy
from storage.crypto import Vault
from storage.people import address_of
from storage.tables import Case, Conversation, Organisation, Person, PersonAddress, Recusal


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of casework in one transaction.

    Attributes:
        now: the moment of the event that caused it.
        write: takes what is to be sent, in the same transaction.
        zone: time zone in which times are shown.
        calendar: which days are working days.
        silent_days: after so many days without news a reporter is told that her case goes on;
            ``silent_stages``: other numbers at some stages.
        searched: what was searched for before this transaction, if anything was.
        inside: who is in which of our groups, where that was asked before this transaction.
        operator_chat: Telegram chat of who runs the program; empty for none.
    """

    session: Session
    vault: Vault
    organisation: Organisation
    texts: Texts
    taxonomy: Taxonomy
    zone: ZoneInfo
    now: datetime
    write: OutboxWriter
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    silent_days: int = 7
    silent_stages: Mapping[str, int] = field(default_factory=dict)
    operator_chat: str = ""
    searched: Searched | None = None
    inside: Mapping[str, Members] = field(default_factory=dict)

    def local(self, at: datetime) -> str:
        """A moment as people here read it: ``21 Nov 14.05``."""
        shown = at.astimezone(self.zone)
        return f"{shown.day} {_MONTHS[shown.month - 1]} {shown:%H.%M}"

    def clock_time(self, at: datetime) -> str:
        """The same, of a moment today only the time: ``14.05``."""
        shown, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        return f"{shown:%H.%M}" if shown.date() == today.date() else self.local(at)

    def category_label(self, slug: str) -> str:
        """The category in a word or two."""
        return self.taxonomy.category(slug).label

    def is_sensitive(self, slug: str, tags: Collection[str] = ()) -> bool:
        """Whether such stories must stay out of the big group; one tag of violence is enough."""
        violent = not _SENSITIVE_TAGS.isdisjoint(tags)
        return violent or bool(slug and self.taxonomy.category(slug).sensitive)

    def hides(self, case: Case) -> bool:
        """Whether story, workplace and tags must not stand in the topic of the case.

        A confidential case shows them only in the small group, and not even there when it is
        about an officer: who sits in which group is known to Telegram alone.
        """
        if not case.sensitive or not self.organisation.sensitive_chat:
            return case.sensitive
        recused = select(Recusal.id).where(Recusal.case_id == case.id)
        return self.session.exec(recused.limit(1)).first() is not None


_SENSITIVE_TAGS = frozenset(
    {"kekerasan_seksual", "kekerasan_fisik", "pekerja_anak", "kerja_paksa"}
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a reporter can be answered."""

    person: Person
    address: Address
    unreachable: str


def reach_of(work: Work, case: Case) -> Reach | None:
    """Where the reporter of a case wrote from last; None once her data were deleted."""
    if case.person_id is None:
        return None
    found = work.session.exec(
        select(Person, PersonAddress)
        .join(Conversation, col(Conversation.person_id) == col(Person.id))
        .join(PersonAddress, col(PersonAddress.id) == col(Conversation.address_id))
        .where(Person.id == case.person_id)
    ).first()
    if found is None:
        return None
    person, row = found
    return Reach(person, address_of(work.vault, row), row.unreachable)
