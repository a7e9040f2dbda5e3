"""Collective cases: who may invite, from how many on, and who gets to read what."""

from bot.cases.collective import FEWEST, take_answer
from bot.cases.together import COLLECTIVE
from storage.cases import case_by_id, message_content
from storage.tables import Case
from tests.cases.office import Office
from tests.cases.several import REPORT, buttons_in, card_of, opens, posts_in, told_to
from tests.cases.test_reply_albums import part
from tests.databases import ON_SQLITE

NAMES = ("SRI", "DEWI", "AYU")


def _three(office: Office) -> list[Case]:
    return [opens(office, name) for name in NAMES]


def _answers(office: Office, case: Case, *, joins: bool) -> None:
    with office.database.transaction() as session:
        stored = case_by_id(session, case.id or 0, lock=True)
        assert stored is not None
        take_answer(office.work(session), stored, joins=joins)


def test_from_three_reporters_on_a_coordinator_may_invite(office: Office) -> None:
    """Of two, each would know who the other is."""
    assert FEWEST == 3
    first, second = (opens(office, name) for name in NAMES[:2])
    office.taps("ratna", second, "alike")
    assert "Ajak bersama" not in buttons_in(office, second)
    assert "3 pelapor" in office.taps("ratna", second, "invite").text
    opens(office, "SRI")  # the same person twice is one reporter
    assert office.taps("ratna", second, "invite").alert
    third = opens(office, "AYU")
    office.taps("ratna", third, "alike")
    assert "Ajak bersama" in buttons_in(office, third)
    office.taps("joko", third, "alike")
    assert "Ajak bersama" not in buttons_in(office, third)
    assert office.taps("joko", third, "invite").alert
    assert "3 pelapor ditanya" in office.taps("ratna", third, "invite").text
    assert office.stored(first).merged_into_id is None


def test_the_card_counts_who_joins(office: Office) -> None:
    """The coordinator sees how strong the group is."""
    lead, second, third = _three(office)
    assert "3 pelapor ditanya" in office.taps("ratna", lead, "invite").text
    assert "Laporan bersama: 0 ikut, 0 tidak, 3 belum menjawab" in card_of(office, lead)
    _answers(office, lead, joins=True)
    _answers(office, second, joins=True)
    _answers(office, third, joins=False)
    assert "Laporan bersama: 2 ikut, 1 tidak, 0 belum menjawab" in card_of(office, lead)
    assert f"Ikut laporan bersama <b>{lead.number}</b>" in card_of(office, second)
    assert "laporan bersama" not in card_of(office, third)
    assert "tetap kami tangani sendiri" in told_to(office, "AYU")[-1]


def test_who_was_asked_is_not_asked_again_and_newcomers_are(office: Office) -> None:
    """A second question would be pressure."""
    lead, *_ = _three(office)
    office.taps("ratna", lead, "invite")
    assert "0 pelapor ditanya" in office.taps("ratna", lead, "invite").text
    opens(office, "TINI")
    assert "1 pelapor ditanya" in office.taps("ratna", lead, "invite").text


@ON_SQLITE
def test_an_album_to_all_is_one_reply(office: Office) -> None:
    """Its second page must not go to the lead's reporter alone, nor stay among the notes."""
    lead, _second, _third = _three(office)
    office.taps("ratna", lead, "take")
    office.taps("ratna", lead, "invite")
    _answers(office, lead, joins=True)
    office.deliver(1)
    part(office, lead, 11, "/balas_bersama Jadwalnya", who="ratna")
    part(office, lead, 12, who="ratna")
    (message,) = office.messages(lead, "reply")
    assert message.audience == COLLECTIVE
    assert len(message_content(office.vault, message).files) == 2
    assert office.messages(lead, "note") == []


def test_an_answer_to_all_reaches_each_who_joined_and_nobody_else(office: Office) -> None:
    """Each alone, with her own number; no name and no number of another."""
    lead, second, third = _three(office)
    office.taps("ratna", lead, "take")
    with office.database.transaction() as session:
        stored = session.get_one(Case, lead.id)
        stored.chat_id, stored.thread_id = "-1001", "t1"
        session.add(stored)
    office.writes("ratna", lead, "/balas_bersama Besok kita bertemu")
    assert "/ajak" in posts_in(office, lead)[-1]
    office.taps("ratna", lead, "invite")
    office.writes("ratna", lead, "/balas_bersama Besok kita bertemu")
    assert "Belum ada pelapor yang ikut" in posts_in(office, lead)[-1]
    _answers(office, lead, joins=True)
    _answers(office, second, joins=True)
    _answers(office, third, joins=False)
    office.writes("ratna", lead, "/balas_bersama Besok kita bertemu")
    message = office.messages(lead, "reply")[-1]
    assert not office.taps("ratna", lead, "reply_send", message_id=message.id).alert
    numbers = {name: case.number for name, case in zip(NAMES, (lead, second, third), strict=True)}
    for name in ("SRI", "DEWI"):
        (text,) = [t for t in told_to(office, name) if "bertemu" in t]
        assert numbers[name] in text
    assert not any("bertemu" in text for text in told_to(office, "AYU"))
    for name in NAMES:
        everything = "".join(told_to(office, name))
        assert not any(number in everything for n, number in numbers.items() if n != name)
        assert not any(f"KENARI{other}" in everything for other in NAMES)


def test_a_usual_answer_in_the_lead_topic_goes_to_its_reporter_alone(office: Office) -> None:
    """A question about one pay slip is not for all."""
    lead, second, _ = _three(office)
    office.taps("ratna", lead, "take")
    office.taps("ratna", lead, "invite")
    _answers(office, second, joins=True)
    with office.database.transaction() as session:
        stored = session.get_one(Case, lead.id)
        stored.chat_id, stored.thread_id = "-1001", "t1"
        session.add(stored)
    office.writes("ratna", lead, "/balas boleh kirim slip gaji")
    message = office.messages(lead, "reply")[-1]
    office.taps("ratna", lead, "reply_send", message_id=message.id)
    assert any("slip" in text for text in told_to(office, "SRI"))
    assert not any("slip" in text for text in told_to(office, "DEWI"))


def test_who_wants_no_messages_is_not_asked(office: Office) -> None:
    """BERHENTI means it."""
    lead, second, _ = _three(office)
    with office.database.transaction() as session:
        stored = session.get_one(Case, second.id)
        person = session.get_one(type(office.reporter.person), stored.person_id)
        person.pushes_on = False
        session.add(person)
    assert "2 pelapor ditanya" in office.taps("ratna", lead, "invite").text


def test_an_answer_counts_once(office: Office) -> None:
    """A second tap on an old question must not throw her out or in."""
    lead, *_ = _three(office)
    office.taps("ratna", lead, "invite")
    _answers(office, lead, joins=True)
    _answers(office, lead, joins=False)
    assert "1 ikut, 0 tidak, 2 belum" in card_of(office, lead)
    assert "tidak berlaku" in told_to(office, "SRI")[-1]


def test_a_confidential_case_is_neither_lead_nor_member(office: Office) -> None:
    """What unites them would tell what happened to her."""
    lead, second, third = _three(office)
    with office.database.transaction() as session:
        stored = session.get_one(Case, third.id)
        stored.sensitive = True
        session.add(stored)
    assert office.taps("ratna", lead, "invite").alert
    assert office.taps("ratna", third, "invite").alert
    assert REPORT.workplace
    assert second.id
