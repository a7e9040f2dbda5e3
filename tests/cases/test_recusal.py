"""A case about an officer goes around that person; people decide whether it is about her."""

from dataclasses import replace

import pytest
from sqlmodel import select

from bot.cases.opening import add_to_case
from bot.cases.roster import add_officer
from bot.cases.sight import may_see
from bot.commands import Part
from bot.events import GroupChange
from storage.cases import case_by_id
from storage.tables import Case, Recusal
from tests.cases.office import REPORT, SMALL_CHAT, Office
from tests.cases.test_confidential import SECRETS, SENSITIVE, calm
from tests.outbox.scripted import GROUP_CHAT

OPEN = replace(SENSITIVE, category="upah")


def _sees(office: Office, who: str, case: Case) -> bool:
    with office.database.reading() as session:
        return may_see(office.work(session), office.officers[who], office.stored(case))


def _recuses(office: Office, case: Case, whom: str = "joko", by: str = "ratna") -> None:
    office.taps(by, case, "recuse", str(office.officers[whom].id))
    office.deliver()


def _second_coordinator(office: Office, user_id: str = "wati", name: str = "Wati") -> None:
    with office.database.transaction() as session:
        office.officers[user_id] = add_officer(
            session, office.vault, office.organisation_id, user_id=user_id, name=name,
            role="coordinator", now=office.clock.now(),
        )  # fmt: skip


def test_the_officer_it_is_about_can_do_nothing_with_it(office: Office) -> None:
    """Who is accused must not read, answer, close or even list the accusation."""
    case = office.opens(OPEN)
    office.taps("joko", case, "take")
    office.deliver()
    _recuses(office, case)
    stored = office.stored(case)
    assert (stored.sensitive, stored.owner_id) == (True, None)
    assert not _sees(office, "joko", case)
    assert _sees(office, "ratna", case)
    message = office.messages(case, "reporter")[0].id
    for action in ("take", "reveal", "read", "read_case", "to_stage", "close_as", "recuse"):
        assert office.taps("joko", case, action, message_id=message).alert
    before = len(office.whispered("joko"))
    for words in ("/balas halo", "/ambil", "/riwayat", "saya catat"):
        office.writes("joko", case, words)
    office.deliver()
    assert office.texts("cases.refused.apart") in office.in_the_group()
    assert not office.messages(case, "note")
    assert not office.messages(case, "reply")
    assert len(office.whispered("joko")) == before
    assert "KENARI" not in office.standing_in_the_group()


def test_who_may_still_see_it_is_called_without_a_word_in_the_group(office: Office) -> None:
    """Somebody has to go on with it, and the group must not learn whom it is about."""
    case = office.opens(OPEN)
    office.deliver()
    office.writes("ratna", case, "/tentang joko")
    office.deliver()
    assert not _sees(office, "joko", case)
    assert "g" in "".join(office.telegram.deleted)  # the message that named him
    assert "Joko" not in office.standing_in(GROUP_CHAT)
    call = office.texts("officers.whisper.confidential", number=case.number)
    assert call in office.whispered("ratna")
    assert office.whispered("joko") == []


def test_the_coordinator_is_asked_in_private_whom_it_is_about(office: Office) -> None:
    """A name typed in the topic is read by the one who bears it."""
    case = office.opens(REPORT)
    office.deliver()
    office.writes("ratna", case, "/tentang")
    office.deliver()
    office.presses("ratna", "Maria", "ratna")
    office.deliver()
    assert not _sees(office, "maria", case)
    office.writes("ratna", case, "/tentang")
    office.deliver()
    office.presses("ratna", office.texts("officers.recusal.away", name="Maria"), "ratna")
    with office.database.reading() as session:
        assert session.exec(select(Recusal)).all() == []
    assert office.stored(case).sensitive


@pytest.mark.parametrize("who", ["joko", "budi"])
def test_only_coordinators_say_whom_a_case_is_about(office: Office, who: str) -> None:
    """Else anybody could shut a colleague out. The group reads no name all the same."""
    case = office.opens(REPORT)
    office.taps(who, case, "recuse", str(office.officers["maria"].id))
    office.deliver()
    typed = office.writes(who, case, "/tentang maria")
    office.deliver()
    assert _sees(office, "maria", case)
    assert typed in office.telegram.deleted


