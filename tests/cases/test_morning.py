"""The morning digest: what waits for whom, and who must not read of it."""

from datetime import date, timedelta

from sqlmodel import select

from bot.cases.appointments import make
from bot.cases.rounds import DIGEST, WEEKLY
from bot.cases.stage_records import keep_record
from bot.cases.stages import change_stage
from storage.cases import case_by_id, row_id
from storage.tables import (
    OfficerAccount,
    Recusal,
    ServicePromise,
)
from tests.cases.office import Office
from tests.cases.rounding import (
    answer,
    at,
    due,
    fire,
    go,
    group_line,
    morning_of,
    no_first_case,
    part,
    plan,
)


def test_each_officer_reads_what_waits_for_her(office: Office) -> None:
    """The morning begins with what matters, the urgent first, and nothing of anybody's story."""
    no_first_case(office)
    calm, urgent = part(office, 1), part(office, 2, urgency="tinggi")
    theirs = part(office, 3)
    for case in (calm, urgent):
        office.taps("joko", case, "take")
    office.taps("maria", theirs, "take")
    loose = part(office, 4)
    plan(office)
    go(office, "2026-11-24T08:00")
    assert fire(office) == [DIGEST]
    said = morning_of(office, "joko")
    assert said.startswith("☀️ <b>Selamat pagi.</b> Selasa, 24 November 2026")
    assert "Kasus Anda: 2" in said
    assert said.index(urgent.number) < said.index(calm.number)
    assert f"{calm.number}</b>, sejak 23 Nov" in said
    assert theirs.number not in said
    assert loose.number not in said
    assert loose.number in morning_of(office, "ratna")
    assert morning_of(office, "budi") == ""
    for text in (said, morning_of(office, "ratna"), group_line(office)):
        assert "Sri" not in text
        assert "cerita" not in text
    assert "1 kasus belum dipegang" in group_line(office)


def test_appointments_and_deadlines_of_the_day_are_named(office: Office) -> None:
    """A hearing that is forgotten is lost."""
    no_first_case(office)
    case = part(office, 1)
    office.taps("joko", case, "take")
    with office.database.transaction() as session:
        work, row = office.work(session), case_by_id(session, row_id(case), lock=True)
        assert row is not None
        for stage in ("ditangani", "bipartit"):
            change_stage(work, row, stage, officer=office.officers["joko"])
        keep_record(work, row, "bipartit", {}, officer_id=None, on_date=date(2026, 11, 2))
        make(work, row, "bipartit", at(office, "2026-12-14T13:30"), what="Kantor Bu Sri",
             officer_id=office.officers["joko"].id)  # fmt: skip
    plan(office)
    go(office, "2026-12-14T08:00")
    fire(office)
    said = morning_of(office, "joko")
    assert "Hari ini" in said
    assert "14 Des 2026 13.30" in said
    assert "Batas waktu dekat" in said
    assert "Bu Sri" not in said


def test_late_promises_and_low_scores_are_told(office: Office) -> None:
    """What went wrong yesterday is known today; on Monday also what came on Friday."""
    no_first_case(office)
    late, rated = part(office, 1), part(office, 2)
    for case in (late, rated):
        office.taps("joko", case, "take")
    go(office, "2026-11-27T15:00")
    with office.database.transaction() as session:
        promise = session.exec(
            select(ServicePromise).where(ServicePromise.case_id == late.id)
        ).first() or ServicePromise(
            organisation_id=office.organisation_id, case_id=row_id(late), kind="next_step",
            made_at=office.clock.now(), due_at=office.clock.now(),
        )  # fmt: skip
        promise.due_at = office.clock.now() - timedelta(hours=1)
        session.add(promise)
        session.add(answer(office, rated, score=1))
    plan(office)
    go(office, "2026-11-30T08:00")
    fire(office)
    said = morning_of(office, "joko")
    assert "⏰ lewat janji" in next(line for line in said.splitlines() if late.number in line)
    assert rated.number in said.partition("Penilaian rendah")[2]
    assert "1 penilaian rendah" in group_line(office)
    assert "Kasus petugas lain yang lewat janji: " in morning_of(office, "ratna")
    go(office, "2026-12-01T08:00")
    fire(office)
    assert "Penilaian rendah" not in morning_of(office, "joko")


def test_confidential_cases_are_named_only_to_those_who_may_see_them(office: Office) -> None:
    """And the one whom a case is about learns nothing, the group neither."""
    no_first_case(office)
    secret = part(office, 1, category="pelecehan_kekerasan")
    about_ratna = part(office, 2)
    with office.database.transaction() as session:
        session.add(
            Recusal(
                organisation_id=office.organisation_id, case_id=row_id(about_ratna),
                officer_id=office.officers["ratna"].id, at=office.clock.now(),
            )
        )  # fmt: skip
    assert office.stored(secret).sensitive
    plan(office)
    go(office, "2026-11-24T08:00")
    fire(office)
    assert secret.number in morning_of(office, "joko")
    assert secret.number in morning_of(office, "ratna")
    assert secret.number not in morning_of(office, "maria")
    assert about_ratna.number not in morning_of(office, "ratna")
    assert group_line(office) == ""


def test_an_officer_who_lost_the_right_is_not_told_of_her_confidential_case(
    office: Office,
) -> None:
    """Rights count on the morning itself."""
    no_first_case(office)
    secret = part(office, 1, category="pelecehan_kekerasan")
    office.taps("joko", secret, "take")
    with office.database.transaction() as session:
        row = session.get_one(OfficerAccount, office.officers["joko"].id)
        row.confidential = False
        session.add(row)
    plan(office)
    go(office, "2026-11-24T08:00")
    fire(office)
    assert morning_of(office, "joko") == ""


def test_nothing_is_said_where_nothing_waits(office: Office) -> None:
    """A message without news trains people to read none."""
    no_first_case(office)
    plan(office)
    go(office, "2026-11-24T08:00")
    assert fire(office) == [DIGEST]
    assert office.rows("whisper", "announce") == []
    assert due(office, DIGEST) == [at(office, "2026-11-25T08:00")]


def test_a_scheduler_that_was_dead_for_days_tells_once_and_only_in_the_morning(
    office: Office,
) -> None:
    """Three digests at once, or one at night, help nobody."""
    part(office, 1)
    plan(office)
    go(office, "2026-11-27T15:00")
    assert fire(office) == [DIGEST]
    assert group_line(office) == ""
    go(office, "2026-11-30T09:30")
    assert sorted(fire(office)) == [DIGEST, WEEKLY]
    assert group_line(office).startswith("☀️ Pagi ini: ")
    assert due(office, DIGEST) == [at(office, "2026-12-01T08:00")]
    assert fire(office) == []
