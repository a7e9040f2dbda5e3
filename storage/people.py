"""Persons and where they can be reached: found by a keyed hash, kept as ciphertext."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, col, select

from bot.events import Address
from storage.crypto import Vault
from storage.tables import (
    Attachment,
    Case,
    Consent,
    Conversation,
    Due,
    Outbound,
    Person,
    PersonAddress,
)

_FLOWERS = (
    "Melati", "Kenanga", "Cempaka", "Anggrek", "Mawar", "Dahlia", "Seroja", "Teratai", "Kamboja",
    "Flamboyan", "Bakung", "Wijaya", "Soka", "Tanjung", "Kemuning", "Asoka",
)  # fmt: skip

_REPORTERS = (  # made once: building a statement costs more than running it
    select(Person, PersonAddress, Conversation)
    .join(PersonAddress, col(PersonAddress.person_id) == col(Person.id))
    .join(Conversation, col(Conversation.person_id) == col(Person.id))
    .where(
        col(PersonAddress.organisation_id) == bindparam("union"),
        col(PersonAddress.lookup).in_(bindparam("lookups", expanding=True)),
    )
    .order_by(col(Conversation.id))
    .with_for_update(of=Conversation)
    .execution_options(populate_existing=True)  # as under the lock, not as read before
)


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
    known = _reporters_of(session, vault, organisation_id, addresses)
    return known[0] if known else None


def reporter_of_address(session: Session, address: PersonAddress) -> Reporter:
    """The reporter of an address row; the conversation is locked for this transaction."""
    person = session.get_one(Person, address.person_id)
    conversation = session.exec(
        select(Conversation)
        .where(Conversation.person_id == person.id)
        .with_for_update()
        .execution_options(populate_existing=True)  # as it is under the lock, not as read before
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
    met = _reporters_of(session, vault, organisation_id, known)
    if len({reporter.person.id for reporter in met}) > 1:
        unite_reporters(session, vault, organisation_id, known)
        met = _reporters_of(session, vault, organisation_id, known)
    if not met:
        met = [_new_reporter(session, vault, organisation_id, address, now)]
    stored = {reporter.address.lookup: reporter.address for reporter in met}
    reporter = met[0]
    for each in known:
        lookup = vault.lookup(str(each))
        if lookup not in stored:
            stored[lookup] = _new_address(session, vault, reporter.person, each)
    reporter.address = stored[vault.lookup(str(address))]
    before = reporter.address.last_inbound_at
    reporter.address.last_inbound_at = max(before, now) if before else now
    reporter.address.unreachable = ""
    reporter.conversation.address_id = _id(reporter.address)
    session.flush()
    return reporter


def unite_reporters(
    session: Session, vault: Vault, organisation_id: int, addresses: Sequence[Address]
) -> bool:
    """Make those whom these addresses belong to one person; False if they are one already."""
    rows = _rows_of(session, vault, organisation_id, addresses)
    for row in rows[1:]:
        if row.person_id != rows[0].person_id:
            _merge(session, keep=rows[0].person_id, gone=row.person_id)
            session.expire_all()
            unite_reporters(session, vault, organisation_id, addresses)
            return True
    return False


def address_of(vault: Vault, row: PersonAddress) -> Address:
    """The address in clear."""
    channel, _, path = vault.open(row.sealed, "addresses").decode().partition(":")
    return Address(channel, path)


def mark_unreachable(session: Session, person_id: int, channel: str, why: str) -> None:
    """Send nothing more to this person by this channel, until she writes there again."""
    session.execute(
        update(PersonAddress)
        .where(col(PersonAddress.person_id) == person_id, col(PersonAddress.channel) == channel)
        .values(unreachable=why[:60])
    )


def private_of(vault: Vault, person: Person) -> dict[str, Any]:
    """What the person told about herself: ``name``, ``safe_hours``, ``member``."""
    return dict(vault.open_json(person.sealed, "persons")) if person.sealed else {}


def _reporters_of(
    session: Session, vault: Vault, organisation_id: int, addresses: Sequence[Address]
) -> list[Reporter]:
    """Whose the known ones of these addresses are, in the order given; all in one query.

    Their conversations are locked for this transaction.
    """
    lookups = [vault.lookup(str(address)) for address in addresses]
    rows = session.exec(_REPORTERS, params={"union": organisation_id, "lookups": lookups}).all()
    return sorted((Reporter(*row) for row in rows), key=lambda r: lookups.index(r.address.lookup))


def _rows_of(
    session: Session, vault: Vault, organisation_id: int, addresses: Sequence[Address]
) -> list[PersonAddress]:
    """The known ones of these addresses, in the order given."""
    lookups = [vault.lookup(str(address)) for address in addresses]
    rows = session.exec(
        select(PersonAddress).where(
            PersonAddress.organisation_id == organisation_id,
            col(PersonAddress.lookup).in_(lookups),
        )
    ).all()
    return sorted(rows, key=lambda row: lookups.index(row.lookup))


def _new_reporter(
    session: Session, vault: Vault, organisation_id: int, address: Address, now: datetime
) -> Reporter:
    digest = vault.lookup(f"pseudonym:{address}")
    flower = _FLOWERS[int(digest[:4], 16) % len(_FLOWERS)]
    person = Person(
        organisation_id=organisation_id,
        pseudonym=f"{flower} {int(digest[4:10], 16) % 9000 + 1000}",
        created_at=now,
    )
    session.add(person)
    session.flush()
    row = _new_address(session, vault, person, address)
    conversation = Conversation(
        organisation_id=organisation_id,
        person_id=_id(person),
        address_id=_id(row),
        updated_at=now,
    )
    session.add(conversation)
    session.flush()
    return Reporter(person, row, conversation)


def _new_address(
    session: Session, vault: Vault, person: Person, address: Address
) -> PersonAddress:
    row = PersonAddress(
        organisation_id=person.organisation_id,
        person_id=_id(person),
        channel=address.channel,
        lookup=vault.lookup(str(address)),
        sealed=vault.seal(str(address).encode(), "addresses"),
    )
    session.add(row)
    session.flush()
    return row


def _merge(session: Session, *, keep: int, gone: int) -> None:
    """Two persons turned out to be one: everything of ``gone`` becomes ``keep``'s."""
    for table in (PersonAddress, Case, Consent, Attachment, Outbound):
        session.execute(update(table).where(col(table.person_id) == gone).values(person_id=keep))
    _merge_conversations(session, keep, gone)
    kept, other = session.get_one(Person, keep), session.get_one(Person, gone)
    kept.consented_version = kept.consented_version or other.consented_version
    kept.pushes_on = kept.pushes_on and other.pushes_on
    kept.sealed = kept.sealed or other.sealed
    kept.created_at = min(kept.created_at, other.created_at)
    session.add(kept)
    session.delete(other)
    session.flush()


def _merge_conversations(session: Session, keep: int, gone: int) -> None:
    """The conversation that runs stays, of two running ones the later; the other one ends."""
    both = session.exec(
        select(Conversation).where(col(Conversation.person_id).in_((keep, gone))).with_for_update()
    ).all()
    ranked = sorted(both, key=lambda one: (one.sealed is not None, one.updated_at, one.id or 0))
    *ended, staying = ranked
    for conversation in ended:
        session.execute(delete(Due).where(col(Due.conversation_id) == conversation.id))
        session.delete(conversation)
    session.flush()
    staying.person_id = keep
    staying.revision = max(one.revision for one in both) + 1
    session.add(staying)
    session.flush()


def _id(row: Person | PersonAddress) -> int:
    if row.id is None:
        raise ValueError("the row was not stored yet")
    return row.id
