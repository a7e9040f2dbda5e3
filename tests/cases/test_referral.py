"""A case goes to another body only with its reporter's yes, given in her own chat."""

import pytest
from sqlmodel import col, select

from bot.cases import card
from bot.cases.stage_records import answers_of
from bot.commands import Part
from storage.cases import case_by_id
from storage.tables import Case, CaseEvent, CaseMessage, Outbound, StageRecord
from tests.cases.office import Answer, Office
from tests.databases import ON_SQLITE
from tests.world import Worker, World

BODY = "LBH Jakarta"


def _asked(world: World, worker: Worker | None = None) -> tuple[Worker, Case]:
    """A worker who was asked whether her case may go to the LBH."""
    worker = worker or world.worker()
    case = world.opened_case(worker)
    officer = world.officer()
    officer.taps(case, "Saya tangani")
    _ask(world, case)
    return worker, case


def _ask(world: World, case: Case, body: str = BODY) -> None:
    officer = world.officer()
    officer.taps(case, "Ubah status")
    officer.taps(case, "Dilimpahkan")
    officer.writes(case, body)
    officer.taps(case, "Kirim")


def _stored(world: World, case: Case) -> Case:
    with world.app.database.reading() as session:
        return session.get_one(Case, case.id)


def _whats(world: World, case: Case) -> list[str]:
    with world.app.database.reading() as session:
        query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(col(CaseEvent.id))
        return [event.what for event in session.exec(query).all()]


def _told(world: World, case: Case) -> list[str]:
    """What she wrote that the officers see as her messages."""
    with world.app.database.reading() as session:
        query = select(CaseMessage.id).where(
            CaseMessage.case_id == case.id, CaseMessage.direction == "reporter"
        )
        return [str(row) for row in session.exec(query).all()]


def test_the_case_moves_with_her_yes_and_not_before(world: World) -> None:
    """Her report is hers."""
    worker, case = _asked(world)
    assert BODY in worker.heard()[-1]
    assert "tetap dirahasiakan" in worker.heard()[-1]
    assert worker.last_buttons() == ["Setuju", "Tidak"]
    assert _stored(world, case).status == "verifikasi"
    worker.taps("Setuju")
    assert _stored(world, case).status == "dilimpahkan"
    assert f"kami teruskan ke {BODY}" in worker.heard()[-1]
    assert any("Pelapor setuju" in post for post in world.in_group())
    assert _whats(world, case)[-2:] == ["referral_agreed", "stage"]


def test_an_officer_who_asks_at_night_is_answered_in_the_morning(world: World) -> None:
    """Her phone must not ring for it; the officer is told when she is asked."""
    worker = world.worker(look="sim-telegram")
    case = world.opened_case(worker)
    world.officer().taps(case, "Saya tangani")
    world.wait(13 * 3600)  # ten in the evening
    _ask(world, case)
    assert BODY not in worker.heard()[-1]
    assert any("Pelapor ditanya pada 24 Nov 08.00" in post for post in world.in_group())
    world.wait(10 * 3600)
    assert BODY in worker.heard()[-1]


def test_with_her_no_everything_stays_as_it_was(world: World) -> None:
    """And the officers know at once, so that they look for another way."""
    worker, case = _asked(world)
    worker.says("tidak")
    assert _stored(world, case).status == "verifikasi"
    assert "tidak kami teruskan" in worker.heard()[-1]
    assert any("Pelapor tidak setuju" in post for post in world.in_group())
    worker.says("setuju")
    assert _stored(world, case).status == "verifikasi"


@ON_SQLITE
@pytest.mark.parametrize("said", ["ya", "Setuju", "iya kak setuju", "boleh", "stuju"])
def test_a_typed_yes_right_after_the_question_counts(world: World, said: str) -> None:
    """Not every phone shows buttons."""
    worker, case = _asked(world)
    worker.says(said)
    assert _stored(world, case).status == "dilimpahkan"


@ON_SQLITE
@pytest.mark.parametrize(
    "said", ["setuju gak ya", "belum setuju", "setuju asal nama saya tidak disebut", "itu siapa"]
)
def test_words_that_are_no_clear_answer_decide_nothing(world: World, said: str) -> None:
    """A condition is no consent; an officer has to read it."""
    worker, case = _asked(world)
    before = len(_told(world, case))
    worker.says(said)
    world.wait(9)
    assert _stored(world, case).status == "verifikasi"
    assert "referral_declined" not in _whats(world, case)
    assert len(_told(world, case)) == before + 1


def test_the_question_stays_open_while_she_talks_of_other_things(world: World) -> None:
    """People answer an hour later; the button must still be true."""
    worker, case = _asked(world)
    worker.says("slipnya baru ketemu kak")
    world.wait(9)
    worker.says("ya")
    world.wait(9)
    assert _stored(world, case).status == "verifikasi"
    worker.taps("Setuju")
    assert _stored(world, case).status == "dilimpahkan"
    worker.taps("Setuju")
    assert _whats(world, case).count("referral_agreed") == 1


def test_a_yes_to_an_officer_is_no_consent(world: World) -> None:
    """A plain yes answers whoever asked last; only SETUJU means the question of the bot."""
    worker, case = _asked(world)
    officer = world.officer()
    officer.writes(case, "/balas slipnya sudah ada?")
    officer.taps(case, "Kirim")
    world.wait(21)
    worker.says("ya")
    assert _stored(world, case).status == "verifikasi"
    worker.says("saya setuju")
    assert _stored(world, case).status == "dilimpahkan"


