"""Persons and where they can be reached: found by a keyed hash, kept as ciphertext."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.events import Address
from storage.crypto import Vault
from storage.tables import (
    Attachment,
    Case,
    Consent,
    Conversation,
    Outbound,
    Person,
    PersonAddress,
)

_ADJECTIVES = (
    "Melati", "Kenanga", "Cempaka", "Anggrek", "Mawar", "Dahlia", "Seroja", "Teratai", "Kamboja",
    "Flamboyan", "Bakung", "Wijaya", "Soka", "Tanjung", "Kemuning", "Asoka",
)  # fmt: skip


@dataclass(slots=True)
class Reporter:
    """A person with the address she wrote from and her conversation (rows of one session)."""

    person: Person
    address: PersonAddress
    conversation: Conversation


def find_reporter(
    session: Session, vault: Vault, organisation_id: int, addresses: Sequence[Address]
) -> Reporter | None:
    """The reporter whom one of these addresses belongs to; the first one decides."""
    lookups = [vault.lookup(str(address)) for address in addresses]
    rows = session.exec(
        select(PersonAddress).where(
            PersonAddress.organisation_id == organisation_id,
            col(PersonAddress.lookup).in_(lookups),
        )
    ).all()
    if not rows:
        return None
    row = min(rows, key=lambda found: lookups.index(found.lookup))
    return reporter_of_address(session, row)


def reporter_of_address(session: Session, address: PersonAddress) -> Reporter:
    """The reporter of an address row; the conversation is locked for this transaction."""
    person = session.get_one(Person, address.person_id)
    conversation = session.exec(
        select(Conversation).where(Conversation.person_id == person.id).with_for_update()
    ).one()
    return Reporter(person, address, conversation)


def meet_reporter(
    session: Session,
    vault: Vault,
    organisation_id: int,
    address: Address,
    aliases: Sequence[Address],
    now: datetime,
) -> Reporter:
    """The reporter behind an address, made on the first message.

    Further addresses named in the same message are stored with it; where they belonged to
    another person until now, the two are one and become one.
    """
    known = [address, *(alias for alias in aliases if alias != address)]
    reporter = find_reporter(session, vault, organisation_id, known)
    if reporter is None:
        reporter = _new_reporter(session, vault, organisation_id, address, now)
    for alias in known:
        row = _address_row(session, vault, organisation_id, reporter, alias)
        if alias == address:
            reporter.address = row
            row.last_inbound_at = now
            row.unreachable = ""
    reporter.conversation.address_id = _id(reporter.address)
    session.flush()
    return reporter


def address_of(vault: Vault, row: PersonAddress) -> Address:
    """The address in clear."""
    channel, _, path = vault.open(row.sealed, "addresses").decode().partition(":")
    return Address(channel, path)


def private_of(vault: Vault, person: Person) -> dict[str, Any]:
    """What the person told about herself: ``name``, ``safe_hours``, ``member``."""
    return dict(vault.open_json(person.sealed, "persons")) if person.sealed else {}


def _new_reporter(
    session: Session, vault: Vault, organisation_id: int, address: Address, now: datetime
) -> Reporter:
    digest = vault.lookup(f"pseudonym:{address}")
    flower = _ADJECTIVES[int(digest[:4], 16) % len(_ADJECTIVES)]
    person = Person(
        organisation_id=organisation_id,
        pseudonym=f"{flower} {int(digest[4:10], 16) % 9000 + 1000}",
        created_at=now,
    )
    session.add(person)
    session.flush()
    row = PersonAddress(
        organisation_id=organisation_id,
        person_id=_id(person),
        channel=address.channel,
        lookup=vault.lookup(str(address)),
        sealed=vault.seal(str(address).encode(), "addresses"),
    )
    session.add(row)
    session.flush()
    conversation = Conversation(
        organisation_id=organisation_id,
        person_id=_id(person),
        address_id=_id(row),
        updated_at=now,
    )
    session.add(conversation)
    session.flush()
    return Reporter(person, row, conversation)


def _address_row(
    session: Session, vault: Vault, organisation_id: int, reporter: Reporter, address: Address
) -> PersonAddress:
    lookup = vault.lookup(str(address))
    row = session.exec(
        select(PersonAddress).where(
            PersonAddress.organisation_id == organisation_id, PersonAddress.lookup == lookup
        )
    ).first()
    if row is None:
        row = PersonAddress(
            organisation_id=organisation_id,
            person_id=_id(reporter.person),
            channel=address.channel,
            lookup=lookup,
            sealed=vault.seal(str(address).encode(), "addresses"),
        )
        session.add(row)
        session.flush()
    elif row.person_id != reporter.person.id:
        _merge(session, keep=_id(reporter.person), gone=row.person_id)
        session.refresh(row)
    return row


def _merge(session: Session, *, keep: int, gone: int) -> None:
    """Two persons turned out to be one: everything of ``gone`` becomes ``keep``'s."""
    for table in (PersonAddress, Case, Consent, Attachment, Outbound):
        session.execute(update(table).where(col(table.person_id) == gone).values(person_id=keep))
    leftover = session.exec(select(Conversation).where(Conversation.person_id == gone)).first()
    if leftover is not None:
        session.delete(leftover)
        session.flush()
    session.delete(session.get_one(Person, gone))
    session.flush()


def _id(row: Person | PersonAddress) -> int:
    if row.id is None:
        raise ValueError("the row was not stored yet")
    return row.id
