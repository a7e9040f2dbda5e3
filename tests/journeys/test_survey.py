"""After a closing: the survey from the first question to the reopening, on the whole program."""

import concurrent.futures
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.cases.survey_answers import answer_of
from storage.cases import row_id
from storage.setup import ensure_organisation
from storage.tables import (
    Case,
    Organisation,
    Outbound,
    Person,
    PersonAddress,
    Survey,
    SurveyAnswer,
)
from tests.databases import ON_SQLITE
from tests.world import Worker, World

DAY = 24 * 3600
LOOKS = ("sim-whatsapp", "sim-telegram")
ASKED = "Apakah masalahnya benar selesai?"
TEMPLATE = "Seberapa puas Anda dengan bantuan kami? Pilih 1 sampai 5."


def closed_case(world: World, worker: Worker, officer: str = "Joko") -> Case:
    """A case that was taken by an officer and closed with what she asked for."""
    case = world.opened_case(worker)
    joko = world.officer(officer)
    joko.taps(case, "Saya tangani")
    closes_again(world, case, officer)
    return case


def surveyed(world: World) -> tuple[Worker, Case]:
    """A worker on Telegram whose case was closed a day ago, and the case."""
    sri = world.worker(look="sim-telegram")
    case = closed_case(world, sri)
    world.wait(DAY)
    return sri, case


def closes_again(world: World, case: Case, officer: str = "Joko") -> None:
    """The officer closes the case without a word of his own."""
    joko = world.officer(officer)
    joko.writes(case, "/tutup")
    joko.taps(case, "Tercapai")
    joko.taps(case, "Lewati")


def survey_of(world: World, case: Case) -> Survey:
    """The newest survey of the case."""
    with world.app.database.reading() as session:
        query = select(Survey).where(Survey.case_id == case.id)
        return session.exec(query.order_by(col(Survey.closure).desc())).all()[0]


def answers_of(world: World, survey: Survey) -> list[tuple[str, str]]:
    """All that was ever answered, in order."""
    with world.app.database.reading() as session:
        query = select(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id)
        rows = session.exec(query.order_by(col(SurveyAnswer.id))).all()
    return [(row.field, answer_of(world.app.vault, row)) for row in rows]


def stored(world: World, case: Case) -> Case:
    """The case as it is now."""
    with world.app.database.reading() as session:
        return session.get_one(Case, row_id(case))


def asked(worker: Worker) -> int:
    """How often she was asked whether it is solved."""
    return sum(ASKED in heard for heard in worker.heard())


def card(world: World, case: Case) -> str:
    """The card as it stands now."""
    return next(m for m in reversed(world.in_group()) if m.startswith((case.number, "❗", "🚨")))


def test_a_day_after_closing_she_is_asked_once_and_both_answers_are_stored(world: World) -> None:
    """What the union learns must be what she tapped, and asking twice would be a nuisance."""
    sri = world.worker(look="sim-telegram")
    case = closed_case(world, sri)
    world.wait(DAY - 60)
    assert asked(sri) == 0
    world.wait(60)
    assert sri.heard()[-1].endswith("[Ya] [Belum]")
    assert case.number in sri.heard()[-1]
    sri.taps("Ya")
    assert answers_of(world, survey_of(world, case)) == [("solved", "ya")]
    assert "[1 Tidak puas] [2 Kurang puas] [3 Cukup] [4 Puas] [5 Sangat puas]" in sri.heard()[-1]
    sri.taps("4 Puas")
    survey = survey_of(world, case)
    assert (survey.state, survey.solved, survey.score) == ("answered", "ya", 4)
    assert "Ada pesan untuk kami?" in sri.heard()[-1]
    assert "Survei: masalah selesai · nilai 4 dari 5" in card(world, case)
    world.wait(20 * DAY)
    assert asked(sri) == 1


