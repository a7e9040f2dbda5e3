"""What comes in, what goes out, what is due: the queues that live in the database."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.tables.columns import belongs_to, one_of, row_id, sealed


class Inbound(SQLModel, table=True):
    """One raw event as it came, sealed. The row stays, so that the event never counts twice.

    What it said goes as soon as its turn has been committed (``sealed`` is NULL then).
    ``new`` → ``claimed`` → ``done``; back to ``new`` when a turn failed or a lease ended;
    ``dead`` after too many attempts. One row of a lane at a time may be ``claimed``.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("account", "external_id"),
        one_of("status", ("new", "claimed", "done", "dead")),
        Index(
            "uq_inbox_lane_claimed",
            "lane",
            unique=True,
            sqlite_where=text("status = 'claimed'"),
            postgresql_where=text("status = 'claimed'"),
        ),
        Index(
            "ix_inbox_open",
            "id",
            sqlite_where=text("status = 'new'"),
            postgresql_where=text("status = 'new'"),
        ),
        Index(
            "ix_inbox_lane_open",
            "lane",
            "id",
            sqlite_where=text("status IN ('new', 'claimed')"),
            postgresql_where=text("status IN ('new', 'claimed')"),
        ),
        Index(
            "ix_inbox_dead",
            "id",
            sqlite_where=text("status = 'dead'"),
            postgresql_where=text("status = 'dead'"),
        ),
        {"sqlite_autoincrement": True},
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    source: str = Field(max_length=20)
    account: str = Field(max_length=80)
    external_id: str = Field(max_length=64)
    lane: str = Field(max_length=64)
    status: str = Field(default="new", max_length=10)
    attempts: int = 0
    available_at: datetime
    lease_until: datetime | None = None
    error: str = Field(default="", max_length=120)
    sealed: bytes | None = sealed(optional=True)
    received_at: datetime
    done_at: datetime | None = None


OUTBOX_STATUSES = (
    "queued",
    "held",
    "sending",
    "sent",
    "delivered",
    "read",
    "failed",
    "uncertain",
    "cancelled",
    "dead",
)


