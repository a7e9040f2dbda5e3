"""Confidential cases live in the small group if there is one; the big group reads a neutral line."""

from bot.cases.opening import add_to_case, page_officers
from bot.channels import Place, Text
from bot.commands import Part
from bot.events import GroupChange
from storage.cases import case_by_id
from storage.tables import Case, Organisation
from tests.cases.office import REPORT, SMALL_CHAT, Office
from tests.cases.test_confidential import SECRETS, SENSITIVE, calm
from tests.outbox.scripted import GROUP_CHAT


def _adds(office: Office, case: Case, words: str, source: str = "whatsapp:77") -> None:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        add_to_case(office.work(session), row, (Part(words, source=source),), calm)


def test_the_story_stands_in_the_small_group_and_only_a_line_in_the_big_one(
    office: Office,
) -> None:
    """A few read together what thirty must not; who told it stays behind a tap for all."""
    office.has_small_group()
    case = office.opens(SENSITIVE)
    office.deliver()
    _adds(office, case, "KENARI-TAMBAHAN")
    office.deliver(3)
    assert office.stored(case).chat_id == SMALL_CHAT
    small, big = office.standing_in(SMALL_CHAT), office.standing_in(GROUP_CHAT)
    for shown in ("story", "workplace", "happened", "safe_hours"):
        assert SECRETS[shown] in small
    assert "KENARI-TAMBAHAN" in small
    for hidden in (SECRETS["name"], "+62812"):
        assert hidden not in small
    assert big == office.texts("officers.moved.apart", number=case.number, region="")
    assert office.whispered("ratna") == []


def test_officers_work_in_the_small_group_as_in_the_big_one(office: Office) -> None:
    """Commands, buttons, replies and answers stay where the case lives."""
    office.has_small_group()
    case = office.opens(SENSITIVE)
    office.deliver()
    assert not office.taps("joko", case, "take").alert
    office.writes("joko", case, "catatan", chat_id=SMALL_CHAT)
    assert len(office.messages(case, "note")) == 1
    office.writes("joko", case, "/balas Kami temani.", chat_id=SMALL_CHAT)
    office.says("ratna", "/petugas", chat=SMALL_CHAT)
    office.says("orang", "/kasus", chat=SMALL_CHAT)
    office.deliver()
    small = office.standing_in(SMALL_CHAT)
    assert "Kami temani." in small
    assert office.texts("officers.staff.title") in small
    assert office.texts("officers.refused.not_on_roster") in small
    assert office.standing_in(GROUP_CHAT).count("\n") == 0


def test_a_case_that_becomes_confidential_late_moves(office: Office) -> None:
    """Nothing but a closed topic with a neutral line stays behind."""
    office.has_small_group()
    case = office.opens(SENSITIVE, category="upah")
    office.deliver()
    thread = office.stored(case).thread_id
    office.taps("joko", case, "take")
    office.writes("joko", case, "/balas KENARI-BALASAN")
    office.deliver()
    assert "KENARI" in office.standing_in(GROUP_CHAT)
    office.taps("joko", case, "to_category", "pelecehan_kekerasan")
    office.deliver()
    stored = office.stored(case)
    assert (stored.chat_id, stored.owner_id) == (SMALL_CHAT, office.officers["joko"].id)
    assert "KENARI" not in office.standing_in(GROUP_CHAT)
    assert office.texts("officers.moved.line", number=case.number) in office.standing_in(
        GROUP_CHAT
    )
    assert office.telegram.topics[thread] == office.texts(
        "officers.moved.title", number=case.number
    )
    small = office.standing_in(SMALL_CHAT)
    assert SECRETS["story"] in small
    assert "KENARI-BALASAN" in small
    office.writes("joko", case, "/balas Halo", chat_id=GROUP_CHAT, thread_id=thread)
    office.deliver()
    assert office.texts("officers.refused.not_in_topic") in office.standing_in(GROUP_CHAT)