def test_a_coordinator_cannot_let_herself_in_again(office: Office) -> None:
    """The right of a coordinator ends where a case is about her."""
    _second_coordinator(office)
    case = office.opens(REPORT)
    _recuses(office, case, "wati")
    for action in ("readmit", "recuse", "to_category"):
        assert office.taps("wati", case, action, str(office.officers["wati"].id)).alert
    assert not _sees(office, "wati", case)
    office.taps("ratna", case, "to_category", "upah")
    assert office.stored(case).sensitive, "the mark of a case about an officer is not lifted"


def test_a_case_about_an_officer_is_hidden_even_in_the_small_group(office: Office) -> None:
    """She may sit there: who is in a group is known to Telegram alone."""
    office.has_small_group()
    case = office.opens(SENSITIVE)
    office.deliver()
    assert SECRETS["story"] in office.standing_in(SMALL_CHAT)
    _recuses(office, case)
    assert "KENARI" not in office.standing_in(SMALL_CHAT)
    open_case = office.opens(OPEN)
    office.deliver()
    _recuses(office, open_case)
    assert office.stored(open_case).chat_id == SMALL_CHAT
    assert "KENARI" not in office.standing_in(SMALL_CHAT) + office.standing_in(GROUP_CHAT)


def test_a_full_name_in_the_story_asks_the_other_coordinators_once(office: Office) -> None:
    """Names are shared by many people: a person decides."""
    _second_coordinator(office, "santi", "Santi Dewi")
    case = office.opens(REPORT, parts=(Part("Bu Santi  DEWI minta uang", source="whatsapp:1"),))
    office.deliver()
    asked = office.texts("officers.recusal.named", number=case.number, name="Santi Dewi")
    assert office.whispered("ratna") == [asked]
    assert office.whispered("santi") == office.whispered("joko") == []
    assert _sees(office, "santi", case)
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        add_to_case(
            office.work(session), row, (Part("Santi Dewi lagi", source="whatsapp:2"),), calm
        )
    office.deliver()
    assert office.whispered("ratna") == [asked]
    office.presses("ratna", "Ya, pisahkan", "ratna")
    assert not _sees(office, "santi", case)


@pytest.mark.parametrize(
    "words", ["santi minta uang", "Santidewi", "dewi santi", "joko dan ratna"]
)
def test_half_a_name_asks_nobody(office: Office, words: str) -> None:
    """A first name alone would accuse half of the union."""
    _second_coordinator(office, "santi", "Santi Dewi")
    office.opens(REPORT, parts=(Part(words, source="whatsapp:1"),))
    office.deliver()
    assert office.whispered("ratna") == []


def test_a_name_that_is_somebody_elses_changes_nothing(office: Office) -> None:
    """The coordinator knows the people."""
    _second_coordinator(office, "santi", "Santi Dewi")
    case = office.opens(REPORT, parts=(Part("Santi Dewi di HRD", source="whatsapp:1"),))
    office.deliver()
    assert office.taps("santi", case, "recuse", str(office.officers["maria"].id)).alert
    office.presses("ratna", "Bukan", "ratna")
    assert _sees(office, "santi", case)
    assert not office.stored(case).sensitive
    _recuses(office, case, "maria", by="santi")
    assert not _sees(office, "maria", case), "she may decide about others again"


def test_one_who_left_takes_no_case_along_that_is_about_him(office: Office) -> None:
    """The list of freed cases must not show what a coordinator may not see."""
    _second_coordinator(office)
    case = office.opens(REPORT)
    _recuses(office, case, "wati")
    office.taps("joko", case, "take")
    office.happens(GroupChange.MEMBER_LEFT, "joko")
    office.deliver()
    assert office.stored(case).owner_id is None
    assert any(case.number in told for told in office.whispered("ratna"))
    assert not any(case.number in told for told in office.whispered("wati"))
