"""The officers' rounds: the morning digest and the weekly summary, with a clock that moves."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from bot.cases.appointments import make
from bot.cases.due_work import due_came
from bot.cases.rounds import DIGEST, PICTURE, WEEKLY, next_digest, next_weekly, plan_rounds
from bot.cases.stage_records import keep_record
from bot.cases.stages import change_stage
from bot.cases.weekly_figures import Figures, figures_of
from bot.commands import Part
from bot.events import DueCame, GroupChange
from bot.worktime.calendar import WorkCalendar
from storage.cases import case_by_id, link_company, row_id
from storage.due import take_due
from storage.evidence import remove_deleted
from storage.invitations import make_invitation
from storage.tables import (
    Attachment,
    Case,
    Due,
    OfficerAccount,
    Organisation,
    Outbound,
    Recusal,
    ServicePromise,
    Survey,
)
from tests.cases.office import Office
from tests.outbox.scripted import GROUP_CHAT

CALENDAR, ZONE = WorkCalendar(), ZoneInfo("Asia/Jakarta")
_ROUNDS = {DIGEST, WEEKLY, PICTURE}


def _at(office: Office, local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=office.zone).astimezone(UTC)


def _go(office: Office, local: str) -> None:
    """Let it be this time in Jakarta."""
    office.clock.advance((_at(office, local) - office.clock.now()).total_seconds())


def _plan(office: Office) -> None:
    with office.database.transaction() as session:
        work = office.work(session)
        plan_rounds(session, work.organisation, work.calendar, work.zone, work.now)


def _due(office: Office, kind: str) -> list[datetime]:
    """When rounds of this kind wait to come due."""
    with office.database.reading() as session:
        waiting = select(Due).where(Due.kind == kind, Due.status == "waiting")
        return [row.due_at for row in session.exec(waiting)]


def _fire(office: Office) -> list[str]:
    """Let happen what came due of the rounds; their kinds."""
    with office.database.transaction() as session:
        rows = [row for row in take_due(session, office.clock.now()) if row.kind in _ROUNDS]
    for row in rows:
        event = DueCame(row.kind, row.key, row.sequence, row.due_at, office.clock.now())
        with office.database.transaction() as session:
            due_came(office.work(session), event)
    office.deliver()
    return [row.kind for row in rows]


def _part(office: Office, number: int, **changes: object) -> Case:
    return office.opens(parts=(Part(f"cerita {number}", source=f"whatsapp:{number}"),), **changes)


def _no_first_case(office: Office) -> None:
    """The case that every desk has must not count here."""
    with office.database.transaction() as session:
        case = session.get_one(Case, office.case.id)
        case.status, case.opened_at = "arsip", case.opened_at - timedelta(days=400)
        session.add(case)


def _morning_of(office: Office, who: str) -> str:
    said = [text for text in office.whispered(who) if "Selamat pagi" in text]
    return said[-1] if said else ""


def _group_line(office: Office) -> str:
    lines = [text.text for text in office.posts_in(GROUP_CHAT).values() if "Pagi ini" in text.text]
    return lines[-1] if lines else ""


# --- when ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "digest", "weekly"),
    [
        ("2026-11-23T07:00", "2026-11-23T08:00", "2026-11-23T08:15"),
        ("2026-11-23T08:00", "2026-11-24T08:00", "2026-11-23T08:15"),
        ("2026-11-27T09:00", "2026-11-30T08:00", "2026-11-30T08:15"),
        ("2026-12-23T09:00", "2026-12-28T08:00", "2026-12-28T08:15"),
        # Nyepi, Idul Fitri and cuti bersama: a whole week is free, and the Monday after it.
        ("2027-03-05T09:00", "2027-03-16T08:00", "2027-03-16T08:15"),
    ],
)
def test_rounds_come_on_working_days(now: str, digest: str, weekly: str) -> None:
    """A digest on a holiday takes away the holiday."""
    at, following, weekly_at = (
        datetime.fromisoformat(local).replace(tzinfo=ZONE) for local in (now, digest, weekly)
    )
    assert next_digest(CALENDAR, at, ZONE) == following
    assert next_weekly(CALENDAR, at, ZONE) == weekly_at


def test_rounds_are_planned_once_and_again_when_they_got_lost(office: Office) -> None:
    """Each process plans at its start; a round whose event died must not stay away for ever."""
    _plan(office)
    office.clock.advance(60)
    _plan(office)
    assert [len(_due(office, kind)) for kind in (DIGEST, WEEKLY)] == [1, 1]
    with office.database.transaction() as session:
        rows = session.exec(select(Due).where(Due.kind == DIGEST)).all()
        assert [row.sequence for row in rows] == [1]
        rows[0].status, rows[0].fired_at = "fired", office.clock.now()
        session.add(rows[0])
    _plan(office)
    assert _due(office, DIGEST) == []
    office.clock.advance(2 * 86400)
    _plan(office)
    assert len(_due(office, DIGEST)) == 1


def test_a_group_that_is_bound_gets_its_rounds(office: Office) -> None:
    """Nobody restarts the program after binding a group."""
    with office.database.transaction() as session:
        work = office.work(session)
        work.organisation.officer_chat = ""
        session.add(work.organisation)
    _plan(office)
    assert _due(office, DIGEST) == []
    with office.database.transaction() as session:
        code = make_invitation(
            session, office.vault, office.organisation_id, "group", office.clock.now()
        )
    office.happens(GroupChange.BOT_ADDED, chat="-1005")
    office.says("ratna", f"/mulai_grup {code}", chat="-1005")
    assert len(_due(office, DIGEST)) == 1


# --- the morning digest ----------------------------------------------------------------------


def test_each_officer_reads_what_waits_for_her(office: Office) -> None:
    """The morning begins with what matters, the urgent first, and nothing of anybody's story."""
    _no_first_case(office)
    calm, urgent = _part(office, 1), _part(office, 2, urgency="tinggi")
    theirs = _part(office, 3)
    for case in (calm, urgent):
        office.taps("joko", case, "take")
    office.taps("maria", theirs, "take")
    loose = _part(office, 4)
    _plan(office)
    _go(office, "2026-11-24T08:00")
    assert _fire(office) == [DIGEST]
    said = _morning_of(office, "joko")
    assert said.startswith("☀️ <b>Selamat pagi.</b> Selasa, 24 November 2026")
    assert "Kasus Anda: 2" in said
    assert said.index(urgent.number) < said.index(calm.number)
    assert f"{calm.number}</b>, sejak 23 Nov" in said
    assert theirs.number not in said
    assert loose.number not in said
    assert loose.number in _morning_of(office, "ratna")
    assert _morning_of(office, "budi") == ""
    for text in (said, _morning_of(office, "ratna"), _group_line(office)):
        assert "Sri" not in text
        assert "cerita" not in text
    assert "1 kasus belum dipegang" in _group_line(office)


