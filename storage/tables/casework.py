"""What: cases, their messages, their audit trail, files, predictions and corrections."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import Key, belongs_to, one_of, row_id, sealed

CASE_STATUSES = (
    "belum_lengkap",
    "baru",
    "verifikasi",
    "ditangani",
    "bipartit",
    "mediasi",
    "phi",
    "dilimpahkan",
    "selesai",
    "ditolak",
    "arsip",
)


class Case(SQLModel, table=True):
    """One matter followed to its end. ``sealed`` holds what was told (``CaseContent``).

    ``sensitive`` keeps story and names out of the officers' group. ``chat_id``,
    ``thread_id`` and ``card_id`` say where its topic and card stand; ``topic_state`` is
    ``none``, ``open`` or ``closed``. ``merged_into_id``: the case that answers for it.
    ``answered_at``: the first reply of an officer. ``waiting_since``: the officers wait for
    the reporter. ``legal_hold``: must not be deleted; ``warned_at``: officers were told that
    it will be.
    """

    __tablename__ = "cases"
    __table_args__ = (
        one_of("status", CASE_STATUSES),
        one_of("kind", ("pengaduan", "aspirasi", "pertanyaan")),
        one_of("urgency", ("darurat", "tinggi", "normal")),
        one_of("outcome", ("", "tercapai", "sebagian", "tidak_tercapai", "dicabut")),
        Index("ix_cases_thread", "chat_id", "thread_id"),
        Index("ix_cases_card", "chat_id", "card_id"),
        Index("ix_cases_organisation_status", "organisation_id", "status"),
        Index("ix_cases_organisation_newest", "organisation_id", "id"),
        Index("ix_cases_organisation_category", "organisation_id", "category", "id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = row_id()
    number: str = Field(max_length=12, unique=True)
    organisation_id: int = belongs_to("organisations.id")
    person_id: int | None = belongs_to("persons.id", optional=True, index=True)
    kind: str = Field(max_length=20)
    category: str = Field(max_length=40)
    also: str = Field(default="", max_length=200)
    tags: str = Field(default="", max_length=400)
    urgency: str = Field(max_length=10)
    status: str = Field(max_length=20)
    status_since: datetime
    outcome: str = Field(default="", max_length=20)
    identity: str = Field(default="rahasia", max_length=10)
    sensitive: bool = False
    owner_id: int | None = belongs_to("officers.id", optional=True)
    region_code: str = Field(default="", max_length=10)
    company_id: int | None = belongs_to("companies.id", optional=True, index=True)
    sealed: bytes = sealed()
    chat_id: str = Field(default="", max_length=40)
    thread_id: str = Field(default="", max_length=40)
    card_id: str = Field(default="", max_length=40)
    topic_state: str = Field(default="none", max_length=10)
    merged_into_id: int | None = belongs_to("cases.id", optional=True, index=True)
    waiting_since: datetime | None = None
    answered_at: datetime | None = None
    legal_hold: bool = False
    warned_at: datetime | None = None
    opened_at: datetime
    closed_at: datetime | None = None
    reopened: int = 0


class CaseEvent(SQLModel, table=True):
    """One line of a case's audit trail: who did what, when. Never changed, never deleted alone.

    ``sealed`` holds details that may quote text; only they go when a reporter's data go.
    """

    __tablename__ = "case_events"
    __table_args__ = (one_of("actor", ("reporter", "officer", "system")),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    at: datetime
    actor: str = Field(max_length=10)
    officer_id: int | None = belongs_to("officers.id", optional=True)
    what: str = Field(max_length=40)
    before: str = Field(default="", max_length=200)
    after: str = Field(default="", max_length=200)
    sealed: bytes | None = sealed(optional=True)


class CaseMessage(SQLModel, table=True):
    """Something said in a case: by the reporter, as a note, or as a reply to her.

    ``state`` of a reply: ``draft`` (waiting for text), ``preview``, ``queued`` (in its undo
    time), ``released`` (given to the outbox's delivery), ``withdrawn``.
    ``source``: keyed hash of the provider's message id, for edits and quotes.
    ``audience`` of a reply: empty for the reporters of the case and of those merged into it,
    ``collective`` for all who joined the collective case.
    """

    __tablename__ = "case_messages"
    __table_args__ = (
        one_of("direction", ("reporter", "note", "reply")),
        Index("ix_case_messages_source", "organisation_id", "source"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    direction: str = Field(max_length=10)
    state: str = Field(default="", max_length=12)
    officer_id: int | None = belongs_to("officers.id", optional=True)
    source: str = Field(default="", max_length=64)
    attachment_id: int | None = belongs_to("attachments.id", optional=True)
    preview_id: str = Field(default="", max_length=40)
    audience: str = Field(default="", max_length=12)
    sealed: bytes = sealed()
    at: datetime


class Attachment(SQLModel, table=True):
    """A file that came with a message; its bytes lie encrypted in ``DATA_DIR/evidence``.

    ``state``: ``pending`` (to be fetched), ``stored``, ``failed``, ``too_large``, ``deleted``.
    ``sealed`` holds the provider's reference, the file's name and its SHA-256. A ``deleted`` one
    keeps its ``path`` until the file is really gone from disk.
    ``key`` is the id that the flow's state uses.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        one_of("state", ("pending", "stored", "failed", "too_large", "deleted")),
        Index(
            "ix_attachments_pending",
            "due_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_attachments_to_remove",
            "id",
            sqlite_where=text("state = 'deleted' AND path <> ''"),
            postgresql_where=text("state = 'deleted' AND path <> ''"),
        ),
    )
    id: int | None = row_id()
    key: str = Field(max_length=40, unique=True)
    organisation_id: int = belongs_to("organisations.id")
    person_id: int | None = belongs_to("persons.id", optional=True, index=True)
    case_id: int | None = belongs_to("cases.id", optional=True, index=True)
    channel: str = Field(max_length=20)
    kind: str = Field(max_length=10)
    content_type: str = Field(default="", max_length=100)
    size: int | None = Field(default=None, sa_type=Key)
    state: str = Field(default="pending", max_length=10)
    attempts: int = 0
    due_at: datetime
    path: str = Field(default="", max_length=120)
    sealed: bytes = sealed()
    created_at: datetime


class Prediction(SQLModel, table=True):
    """What the classifier said of a story, kept to measure and retrain it. No text."""

    __tablename__ = "predictions"
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    model: str = Field(max_length=60)
    kind: str = Field(max_length=20)
    category: str = Field(max_length=40)
    candidates: str = Field(max_length=200)
    tags: str = Field(default="", max_length=400)
    urgency: str = Field(max_length=10)
    abstain: bool
    at: datetime


class Correction(SQLModel, table=True):
    """A person chose otherwise than the classifier, or otherwise than before."""

    __tablename__ = "corrections"
    __table_args__ = (one_of("actor", ("reporter", "officer")),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int = belongs_to("cases.id", index=True)
    actor: str = Field(max_length=10)
    officer_id: int | None = belongs_to("officers.id", optional=True)
    field: str = Field(max_length=20)
    before: str = Field(max_length=200)
    after: str = Field(max_length=200)
    at: datetime


class Tap(SQLModel, table=True):
    """What a button in the officers' group means: the opaque id that its payload carries."""

    __tablename__ = "taps"
    __table_args__ = (UniqueConstraint("token"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    case_id: int | None = belongs_to("cases.id", optional=True, index=True)
    message_id: int | None = belongs_to("case_messages.id", optional=True)
    token: str = Field(max_length=32)
    action: str = Field(max_length=40)
    value: str = Field(default="", max_length=60)
    made_at: datetime
