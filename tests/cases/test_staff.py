"""The roster: who joins, who leaves, and what coordinators change by buttons."""

import pytest
from sqlmodel import select

from bot.cases.roster import all_officers, find_officer
from bot.events import GroupChange, Officer
from storage.tables import RosterEvent
from tests.cases.office import REPORT, SMALL_CHAT, Office
from tests.cases.test_confidential import SENSITIVE
from tests.outbox.scripted import GROUP_CHAT


def _role(office: Office, user_id: str) -> tuple[str, bool] | None:
    with office.database.reading() as session:
        found = find_officer(session, office.vault, office.organisation_id, user_id)
    return (found.role, found.confidential) if found else None


def _trail(office: Office) -> list[tuple[str, str, str]]:
    with office.database.reading() as session:
        rows = session.exec(select(RosterEvent).order_by(RosterEvent.id)).all()  # type: ignore[arg-type]
    return [(row.what, row.before, row.after) for row in rows]


def _opens_entry(office: Office, name: str, by: str = "ratna") -> None:
    office.says(by, "/petugas")
    office.deliver()
    office.presses(by, name)
    office.deliver(3)


def test_the_roster_is_listed_by_role_with_open_cases_and_rights(office: Office) -> None:
    """Who is there, who has how much, who may read what."""
    office.taps("joko", office.opens(REPORT), "take")
    office.says("maria", "/petugas")
    office.deliver()
    title = office.texts("officers.staff.title")
    (shown,) = (t for t in office.posts_in(GROUP_CHAT).values() if t.text.startswith(title))
    lines = shown.text.splitlines()
    assert lines.index("<b>Koordinator</b>") < lines.index("Ratna 🔒 · kasus terbuka: 0")
    assert "Joko 🔒 · kasus terbuka: 1" in lines
    assert "Maria · kasus terbuka: 0" in lines
    assert lines.index("<b>Hanya baca</b>") < lines.index("Budi · kasus terbuka: 0")
    assert "Lama" not in shown.text
    assert shown.choices == ()


def test_the_roster_says_where_confidential_cases_are_handled(office: Office) -> None:
    """A union chooses, and its officers must know what it chose."""
    shown = []
    for who in ("joko", "ratna"):
        office.says(who, "/petugas")
        office.deliver(3)
        shown.append(office.newest_in(GROUP_CHAT))
    office.has_small_group()
    office.says("ratna", "/petugas")
    office.deliver(3)
    shown.append(office.newest_in(GROUP_CHAT))
    said = [
        [office.texts(f"officers.staff.secrets_{key}") in text for text in shown]
        for key in ("private", "choose", "small_group")
    ]
    assert said == [[True, True, False], [False, True, False], [False, False, True]]


def test_a_coordinator_changes_roles_and_rights_by_buttons(office: Office) -> None:
    """No terminal is needed to run a union's roster; each change is written down."""
    _opens_entry(office, "Maria")
    office.presses("ratna", "Beri hak rahasia")
    assert _role(office, "maria") == ("officer", True)
    office.deliver(3)
    office.presses("ratna", "Cabut hak rahasia")
    office.presses("ratna", "Hanya baca")
    assert _role(office, "maria") == ("readonly", False)
    office.deliver(3)
    office.presses("ratna", "Koordinator")
    assert _role(office, "maria") == ("coordinator", True)
    assert _trail(office) == [
        ("confidential", "", "yes"), ("confidential", "", "no"),
        ("role", "officer", "readonly"), ("role", "readonly", "coordinator"),
    ]  # fmt: skip


def test_who_is_removed_leaves_the_cases_to_others(office: Office) -> None:
    """A case without an owner is seen, one with an owner who is gone is not."""
    case = office.opens(REPORT)
    office.taps("joko", case, "take")
    _opens_entry(office, "Joko")
    office.presses("ratna", "Keluarkan")
    assert _role(office, "joko") is None
    assert office.stored(case).owner_id is None
    office.deliver()
    assert case.number in office.whispered("ratna")[-1]
    assert office.taps("joko", case, "take").alert


def test_who_may_only_read_or_not_read_in_confidence_loses_such_cases(office: Office) -> None:
    """The owner of a case is somebody who can work on it."""
    plain, secret = office.opens(REPORT), office.opens(SENSITIVE)
    for case in (plain, secret):
        office.taps("joko", case, "take")
    _opens_entry(office, "Joko")
    office.presses("ratna", "Cabut hak rahasia")
    assert office.stored(secret).owner_id is None
    assert office.stored(plain).owner_id == office.officers["joko"].id
    office.presses("ratna", "Hanya baca")
    assert office.stored(plain).owner_id is None


@pytest.mark.parametrize("who", ["joko", "budi", "orang"])
def test_only_coordinators_change_the_roster(office: Office, who: str) -> None:
    """The buttons stand in the group for all to see."""
    _opens_entry(office, "Maria")
    for label in ("Koordinator", "Beri hak rahasia", "Keluarkan"):
        assert office.presses(who, label).alert
    assert _role(office, "maria") == ("officer", False)
    assert _trail(office) == []


