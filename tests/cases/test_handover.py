"""A case goes to another officer, or back to all; and who handles it is told to the others."""

import pytest

from bot.cases import card
from bot.cases.opening import add_to_case
from bot.commands import Part
from bot.flows.knowledge import Understanding
from storage.cases import case_by_id
from storage.tables import Case, Recusal
from tests.cases.office import REPORT, Answer, Office


@pytest.fixture
def case(office: Office) -> Case:
    """A case that Joko handles; its topic stands."""
    case = office.opens()
    office.taps("joko", case, "take")
    office.deliver()
    return case


def _names(office: Office) -> list[str]:
    """What the newest question offers, but for Batal."""
    choices = office.payload(office.rows("post")[-1])["choices"]
    return [label for _, label, _ in choices if label != "Batal"]  # type: ignore[attr-defined]


def _id(office: Office, who: str) -> int:
    return office.officers[who].id


def test_a_case_is_handed_over_with_a_summary(office: Office, case: Case) -> None:
    """Who takes over at the end of a shift must not read a hundred posts."""
    office.writes("joko", case, "/balas boleh foto slipnya?")
    reply = office.messages(case, "reply")[-1]
    office.taps("joko", case, "reply_send", message_id=reply.id)
    office.deliver(30)
    office.writes("joko", case, "pelapor sopan, cepat menjawab")
    office.writes("joko", case, "/serahkan maria")
    office.deliver()
    stored = office.stored(case)
    assert stored.owner_id == _id(office, "maria")
    (whisper,) = office.whispered("maria")
    assert case.number in whisper
    assert "Joko" in whisper
    summary = str(office.payload(office.rows("post")[-1])["text"])
    assert "Joko menyerahkan kasus ini kepada <b>Maria</b>." in summary
    assert "Tahap: Verifikasi (23 Nov 09.00)" in summary
    assert "Pesan pelapor: 1 · balasan: 1 · catatan: 1" in summary
    assert "Terakhir menulis: Joko, 23 Nov 09.00" in summary
    for secret in ("Sri", "+62", "gaji belum", "slipnya"):
        assert secret not in summary
    last = office.trail(case)[-1]
    assert (last.what, last.officer_id, last.before, last.after) == (
        "handed_over", _id(office, "joko"), str(_id(office, "joko")), str(_id(office, "maria")),
    )  # fmt: skip


def test_without_a_name_the_officers_are_offered_and_only_those_who_can(
    office: Office, case: Case
) -> None:
    """A reader, a removed one and the one who has it already cannot take it."""
    office.taps("joko", case, "handover")
    assert _names(office) == ["Ratna", "Maria"]
    ratna = str(_id(office, "ratna"))
    assert office.taps("joko", case, "to_officer", ratna).text == office.texts(
        "officers.done.handed_over", name="Ratna"
    )
    stale = f"{_id(office, 'maria')}|{_id(office, 'joko')}"
    with office.database.transaction() as session:
        from bot.cases.taps import button

        made = button(office.work(session), case, "x", "to_officer", stale)
    assert office.taps_payload("ratna", made.id).alert
    assert office.stored(case).owner_id == _id(office, "ratna")


@pytest.mark.parametrize(
    ("said", "to"),
    [("Maria", "maria"), ("mar", "maria"), ("@maria", "maria"), ("mariya", "maria"),
     ("RATNA", "ratna")],
)  # fmt: skip
def test_a_name_is_understood_in_part_or_misspelt(
    office: Office, case: Case, said: str, to: str
) -> None:
    """Nobody types a colleague's whole name on a phone."""
    office.writes("joko", case, f"/serahkan {said}")
    assert office.stored(case).owner_id == _id(office, to)


@pytest.mark.parametrize("said", ["siti", "budi", "lama", "joko", "<b>"])
def test_a_name_that_is_nobodys_or_cannot_act_is_refused(
    office: Office, case: Case, said: str
) -> None:
    """A case handed to nobody is forgotten."""
    office.writes("joko", case, f"/serahkan {said}")
    assert office.stored(case).owner_id == _id(office, "joko")
    text = office.payload(office.rows("post")[-1])["text"]
    assert text == office.texts("cases.refused.no_such_officer")


def test_a_confidential_case_goes_only_to_who_may_see_it(office: Office) -> None:
    """Handing over must not widen the circle, and never to the one it is about."""
    case = office.opens(category="pelecehan_kekerasan")
    office.taps("joko", case, "take")
    office.taps("joko", case, "handover")
    assert _names(office) == ["Ratna"]
    with office.database.transaction() as session:
        session.add(
            Recusal(organisation_id=case.organisation_id, case_id=case.id or 0,
                    officer_id=_id(office, "ratna"), at=office.clock.now())
        )  # fmt: skip
    answer = office.taps("joko", case, "handover")
    assert answer == Answer(office.texts("cases.refused.nobody_else"), alert=True)


