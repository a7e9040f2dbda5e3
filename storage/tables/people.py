"""Who: organisations, persons and their addresses, consent, officers, known companies."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables.columns import belongs_to, one_of, row_id, sealed


class Meta(SQLModel, table=True):
    """Sealed values of the installation itself: the look-up key, the last seen time."""

    __tablename__ = "meta"
    name: str = Field(primary_key=True, max_length=40)
    value: bytes = sealed()


class Organisation(SQLModel, table=True):
    """A union with its own name, accounts and officers' groups.

    ``sensitive_chat``: the small group of confidential cases, if there is one.
    ``parent_id``: the federation above it.

    ``sealed`` holds the provider tokens (``storage.records.Accounts``).
    """

    __tablename__ = "organisations"
    id: int | None = row_id()
    slug: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    officer_channel: str = Field(default="telegram", max_length=20)
    officer_chat: str = Field(default="", max_length=40)
    sensitive_chat: str = Field(default="", max_length=40)
    parent_id: int | None = belongs_to("organisations.id", optional=True)
    sealed: bytes | None = sealed(optional=True)
    created_at: datetime


class Person(SQLModel, table=True):
    """Someone who writes to us. ``sealed``: name as she gave it, safe hours."""

    __tablename__ = "persons"
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    pseudonym: str = Field(max_length=40)
    pushes_on: bool = True
    consented_version: str = Field(default="", max_length=20)
    sealed: bytes | None = sealed(optional=True)
    created_at: datetime


class PersonAddress(SQLModel, table=True):
    """One way to reach a person. ``lookup`` is the keyed hash of the address.

    ``unreachable`` says why sending stopped, in the provider's word, empty while it works.
    """

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("organisation_id", "lookup"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    person_id: int = belongs_to("persons.id", index=True)
    channel: str = Field(max_length=20)
    lookup: str = Field(max_length=64)
    sealed: bytes = sealed()
    unreachable: str = Field(default="", max_length=60)
    last_inbound_at: datetime | None = None


class Consent(SQLModel, table=True):
    """What a person answered to which version of the consent text, when and where."""

    __tablename__ = "consents"
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    person_id: int = belongs_to("persons.id", index=True)
    version: str = Field(max_length=20)
    given: bool
    channel: str = Field(max_length=20)
    at: datetime


class OfficerAccount(SQLModel, table=True):
    """A member of the roster. ``lookup``: keyed hash of the Telegram user id.

    ``confidential``: may read and handle confidential cases. ``sealed`` holds the user id and
    the name. ``removed_at`` ends the rights, the row stays for the audit.
    """

    __tablename__ = "officers"
    __table_args__ = (
        UniqueConstraint("organisation_id", "lookup"),
        one_of("role", ("officer", "coordinator", "readonly")),
    )
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    lookup: str = Field(max_length=64)
    role: str = Field(max_length=20)
    confidential: bool = False
    sealed: bytes = sealed()
    added_at: datetime
    removed_at: datetime | None = None


class Company(SQLModel, table=True):
    """A workplace that reporters named before; matched by name, never merged by itself."""

    __tablename__ = "companies"
    __table_args__ = (UniqueConstraint("organisation_id", "lookup"),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    lookup: str = Field(max_length=64)
    sealed: bytes = sealed()
    created_at: datetime


class Conversation(SQLModel, table=True):
    """Where a person's dialogue stands. ``sealed`` is the flow's state as JSON.

    ``revision`` rises with every turn, so that two turns cannot both be saved.
    ``officer_speaks_until``: an officer answered; the bot is silent until then.
    """

    __tablename__ = "conversations"
    __table_args__ = (Index("uq_conversations_person", "person_id", unique=True),)
    id: int | None = row_id()
    organisation_id: int = belongs_to("organisations.id")
    person_id: int = belongs_to("persons.id")
    address_id: int = belongs_to("addresses.id", index=True)
    revision: int = 0
    flow: str = Field(default="", max_length=40)
    step: str = Field(default="", max_length=40)
    sealed: bytes | None = sealed(optional=True)
    draft_case_id: int | None = belongs_to("cases.id", optional=True)
    officer_speaks_until: datetime | None = None
    updated_at: datetime
