"""Ways round the roster: words passed on or changed, and people nobody was told of."""

from dataclasses import replace

from sqlmodel import select

from bot.cases import desk, private_desk
from bot.cases.onboarding import tell_of_unknown, would_bind
from bot.channels import Members
from bot.events import Address, MessageReceived, Officer, OfficerWrote
from storage.tables import Duty
from tests.cases.office import REPORT, SMALL_CHAT, Office
from tests.cases.test_confidential import SENSITIVE
from tests.cases.test_onboarding import NEW_CHAT, _answer, _code
from tests.outbox.scripted import GROUP_CHAT


def _beside(office: Office, user_id: str, text: str, **fields: object) -> None:
    event = OfficerWrote(
        "telegram", Officer(user_id, user_id.title()), GROUP_CHAT, "g900", office.clock.now(),
        text=text,
    )  # fmt: skip
    with office.database.transaction() as session:
        desk.officer_wrote(office.work(session), replace(event, **fields), None)  # type: ignore[arg-type]


def test_a_command_that_is_passed_on_is_not_the_officers(office: Office) -> None:
    """Whoever writes "/lepas" to an officer must not have it done by being shown around."""
    case = office.opens(REPORT)
    office.deliver()
    office.taps("joko", case, "take")
    office.writes("joko", case, "/lepas", forwarded=True)
    office.writes("joko", case, "/balas Kasus ditutup", forwarded=True)
    _beside(office, "ratna", "/piket tambah Joko besok 08.00-16.00", forwarded=True)
    office.deliver(3)
    assert office.stored(case).owner_id == office.officers["joko"].id
    assert office.messages(case, "reply") == []
    assert _duties(office) == 0
    assert office.standing_in(GROUP_CHAT).count(office.texts("officers.refused.forwarded")) == 3
    office.writes("joko", case, "gaji belum dibayar", forwarded=True)
    assert len(office.messages(case, "note")) == 1, "other words that are passed on are a note"


def test_nor_is_one_that_is_passed_on_to_the_bot_alone(office: Office) -> None:
    """In her private chat it would search in her name, or answer a reporter."""
    case = office.opens(SENSITIVE)
    office.deliver()

    def passes_on(text: str) -> bool:
        said = MessageReceived(
            Address("telegram", "ratna"), "p1", office.clock.now(), text=text, forwarded=True
        )
        with office.database.transaction() as session:
            word = private_desk.as_officers_word(office.work(session), said)
            if word is not None:
                desk.officer_wrote(office.work(session), word, None)
        office.deliver(3)
        return word is not None

    refused = office.texts("officers.refused.forwarded")
    for command in ("/piket tambah Joko besok 08.00-16.00", f"/balas {case.number} Ditutup"):
        assert passes_on(command)
        assert office.newest_in("ratna") == refused
    assert (_duties(office), office.messages(case, "reply")) == (0, [])
    office.taps("ratna", case, "reply")
    office.deliver(3)
    assert passes_on("Sampai besok ya, Bu."), "other words that she passes on are the reply"
    assert len(office.messages(case, "reply")) == 1


def test_a_command_beside_the_topics_is_not_carried_out_again_when_it_is_edited(
    office: Office,
) -> None:
    """A corrected typing error would do it twice, or something else."""
    _beside(office, "ratna", "/piket tambah Joko besok 08.00-16.00")
    _beside(office, "ratna", "/piket tambah Maria besok 08.00-16.00", edited=True)
    assert _duties(office) == 1
    _beside(office, "orang", "/kasus", edited=True)
    assert office.texts("officers.refused.not_on_roster") not in office.standing_in(GROUP_CHAT)


def test_who_writes_without_belonging_there_raises_the_alarm_once(office: Office) -> None:
    """Who was in the group before the bot came is heard of in no other way."""
    case = office.opens(REPORT)
    office.deliver()
    for _ in range(3):
        office.writes("orang", case, "halo", officer=Officer("orang", "Orang"))
        office.deliver(3)
    stranger = office.texts("officers.group.stranger", name="Orang")
    assert office.standing_in(GROUP_CHAT).count(stranger) == 1
    office.presses("ratna", "Petugas")
    office.says("orang", "/tugasku")
    office.deliver(3)
    assert office.texts("officers.refused.not_on_roster") not in office.standing_in(GROUP_CHAT)


def test_in_the_small_group_an_officer_without_the_right_is_a_stranger_too(
    office: Office,
) -> None:
    """He reads there what he must not."""
    office.has_small_group()
    for who in ("maria", "joko", ""):
        office.says(who, "halo", SMALL_CHAT)
    office.deliver(3)
    assert office.standing_in(SMALL_CHAT) == office.texts("officers.group.no_right", name="-")


def test_a_group_tells_how_many_in_it_are_unknown(office: Office) -> None:
    """Nobody may read along because he was there first."""
    office.has_small_group()
    here = {"ratna", "joko", "maria", "budi", "siapa"}
    for chat, count, unknown in ((SMALL_CHAT, 5, 2), (SMALL_CHAT, 3, 0), (GROUP_CHAT, 7, 2)):
        before = len(office.rows("announce"))
        with office.database.transaction() as session:
            tell_of_unknown(office.work(session), chat, Members(count, frozenset(here)))
        office.deliver(60)
        key = "unknown_sensitive" if chat == SMALL_CHAT else "unknown_group"
        assert len(office.rows("announce")) == before + bool(unknown)
        if unknown:
            said = office.texts(f"officers.onboarding.{key}", count=unknown)
            assert office.newest_in(chat) == said


def test_officers_who_are_not_in_the_group_are_named(office: Office) -> None:
    """The bot was away when they left: a coordinator ends their rights."""
    with office.database.transaction() as session:
        work = office.work(session)
        tell_of_unknown(work, GROUP_CHAT, Members(3, frozenset({"ratna", "maria"})))
        tell_of_unknown(work, NEW_CHAT, Members(99, frozenset()))
        tell_of_unknown(work, GROUP_CHAT, Members(0, frozenset()))
    office.deliver()
    said = office.texts("officers.onboarding.absent", names="Joko, Budi")
    assert office.standing_in(GROUP_CHAT) == said
    assert office.posts_in(NEW_CHAT) == {}


def test_only_a_code_that_may_bind_asks_who_is_there(office: Office) -> None:
    """Guessing must not make the bot ask Telegram about any group."""
    begins = f"/mulai_grup {_code(office)}"
    ours = OfficerWrote("telegram", Officer("x"), NEW_CHAT, "g1", office.clock.now(), text=begins)
    with office.database.reading() as session:
        work = office.work(session)
        assert would_bind(work, ours)
        for text in ("/mulai_grup SALAH", "/mulai_grup", "halo"):
            assert not would_bind(work, replace(ours, text=text))
        assert not would_bind(work, replace(ours, edited=True))
        assert not would_bind(work, replace(ours, chat_id=GROUP_CHAT))
    for attempt in range(5):
        _answer(office, f"/mulai_grup SALAH{attempt}")
    with office.database.reading() as session:
        assert not would_bind(office.work(session), ours), "the chat has to wait"


def test_the_group_that_is_replaced_is_told(office: Office) -> None:
    """A code in wrong hands takes all reports away, and nobody would notice."""
    _answer(office, f"/mulai_grup {_code(office)}")
    assert office.texts("officers.onboarding.moved_away") in office.standing_in(GROUP_CHAT)


def _duties(office: Office) -> int:
    with office.database.reading() as session:
        return len(session.exec(select(Duty)).all())
