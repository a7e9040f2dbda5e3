"""One person, several addresses: found by any of them, and never two persons for one human."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, func, select

from bot.events import Address
from storage.due import set_due
from storage.people import (
    Reporter,
    address_of,
    find_reporter,
    meet_reporter,
    private_of,
    reporter_of_address,
    unite_reporters,
)
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
from tests.storage.rows import NOW, Ground

PHONE = Address("whatsapp", "+6281200000001")
USER_ID = Address("whatsapp", "ID.1234567890")


def test_a_person_is_made_once_and_found_again(ground: Ground) -> None:
    """A second greeting to someone known breaks trust."""
    with ground.database.transaction() as session:
        first = _meet(session, ground, PHONE)
        again = _meet(session, ground, PHONE)
        assert again.person.id == first.person.id
        assert find_reporter(session, ground.vault, ground.organisation_id, [USER_ID]) is None


def test_nobody_is_found_in_another_organisation(ground: Ground) -> None:
    """Two unions on one deployment must not see each other's people."""
    with ground.database.transaction() as session:
        _meet(session, ground, PHONE)
        assert find_reporter(session, ground.vault, ground.organisation_id + 1, [PHONE]) is None


def test_an_address_is_stored_sealed_and_found_by_a_keyed_hash(ground: Ground) -> None:
    """A stolen database must not be a list of phone numbers."""
    with ground.database.transaction() as session:
        _meet(session, ground, PHONE)
        row = session.exec(select(PersonAddress)).one()
    assert PHONE.path.encode() not in row.sealed
    assert PHONE.path not in row.lookup
    assert address_of(ground.vault, row) == PHONE


def test_a_second_address_in_one_message_belongs_to_the_same_person(ground: Ground) -> None:
    """WhatsApp may name a number today and only a user id tomorrow."""
    with ground.database.transaction() as session:
        met = _meet(session, ground, PHONE, USER_ID)
        found = find_reporter(session, ground.vault, ground.organisation_id, [USER_ID])
        assert found is not None
        assert found.person.id == met.person.id


def test_two_persons_that_turn_out_to_be_one_keep_everything(ground: Ground) -> None:
    """Nothing told under the one address may be lost under the other."""
    with ground.database.transaction() as session:
        by_id = _meet(session, ground, USER_ID)
        by_phone = _meet(session, ground, PHONE)
        _give_everything(session, ground, by_id)
        session.flush()
        met = _meet(session, ground, PHONE, USER_ID)
        assert met.person.id == by_phone.person.id
        for table in (PersonAddress, Case, Consent, Attachment, Outbound, Conversation):
            owners = set(session.exec(select(col(table.person_id))))
            assert owners == {met.person.id}, table.__name__
        assert session.exec(select(func.count()).select_from(Person)).one() == 1
        assert met.person.consented_version == "1"
        assert not met.person.pushes_on
        assert private_of(ground.vault, met.person) == {"name": "Sri"}


def test_of_two_conversations_the_running_one_goes_on(ground: Ground) -> None:
    """She must not have to begin anew because her phone changed how it names her."""
    with ground.database.transaction() as session:
        by_id = _meet(session, ground, USER_ID)
        _give_everything(session, ground, by_id)
        _meet(session, ground, PHONE)
        revision = by_id.conversation.revision
        assert unite_reporters(session, ground.vault, ground.organisation_id, [PHONE, USER_ID])
        assert not unite_reporters(session, ground.vault, ground.organisation_id, [PHONE, USER_ID])
    with ground.database.reading() as session:
        staying = session.exec(select(Conversation)).one()
        assert staying.flow == "intake"
        assert staying.revision > revision
        assert session.exec(select(Due.key)).all() == [f"quiet:{staying.id}"]


def _meet(session: Session, ground: Ground, address: Address, *aliases: Address) -> Reporter:
    return meet_reporter(session, ground.vault, ground.organisation_id, address, aliases, NOW)


def _give_everything(session: Session, ground: Ground, reporter: Reporter) -> None:
    """A running conversation with a timer, a case, a file, a message on its way, a consent."""
    vault, own = ground.vault, {"organisation_id": ground.organisation_id}
    person, conversation = reporter.person, reporter.conversation
    person.consented_version, person.pushes_on = "1", False
    person.sealed = vault.seal_json({"name": "Sri"}, "persons")
    conversation.flow, conversation.step = "intake", "story"
    conversation.sealed = vault.seal(b"{}", "conversations")
    conversation.updated_at = NOW - timedelta(hours=1)
    session.add_all([person, conversation])
    session.add(Case(**own, number="KB-AAAA-BBBB", person_id=person.id, kind="pengaduan",
                     category="upah", urgency="normal", status="baru", status_since=NOW,
                     sealed=vault.seal_json({}, "cases"), opened_at=NOW))  # fmt: skip
    session.add(Attachment(**own, key="1.0", person_id=person.id, channel="whatsapp",
                           kind="photo", due_at=NOW, created_at=NOW,
                           sealed=vault.seal_json({}, "attachments")))  # fmt: skip
    session.add(Consent(**own, person_id=person.id or 0, version="1", given=True,
                        channel="whatsapp", at=NOW))  # fmt: skip
    ground.outbound(session, "a", person_id=person.id)
    set_due(session, **own, kind="quiet", key=f"quiet:{conversation.id}", lane="a",
            due_at=NOW, conversation_id=conversation.id)  # fmt: skip


def test_a_conversation_is_seen_under_its_lock_as_others_left_it(ground: Ground) -> None:
    """A turn that saved over what it had read before the lock would lose another turn."""
    if ground.database.is_sqlite:
        pytest.skip("on SQLite one writer at a time reads and writes")
    with ground.database.transaction() as session:
        known = _meet(session, ground, PHONE)
        identity = known.conversation.id
    with ground.database.transaction() as slow:
        assert slow.get_one(Conversation, identity).revision == 0
        with ground.database.transaction() as quick:
            quick.get_one(Conversation, identity).revision = 7
        address = slow.get_one(PersonAddress, known.address.id)
        assert reporter_of_address(slow, address).conversation.revision == 7