def test_outside_the_window_the_approved_template_asks_with_five_buttons(world: World) -> None:
    """After 24 hours WhatsApp takes nothing else; its tap is an answer, and opens the rest."""
    sri = world.worker(look="sim-whatsapp")
    case = closed_case(world, sri)
    world.wait(DAY + 60)
    assert asked(sri) == 0
    assert TEMPLATE in sri.heard()[-1]
    assert case.number in sri.heard()[-1]
    before = len(sri.heard())
    sri.taps("4 Puas")
    assert (survey_of(world, case).score, asked(sri)) == (4, 1)
    assert len(sri.heard()) == before + 1
    sri.says("sudah kak")
    assert survey_of(world, case).solved == "ya"
    assert "Ada pesan untuk kami?" in sri.heard()[-1]


def test_inside_the_window_whatsapp_shows_the_five_as_a_list(world: World) -> None:
    """She wrote today, so the question itself may come."""
    sri = world.worker(look="sim-whatsapp")
    case = closed_case(world, sri)
    world.wait(20 * 3600)
    sri.says("status")
    world.wait(4 * 3600 + 60)
    assert ASKED in sri.heard()[-1]
    sri.taps("Ya")
    assert sri.last_buttons()[0] == "1 Tidak puas"
    sri.says("lima")
    assert survey_of(world, case).score == 5


@ON_SQLITE
@pytest.mark.parametrize(
    ("said", "score"),
    [("5", 5), ("lima", 5), ("nomor 2", 2), ("puas", 4), ("sangat puas", 5), ("cukup", 3),
     ("bagus sekali", None), ("lumayan lah ya mungkin", None)],
)  # fmt: skip
def test_clear_words_count_as_a_score_and_others_do_not(
    world: World, said: str, score: int | None
) -> None:
    """A guess about what she meant is no answer of hers."""
    sri, case = surveyed(world)
    sri.taps("Ya")
    sri.says(said)
    assert survey_of(world, case).score == score


def test_a_later_tap_changes_the_answer_and_the_first_one_is_kept(world: World) -> None:
    """People tap the wrong button on a small screen."""
    sri, case = surveyed(world)
    sri.taps("Ya")
    sri.taps("2 Kurang puas")
    sri.taps("5 Sangat puas")
    survey = survey_of(world, case)
    assert (survey.solved, survey.score) == ("ya", 5)
    assert answers_of(world, survey) == [("solved", "ya"), ("score", "2"), ("score", "5")]


def test_a_double_tap_is_one_answer(world: World) -> None:
    """Slow phones make people tap twice."""
    sri, case = surveyed(world)
    sri.taps("Ya")
    before = sri.heard()
    sri.taps("Ya")
    assert sri.heard() == before
    assert answers_of(world, survey_of(world, case)) == [("solved", "ya")]


@pytest.mark.parametrize("look", LOOKS)
def test_not_solved_asks_why_and_reopens_one_level_up(world: World, look: str) -> None:
    """Who is not content gets somebody else, and the coordinators know why."""
    sri = world.worker(look=look)
    case = closed_case(world, sri)
    joko_id = stored(world, case).owner_id
    world.wait(20 * 3600)
    sri.says("status")
    world.wait(4 * 3600 + 60)
    sri.says("belum")
    sri.taps("1 Tidak puas")
    assert "Apa yang masih kurang?" in sri.heard()[-1]
    sri.says("gajinya baru dibayar setengah")
    world.wait(9)
    assert "gajinya baru dibayar setengah" in "\n".join(world.in_group())
    assert "dibuka lagi?" in sri.heard()[-1]
    sri.taps("Ya, buka lagi")
    now = stored(world, case)
    assert joko_id is not None
    assert (now.status, now.owner_id, now.reopened) == ("ditangani", None, 1)
    assert "Koordinator menentukan" in sri.heard()[-1]
    assert any("bukan petugas yang sama" in post for post in world.in_group())
    assert case.number in world.officer("Ratna").private_chat()[-1]
    assert not any("dibuka lagi" in text for text in world.officer("Joko").private_chat())
    survey = survey_of(world, case)
    assert survey.officer_id == joko_id
    vault = world.app.vault
    assert survey.sealed is not None
    assert vault.open(survey.sealed, "surveys").decode() == "gajinya baru dibayar setengah"