def test_appointments_and_deadlines_of_the_day_are_named(office: Office) -> None:
    """A hearing that is forgotten is lost."""
    _no_first_case(office)
    case = _part(office, 1)
    office.taps("joko", case, "take")
    with office.database.transaction() as session:
        work, row = office.work(session), case_by_id(session, row_id(case), lock=True)
        assert row is not None
        for stage in ("ditangani", "bipartit"):
            change_stage(work, row, stage, officer=office.officers["joko"])
        keep_record(work, row, "bipartit", {}, officer_id=None, on_date=date(2026, 11, 2))
        make(work, row, "bipartit", _at(office, "2026-12-14T13:30"), what="Kantor Bu Sri",
             officer_id=office.officers["joko"].id)  # fmt: skip
    _plan(office)
    _go(office, "2026-12-14T08:00")
    _fire(office)
    said = _morning_of(office, "joko")
    assert "Hari ini" in said
    assert "14 Des 2026 13.30" in said
    assert "Batas waktu dekat" in said
    assert "Bu Sri" not in said


def test_late_promises_and_low_scores_are_told(office: Office) -> None:
    """What went wrong yesterday is known today; on Monday also what came on Friday."""
    _no_first_case(office)
    late, rated = _part(office, 1), _part(office, 2)
    for case in (late, rated):
        office.taps("joko", case, "take")
    _go(office, "2026-11-27T15:00")
    with office.database.transaction() as session:
        promise = session.exec(
            select(ServicePromise).where(ServicePromise.case_id == late.id)
        ).first() or ServicePromise(
            organisation_id=office.organisation_id, case_id=row_id(late), kind="next_step",
            made_at=office.clock.now(), due_at=office.clock.now(),
        )  # fmt: skip
        promise.due_at = office.clock.now() - timedelta(hours=1)
        session.add(promise)
        session.add(_answer(office, rated, score=1))
    _plan(office)
    _go(office, "2026-11-30T08:00")
    _fire(office)
    said = _morning_of(office, "joko")
    assert "⏰ lewat janji" in next(line for line in said.splitlines() if late.number in line)
    assert rated.number in said.partition("Penilaian rendah")[2]
    assert "1 penilaian rendah" in _group_line(office)
    assert "Kasus petugas lain yang lewat janji: " in _morning_of(office, "ratna")
    _go(office, "2026-12-01T08:00")
    _fire(office)
    assert "Penilaian rendah" not in _morning_of(office, "joko")


