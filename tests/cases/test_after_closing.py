"""What she writes after a closing is promised an answer; danger begins an urgent case."""

import pytest
from sqlmodel import select

from bot.cases.opening import page_officers
from bot.cases.promises import FIRST_ANSWER
from bot.cases.stages import change_stage
from bot.cases.urgent import open_for_danger
from bot.commands import Part
from bot.flows.knowledge import Understanding
from storage.cases import case_by_id, case_by_number
from storage.tables import Case, CaseLink, Recusal
from tests.cases.office import Office
from tests.cases.passing import go, hour_by_hour, posted, promised, whispered
from tests.cases.rounding import fire, group_line, morning_of, no_first_case, plan
from tests.cases.several import opens, writes
from tests.outbox.scripted import GROUP_CHAT

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MORE = "uangnya belum masuk semua"
ALARM = Understanding("pengaduan", "k3", (), (), "darurat", danger=("kebakaran",))


@pytest.fixture
def case(office: Office) -> Case:
    """A case of Joko's that was closed on Monday at nine."""
    case = office.opens()
    office.taps("joko", case, "take")
    office.closes("joko", case, "tercapai")
    office.deliver()
    return case


def _answers(office: Office, case: Case) -> int:
    office.writes("joko", case, "/balas Kami tanyakan ke HRD.")
    message = office.messages(case, "reply")[-1].id or 0
    office.taps("joko", case, "reply_send", message_id=message)
    return message


def _listed(office: Office, command: str) -> str:
    """What this command answers in the group."""
    office.says("joko", command)
    return str(office.payload(office.rows("announce")[-1])["text"])


def _in_danger(office: Office, case: Case, words: str = "ada kebakaran di mess") -> Case:
    """She writes that her dormitory burns."""
    number = "KB-BBBB-0001"
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        parts = (Part(words, source="whatsapp:danger"),)
        open_for_danger(office.work(session), row, number, parts, lambda _text: ALARM)
    with office.database.reading() as session:
        urgent = case_by_number(session, office.organisation_id, number)
    assert urgent is not None
    return urgent


def test_her_words_hold_a_promise_that_goes_up_the_levels(office: Office, case: Case) -> None:
    """She was told to write if it is not solved: nobody may leave that lying."""
    go(office, "2026-11-23 10:00")
    writes(office, case, MORE)
    assert promised(office, case) == f"{FIRST_ANSWER} 24.11. 10:00"
    office.deliver()
    assert "Jawab pelapor paling lambat 24 Nov 10.00" in office.standing_in_the_group()
    hour_by_hour(office, "2026-11-24 10:00", "2026-11-25 09:00", "promise")
    ((to, told),) = whispered(office, "pelapor menulis lagi")
    assert to == "joko"
    assert "Tidak perlu" in told
    assert "/tunggu" not in told
    hour_by_hour(office, "2026-11-25 09:00", "2026-11-26 09:00", "promise")
    assert [to for to, _ in whispered(office, "sampai ke Anda, koordinator")] == ["ratna"]


@on_sqlite
def test_it_is_asked_once_and_a_reply_keeps_the_promise(office: Office, case: Case) -> None:
    """Three lines of hers are one matter; what she writes after an answer is the next one."""
    asked = office.texts("officers.post.after_closing")
    go(office, "2026-11-23 10:00")
    for words in (MORE, "katanya minggu depan", "gimana kak"):
        writes(office, case, words)
    assert len(posted(office, asked)) == 1
    go(office, "2026-11-23 11:00")
    message = _answers(office, case)
    assert promised(office, case) == ""
    office.taps("joko", case, "reply_undo", message_id=message)
    assert promised(office, case) == f"{FIRST_ANSWER} 24.11. 10:00"
    _answers(office, case)
    go(office, "2026-11-23 12:00")
    writes(office, case, "belum juga kak")
    assert promised(office, case) == f"{FIRST_ANSWER} 24.11. 12:00"
    assert len(posted(office, asked)) == 2


@on_sqlite
def test_not_needed_ends_the_promise_until_she_writes_again(office: Office, case: Case) -> None:
    """Somebody has looked, and says so."""
    writes(office, case, "sekadar kabar, saya sudah kerja lagi")
    office.deliver()
    office.presses("joko", "Tidak perlu")
    office.deliver()
    assert promised(office, case) == ""
    assert office.newest_in(GROUP_CHAT) == office.texts("officers.done.let_rest")
    assert office.stored(case).status == "selesai"
    assert [event.actor for event in office.trail(case) if event.what == "let_rest"] == ["officer"]
    go(office, "2026-11-23 15:00")
    writes(office, case, MORE)
    assert promised(office, case) == f"{FIRST_ANSWER} 24.11. 15:00"


@on_sqlite
def test_not_needed_of_an_old_question_settles_no_newer_words(office: Office, case: Case) -> None:
    """Nobody has read what she wrote since."""
    writes(office, case, MORE)
    office.deliver()
    (old,) = (post for post, text in office.posts_in(GROUP_CHAT).items()
              if any(choice.label == "Tidak perlu" for choice in text.choices))  # fmt: skip
    payload = office.posts_in(GROUP_CHAT)[old].choices[-1].id
    go(office, "2026-11-23 10:00")
    _answers(office, case)
    go(office, "2026-11-23 11:00")
    writes(office, case, "belum juga kak")
    told = office.taps_payload("joko", payload, old)
    assert told.text == office.texts("officers.refused.old_button")
    assert promised(office, case) == f"{FIRST_ANSWER} 24.11. 11:00"
    office.deliver()
    assert not office.posts_in(GROUP_CHAT)[old].choices


