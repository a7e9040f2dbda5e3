"""``/piket``: who is on duty, and who is named when something is urgent."""

import pytest

from bot.cases.opening import page_officers
from bot.cases.roster import remove_officer
from bot.commands import Part
from tests.cases.office import Office


def _asks(office: Office, who: str, text: str = "/piket") -> str:
    office.writes(who, office.case, text, thread_id="")
    return str(office.payload(office.rows("announce")[-1])["text"])


def test_the_list_shows_who_is_on_duty_now_and_next(office: Office) -> None:
    """In an emergency nobody looks for a spreadsheet."""
    assert _asks(office, "joko") == office.texts("officers.duty.none")
    _asks(office, "ratna", "/piket tambah Maria besok 18.00-22.00")
    listed = _asks(office, "ratna", "/piket tambah joko hari ini 08.00-17.00").splitlines()
    assert listed[:3] == [
        "<b>Jadwal piket</b>",
        "🟢 Joko: 23 Nov 2026 08.00-17.00 (sekarang)",
        "• Maria: 24 Nov 2026 18.00-22.00",
    ]
    office.clock.advance(9 * 3600)
    assert "Joko" not in _asks(office, "maria")


def test_a_night_and_a_full_date_are_understood(office: Office) -> None:
    """Emergencies come at night."""
    listed = _asks(office, "ratna", "/piket tambah Joko 3 desember 2026 20-06")
    assert "• Joko: 3 Des 2026 20.00-06.00" in listed
    assert _asks(office, "ratna", "/piket tambah Joko 3/12 20-06").count("Joko:") == 1


@pytest.mark.parametrize(
    ("who", "said", "refusal"),
    [
        ("joko", "/piket tambah Joko besok 18-22", "cases.refused.coordinators_only"),
        ("budi", "/piket hapus", "cases.refused.coordinators_only"),
        ("ratna", "/piket tambah", "officers.duty.how"),
        ("ratna", "/piket tambah Joko 18-22", "officers.duty.how"),
        ("ratna", "/piket tambah Joko nanti malam", "officers.duty.how"),
        ("ratna", "/piket tambah Siti besok 18-22", "cases.refused.no_such_officer"),
        ("ratna", "/piket tambah Budi besok 18-22", "cases.refused.no_such_officer"),
        ("ratna", "/piket tambah Joko kemarin 18-22", "officers.duty.past"),
        ("ratna", "/piket libur", "officers.duty.how"),
        ("ratna", "/piket hapus", "officers.duty.none"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    office: Office, who: str, said: str, refusal: str
) -> None:
    """A roster that was understood wrongly calls nobody."""
    assert _asks(office, who, said) == office.texts(refusal)
    assert _asks(office, "joko") == office.texts("officers.duty.none")


def test_a_coordinator_takes_an_entry_off_by_a_tap(office: Office) -> None:
    """And nobody else does, however he came by the button."""
    _asks(office, "ratna", "/piket tambah Joko besok 18-22")
    _asks(office, "ratna", "/piket hapus")
    (choice,) = office.payload(office.rows("announce")[-1])["choices"]  # type: ignore[misc]
    assert choice[1] == "Joko, 24 Nov 2026 18.00-22.00"  # type: ignore[index]
    payload = choice[0]  # type: ignore[index]
    assert office.taps_payload("joko", payload).alert
    assert not office.taps_payload("ratna", payload).alert
    assert office.taps_payload("ratna", payload).text == office.texts("officers.duty.gone")
    assert _asks(office, "joko") == office.texts("officers.duty.none")


def test_an_emergency_names_who_is_on_duty(office: Office) -> None:
    """So that ten officers do not each think that another one goes."""
    _asks(office, "ratna", "/piket tambah Joko hari ini 08-17")
    with office.database.transaction() as session:
        page_officers(office.work(session), "darurat", ("dikurung",), office.case.number)
        page_officers(office.work(session), "darurat", (), "")
    posts = [office.payload(row)["text"] for row in office.rows("post", "announce")[-3:]]
    assert [str(text).splitlines()[-1] for text in posts] == ["Piket sekarang: Joko"] * 3
    with office.database.transaction() as session:
        remove_officer(session, office.vault, office.organisation_id, "joko", office.clock.now())
        page_officers(office.work(session), "darurat", (), "")
    assert "Piket" not in str(office.payload(office.rows("announce")[-1])["text"])


def test_a_new_urgent_case_names_who_is_on_duty(office: Office) -> None:
    """What is not urgent calls nobody."""
    _asks(office, "ratna", "/piket tambah Joko hari ini 08-17")
    office.opens(urgency="tinggi")
    line = "Piket sekarang: Joko"
    assert [office.payload(row)["text"] for row in office.rows("post")].count(line) == 1
    office.opens(parts=(Part("upah", source="whatsapp:2"),))
    assert [office.payload(row)["text"] for row in office.rows("post")].count(line) == 1
