"""The terms of the law: on the card, at their alarms, for officers and for the worker."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.cases import card
from bot.cases.due_work import due_came
from bot.cases.legal_clock import ALARM, deadlines_of, set_deadlines
from bot.cases.legal_rules import RULES
from bot.cases.stage_records import keep_record
from bot.cases.stages import change_stage
from bot.events import DueCame
from storage.cases import case_by_id
from storage.due import take_due
from storage.tables import Case, Due
from tests.cases.office import Office

_IN_FULL = re.compile(r"(?:Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu), \d")
MEETING = date(2026, 12, 1)  # a Tuesday; the thirtieth working day is 18 January 2027


def _go(office: Office, local: str) -> None:
    """Let it be this time in Jakarta."""
    zone = office.zone
    at = datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    office.clock.advance((at - office.clock.now()).total_seconds())


def _fire(office: Office) -> int:
    """Let everything happen that came due; how much it was."""
    fired = 0
    while True:
        with office.database.transaction() as session:
            taken = take_due(session, office.clock.now())
        rows = [row for row in taken if row.kind.startswith(ALARM)]
        for row in rows:
            event = DueCame(row.kind, row.key, row.sequence, row.due_at, office.clock.now(),
                            row.case_id)  # fmt: skip
            with office.database.transaction() as session:
                due_came(office.work(session), event)
        fired += len(rows)
        if not taken:
            office.deliver()
            return fired


def _record(office: Office, case: Case, stage: str, on: date) -> None:
    with office.database.transaction() as session:
        work, row = office.work(session), case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        keep_record(work, row, stage, {}, officer_id=None, on_date=on)
        set_deadlines(work, row)


def _move(office: Office, case: Case, stage: str, **fields: str) -> None:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        change_stage(office.work(session), row, stage, **fields)  # type: ignore[arg-type]
    office.deliver()


def _card(office: Office, case: Case) -> str:
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0)
        assert row is not None
        return card.card(office.work(session), row).text


def _posts(office: Office) -> list[str]:
    texts = [str(office.payload(row)["text"]) for row in office.rows("post")]
    return [text for text in texts if text.startswith("⏰")]


def _told(office: Office) -> list[str]:
    """What the worker was told of terms; her window may be shut. Each names the day in full."""
    texts = [str(office.payload(row)["text"]) for row in office.rows("say")]
    return [text for text in texts if _IN_FULL.search(text)]


def _waiting(office: Office, case: Case) -> dict[str, datetime]:
    with office.database.reading() as session:
        rows = session.exec(select(Due).where(Due.case_id == case.id, Due.status == "waiting"))
        return {row.key: row.due_at for row in rows if row.kind.startswith(ALARM)}


@pytest.fixture
def case(office: Office) -> Case:
    """A case that Joko handles, in bipartite talks since 1 December."""
    _go(office, "2026-12-01 09:00")
    case = office.opens(region_code="32.16")
    office.taps("joko", case, "take")
    _move(office, case, "ditangani")
    _move(office, case, "bipartit")
    _record(office, case, "bipartit", MEETING)
    office.deliver()
    return case


def test_the_card_counts_the_working_days(office: Office, case: Case) -> None:
    """Which day it is decides what officers do today."""
    _go(office, "2026-12-17 10:00")
    assert "Hari kerja ke-12 dari 30 (bipartit), habis 18 Jan" in _card(office, case)
    _go(office, "2027-01-18 23:00")
    assert "Hari kerja ke-30 dari 30 (bipartit), habis 18 Jan" in _card(office, case)
    _go(office, "2027-01-19 01:00")
    assert office.texts("officers.legal.passed", label="bipartit", end="18 Jan") in _card(
        office, case
    )


def test_each_alarm_rings_on_its_day_for_officers_and_worker(office: Office, case: Case) -> None:
    """Half, five, one, over: reckoned by hand from the calendar of that winter."""
    told = {}
    _fire(office)
    day = date(2026, 12, 2)
    while day < date(2027, 1, 25):
        before, heard = len(_posts(office)), len(_told(office))
        _go(office, f"{day} 07:59")
        _fire(office)
        assert (len(_posts(office)), len(_told(office))) == (before, heard)
        _go(office, f"{day} 08:00")
        _fire(office)
        if len(_posts(office)) > before:
            assert len(_posts(office)) == before + 1
            assert len(_told(office)) == heard + 1
            told[day] = _posts(office)[-1]
        day += timedelta(days=1)
    assert list(told) == [
        date(2026, 12, 22), date(2027, 1, 11), date(2027, 1, 15), date(2027, 1, 19),
    ]  # fmt: skip
    words = list(told.values())
    assert "hari kerja ke-15 dari 30" in words[0]
    assert "tinggal 5 hari kerja" in words[1]
    assert "tinggal 1 hari kerja" in words[2]
    assert "sudah lewat" in words[3]
    assert all("Petugas: Joko" in text and "Pasal 3" in text for text in words)
    assert all("Senin, 18 Januari 2027" in said for said in _told(office))
    assert "sudah habis" in _told(office)[-1]


def test_the_card_is_shown_anew_each_working_day(office: Office, case: Case) -> None:
    """A count of days that stands still is wrong tomorrow."""
    edits = len(office.telegram.edits)
    _go(office, "2026-12-04 06:00")  # a Friday
    _fire(office)
    office.deliver(5)
    assert len(office.telegram.edits) == edits + 1
    assert "Hari kerja ke-3 dari 30" in office.telegram.edits[-1][1].text
    assert _waiting(office, case)[f"legal_day:{case.id}"] == datetime(2026, 12, 6, 23, tzinfo=UTC)


def test_her_safe_hours_hold_the_worker_s_message_back(office: Office) -> None:
    """Officers read it in the morning; her phone stays silent until the evening."""
    _go(office, "2026-12-01 09:00")
    case = office.opens(region_code="32.16", safe_hours="malam setelah jam 7")
    _move(office, case, "ditangani")
    _move(office, case, "bipartit")
    _record(office, case, "bipartit", MEETING)
    _go(office, "2026-12-22 08:00")
    _fire(office)
    assert len(_posts(office)) == 1
    assert _told(office) == []
    _go(office, "2026-12-22 18:59")
    _fire(office)
    assert _told(office) == []
    _go(office, "2026-12-22 19:00")
    _fire(office)
    assert len(_told(office)) == 1
    _fire(office)
    assert len(_told(office)) == 1


def test_after_a_long_silence_only_what_is_true_now_rings(office: Office, case: Case) -> None:
    """Three alarms at once, two of them wrong, would be three lies less one."""
    _go(office, "2027-01-15 03:00")
    _fire(office)
    assert len(_posts(office)) == 1
    assert "tinggal 6 hari kerja" not in _posts(office)[0]
    assert _told(office) == []  # it is night
    _go(office, "2027-01-15 08:00")
    _fire(office)
    assert len(_posts(office)) == 2
    assert len(_told(office)) == 1


def test_nothing_rings_twice_when_the_clock_goes_back(office: Office, case: Case) -> None:
    """A corrected clock must not repeat an alarm."""
    _go(office, "2026-12-22 08:00")
    _fire(office)
    _go(office, "2026-12-22 07:00")
    with office.database.transaction() as session:
        row = case_by_id(session, case.id or 0, lock=True)
        assert row is not None
        set_deadlines(office.work(session), row)
    _go(office, "2026-12-22 08:30")
    _fire(office)
    assert len(_posts(office)) == 1
    assert len(_told(office)) == 1


@pytest.mark.parametrize("stage", ["mediasi", "ditangani", "selesai"])
def test_alarms_end_with_their_stage(office: Office, case: Case, stage: str) -> None:
    """An alarm about what is over makes officers deaf for the others."""
    assert _waiting(office, case)
    _move(office, case, stage, **({"outcome": "tercapai"} if stage == "selesai" else {}))
    assert _waiting(office, case) == {}
    _go(office, "2027-01-19 08:00")
    _fire(office)
    assert _posts(office) == []
    assert _told(office) == []
    assert "bipartit)" not in _card(office, case)


def test_a_corrected_day_moves_the_alarms(office: Office, case: Case) -> None:
    """Officers mistype dates; the last one counts."""
    first = _waiting(office, case)[f"{ALARM}:{case.id}:bipartit"]
    _record(office, case, "bipartit", date(2026, 12, 3))
    assert _waiting(office, case)[f"{ALARM}:{case.id}:bipartit"] - first == timedelta(days=6)


def test_a_year_without_an_announced_calendar_says_so(office: Office) -> None:
    """Nobody knows the cuti bersama of 2028 yet."""
    _go(office, "2027-12-06 09:00")
    case = office.opens()
    _move(office, case, "ditangani")
    _move(office, case, "bipartit")
    _record(office, case, "bipartit", date(2027, 12, 6))
    assert "(perkiraan, kalender belum pasti)" in _card(office, case)
    _go(office, "2027-12-28 08:00")
    _fire(office)
    assert "kalender belum pasti" in _posts(office)[0]
    assert "perkiraan" in _told(office)[0]


def test_each_rule_counts_what_the_law_says(office: Office) -> None:
    """Days by rule, from one Tuesday, and what comes after them on other days."""
    _go(office, "2026-11-24 09:00")
    case = office.opens(category="phk_pesangon")
    ends = {}
    for stage, record in (
        ("baru", "phk_notice"), ("ditangani", "phk"), ("bipartit", "bipartit"),
        ("mediasi", "mediasi"), ("mediasi", "anjuran"), ("phi", "phi"),
    ):  # fmt: skip
        _move(office, case, stage)
        _record(office, case, record, date(2026, 11, 24))
        with office.database.reading() as session:
            row = case_by_id(session, case.id or 0)
            assert row is not None
            ends |= {
                d.rule.name: (d.total, d.end) for d in deadlines_of(office.work(session), row)
            }
    assert ends == {
        "phk_notice": (14, date(2026, 12, 14)),
        "phk_answer": (7, date(2026, 12, 3)),
        "phk_claim": (365, date(2027, 11, 24)),
        "bipartit": (30, date(2027, 1, 11)),
        "choice": (7, date(2026, 12, 3)),
        "mediation": (30, date(2027, 1, 11)),
        "anjuran": (10, date(2026, 12, 8)),
        "phi": (50, date(2027, 2, 9)),
    }
    assert set(ends) == {rule.name for rule in RULES}


def test_the_year_for_a_suit_is_shown_with_the_word_that_it_must_be_checked(
    office: Office,
) -> None:
    """Courts have changed such terms; a union that trusts the bot blindly may come too late."""
    _go(office, "2026-12-01 09:00")
    case = office.opens(category="phk_pesangon")
    _record(office, case, "not_agreed", date(2026, 11, 27))
    assert "Batas waktu gugatan PHK: 27 Nov 2027 (perlu dicek)" in _card(office, case)
    for day in ("2026-12-01", "2027-08-29", "2027-10-28", "2027-11-20", "2027-11-28"):
        before = len(_posts(office))
        _go(office, f"{day} 09:00")
        _fire(office)
        assert len(_posts(office)) == before + 1, day
        assert "(perlu dicek)" in _posts(office)[-1]
    assert len(_told(office)) == 5
    assert all("dicek dengan serikat atau pengacara" in said for said in _told(office))


def test_before_mediation_failed_the_year_is_a_careful_count_for_officers(
    office: Office,
) -> None:
    """MK 132/PUU-XXIII/2025: it runs from the failure; who hears before that it is over gives up."""
    _go(office, "2026-12-01 09:00")
    case = office.opens(category="phk_pesangon")
    _record(office, case, "phk", date(2026, 11, 27))
    _record(office, case, "phk_notice", date(2026, 11, 9))
    assert "gugatan PHK: 9 Nov 2027 (hitungan sementara) (perlu dicek)" in _card(office, case)
    _go(office, "2027-11-10 08:00")
    _fire(office)
    assert any("gugatan PHK" in post and "sudah lewat" in post for post in _posts(office))
    assert not any("gugat" in said for said in _told(office))
    _record(office, case, "not_agreed", date(2027, 10, 4))
    assert "gugatan PHK: 4 Okt 2028 (perlu dicek)" in _card(office, case)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("noted", "end"),
    [
        ({"phk_notice": 9}, "9 Nov 2027"),
        ({"phk": 27}, "27 Nov 2027"),
        ({"phk": 27, "phk_notice": 9}, "9 Nov 2027"),
        ({"phk": 5, "phk_notice": 9}, "5 Nov 2027"),
    ],
)
def test_the_careful_count_begins_with_the_earliest_day_that_is_known(
    office: Office, noted: dict[str, int], end: str
) -> None:
    """Often the letter is all that she has; without it no year would be counted at all."""
    _go(office, "2026-12-01 09:00")
    case = office.opens(category="phk_pesangon")
    for record, day in noted.items():
        _record(office, case, record, date(2026, 11, day))
    assert f"gugatan PHK: {end} (hitungan sementara) (perlu dicek)" in _card(office, case)
    _fire(office)
    assert not any("gugat" in said for said in _told(office))


def test_the_mediator_s_days_count_from_the_day_that_it_came_to_the_mediator(
    office: Office,
) -> None:
    """Recorded is not yet passed on; until that is known the count is called provisional."""
    _go(office, "2026-11-24 09:00")
    case = office.opens()
    for stage in ("ditangani", "bipartit", "mediasi"):
        _move(office, case, stage)
    _record(office, case, "mediasi", date(2026, 11, 24))
    assert "mediasi: 11 Jan (hitungan sementara)" in _card(office, case)
    office.writes("joko", case, "/tenggat")
    office.writes("joko", case, "diterima mediator")
    office.writes("joko", case, "1 desember 2026")
    assert "mediasi: 18 Jan" in _card(office, case)
    assert "sementara" not in _card(office, case)


def test_what_was_done_ends_its_term(office: Office) -> None:
    """Who has refused the dismissal in writing need not be told to."""
    _go(office, "2026-11-24 09:00")
    case = office.opens(category="phk_pesangon")
    _record(office, case, "phk_notice", date(2026, 11, 24))
    assert "surat penolakan PHK" in _card(office, case)
    _record(office, case, "phk_answered", date(2026, 11, 25))
    assert "surat penolakan PHK" not in _card(office, case)
    assert f"{ALARM}:{case.id}:phk_answer" not in _waiting(office, case)


def test_officers_note_a_day_and_may_correct_one(office: Office, case: Case) -> None:
    """The first meeting was on Wednesday, not on Tuesday."""
    office.writes("joko", case, "/tenggat")
    office.writes("joko", case, "pertemuan pertama")
    office.writes("joko", case, "2 desember 2026")
    assert "bipartit: 19 Jan" in _card(office, case)
    _move(office, case, "mediasi")
    _record(office, case, "mediasi", date(2026, 12, 1))
    office.writes("joko", case, "/tenggat")
    office.writes("joko", case, "anjuran diterima")
    office.writes("joko", case, "kapan ya")
    office.writes("joko", case, "hari ini")
    assert "menjawab anjuran" in _card(office, case)


def test_where_nothing_is_counted_officers_are_told_so(office: Office) -> None:
    """A form that leads nowhere wastes their time; a reader may not write at all."""
    case = office.opens()
    office.deliver()
    office.writes("joko", case, "/tenggat")
    office.deliver()
    assert office.texts("officers.legal.nothing") in office.in_the_group()
    office.writes("budi", case, "/tenggat")
    office.deliver()
    assert office.texts("cases.refused.readonly") in office.in_the_group()


def test_a_confidential_case_does_not_show_that_it_is_about_a_dismissal(office: Office) -> None:
    """The big group sees that something runs, not what."""
    _go(office, "2026-11-24 09:00")
    case = office.opens(category="pelecehan_kekerasan", region_code="32.16")
    _record(office, case, "phk_notice", date(2026, 11, 24))
    office.deliver()
    _go(office, "2026-11-30 08:00")
    _fire(office)
    assert len(_posts(office)) == 1
    shown = office.in_the_group() + _card(office, case)
    assert "PHK" not in shown
    assert office.texts("officers.legal.label.hidden") in shown


def test_a_merged_case_hears_from_the_case_that_answers_for_it(office: Office, case: Case) -> None:
    """Its reporter waits for the same talks, and nobody counts twice."""
    second = office.opens()
    with office.database.transaction() as session:
        row = case_by_id(session, second.id or 0, lock=True)
        assert row is not None
        row.merged_into_id = case.id
        session.add(row)
    _record(office, second, "bipartit", MEETING)
    assert _waiting(office, second) == {}
    _go(office, "2026-12-22 08:00")
    _fire(office)
    assert sorted(case.number in said for said in _told(office)) == [False, True]


def test_no_text_sounds_like_a_guarantee(office: Office) -> None:
    """Courts are late; who was promised a day stops trusting the union."""
    keys = [key for key in office.texts.keys() if key.startswith("cases.legal.")]  # noqa: SIM118
    assert len(keys) == 2 * len(RULES) + 2  # how sure a day is, and how a year begins
    for key in keys:
        said = office.texts(key, number="KB", date="Senin", note="").casefold()
        assert not {"pasti akan", "dijamin", "janji", "segera"} & set(said.split()), key
        assert "pasti selesai" not in said