@on_sqlite
def test_opened_again_the_next_step_is_promised(office: Office, case: Case) -> None:
    """From there it is a case like any other."""
    writes(office, case, MORE)
    office.deliver()
    go(office, "2026-11-23 12:00")
    office.presses("joko", "Buka lagi")
    assert promised(office, case) == "next_step 30.11. 12:00"


@on_sqlite
def test_it_stands_in_the_digest_and_in_the_lists(office: Office, case: Case) -> None:
    """A closed case is looked at by nobody; this one must not be forgotten with the rest."""
    no_first_case(office)
    go(office, "2026-11-23 10:00")
    assert case.number not in _listed(office, "/tugasku")
    writes(office, case, MORE)
    assert case.number in _listed(office, "/tugasku")
    assert case.number not in _listed(office, "/terlambat")
    go(office, "2026-11-24 11:00")
    assert "Pelapor menulis lagi setelah ditutup" in _listed(office, "/terlambat")
    plan(office)
    go(office, "2026-11-25 08:00")
    fire(office)
    said = morning_of(office, "joko")
    assert case.number in said.partition("Pelapor menunggu jawaban Anda")[2]
    assert "Kasus Anda" not in said
    assert "Kasus petugas lain yang lewat janji: 1" in morning_of(office, "ratna")
    assert "1 kasus lewat janji" in group_line(office)
    office.taps("joko", case, "reopen")
    assert case.number not in _listed(office, "/terlambat")


@on_sqlite
def test_an_old_reopen_button_does_not_throw_a_running_case_back(
    office: Office, case: Case
) -> None:
    """It is in bipartite talks: their clock would stop, and she would read that it begins anew."""
    writes(office, case, MORE)
    office.deliver()
    (old,) = (post for post, text in office.posts_in(GROUP_CHAT).items()
              if any(choice.label == "Tidak perlu" for choice in text.choices))  # fmt: skip
    reopen = office.posts_in(GROUP_CHAT)[old].choices[0].id
    office.taps("joko", case, "reopen")  # on the card
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        change_stage(office.work(session), row, "bipartit", officer=office.officers["joko"])
    office.deliver()
    heard = len(office.rows("say"))
    told = office.taps_payload("joko", reopen, old)
    assert told.text == office.texts("officers.refused.old_button")
    assert office.stored(case).status == "bipartit"
    assert len(office.rows("say")) == heard
    office.deliver()
    assert not office.posts_in(GROUP_CHAT)[old].choices


@on_sqlite
def test_the_case_that_answers_for_hers_keeps_the_promise(office: Office) -> None:
    """A merged case has no officers of its own."""
    main, other = opens(office, "SRI"), opens(office, "DEWI")
    office.deliver()
    office.taps("ratna", other, "merge", str(main.id))
    office.taps("joko", main, "take")
    office.closes("joko", main, "tercapai")
    writes(office, other, MORE)
    assert promised(office, other) == ""
    assert promised(office, main) == f"{FIRST_ANSWER} 24.11. 09:00"


@on_sqlite
def test_danger_that_meets_the_closing_has_its_hour(office: Office, case: Case) -> None:
    """An officer closed the case while she was writing: her words came into it as an open one."""
    go(office, "2026-11-28 21:00")
    writes(office, case, "tolong")
    with office.database.transaction() as session:
        page_officers(office.work(session), "darurat", ("tolong",), case.number)
    assert promised(office, case) == f"{FIRST_ANSWER} 28.11. 22:00"


def test_danger_begins_an_urgent_case_with_an_hour(office: Office, case: Case) -> None:
    """Her words reach whoever is awake, and the hour counts by night as well."""
    go(office, "2026-11-28 21:00")
    urgent = _in_danger(office, case)
    assert (urgent.status, urgent.urgency) == ("baru", "darurat")
    assert urgent.person_id == case.person_id
    assert promised(office, urgent) == f"{FIRST_ANSWER} 28.11. 22:00"
    assert [message.direction for message in office.messages(urgent, "reporter")] == ["reporter"]
    assert office.messages(case, "reporter")[1:] == []
    assert posted(office, f"Kasus baru yang darurat: {urgent.number}")
    assert office.stored(case).status == "selesai"
    with office.database.reading() as session:
        link = session.exec(select(CaseLink)).one()
    assert (link.first_id, link.second_id, link.kind) == (urgent.id, case.id, "linked")


@on_sqlite
def test_who_must_not_see_the_closed_case_does_not_see_the_urgent_one(
    office: Office, case: Case
) -> None:
    """The danger may come from that very officer."""
    with office.database.transaction() as session:
        session.add(Recusal(organisation_id=office.organisation_id, case_id=case.id or 0,
                            officer_id=office.officers["maria"].id,
                            at=office.clock.now()))  # fmt: skip
    urgent = _in_danger(office, case)
    with office.database.reading() as session:
        kept_away = session.exec(select(Recusal).where(Recusal.case_id == urgent.id)).all()
    assert [recusal.officer_id for recusal in kept_away] == [office.officers["maria"].id]


@on_sqlite
def test_violence_after_a_closing_is_confidential_at_once(office: Office, case: Case) -> None:
    """The closed case was none: the group reads the number, and that somebody is in danger."""
    urgent = _in_danger(office, case, "mandor memukul saya di gudang")
    office.deliver()
    assert urgent.sensitive
    assert "gudang" not in office.in_the_group()
    begun = office.texts("officers.urgent.begun", number=case.number)
    assert begun in office.standing_in_the_group()
