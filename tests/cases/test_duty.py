"""``/piket``: who is on duty, and who is named when something is urgent."""

import pytest

from bot.cases.opening import page_officers
from bot.cases.roster import remove_officer
from bot.commands import Part
from tests.cases.office import Office
from tests.outbox.scripted import GROUP_CHAT


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


@pytest.mark.parametrize("hours", ["00.00-24.00", "17.00-24.00", "00.00-06.00"])
def test_a_day_on_duty_ends_at_twenty_four(office: Office, hours: str) -> None:
    """Midnight twice reads as no time at all; the hours stand as they were chosen."""
    listed = _asks(office, "ratna", f"/piket tambah Joko besok {hours}")
    assert f"• Joko: 24 Nov 2026 {hours}" in listed.splitlines()


@pytest.mark.parametrize(
    ("who", "said", "refusal"),
    [
        ("joko", "/piket tambah Joko besok 18-22", "cases.refused.coordinators_only"),
        ("budi", "/piket hapus", "cases.refused.coordinators_only"),
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
    choice, leave = office.payload(office.rows("announce")[-1])["choices"]  # type: ignore[misc]
    assert leave[1] == "Batal"  # type: ignore[index]
    assert choice[1] == "Joko, 24 Nov 2026 18.00-22.00"  # type: ignore[index]
    payload = choice[0]  # type: ignore[index]
    assert office.taps_payload("joko", payload).alert
    assert not office.taps_payload("ratna", payload).alert
    assert office.taps_payload("ratna", payload).text == office.texts("officers.duty.gone")
    assert _asks(office, "joko") == office.texts("officers.duty.none")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_coordinator_fills_the_list_by_tapping(office: Office) -> None:
    """Nobody learns the order of names, days and hours by heart; it stays one post."""

    def presses(who: str, label: str) -> str:
        answer = office.presses(who, label)
        office.deliver()
        return answer.text if answer.alert else office.newest_in(GROUP_CHAT)

    office.says("ratna", "/piket")
    office.deliver()
    assert presses("joko", "Tambah") == office.texts("cases.refused.coordinators_only")
    assert presses("ratna", "Tambah") == office.texts("officers.duty.who")
    assert presses("joko", "Maria") == office.texts("cases.refused.coordinators_only")
    assert "Maria" in presses("ratna", "Maria")
    asked = presses("ratna", "Rabu, 25 November")
    assert "Rabu, 25 November 2026" in asked
    assert "/piket tambah Maria 25-11-2026 18.00-21.00" in asked
    assert "• Maria: 25 Nov 2026 17.00-22.00" in presses("ratna", "17.00-22.00")
    assert presses("ratna", "Hapus") == office.texts("officers.duty.which")
    assert presses("joko", "Batal") == office.texts("cases.refused.coordinators_only")
    assert "• Maria: 25 Nov 2026 17.00-22.00" in presses("ratna", "Batal")
    assert len(office.posts_in(GROUP_CHAT)) == 1
    office.says("ratna", "/piket tambah Maria 25-11-2026 18.00-21.00")
    office.deliver()
    assert "• Maria: 25 Nov 2026 18.00-21.00" in office.newest_in(GROUP_CHAT)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_command_that_is_not_finished_is_asked_to_its_end(office: Office) -> None:
    """And hours of today that are over are not offered; a day that is over is refused."""
    assert _asks(office, "ratna", "/piket tambah") == office.texts("officers.duty.who")
    assert _asks(office, "ratna", "/piket tambah joko") == office.texts(
        "officers.duty.day", name="Joko"
    )
    office.clock.advance(9 * 3600)  # six in the evening
    office.deliver()
    office.presses("ratna", "Hari ini")
    office.deliver()
    labels = [choice.label for choice in list(office.posts_in(GROUP_CHAT).values())[-1].choices]
    assert labels == ["17.00-22.00", "22.00-08.00", "00.00-24.00", "Batal"]
    _asks(office, "ratna", "/piket tambah joko")
    office.deliver()
    office.clock.advance(24 * 3600)
    assert office.presses("ratna", "Hari ini").text == office.texts("officers.duty.past")


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
