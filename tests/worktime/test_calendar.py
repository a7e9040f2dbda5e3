"""Which days are working days, and whether anybody announced them."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import lokal.holidays
import pytest

from bot.worktime.calendar import DECREES, SIX_DAYS, CalendarProblem, WorkCalendar, load_calendar


@pytest.mark.parametrize("year", sorted(DECREES))
def test_the_days_are_those_of_the_ministers_decree(year: int) -> None:
    """Another list, copied from the decree by other people, names the same days and decree."""
    announced = lokal.holidays.get_holidays(year)
    kinds = {"libur_nasional": "libur", "cuti_bersama": "cuti_bersama"}
    days = {(free.on.isoformat(), free.kind) for free in WorkCalendar().days_off(year)}
    assert days == {(day.date, kinds[day.type]) for day in announced.holidays}
    assert WorkCalendar().decree(year) == announced.decree


@pytest.mark.parametrize(
    ("year", "certain"), [(2024, True), (2025, True), (2026, True), (2027, True), (2028, False)]
)
def test_a_year_that_nobody_announced_says_so(year: int, certain: bool) -> None:
    """A deadline reckoned from guessed feasts must not look like a promise."""
    assert WorkCalendar().is_certain(year) is certain


def test_an_estimated_feast_says_so() -> None:
    """Operators must see which days may still move."""
    feasts = {free.name: free for free in WorkCalendar().days_off(2028)}
    assert feasts["Hari Raya Idul Fitri"].estimated
    assert not feasts["Hari Kemerdekaan Republik Indonesia"].estimated


def test_weekends_and_feasts_are_no_working_days() -> None:
    """24 December 2026 is cuti bersama, the 25th Christmas, then comes a weekend."""
    calendar = WorkCalendar()
    days = [date(2026, 12, 23) + timedelta(days=n) for n in range(6)]
    assert [calendar.is_working_day(day) for day in days] == [
        True, False, False, False, False, True,
    ]  # fmt: skip


def test_a_week_may_have_six_days() -> None:
    """Many factories work on Saturdays."""
    saturday = date(2026, 11, 21)
    assert WorkCalendar(week=SIX_DAYS).is_working_day(saturday)
    assert not WorkCalendar().is_working_day(saturday)


def test_a_span_is_certain_when_all_its_years_are() -> None:
    """A court case of late 2027 ends in a year without a decree."""
    calendar = WorkCalendar()
    assert calendar.is_certain_between(date(2026, 11, 1), date(2027, 12, 31))
    assert not calendar.is_certain_between(date(2027, 12, 1), date(2028, 1, 3))


def test_a_file_corrects_its_year_and_its_decree_makes_it_certain(tmp_path: Path) -> None:
    """The government moves feasts; a new version of the program is not there the same day."""
    (tmp_path / "2028.toml").write_text(
        'decree = "SKB Nomor 1 Tahun 2027"\n'
        "remove = [2028-02-28]\n"
        'add = [{ date = 2028-02-29, name = "Cuti Bersama Idul Fitri" }]\n'
    )
    calendar = load_calendar(tmp_path)
    assert calendar.is_working_day(date(2028, 2, 28))
    assert not calendar.is_working_day(date(2028, 2, 29))
    assert calendar.is_certain(2028)
    assert calendar.decree(2028) == "SKB Nomor 1 Tahun 2027"


def test_a_file_without_a_decree_leaves_the_year_uncertain(tmp_path: Path) -> None:
    """One added day is no announcement of all others."""
    (tmp_path / "2028.toml").write_text('add = [{ date = 2028-06-28, name = "Pilkada" }]')
    calendar = load_calendar(tmp_path)
    assert not calendar.is_working_day(date(2028, 6, 28))
    assert not calendar.is_certain(2028)


def test_without_a_folder_the_library_alone_counts(tmp_path: Path) -> None:
    """A fresh machine has none."""
    assert load_calendar(tmp_path / "none").is_certain(2026)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("libur.toml", ""),
        ("2028.toml", "remove = ["),
        ("2028.toml", "libur = [2028-01-03]"),
        ("2028.toml", "remove = [2027-01-04]"),
        ("2028.toml", 'remove = ["2028-01-04"]'),
        ("2028.toml", "add = [{ date = 2028-01-04 }]"),
        ("2028.toml", 'add = [{ date = 2028-01-04, name = "" }]'),
        ("2028.toml", "add = [2028-01-04]"),
        ("2028.toml", 'decree = ""'),
    ],
)
def test_a_wrong_file_is_refused_with_its_name(tmp_path: Path, name: str, words: str) -> None:
    """A slip that is passed over moves every deadline of that year."""
    (tmp_path / name).write_text(words)
    with pytest.raises(CalendarProblem, match=name):
        load_calendar(tmp_path)


def test_only_indonesia_is_loaded_and_only_when_a_day_is_asked_for() -> None:
    """All 250 countries would take 11 MB of the 250 that the program may use."""
    code = (
        "import sys, datetime, bot.worktime.calendar as c\n"
        "assert 'holidays' not in sys.modules\n"
        "c.WorkCalendar().is_working_day(datetime.date(2026, 12, 1))\n"
        "print(sum(m.startswith('holidays.countries') for m in sys.modules))\n"
        "import holidays.countries\n"
        "assert holidays.countries.Germany\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout.strip(), run.stderr) == ("1", "")