class Outbound(SQLModel, table=True):
    """One thing to send, written in the same transaction as its cause.

    ``queued`` → ``sending`` (committed before the request leaves) → ``sent`` → ``delivered``
    → ``read``, or ``failed`` (the provider refused), ``uncertain`` (outcome unknown),
    ``held`` (the service window is shut), ``cancelled`` (taken back in time), ``dead`` (tried
    too often). ``lane`` keeps the order at one place; ``chat`` is what rate limits count by.
    ``kind``: see ``bot.outbox.orders``. Unique per cause: (inbox row, ordinal) or due row.
    ``forget``: what it says is blanked as soon as it came to its end.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("inbox_id", "ordinal"),
        UniqueConstraint("due_id"),
        one_of("status", OUTBOX_STATUSES),
        Index(
            "ix_outbox_open",
            "priority",
            "id",
            sqlite_where=text("status = 'queued'"),
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "ix_outbox_lane_open",
            "lane",
            "id",
            sqlite_where=text("status IN ('queued', 'sending')"),
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
        Index(
            "uq_outbox_merge",
            "merge_key",
            unique=True,
            sqlite_where=text("status = 'queued' AND merge_key <> ''"),
            postgresql_where=text("status = 'queued' AND merge_key <> ''"),
        ),
        Index("ix_outbox_external", "external_id", "channel"),
        Index(
            "ix_outbox_chat_sent",
            "chat",
            "sent_at",
            sqlite_where=text("paced = 1"),  # as SQLAlchemy asks for it
            postgresql_where=text("paced"),
        ),
        *(
            Index(
                f"ix_outbox_{name}",
                column,
                sqlite_where=text(condition.replace("forget", "forget = 1")),
                postgresql_where=text(condition),
            )
            for name, column, condition in (
                ("held", "person_id", "status = 'held'"),
                ("sending", "lease_until", "status = 'sending'"),
                ("uncertain", "sent_at", "status = 'uncertain'"),
                ("dead", "id", "status = 'dead'"),
                ("forget", "id", "forget"),
            )
        ),
        {"sqlite_autoincrement": True},
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    inbox_id: int | None = belongs_to("inbox.id", optional=True)
    ordinal: int = 0
    due_id: int | None = belongs_to("due.id", optional=True)
    channel: str = Field(max_length=20)
    lane: str = Field(max_length=64)
    chat: str = Field(default="", max_length=64)
    paced: bool = False
    kind: str = Field(max_length=20)
    promise: str = Field(max_length=10)
    priority: int = 5
    merge_key: str = Field(default="", max_length=60)
    forget: bool = False
    person_id: int | None = belongs_to("persons.id", optional=True, index=True)
    case_id: int | None = belongs_to("cases.id", optional=True, index=True)
    message_id: int | None = belongs_to("case_messages.id", optional=True, index=True)
    status: str = Field(default="queued", max_length=10)
    attempts: int = 0
    available_at: datetime
    lease_until: datetime | None = None
    external_id: str = Field(default="", max_length=80)
    error: str = Field(default="", max_length=60)
    sealed: bytes = sealed()
    created_at: datetime
    sent_at: datetime | None = None
    settled_at: datetime | None = None


class ParkedChat(SQLModel, table=True):
    """A chat that the provider asked to leave alone until then (429)."""

    __tablename__ = "parked_chats"
    chat: str = Field(primary_key=True, max_length=64)
    until: datetime


class Due(SQLModel, table=True):
    """Something that must happen at a time: reminders, ends of bursts, deadlines.

    ``key`` says what it is for, once: ``quiet:12`` is the burst timer of conversation 12.
    Setting it again moves ``due_at`` and raises ``sequence``.
    """

    __tablename__ = "due"
    __table_args__ = (
        UniqueConstraint("key"),
        one_of("status", ("waiting", "fired", "cancelled")),
        Index(
            "ix_due_waiting",
            "due_at",
            sqlite_where=text("status = 'waiting'"),
            postgresql_where=text("status = 'waiting'"),
        ),
        {"sqlite_autoincrement": True},
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    kind: str = Field(max_length=40)
    key: str = Field(max_length=80)
    lane: str = Field(max_length=64)
    conversation_id: int | None = belongs_to("conversations.id", optional=True, index=True)
    case_id: int | None = belongs_to("cases.id", optional=True, index=True)
    sequence: int = 0
    status: str = Field(default="waiting", max_length=10)
    due_at: datetime
    fired_at: datetime | None = None


class DeliveryReport(SQLModel, table=True):
    """What a provider reports of a message; stored only while the message is not known (yet).

    ``external_id`` is the keyed hash of the provider's id. Kept for ten minutes.
    """

    __tablename__ = "unmatched_reports"
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    channel: str = Field(max_length=20)
    external_id: str = Field(max_length=80, index=True)
    status: str = Field(max_length=12)
    error: str = Field(default="", max_length=60)
    at: datetime


class ProviderContent(SQLModel, table=True):
    """A message form made at the provider (Twilio Content), found again by its hash."""

    __tablename__ = "provider_contents"
    __table_args__ = (UniqueConstraint("account", "fingerprint"),)
    id: int | None = row_id()
    account: str = Field(max_length=80)
    fingerprint: str = Field(max_length=64)
    content_id: str = Field(max_length=80)
    made_at: datetime


class Lease(SQLModel, table=True):
    """What only one process may do at a time, such as asking Telegram for updates."""

    __tablename__ = "leases"
    name: str = Field(primary_key=True, max_length=80)
    holder: str = Field(max_length=60)
    until: datetime


class Alarm(SQLModel, table=True):
    """Something that is wrong right now and was told to the operator; gone when it is over.

    ``name``: the check, and where it belongs to one the organisation or the machine
    (``disk@server1``). ``looked_at``: when a process last looked, ``calm_since``: since when
    all was well again.
    """

    __tablename__ = "alarms"
    name: str = Field(primary_key=True, max_length=120)
    since: datetime
    looked_at: datetime
    calm_since: datetime | None = None


class SimulatorMessage(SQLModel, table=True):
    """A message as the simulator's phones and group show it. ``sealed``: its content."""

    __tablename__ = "simulator_messages"
    __table_args__ = (
        Index("ix_simulator_messages_chat", "chat", "id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = row_id()
    chat: str = Field(max_length=40)
    thread: str = Field(default="", max_length=40)
    sealed: bytes = sealed()
    at: datetime
    deleted: bool = False
