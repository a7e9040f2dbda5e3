"""The workplace is corrected by officers; its name stands only where it is sealed."""

from sqlmodel import select

from storage.cases import content_of
from storage.tables import Case, Correction
from tests.cases.office import Office


def workplace(office: Office, case: Case) -> str:
    return content_of(office.vault, office.stored(case)).workplace


def test_the_workplace_is_asked_for_and_kept(office: Office) -> None:
    """The card, the topic and the search go by it."""
    case = office.opens()
    office.deliver()
    office.writes("joko", case, "/tempat")
    office.writes("joko", case, "PT Sinar Abadi")
    assert workplace(office, case) == "PT Sinar Abadi"
    assert office.trail(case)[-1].what == "workplace"


def test_it_may_be_typed_at_once(office: Office) -> None:
    """One line is enough for who knows it."""
    case = office.opens()
    office.deliver()
    office.writes("joko", case, "/tempat PT Sinar Abadi")
    assert workplace(office, case) == "PT Sinar Abadi"


def test_the_correction_is_counted_without_the_name(office: Office) -> None:
    """What was told is encrypted at rest, also in the corrections."""
    case = office.opens()
    office.deliver()
    office.writes("joko", case, "/tempat PT Sinar Abadi")
    with office.database.reading() as session:
        row = session.exec(select(Correction).where(Correction.field == "workplace")).one()
    assert (row.before, row.after) == ("", "")
    assert all("Sinar" not in f"{e.before}{e.after}" for e in office.trail(case))


def test_batal_keeps_it_as_it_was(office: Office) -> None:
    """A form that is given up changes nothing, and the next words are a note."""
    case = office.opens()
    office.deliver()
    before = workplace(office, case)
    office.writes("joko", case, "/tempat")
    office.writes("joko", case, "batal")
    office.writes("joko", case, "PT Sinar Abadi")
    assert workplace(office, case) == before
    assert len(office.messages(case, "note")) == 1
