"""Two days without opening: the officers are told in the topic, and what to try next."""

from bot.cases.due_work import due_came
from bot.events import Address, DueCame
from storage.due import take_due
from storage.people import meet_reporter
from storage.tables import MessageTemplate, PersonAddress
from tests.cases.office import Office
from tests.storage.rows import NOW

A_DAY = 24 * 3600


def _held(office: Office, **report: object) -> None:
    """A case with a text that waits, asked for by an approved template."""
    with office.database.transaction() as session:
        session.add(
            MessageTemplate(
                organisation_id=office.organisation_id, name="kawan_update_v1",
                content_sid="HX1", status="approved", checked_at=NOW,
            )
        )  # fmt: skip
    case = office.opens(**report)  # type: ignore[arg-type]
    office.clock.advance(A_DAY)
    with office.writing() as write:
        write.say(
            Address("whatsapp", "+6281200000001"), "kabar",
            person_id=office.reporter.person.id, case_id=case.id,
        )  # fmt: skip
    office.deliver()
    assert office.rows("say")[-1].status == "held"


def _two_days_later(office: Office) -> str:
    """What came due is done; what stands in the group then."""
    office.clock.advance(2 * A_DAY)
    with office.database.transaction() as session:
        for row in take_due(session, office.clock.now()):
            if row.kind == "unopened":
                event = DueCame(
                    row.kind, row.key, row.sequence, row.due_at, office.clock.now(), row.case_id
                )
                due_came(office.work(session), event)
    office.deliver(61)
    return office.in_the_group()


def test_the_phone_is_named_where_she_lets_herself_be_called(office: Office) -> None:
    """The next channel, said where the officers read."""
    _held(office)
    assert "belum dibuka sejak" in _two_days_later(office)
    assert "Coba telepon, pada waktu yang aman" in office.in_the_group()
    assert "+62" not in office.in_the_group()


def test_another_channel_that_she_wrote_on_comes_first(office: Office) -> None:
    """Telegram has no window."""
    _held(office)
    with office.database.transaction() as session:
        telegram = Address("telegram", "9001")
        other = meet_reporter(
            session, office.vault, office.organisation_id, telegram, (), office.clock.now()
        )
        row = session.get_one(PersonAddress, other.address.id)
        row.person_id = office.reporter.person.id or 0
        session.add(row)
    assert "pernah menulis lewat Telegram" in _two_days_later(office)


def test_who_hides_her_name_is_not_to_be_called(office: Office) -> None:
    """Her number is not shown to anybody."""
    _held(office, identity="rahasia")
    assert "Tidak ada jalur lain yang kami tahu" in _two_days_later(office)


def test_nothing_is_said_when_nothing_waits_any_more(office: Office) -> None:
    """A deleted or withdrawn text needs no alarm."""
    _held(office)
    with office.database.transaction() as session:
        held = session.get_one(type(office.rows("say")[-1]), office.rows("say")[-1].id)
        held.status = "cancelled"
        session.add(held)
    assert "belum dibuka sejak" not in _two_days_later(office)