def test_nobody_changes_her_own_entry_so_the_last_coordinator_stays(office: Office) -> None:
    """A union without a coordinator cannot help itself; a right is not taken but given."""
    _opens_entry(office, "Ratna")
    for label in ("Petugas", "Hanya baca", "Cabut hak rahasia", "Keluarkan"):
        told = office.presses("ratna", label)
        assert told.text == office.texts("officers.staff.not_yourself")
    assert _role(office, "ratna") == ("coordinator", True)


def test_who_was_coordinator_when_the_button_came_is_asked_again(office: Office) -> None:
    """Rights count at the tap, not when the list was made."""
    _opens_entry(office, "Joko")
    office.presses("ratna", "Koordinator")
    _opens_entry(office, "Ratna", by="joko")
    office.presses("joko", "Petugas")
    _opens_entry(office, "Maria", by="joko")
    assert office.presses("ratna", "Keluarkan").alert
    assert _role(office, "maria") == ("officer", False)


def test_whoever_leaves_loses_rights_and_cases_at_once(office: Office) -> None:
    """Somebody who was put out must not tap on."""
    case = office.opens(REPORT)
    office.taps("joko", case, "take")
    office.happens(GroupChange.MEMBER_LEFT, "joko")
    assert _role(office, "joko") is None
    assert office.stored(case).owner_id is None
    office.deliver()
    assert office.texts("officers.group.officer_left") in office.standing_in(GROUP_CHAT)
    assert case.number in office.whispered("ratna")[-1]
    assert _trail(office) == [("left", "officer", "")]


def test_the_last_coordinator_who_leaves_is_missed_aloud(office: Office) -> None:
    """Only the operator can help then, and must hear of it."""
    office.happens(GroupChange.MEMBER_LEFT, "ratna")
    office.deliver()
    assert office.texts("officers.group.no_coordinator") in office.standing_in(GROUP_CHAT)


def test_whoever_leaves_the_small_group_loses_its_right_only(office: Office) -> None:
    """Private chats would go on showing what the group no longer does."""
    office.has_small_group()
    plain, secret = office.opens(REPORT), office.opens(SENSITIVE)
    for case in (plain, secret):
        office.taps("joko", case, "take")
    office.happens(GroupChange.MEMBER_LEFT, "joko", SMALL_CHAT)
    assert _role(office, "joko") == ("officer", False)
    assert office.stored(secret).owner_id is None
    assert office.stored(plain).owner_id == office.officers["joko"].id


def test_an_unknown_member_raises_an_alarm_and_is_added_by_a_tap(office: Office) -> None:
    """A stranger reads every story in the group; a new colleague cannot work yet."""
    office.happens(GroupChange.MEMBER_JOINED, "tamu")
    office.happens(GroupChange.MEMBER_JOINED, "tamu")  # Telegram tells it twice
    office.deliver()
    alarm = office.texts("officers.group.stranger", name="Tamu")
    assert office.standing_in(GROUP_CHAT).splitlines() == [alarm]
    assert office.presses("joko", "Petugas").alert
    assert _role(office, "tamu") is None
    assert not office.presses("ratna", "Petugas").alert
    assert _role(office, "tamu") == ("officer", False)
    assert office.presses("ratna", "Koordinator").alert
    office.deliver(3)
    assert "Tamu sekarang terdaftar: Petugas." in office.standing_in(GROUP_CHAT)


def test_known_members_and_foreign_groups_raise_no_alarm(office: Office) -> None:
    """An alarm for nothing is an alarm that nobody reads."""
    office.happens(GroupChange.MEMBER_JOINED, "joko")
    office.happens(GroupChange.MEMBER_JOINED, "tamu", "-100666")
    assert office.rows("announce") == []


def test_everyone_who_comes_at_once_is_noticed(office: Office) -> None:
    """Telegram tells of people who were added together in one message."""
    office.happens(GroupChange.MEMBER_JOINED, "satu", others=(Officer("dua", "Dua"),))
    office.deliver()
    assert {"Satu", "Dua"} <= set(
        office.standing_in(GROUP_CHAT).replace("</b>", "<b>").split("<b>")
    )


def test_the_small_group_knows_only_who_has_its_right(office: Office) -> None:
    """An officer without the right reads there what she must not."""
    office.has_small_group()
    office.happens(GroupChange.MEMBER_JOINED, "joko", SMALL_CHAT)
    assert office.rows("announce") == []
    office.happens(GroupChange.MEMBER_JOINED, "maria", SMALL_CHAT)
    office.happens(GroupChange.MEMBER_JOINED, "tamu", SMALL_CHAT)
    office.deliver()
    assert office.texts("officers.group.no_right", name="Maria") in office.standing_in(SMALL_CHAT)
    assert office.standing_in(GROUP_CHAT) == ""
    office.presses("ratna", "Petugas", SMALL_CHAT)
    assert _role(office, "tamu") == ("officer", True)


def test_names_and_numbers_of_strangers_are_sealed(office: Office) -> None:
    """A list of who was once in the group is a list of people to press."""
    office.happens(GroupChange.MEMBER_JOINED, "tamu")
    with office.database.reading() as session:
        (row,) = session.exec(select(RosterEvent)).all()
        assert "tamu" not in repr(row.model_dump()).casefold()
        assert len(all_officers(session, office.vault, office.organisation_id)) == 4