def _answer(office: Office, case: Case, **fields: object) -> Survey:
    now = office.clock.now()
    given: dict[str, object] = {"solved": "ya", "score": 5} | fields
    return Survey(
        organisation_id=office.organisation_id, case_id=row_id(case), closure=9,
        officer_id=office.officers["joko"].id, state="answered", planned_at=now, asked_at=now,
        answered_at=now, **given,
    )  # fmt: skip


def test_confidential_cases_are_named_only_to_those_who_may_see_them(office: Office) -> None:
    """And the one whom a case is about learns nothing, the group neither."""
    _no_first_case(office)
    secret = _part(office, 1, category="pelecehan_kekerasan")
    about_ratna = _part(office, 2)
    with office.database.transaction() as session:
        session.add(
            Recusal(
                organisation_id=office.organisation_id, case_id=row_id(about_ratna),
                officer_id=office.officers["ratna"].id, at=office.clock.now(),
            )
        )  # fmt: skip
    assert office.stored(secret).sensitive
    _plan(office)
    _go(office, "2026-11-24T08:00")
    _fire(office)
    assert secret.number in _morning_of(office, "joko")
    assert secret.number in _morning_of(office, "ratna")
    assert secret.number not in _morning_of(office, "maria")
    assert about_ratna.number not in _morning_of(office, "ratna")
    assert _group_line(office) == ""


def test_an_officer_who_lost_the_right_is_not_told_of_her_confidential_case(
    office: Office,
) -> None:
    """Rights count on the morning itself."""
    _no_first_case(office)
    secret = _part(office, 1, category="pelecehan_kekerasan")
    office.taps("joko", secret, "take")
    with office.database.transaction() as session:
        row = session.get_one(OfficerAccount, office.officers["joko"].id)
        row.confidential = False
        session.add(row)
    _plan(office)
    _go(office, "2026-11-24T08:00")
    _fire(office)
    assert _morning_of(office, "joko") == ""


def test_nothing_is_said_where_nothing_waits(office: Office) -> None:
    """A message without news trains people to read none."""
    _no_first_case(office)
    _plan(office)
    _go(office, "2026-11-24T08:00")
    assert _fire(office) == [DIGEST]
    assert office.rows("whisper", "announce") == []
    assert _due(office, DIGEST) == [_at(office, "2026-11-25T08:00")]


def test_a_scheduler_that_was_dead_for_days_tells_once_and_only_in_the_morning(
    office: Office,
) -> None:
    """Three digests at once, or one at night, help nobody."""
    _part(office, 1)
    _plan(office)
    _go(office, "2026-11-27T15:00")
    assert _fire(office) == [DIGEST]
    assert _group_line(office) == ""
    _go(office, "2026-11-30T09:30")
    assert sorted(_fire(office)) == [DIGEST, WEEKLY]
    assert _group_line(office).startswith("☀️ Pagi ini: ")
    assert _due(office, DIGEST) == [_at(office, "2026-12-01T08:00")]
    assert _fire(office) == []


# --- the weekly summary ----------------------------------------------------------------------


def _filled(office: Office) -> None:
    """Last week and the weeks before it, of plain and confidential cases."""
    _no_first_case(office)
    _go(office, "2026-11-25T10:00")
    rows = [
        *[{"category": "upah", "company": "PT Maju", "region_code": "32.16"}] * 4,
        *[{"category": "lembur_jam_kerja", "company": "PT Kecil", "region_code": "31.75"}] * 2,
        *[{"category": "pelecehan_kekerasan", "company": "PT Maju", "sensitive": True}] * 2,
    ]
    with office.database.transaction() as session:
        plain = office.case.model_dump(exclude={"id", "number"})
        for index, fields in enumerate(rows):
            company = fields["company"]
            values = {name: value for name, value in fields.items() if name != "company"}
            opened = office.clock.now() - timedelta(days=2)
            case = Case(**(plain | values | {"status": "ditangani", "opened_at": opened}),
                        number=f"KB-WEEK-{index:04d}")  # fmt: skip
            case.answered_at = office.clock.now() if index < 3 else None
            session.add(case)
            session.flush()
            link_company(session, office.vault, case, str(company), office.clock.now())
            if index < 5:
                session.add(_answer(office, case, score=4, solved="ya" if index else "belum"))
        session.add(_failed(office))


def _failed(office: Office) -> Outbound:
    now = office.clock.now()
    return Outbound(
        organisation_id=office.organisation_id, channel="whatsapp", lane="x", chat="x",
        kind="say", promise="receipt", status="failed", available_at=now, created_at=now,
        settled_at=now, sealed=office.vault.seal_json({}, "outbox"),
    )  # fmt: skip