def test_only_a_coordinator_gives_away_what_nobody_has(office: Office) -> None:
    """Work is taken, or given by whom that is up to."""
    case = office.opens()
    assert office.taps("joko", case, "handover") == Answer(
        office.texts("cases.refused.take_before"), alert=True
    )
    assert not office.taps("ratna", case, "to_officer", str(_id(office, "joko"))).alert
    stored = office.stored(case)
    assert (stored.owner_id, stored.status) == (_id(office, "joko"), "verifikasi")


def test_whose_case_was_given_away_by_another_is_told(office: Office, case: Case) -> None:
    """Two would otherwise go on working at it."""
    office.taps("ratna", case, "to_officer", str(_id(office, "maria")))
    office.deliver()
    (told,) = office.whispered("joko")
    number = f"<b>{case.number}</b>"
    assert told == office.texts("officers.handover.whisper_gone", number=number, name="Maria")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_word_of_it_leads_to_the_topic(office: Office, case: Case) -> None:
    """On a phone nobody looks through two hundred topics for a number."""
    with office.database.transaction() as session:
        stored = case_by_id(session, case.id or 0)
        assert stored is not None
        stored.thread_id = "77"
        session.add(stored)
    office.taps("joko", case, "to_officer", str(_id(office, "maria")))
    office.deliver()
    (told,) = office.whispered("maria")
    assert f'<a href="https://t.me/c/1/77"><b>{case.number}</b></a>' in told


def test_a_case_that_was_let_go_can_be_taken_by_anyone(office: Office, case: Case) -> None:
    """Illness and holidays come; the case must not wait for them."""
    assert office.taps("maria", case, "reply").text == office.texts(
        "cases.refused.other_owner", owner="Joko"
    )
    office.writes("joko", case, "/lepas")
    assert office.stored(case).owner_id is None
    assert _names(office) == ["Saya tangani"]
    assert not office.taps("maria", case, "take").alert
    assert office.stored(case).owner_id == _id(office, "maria")
    assert "let_go" in [event.what for event in office.trail(case)]


def test_what_nobody_has_cannot_be_let_go(office: Office) -> None:
    """And the trail stays true."""
    case = office.opens()
    office.deliver()
    office.writes("joko", case, "/lepas")
    text = office.payload(office.rows("post")[-1])["text"]
    assert text == office.texts("cases.refused.nobodys")
    assert "let_go" not in [event.what for event in office.trail(case)]


def test_a_reply_taken_back_does_not_take_the_case_from_the_next_one(office: Office) -> None:
    """Within twenty seconds a case may be answered, handed over and the answer undone."""
    case = office.opens()
    office.deliver()
    office.writes("joko", case, "/balas halo")
    reply = office.messages(case, "reply")[-1]
    office.taps("joko", case, "reply_send", message_id=reply.id)
    assert office.stored(case).answered_at is not None
    office.taps("joko", case, "to_officer", str(_id(office, "maria")))
    assert not office.taps("joko", case, "reply_undo", message_id=reply.id).alert
    stored = office.stored(case)
    assert (stored.owner_id, stored.answered_at) == (_id(office, "maria"), None)


def test_the_first_answer_sets_the_time_once(office: Office, case: Case) -> None:
    """How long people wait for a first answer is what unions are measured by."""
    for text in ("halo", "halo lagi"):
        office.writes("joko", case, f"/balas {text}")
        reply = office.messages(case, "reply")[-1]
        office.taps("joko", case, "reply_send", message_id=reply.id)
        office.deliver(3600)
    assert office.stored(case).answered_at == office.messages(case, "reply")[0].at


def test_waiting_for_the_reporter_ends_with_her_next_message(office: Office, case: Case) -> None:
    """The officers' clock must not run against them while she looks for her slip."""
    office.writes("joko", case, "/tunggu")
    assert office.stored(case).waiting_since == office.clock.now()
    answered = office.payload(office.rows("post")[-1])["text"]
    assert answered == office.texts("officers.done.waiting")
    with office.database.transaction() as session:
        work = office.work(session)
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        assert "Menunggu jawaban pelapor sejak 23 Nov 09.00" in card.card(work, row).text
        calm = Understanding("pengaduan", "lainnya", abstain=True)
        add_to_case(work, row, (Part("ini slipnya", source="whatsapp:7"),), lambda _: calm)
    assert office.stored(case).waiting_since is None
    whats = [event.what for event in office.trail(case)]
    assert whats[-2:] == ["waits_for_reporter", "waits_no_more"]
    office.taps("joko", case, "wait")
    office.taps("joko", case, "wait")
    assert office.stored(case).waiting_since is None


def test_a_summary_of_a_confidential_case_tells_nothing(office: Office) -> None:
    """It stands in the topic, where more than the two officers read."""
    report_words = "KENARI-CERITA"
    case = office.opens(
        REPORT, category="pelecehan_kekerasan", parts=(Part(report_words, source="whatsapp:3"),)
    )
    office.taps("joko", case, "take")
    office.deliver()
    office.writes("joko", case, "/serahkan ratna")
    office.deliver()
    assert office.stored(case).owner_id == _id(office, "ratna")
    assert "KENARI" not in office.in_the_group()
    assert "Sri" not in office.in_the_group()