def test_a_sentence_that_begins_with_not_yet_is_answer_and_reason(world: World) -> None:
    """People answer in sentences; nothing of it is asked again."""
    sri, case = surveyed(world)
    sri.says("belum kak, uang lemburnya masih kurang 2 minggu")
    survey = survey_of(world, case)
    assert survey.solved == "belum"
    assert "masih kurang 2 minggu" in "\n".join(world.in_group())
    sri.taps("3 Cukup")
    assert "dibuka lagi?" in sri.heard()[-1]


def test_a_union_under_a_federation_tells_it_neutrally(world: World) -> None:
    """The level above knows that a case went on, and nothing of what it is about."""
    with world.app.database.transaction() as session:
        own = session.get_one(Organisation, world.organisation_id(session))
        above = ensure_organisation(session, slug="atas", name="Federasi", now=world.clock.now())
        above.officer_channel, above.officer_chat = own.officer_channel, own.officer_chat
        own.parent_id = above.id
        session.add(own)
        session.add(above)
    sri, case = surveyed(world)
    sri.taps("Belum")
    sri.taps("3 Cukup")
    sri.taps("Lewati")
    sri.taps("Ya, buka lagi")
    with world.app.database.reading() as session:
        rows = session.exec(select(Outbound).where(Outbound.kind == "announce")).all()
        told = [
            world.app.vault.open_json(row.sealed, "outbox")["text"]
            for row in rows
            if row.organisation_id != stored(world, case).organisation_id
        ]
    assert len(told) == 1
    assert case.number in told[0]
    assert "Maju Jaya" not in told[0]


def test_a_second_tap_on_reopening_takes_nobody_the_case_away(world: World) -> None:
    """Old buttons stay on her screen; the officer who goes on must keep the case."""
    sri, case = surveyed(world)
    sri.taps("Belum")
    sri.taps("3 Cukup")
    sri.taps("Lewati")
    sri.taps("Ya, buka lagi")
    world.officer("Maria").writes(case, "/ambil")
    owner = stored(world, case).owner_id
    assert owner is not None
    sri.says("menu")
    sri.taps("Ya, buka lagi")
    assert (stored(world, case).owner_id, stored(world, case).reopened) == (owner, 1)


def test_of_merged_cases_the_coordinators_are_asked(world: World) -> None:
    """One of many reporters does not reopen the case of all."""
    sri, dewi = world.worker("sri", "sim-telegram"), world.worker("dewi", "sim-telegram")
    main, merged = closed_case(world, dewi), closed_case(world, sri)
    with world.app.database.transaction() as session:
        row = session.get_one(Case, row_id(merged))
        row.merged_into_id = main.id
        session.add(row)
    world.wait(DAY)
    sri.taps("Belum")
    sri.taps("3 Cukup")
    sri.taps("Lewati")
    sri.taps("Ya, buka lagi")
    assert stored(world, main).status == stored(world, merged).status == "selesai"
    assert any(f"Pelapor {merged.number} merasa" in post for post in world.in_group())
    assert main.number in world.officer("Ratna").private_chat()[-1]
    assert merged.number in sri.heard()[-1]


def test_her_answers_are_in_the_copy_of_her_data(world: World) -> None:
    """A copy that leaves something out is none."""
    sri = world.worker(look="sim-telegram")
    closed_case(world, sri)
    world.wait(DAY)
    sri.taps("Ya")
    sri.taps("4 Puas")
    sri.taps("Lewati")
    sri.says("data saya")
    while "Jawaban survei" not in "".join(sri.heard()):
        sri.taps(sri.last_buttons()[0])
    assert any("masalah selesai ya, nilai 4" in heard for heard in sri.heard())


