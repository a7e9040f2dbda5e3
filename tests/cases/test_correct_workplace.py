"""The workplace is corrected by officers; its name stands only where it is sealed."""

import pytest
from sqlmodel import select

from storage.cases import content_of
from storage.tables import Case, Correction
from tests.cases.office import Office
from tests.outbox.scripted import GROUP_CHAT


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


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_corrected_by_button_where_it_may_be_read(office: Office) -> None:
    """Who does not know the command looks under Lainnya; not in a case that hides it."""
    case = office.opens()
    office.taps("joko", case, "take")
    office.deliver()
    for label in ("Lainnya", "Tempat kerja"):
        office.presses("joko", label)
        office.deliver()
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.form.workplace.name")
    office.writes("joko", case, "PT Sinar Abadi")
    assert workplace(office, case) == "PT Sinar Abadi"
    office.taps("joko", case, "to_category", "pelecehan_kekerasan")
    office.deliver()
    office.presses("joko", "Lainnya")
    office.deliver()
    menu = list(office.posts_in(GROUP_CHAT).values())[-1]
    assert not {"Tempat kerja", "Label"} & {choice.label for choice in menu.choices}