def test_why_is_answered_and_the_question_stays(world: World) -> None:
    """Who asks back must not have to begin again."""
    worker, case = _asked(world)
    worker.says("kenapa ditanya?")
    assert "laporan ini milik Anda" in worker.heard()[-1]
    worker.says("setuju")
    assert _stored(world, case).status == "dilimpahkan"


def test_she_is_asked_in_the_middle_of_another_report_and_goes_on_with_it(world: World) -> None:
    """An officer's question must not swallow what she is telling."""
    worker = world.worker()
    case = world.opened_case(worker)
    world.officer().taps(case, "Saya tangani")
    worker.says("lapor baru")
    worker.says("lembur saya juga tidak dibayar sejak agustus di pabrik yang sama")
    worker.says("sudah")
    question = worker.heard()[-1]
    _ask(world, case)
    assert BODY in worker.heard()[-1]
    worker.taps("Setuju")
    assert _stored(world, case).status == "dilimpahkan"
    assert "nama tempat kerjanya" in question
    assert "nama tempat kerjanya" in worker.heard()[-1]


def test_an_older_question_gives_way_to_a_new_one(world: World) -> None:
    """She must not agree to one body and be sent to another."""
    worker, case = _asked(world)
    _ask(world, case, "Komnas HAM")
    worker.taps("Setuju")
    assert "kami teruskan ke Komnas HAM" in worker.heard()[-1]
    with world.app.database.reading() as session:
        rows = session.exec(select(StageRecord).where(StageRecord.stage == "dilimpahkan")).all()
        vault = world.app.vault
        consents = [vault.open_json(row.sealed, "stage_records")["consent"] for row in rows]
    assert consents == ["over", "agreed"]


def test_a_yes_after_the_case_was_closed_reopens_nothing(world: World) -> None:
    """The officers decided meanwhile; she is not told what is not true."""
    worker, case = _asked(world)
    officer = world.officer()
    officer.writes(case, "/tutup")
    officer.taps(case, "Tercapai")
    officer.taps(case, "Lewati")
    worker.taps("Setuju")
    assert _stored(world, case).status == "selesai"
    assert not any("kami teruskan" in said for said in worker.heard())


def test_her_name_goes_along_only_if_she_gave_it(office: Office) -> None:
    """Whoever hides her name must know that it stays hidden."""
    from bot.cases.referral import waiting_referrals

    case = office.opens()
    office.taps("joko", case, "take")
    office.deliver()
    _fill_in(office, case)
    with office.database.reading() as session:
        stored = case_by_id(session, case.id or 0)
        assert stored is not None
        (asked,) = waiting_referrals(session, office.vault, [stored])
    assert (asked.number, asked.body, asked.named) == (case.number, BODY, True)


def test_the_card_says_that_her_word_is_waited_for(office: Office) -> None:
    """Otherwise an officer sends the papers off, thinking it is settled."""
    case = office.opens()
    office.taps("joko", case, "take")
    office.deliver()
    _fill_in(office, case)
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        shown = card.card(office.work(session), row).text
    assert f"Dilimpahkan: ke {BODY} · menunggu izin pelapor sejak 23 Nov 09.00" in shown
    office.closes("joko", case, "tercapai")
    with office.database.reading() as session:
        record = session.exec(select(StageRecord).where(StageRecord.stage == "dilimpahkan")).one()
        assert answers_of(office.work(session), record)["consent"] == "over"


def test_nobody_is_asked_whose_data_are_gone(world: World) -> None:
    """And what officers noted about the stages goes with them."""
    worker, _ = _asked(world)
    worker.says("hapus data")
    worker.taps("Ya, hapus")
    worker.taps("Hapus sekarang")
    with world.app.database.reading() as session:
        records = session.exec(select(StageRecord)).all()
        left = [world.app.vault.open_json(row.sealed, "stage_records") for row in records]
        questions = session.exec(
            select(Outbound.id).where(Outbound.kind == "say", Outbound.status == "queued")
        ).all()
    assert left == [{}]
    assert questions == []


def test_a_case_that_answers_for_others_is_not_handed_on(office: Office) -> None:
    """The other reporters were not asked, and their reports would go along."""
    case, other = office.opens(), office.opens(parts=(Part("upah", source="whatsapp:2"),))
    office.taps("joko", case, "take")
    office.deliver()
    with office.database.transaction() as session:
        stored = session.get_one(Case, other.id)
        stored.merged_into_id = case.id
        session.add(stored)
    office.taps("joko", case, "to_stage", "dilimpahkan")
    office.writes("joko", case, BODY)
    answer = office.chooses("joko", case, "to_dilimpahkan", "sure", "ya")
    assert answer == Answer(office.texts("cases.refused.several_reporters"), alert=True)
    with office.database.reading() as session:
        assert session.exec(select(StageRecord)).all() == []


def _fill_in(office: Office, case: Case) -> None:
    office.taps("joko", case, "to_stage", "dilimpahkan")
    office.writes("joko", case, BODY)
    answer = office.chooses("joko", case, "to_dilimpahkan", "sure", "ya")
    assert answer.text == office.texts("officers.done.referral_asked")