def _figures(office: Office) -> Figures:
    with office.database.reading() as session:
        return figures_of(office.work(session))


def test_the_numbers_of_a_week_pick_nobody_out(office: Office) -> None:
    """Small groups and confidential cases would name people without a name."""
    _filled(office)
    _go(office, "2026-11-30T08:15")
    told = _figures(office)
    assert (told.since, told.until) == (date(2026, 11, 23), date(2026, 11, 29))
    assert (told.opened, told.closed, told.open_now, told.failed) == (8, 0, 8, 1)
    labels = {slug: office.taxonomy.category(slug).label for slug in ("upah", "lembur_jam_kerja")}
    assert told.categories == (
        (labels["upah"], 4), (labels["lembur_jam_kerja"], 2), ("Lainnya", 2),
    )  # fmt: skip
    assert told.companies == (("PT Maju", 4),)
    assert told.regions == (("Kab. Bekasi", 4),)
    assert (told.answer_days, told.closing_days) == (2.0, None)
    assert (told.score, told.solved) == (4.0, 0.8)
    assert told.weeks[-1] == (date(2026, 11, 23), 8, 0)
    assert len(told.weeks) == 8


def test_the_summary_goes_as_one_picture_with_words(office: Office) -> None:
    """Words for those who cannot see the picture; a day later its file is gone."""
    _filled(office)
    _plan(office)
    _go(office, "2026-11-30T08:15")
    assert sorted(_fire(office)) == [DIGEST, WEEKLY]
    with office.database.transaction() as session:
        picture = session.exec(select(Attachment).where(Attachment.channel == "chart")).one()
        path, _ = office.evidence.keep(b"\x89PNG gambar")
        assert picture.state == "pending"
        assert picture.case_id is None
        picture.state, picture.path = "stored", path
        session.add(picture)
    office.deliver(2)
    sent = next(one for one in office.telegram.sent if one.file is not None)
    assert sent.place.address.path == GROUP_CHAT
    assert sent.file.content == b"\x89PNG gambar"
    assert sent.file.content_type == "image/png"
    words = sent.text.text
    assert words.startswith("📊 <b>Ringkasan minggu lalu</b>\n23 sampai 29 November 2026")
    for part in ("Kasus baru 8, selesai 0", "PT Maju 4", "Kab. Bekasi 4", "4,0 dari 5",
                 "sesudah 2,0 hari", "1 pesan ke pelapor"):  # fmt: skip
        assert part in words
    assert "PT Kecil" not in words
    assert len(words) < 1024
    _go(office, "2026-12-01T08:20")
    assert PICTURE in _fire(office)
    assert remove_deleted(office.database, office.evidence) == 1
    with office.database.reading() as session:
        gone = session.exec(select(Attachment).where(Attachment.channel == "chart")).one()
        assert office.vault.open_json(gone.sealed, "attachments")["reference"] == ""


def test_a_picture_that_cannot_be_drawn_leaves_the_words(office: Office) -> None:
    """The numbers matter more than their looks."""
    _filled(office)
    _plan(office)
    _go(office, "2026-11-30T08:15")
    _fire(office)
    with office.database.transaction() as session:
        picture = session.exec(select(Attachment).where(Attachment.channel == "chart")).one()
        picture.state = "failed"
        session.add(picture)
    office.deliver(2)
    assert "Ringkasan minggu lalu" in office.newest_in(GROUP_CHAT)


def test_a_late_summary_waits_for_the_day_and_comes_once(office: Office) -> None:
    """Started again at night the program must not ring in the group."""
    _filled(office)
    _plan(office)
    _go(office, "2026-12-01T22:00")
    _fire(office)
    assert [at > office.clock.now() for at in _due(office, WEEKLY)] == [True]
    with office.database.reading() as session:
        assert session.exec(select(Attachment).where(Attachment.channel == "chart")).all() == []
    for _ in range(12):
        office.clock.advance(3600)
        _fire(office)
    with office.database.reading() as session:
        pictures = select(Attachment).where(Attachment.channel == "chart")
        assert len(session.exec(pictures).all()) == 1
    assert _due(office, WEEKLY) == [_at(office, "2026-12-07T08:15")]


def test_a_union_without_cases_gets_no_summary(office: Office) -> None:
    """An empty chart each Monday is noise."""
    _no_first_case(office)
    with office.database.transaction() as session:
        organisation = session.get_one(Organisation, office.organisation_id)
        assert organisation.officer_chat
    _plan(office)
    _go(office, "2026-11-30T08:15")
    _fire(office)
    assert office.rows("announce") == []
