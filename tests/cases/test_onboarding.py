"""A group is bound with a one-time code; the bot says what it lacks and guesses lead nowhere."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.cases.onboarding import adopt
from bot.cases.roster import all_officers
from bot.events import TOPICS_ON, GroupChange
from storage.invitations import VALID_FOR, make_invitation, use_invitation
from storage.tables import Invitation, OfficerAccount, Organisation, RosterEvent
from tests.cases.office import REPORT, SMALL_CHAT, Office
from tests.cases.test_confidential import SENSITIVE
from tests.outbox.scripted import GROUP_CHAT

NEW_CHAT = "-1009"
ALL_RIGHTS = f"can_delete_messages,can_manage_topics,can_pin_messages,{TOPICS_ON}"


def _code(office: Office, purpose: str = "group", organisation_id: int | None = None) -> str:
    with office.database.transaction() as session:
        return make_invitation(
            session, office.vault, organisation_id or office.organisation_id, purpose,
            office.clock.now(),
        )  # fmt: skip


def _chats(office: Office) -> tuple[str, str]:
    with office.database.reading() as session:
        organisation = session.get_one(Organisation, office.organisation_id)
        return organisation.officer_chat, organisation.sensitive_chat


def _answer(office: Office, text: str, chat: str = NEW_CHAT) -> str:
    office.says("siapa", text, chat)
    office.deliver(3)
    return office.newest_in(chat)


def test_the_bot_explains_itself_and_says_what_is_missing(office: Office) -> None:
    """Whoever adds it must not have to read a manual."""
    office.happens(GroupChange.BOT_ADDED, "admin", NEW_CHAT, value="can_pin_messages")
    office.deliver()
    said = office.newest_in(NEW_CHAT)
    assert "/mulai_grup" in said
    for line in ("topics_on", "can_manage_topics", "can_delete_messages"):
        assert office.texts(f"officers.onboarding.missing.{line}") in said
    assert office.texts("officers.onboarding.missing.can_pin_messages") not in said
    office.happens(GroupChange.BOT_RIGHTS_CHANGED, "admin", NEW_CHAT, value=ALL_RIGHTS)
    office.deliver(3)
    assert office.newest_in(NEW_CHAT) == office.texts("officers.onboarding.complete")


def test_a_bot_that_is_no_administrator_says_so(office: Office) -> None:
    """It hears no notes then, and can make no topics."""
    office.happens(GroupChange.BOT_ADDED, "admin", NEW_CHAT, value=TOPICS_ON)
    office.deliver()
    said = office.newest_in(NEW_CHAT)
    assert office.texts("officers.onboarding.missing.admin") in said
    assert office.texts("officers.onboarding.missing.can_pin_messages") not in said


def test_a_code_binds_the_group_once_and_open_cases_come_along(office: Office) -> None:
    """From then on reports come there, and the code is worth nothing."""
    case = office.opens(REPORT)
    office.deliver()
    code = _code(office)
    assert _answer(office, f"/mulai_grup@kawan_bot {code.lower().replace('-', ' ')}")
    assert _chats(office) == (NEW_CHAT, "")
    office.deliver(3)
    assert office.stored(case).chat_id == NEW_CHAT
    assert case.number in office.standing_in(NEW_CHAT)
    again = _answer(office, f"/mulai_grup {code}", "-1010")
    assert again == office.texts("officers.onboarding.wrong_code")
    assert _chats(office) == (NEW_CHAT, "")
    assert _answer(office, f"/mulai_grup {code}") == office.texts("officers.onboarding.already")


def test_the_small_group_takes_over_the_confidential_cases(office: Office) -> None:
    """Those that stood neutrally in the big group are read together from now on."""
    secret, plain = office.opens(SENSITIVE), office.opens(REPORT)
    office.deliver()
    _answer(office, f"/mulai_grup\n{_code(office, 'sensitive')}", SMALL_CHAT)
    office.deliver(3)
    assert _chats(office) == (GROUP_CHAT, SMALL_CHAT)
    assert office.stored(secret).chat_id == SMALL_CHAT
    assert office.stored(plain).chat_id == GROUP_CHAT
    assert "KENARI-CERITA" in office.standing_in(SMALL_CHAT)
    assert "KENARI" not in office.standing_in(GROUP_CHAT)


def test_the_big_group_cannot_be_made_the_small_one(office: Office) -> None:
    """Every confidential story would stand before everyone."""
    code = _code(office, "sensitive")
    assert _answer(office, f"/mulai_grup {code}", GROUP_CHAT) == office.texts(
        "officers.onboarding.already"
    )
    assert _chats(office) == (GROUP_CHAT, "")


def test_an_old_code_and_one_of_another_union_are_refused(office: Office) -> None:
    """The bot's account says which union is meant, the code must fit it."""
    with office.database.transaction() as session:
        other = Organisation(slug="lain", name="Lain", created_at=office.clock.now())
        session.add(other)
        session.flush()
        other_id = other.id
    wrong = office.texts("officers.onboarding.wrong_code")
    assert _answer(office, f"/mulai_grup {_code(office, organisation_id=other_id)}") == wrong
    code = _code(office)
    office.clock.advance(VALID_FOR.total_seconds() + 1)
    assert _answer(office, f"/mulai_grup {code}") == wrong
    assert _chats(office) == (GROUP_CHAT, "")


