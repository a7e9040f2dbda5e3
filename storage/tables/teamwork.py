"""How officers share the work: forms, duty, canned replies, same matters, who is kept away."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import belongs_to, one_of, row_id, sealed


class OfficerQuestion(SQLModel, table=True):
    """What an officer was asked in a topic: her next words there are the answer.

    ``form`` and ``field`` say which question; ``sealed`` holds what she answered so far.
    One officer has one open question in a case.
    """

    __tablename__ = "officer_questions"
    __table_args__ = (UniqueConstraint("officer_id", "case_id"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    officer_id: int = belongs_to("officers.id")
    form: str = Field(max_length=30)
    field: str = Field(max_length=30)
    sealed: bytes = sealed()
    at: datetime


class StageRecord(SQLModel, table=True):
    """What was told when a case reached a stage: dates, participants, office, registration.

    ``on_date`` is the day from which the law counts (first meeting, registration), if told.
    ``sealed`` holds all answers by field name.
    """

    __tablename__ = "stage_records"
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    stage: str = Field(max_length=20)
    officer_id: int | None = belongs_to("officers.id", optional=True)
    on_date: date | None = None
    sealed: bytes = sealed()
    at: datetime


class DoneStep(SQLModel, table=True):
    """A recommended step that an officer ticked off. ``step``: its key in the taxonomy."""

    __tablename__ = "done_steps"
    __table_args__ = (UniqueConstraint("case_id", "step"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    step: str = Field(max_length=64)
    officer_id: int = belongs_to("officers.id")
    at: datetime


class Recusal(SQLModel, table=True):
    """An officer who must not see or touch a case, because it is about her or him."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("case_id", "officer_id"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    officer_id: int = belongs_to("officers.id")
    at: datetime


class Duty(SQLModel, table=True):
    """When an officer is on duty (piket)."""

    __tablename__ = "duties"
    __table_args__ = (Index("ix_duties_organisation_until", "organisation_id", "until"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    officer_id: int = belongs_to("officers.id")
    since: datetime
    until: datetime


class CannedReply(SQLModel, table=True):
    """A ready answer as an organisation words it; takes the place of a shipped one.

    ``name`` is what officers type after /cepat; an empty ``text`` hides the shipped one.
    """

    __tablename__ = "canned_replies"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    name: str = Field(max_length=40)
    category: str = Field(default="", max_length=40)
    stage: str = Field(default="", max_length=20)
    text: str = Field(default="", max_length=1500)
    officer_id: int | None = belongs_to("officers.id", optional=True)
    at: datetime


class CaseVector(SQLModel, table=True):
    """The meaning of a story as the encoder sees it, to find the same matter. Sealed."""

    __tablename__ = "case_vectors"
    __table_args__ = (UniqueConstraint("case_id"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id", index=True)
    case_id: int = belongs_to("cases.id")
    model: str = Field(max_length=60)
    sealed: bytes = sealed()
    at: datetime


class CaseLink(SQLModel, table=True):
    """Two cases that officers put together: ``linked``, or ``merged`` (the second answers).

    ``first_id`` is always the case that was linked or merged, ``second_id`` the other.
    """

    __tablename__ = "case_links"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        one_of("kind", ("linked", "merged")),
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    first_id: int = belongs_to("cases.id", index=True)
    second_id: int = belongs_to("cases.id", index=True)
    kind: str = Field(max_length=10)
    officer_id: int | None = belongs_to("officers.id", optional=True)
    at: datetime


class Collective(SQLModel, table=True):
    """A collective case: several reporters of one workplace with the same matter."""

    __tablename__ = "collectives"
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    lead_id: int = belongs_to("cases.id", index=True)
    officer_id: int | None = belongs_to("officers.id", optional=True)
    opened_at: datetime
    closed_at: datetime | None = None


class CollectiveMember(SQLModel, table=True):
    """A case that was asked to join a collective case, and what its reporter said."""

    __tablename__ = "collective_members"
    __table_args__ = (
        UniqueConstraint("collective_id", "case_id"),
        one_of("state", ("asked", "joined", "declined")),
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    collective_id: int = belongs_to("collectives.id", index=True)
    case_id: int = belongs_to("cases.id", index=True)
    state: str = Field(max_length=10)
    asked_at: datetime
    answered_at: datetime | None = None


class OfficerSearch(SQLModel, table=True):
    """What an officer looked for, so that the next page can be shown. Sealed: it may name people.

    One officer has one search; the next one takes its place.
    """

    __tablename__ = "officer_searches"
    __table_args__ = (UniqueConstraint("officer_id"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    officer_id: int = belongs_to("officers.id")
    sealed: bytes = sealed()
    at: datetime


class Invitation(SQLModel, table=True):
    """A one-time code with which a group is bound to an organisation. Only its hash stays.

    ``purpose``: ``group`` (all cases) or ``sensitive`` (the small group of confidential ones).
    """

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("lookup"), one_of("purpose", ("group", "sensitive")))
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    lookup: str = Field(max_length=64)
    purpose: str = Field(max_length=10)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class MessageTemplate(SQLModel, table=True):
    """A WhatsApp template of an organisation and how far its approval is.

    ``status``: ``unsubmitted``, ``received``, ``pending``, ``approved``, ``rejected``,
    ``paused`` or ``disabled``, in Twilio's words; ``category`` as Meta sees it.
    """

    __tablename__ = "message_templates"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    name: str = Field(max_length=60)
    content_sid: str = Field(default="", max_length=40)
    status: str = Field(default="unsubmitted", max_length=20)
    category: str = Field(default="", max_length=20)
    reason: str = Field(default="", max_length=200)
    checked_at: datetime


class RosterEvent(SQLModel, table=True):
    """One line of the audit trail of a union's roster and groups. Never changed.

    ``what``: ``added``, ``role``, ``confidential``, ``removed``, ``left``, ``joined``,
    ``inside`` (seen in a group), ``bound``, ``wrong_code`` or ``parked``. ``by_id``: the officer
    who did it, None for the program itself or an operator. ``officer_id``: whose rights changed.
    ``lookup``: keyed hash of the person or chat that came to us unknown, or of where an officer
    was seen; ``sealed`` holds that person's user id and name.
    """

    __tablename__ = "roster_events"
    __table_args__ = (Index("ix_roster_events_lookup", "organisation_id", "lookup", "at"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    at: datetime
    what: str = Field(max_length=20)
    by_id: int | None = belongs_to("officers.id", optional=True)
    officer_id: int | None = belongs_to("officers.id", optional=True)
    lookup: str = Field(default="", max_length=64)
    before: str = Field(default="", max_length=40)
    after: str = Field(default="", max_length=40)
    sealed: bytes | None = sealed(optional=True)
