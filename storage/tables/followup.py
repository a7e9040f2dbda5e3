"""What follows a case through time: surveys, check-ins, appointments, what was deleted when."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import belongs_to, one_of, row_id, sealed


class Survey(SQLModel, table=True):
    """The question after a case was closed, once for each closure.

    ``closure``: how often the case was reopened before.

    ``state``: ``planned``, ``asked``, ``answered``, ``lapsed`` (no answer in time), ``not_sent``
    with its ``reason``. ``solved`` is ``ya``, ``belum`` or empty; ``score`` 1 to 5. ``sealed``
    holds the free comment. ``officer_id``: who handled the case when it was closed.
    """

    __tablename__ = "surveys"
    __table_args__ = (
        UniqueConstraint("case_id", "closure"),
        one_of("state", ("planned", "asked", "answered", "lapsed", "not_sent")),
        one_of("solved", ("", "ya", "belum")),
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id", index=True)
    case_id: int = belongs_to("cases.id", index=True)
    closure: int
    officer_id: int | None = belongs_to("officers.id", optional=True)
    state: str = Field(max_length=10)
    reason: str = Field(default="", max_length=30)
    solved: str = Field(default="", max_length=6)
    score: int | None = None
    sealed: bytes | None = sealed(optional=True)
    planned_at: datetime
    asked_at: datetime | None = None
    reminded_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None


class SurveyAnswer(SQLModel, table=True):
    """One tap or typed answer to a survey; a later one changes the survey, this one stays.

    ``field``: ``solved``, ``score``, or ``sex``, of which the last one alone is kept, here only.
    ``sealed``: what was answered.
    """

    __tablename__ = "survey_answers"
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    survey_id: int = belongs_to("surveys.id", index=True)
    field: str = Field(max_length=10)
    sealed: bytes = sealed()
    at: datetime


class CheckIn(SQLModel, table=True):
    """The question whether she is safe at work, so many days after a closing."""

    __tablename__ = "check_ins"
    __table_args__ = (
        UniqueConstraint("case_id", "closure", "day"),
        one_of("state", ("planned", "asked", "safe", "unsafe", "lapsed", "not_sent")),
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    closure: int
    day: int
    state: str = Field(max_length=10)
    reason: str = Field(default="", max_length=30)
    urgent_case_id: int | None = belongs_to("cases.id", optional=True)
    asked_at: datetime | None = None
    answered_at: datetime | None = None


class Appointment(SQLModel, table=True):
    """A date of a case: a meeting, a hearing, evidence that was promised. ``sealed``: what."""

    __tablename__ = "appointments"
    __table_args__ = (one_of("kind", ("bipartit", "mediasi", "sidang", "bukti", "lain")),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    kind: str = Field(max_length=10)
    at: datetime
    sealed: bytes = sealed()
    officer_id: int | None = belongs_to("officers.id", optional=True)
    made_at: datetime
    reminded_at: datetime | None = None
    cancelled_at: datetime | None = None


class ServicePromise(SQLModel, table=True):
    """A promise of service to a reporter and whether it was kept.

    ``kind``: ``first_answer`` or ``next_step``. ``level`` is how far it was escalated: 0 nobody,
    1 the officer, 2 the coordinators, 3 the level above.
    """

    __tablename__ = "service_promises"
    __table_args__ = (
        one_of("kind", ("first_answer", "next_step")),
        Index("ix_service_promises_case_kind", "case_id", "kind"),
        Index(
            "ix_service_promises_open",
            "organisation_id",
            "case_id",
            sqlite_where=text("kept_at IS NULL"),
            postgresql_where=text("kept_at IS NULL"),
        ),
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id")
    kind: str = Field(max_length=15)
    made_at: datetime
    due_at: datetime
    kept_at: datetime | None = None
    level: int = 0


class Deletion(SQLModel, table=True):
    """The receipt of something that was deleted because its time was over. No content.

    ``what``: ``case``, ``draft`` or ``files``; ``rule``: the rule that asked for it.
    """

    __tablename__ = "deletions"
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id", index=True)
    what: str = Field(max_length=10)
    number: str = Field(default="", max_length=12)
    rule: str = Field(max_length=40)
    files: int = 0
    at: datetime