def test_each_closure_has_its_own_survey(world: World) -> None:
    """What was closed a second time is judged a second time."""
    sri, case = surveyed(world)
    sri.taps("Ya")
    world.officer("Ratna").taps(case, "Buka lagi")
    closes_again(world, case, "Ratna")
    world.wait(DAY + 60)
    assert asked(sri) == 2
    assert (survey_of(world, case).closure, survey_of(world, case).state) == (1, "asked")


def test_a_reopening_before_it_was_asked_cancels_the_survey(world: World) -> None:
    """Nobody is asked whether it is solved while it is worked on."""
    sri = world.worker(look="sim-telegram")
    case = closed_case(world, sri)
    world.wait(3600)
    world.officer("Ratna").taps(case, "Buka lagi")
    world.wait(5 * DAY)
    assert asked(sri) == 0
    survey = survey_of(world, case)
    assert (survey.state, survey.reason) == ("not_sent", "reopened")


def test_one_reminder_after_three_days_and_the_end_after_fourteen(world: World) -> None:
    """One reminder is kind, two are a nuisance; an old survey does not stay open for ever."""
    sri, case = surveyed(world)
    world.wait(3 * DAY)
    assert asked(sri) == 2
    world.wait(10 * DAY)
    assert asked(sri) == 2
    assert survey_of(world, case).state == "asked"
    world.wait(DAY)
    survey = survey_of(world, case)
    assert survey.state == "lapsed"
    assert "Survei: tidak dijawab" in card(world, case)
    sri.taps("Ya")
    assert "Waktu menjawabnya sudah lewat" in sri.heard()[-1]
    assert survey_of(world, case).solved == ""


def test_who_answered_is_not_reminded(world: World) -> None:
    """One answer is enough."""
    sri = world.worker(look="sim-telegram")
    closed_case(world, sri)
    world.wait(DAY)
    sri.taps("Ya")
    before = len(sri.heard())
    world.wait(12 * DAY)
    assert len(sri.heard()) == before


def test_quiet_hours_move_the_question_to_the_morning(world: World) -> None:
    """A phone that rings at night can be seen by others."""
    sri = world.worker(look="sim-telegram")
    world.wait(12 * 3600)  # 21.00 in Jakarta
    case = closed_case(world, sri)
    world.wait(DAY)
    assert asked(sri) == 0
    assert survey_of(world, case).state == "planned"
    world.wait(11 * 3600 - 60)
    assert asked(sri) == 0
    world.wait(120)
    assert asked(sri) == 1
    asked_at = survey_of(world, case).asked_at
    assert asked_at is not None
    assert (asked_at + timedelta(hours=7)).hour == 8


def test_stopped_unreachable_and_deleted_people_are_not_asked_and_it_is_seen_why(
    world: World,
) -> None:
    """BERHENTI means it; and a survey that was not sent must not look like one unanswered."""
    reasons = {}
    for name in ("sri", "dewi", "asep"):
        worker = world.worker(name, look="sim-telegram")
        case = closed_case(world, worker)
        reasons[name] = (worker, case)
    reasons["sri"][0].says("BERHENTI")
    reasons["asep"][0].says("hapus data")
    reasons["asep"][0].taps("Ya, hapus")
    reasons["asep"][0].taps("Hapus sekarang")
    with world.app.database.transaction() as session:
        dewi = session.get_one(Person, stored(world, reasons["dewi"][1]).person_id)
        rows = session.exec(select(PersonAddress).where(PersonAddress.person_id == dewi.id)).all()
        for row in rows:
            row.unreachable = "blocked"
            session.add(row)
    world.wait(DAY + 60)
    found = {n: survey_of(world, case).reason for n, (_, case) in reasons.items()}
    assert found == {"sri": "stopped", "dewi": "unreachable", "asep": "deleted"}
    assert all(asked(worker) == 0 for worker, _ in reasons.values())
    assert "tidak dikirim, karena pelapor mengetik BERHENTI" in card(world, reasons["sri"][1])