def test_a_mark_that_is_lifted_brings_the_case_back_without_its_story(office: Office) -> None:
    """What was told in confidence is not read out to thirty afterwards."""
    office.has_small_group()
    case = office.opens(SENSITIVE)
    office.deliver()
    office.taps("ratna", case, "to_category", "upah")
    office.deliver()
    assert office.stored(case).chat_id == GROUP_CHAT
    assert case.number in office.standing_in(GROUP_CHAT)
    assert "KENARI-CERITA" not in office.standing_in(GROUP_CHAT)


def test_an_owner_without_the_right_loses_a_case_that_becomes_confidential(office: Office) -> None:
    """Somebody who may not read it cannot answer it either."""
    case = office.opens(REPORT)
    office.taps("maria", case, "take")
    office.taps("ratna", case, "to_category", "pelecehan_kekerasan")
    assert office.stored(case).owner_id is None
    assert [e.officer_id for e in office.trail(case) if e.what == "released"] == [
        office.officers["maria"].id
    ]


def test_danger_rings_in_both_groups_and_tells_neither_what_happened(office: Office) -> None:
    """An emergency may be seen by anyone; what it is may not."""
    office.has_small_group()
    case = office.opens(SENSITIVE)
    with office.database.transaction() as session:
        page_officers(office.work(session), "darurat", ("KENARI-KATA",), case.number)
    office.deliver()
    for chat in (GROUP_CHAT, SMALL_CHAT):
        assert "<b>DARURAT</b>" in office.standing_in(chat)
    assert "KENARI" not in office.standing_in(GROUP_CHAT)


def test_a_post_that_is_on_its_way_while_the_case_moves_is_taken_away(office: Office) -> None:
    """Between reading the case and Telegram's answer somebody may mark it confidential."""
    office.has_small_group()
    case = office.opens(REPORT)
    office.deliver()
    _adds(office, case, "KENARI-JALAN")
    take = office.telegram.send_text

    async def and_meanwhile_it_moves(place: Place, text: Text) -> str:
        office.telegram.send_text = take  # type: ignore[method-assign]
        with office.database.transaction() as session:
            row = case_by_id(session, case.id or 0, lock=True)
            assert row is not None
            row.sensitive = True
            session.add(row)
        return await take(place, text)

    office.telegram.send_text = and_meanwhile_it_moves  # type: ignore[method-assign]
    office.deliver(3)
    office.deliver(3)
    assert "KENARI-JALAN" in office.in_the_group()
    assert "KENARI-JALAN" not in office.standing_in(GROUP_CHAT)


def test_without_the_bot_in_the_small_group_cases_are_read_in_private_chats(
    office: Office,
) -> None:
    """A case that nobody can open is lost; its story must not fall into the big group."""
    office.has_small_group()
    case = office.opens(SENSITIVE)
    office.deliver()
    office.happens(GroupChange.BOT_REMOVED, chat=SMALL_CHAT)
    office.deliver()
    assert office.stored(case).chat_id == GROUP_CHAT
    assert "KENARI" not in office.standing_in(GROUP_CHAT)
    assert case.number in office.whispered("joko")[-1]
    assert office.whispered("maria") == []


def test_a_small_group_that_becomes_a_supergroup_keeps_its_cases(office: Office) -> None:
    """Telegram gives it a new number."""
    office.has_small_group()
    case = office.opens(SENSITIVE)
    office.deliver()
    office.happens(GroupChange.MIGRATED, chat=SMALL_CHAT, value="-1003")
    with office.database.reading() as session:
        organisation = session.get_one(Organisation, office.organisation_id)
        assert (organisation.officer_chat, organisation.sensitive_chat) == (GROUP_CHAT, "-1003")
    assert office.stored(case).chat_id == "-1003"


def test_who_may_reads_the_story_in_the_private_chat_and_not_who_told_it(office: Office) -> None:
    """To take a case one must know what it is; who it is can wait."""
    case = office.opens(SENSITIVE)
    office.deliver()
    office.presses("joko", "Baca", "joko")
    office.deliver()
    facts = office.whispered("joko")[-1]
    assert SECRETS["story"] in facts
    assert SECRETS["name"] not in facts
    assert not office.presses("joko", "Saya tangani", "joko").alert
    assert office.stored(case).owner_id == office.officers["joko"].id
    assert "revealed_story" in [event.what for event in office.trail(case)]