def test_five_wrong_codes_park_the_chat_for_an_hour(office: Office) -> None:
    """Nobody guesses a way into the cases of a union."""
    code = _code(office)
    for attempt in range(5):
        said = _answer(office, f"/mulai_grup SALAH{attempt}")
        assert said == office.texts("officers.onboarding.wrong_code")
    parked = office.texts("officers.onboarding.parked")
    assert _answer(office, f"/mulai_grup {code}") == parked
    office.clock.advance(timedelta(minutes=59).total_seconds())
    assert _answer(office, f"/mulai_grup {code}") == parked
    office.clock.advance(60)
    _answer(office, f"/mulai_grup {code}")
    assert _chats(office) == (NEW_CHAT, "")


def test_only_the_hash_of_a_code_is_kept_and_it_counts_once(office: Office) -> None:
    """A copy of the database opens no group."""
    code = _code(office)
    with office.database.transaction() as session:
        (row,) = session.exec(select(Invitation)).all()
        assert code.replace("-", "") not in repr(row.model_dump())
        now, org = office.clock.now(), office.organisation_id
        assert use_invitation(session, office.vault, org, code, now) == "group"
        assert use_invitation(session, office.vault, org, code, now) is None


def test_a_command_without_a_code_is_no_wrong_guess(office: Office) -> None:
    """People try the command first."""
    for _ in range(6):
        assert _answer(office, "/mulai_grup") == office.texts("officers.onboarding.no_code")
    with office.database.reading() as session:
        assert session.exec(select(RosterEvent)).all() == []


@pytest.mark.parametrize("text", ["halo", "/kasus", "/bantuan", "mulai_grup X"])
def test_a_foreign_group_is_not_answered_otherwise(office: Office, text: str) -> None:
    """Anybody may add the bot to any group."""
    office.says("ratna", text, NEW_CHAT)
    assert office.rows("announce") == []


def test_administrators_of_a_new_group_become_coordinators_and_are_told(office: Office) -> None:
    """They must know that they may do all from now on; nobody is taken from a foreign group."""
    with office.database.transaction() as session:
        for row in session.exec(select(OfficerAccount)).all():
            session.delete(row)
    people = [("11", "Sari"), ("12", "Dodi <b>")]
    with office.database.transaction() as session:
        adopt(office.work(session), NEW_CHAT, people)
        assert all_officers(session, office.vault, office.organisation_id) == []
        adopt(office.work(session), GROUP_CHAT, people)
        roster = all_officers(session, office.vault, office.organisation_id)
    assert [(one.role, one.confidential) for one in roster] == [("coordinator", True)] * 2
    office.deliver()
    assert "Sari, Dodi &lt;b&gt;" in office.newest_in(GROUP_CHAT)


def test_what_waited_for_a_group_that_put_the_bot_out_is_dropped(office: Office) -> None:
    """Else it would be tried for ever."""
    office.happens(GroupChange.BOT_ADDED, "admin", NEW_CHAT)
    office.happens(GroupChange.BOT_REMOVED, "admin", NEW_CHAT)
    assert [row.status for row in office.rows("announce")] == ["cancelled"]


def test_help_fits_the_role(office: Office) -> None:
    """What one may not do only stands in the way."""
    shown = {}
    for who in ("budi", "joko", "ratna"):
        office.says(who, "/bantuan")
        office.deliver(3)
        shown[who] = office.newest_in(GROUP_CHAT)
    parts = [office.texts(f"officers.help.{part}") for part in
             ("everyone", "officer", "coordinator")]  # fmt: skip
    for count, who in enumerate(("budi", "joko", "ratna"), start=1):
        assert [part in shown[who] for part in parts] == [True] * count + [False] * (3 - count)