def test_a_case_that_was_not_gone_on_with_gets_no_survey_and_says_so(world: World) -> None:
    """Nothing was solved; to ask whether it was would hurt."""
    sri = world.worker(look="sim-telegram")
    case = world.opened_case(sri)
    ratna = world.officer("Ratna")
    ratna.taps(case, "Saya tangani")
    ratna.writes(case, "/status")
    ratna.taps(case, "Tidak dilanjutkan")
    ratna.writes(case, "Perusahaan di luar wilayah kami.")
    ratna.taps(case, "Lewati")
    ratna.taps(case, "Kirim")
    assert stored(world, case).status == "ditolak"
    world.wait(2 * DAY)
    assert asked(sri) == 0
    assert (survey_of(world, case).state, survey_of(world, case).reason) == ("not_sent", "refused")


def test_a_running_report_keeps_its_digits_and_the_tap_counts_beside_it(world: World) -> None:
    """What she types in a report belongs to the report."""
    sri = world.worker(look="sim-telegram")
    case = closed_case(world, sri)
    world.wait(DAY - 600)
    sri.says("lapor baru")
    sri.says("bos saya memotong uang makan kami 5 ribu tiap hari sejak bulan lalu")
    world.wait(9)
    question = sri.heard()[-1]
    world.wait(2 * 3600)
    assert asked(sri) == 1
    sri.says("3")
    assert answers_of(world, survey_of(world, case)) == []
    sri.taps("Ya")
    assert answers_of(world, survey_of(world, case)) == [("solved", "ya")]
    assert "sudah kami simpan" in sri.heard()[-1]
    assert question.splitlines()[-1] != ""


def test_the_scheduler_dead_for_three_days_asks_once(world: World) -> None:
    """After a long standstill everything is caught up once."""
    sri = world.worker(look="sim-telegram")
    case = closed_case(world, sri)
    world.clock.advance(4 * DAY)
    world.settle()
    assert asked(sri) == 1
    world.clock.advance(-3600)
    world.settle()
    assert asked(sri) == 1
    world.clock.advance(3600 + 40 * DAY)
    world.settle()
    assert asked(sri) == 1
    assert survey_of(world, case).state == "lapsed"


def test_two_sweeps_at_the_same_time_ask_once(world: World) -> None:
    """A tick may run in every process."""
    sri = world.worker(look="sim-telegram")
    closed_case(world, sri)
    world.clock.advance(DAY)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            list(pool.map(lambda _: world.app.jobs.fire_due(), range(4)))
            list(pool.map(lambda _: world.app.runner.run_next(), range(4)))
    world.settle()
    assert asked(sri) == 1


def test_danger_in_a_comment_raises_the_alarm(world: World) -> None:
    """Wherever she tells of danger, numbers come first."""
    sri = world.worker(look="sim-telegram")
    closed_case(world, sri)
    world.wait(DAY)
    sri.taps("Belum")
    sri.taps("1 Tidak puas")
    sri.says("sekarang pabrik kebakaran, teman saya terjebak di dalam")
    assert "112" in sri.heard()[-1]
    assert any("DARURAT" in post for post in world.in_group())


def test_behind_a_shut_window_the_template_comes_once_more_and_nobody_looks_for_her(
    world: World,
) -> None:
    """The question itself is held all the while; it must not come twice when she writes."""
    sri = world.worker(look="sim-whatsapp")
    case = closed_case(world, sri)
    for _ in range(10):
        world.wait(DAY)
    assert sum(TEMPLATE in heard for heard in sri.heard()) == 2
    assert asked(sri) == 0
    assert not any("belum dibuka" in post for post in world.in_group() if case.number in post)
    sri.taps("5 Sangat puas")
    assert (asked(sri), survey_of(world, case).score) == (1, 5)
