"""Days and hours as officers type them on a phone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cases.dates import long_date, read_date, read_hours, short_date

TODAY = date(2026, 11, 23)  # a Monday
ZONE = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("3 desember", date(2026, 12, 3)),
        ("3 Des 2026", date(2026, 12, 3)),
        ("tgl 3 desember 2026.", date(2026, 12, 3)),
        ("Kamis, 3 Desember", date(2026, 12, 3)),
        ("hari kamis tanggal 3 des", date(2026, 12, 3)),
        ("3/12", date(2026, 12, 3)),
        ("3-12-2026", date(2026, 12, 3)),
        ("03.12.26", date(2026, 12, 3)),
        ("2026-12-03", date(2026, 12, 3)),
        ("besok", date(2026, 11, 24)),
        ("Lusa", date(2026, 11, 25)),
        ("hari ini", TODAY),
        ("kemarin", date(2026, 11, 22)),
        ("10 hari lagi", date(2026, 12, 3)),
        ("dua hari yang lalu", date(2026, 11, 21)),
        ("senin depan", date(2026, 11, 30)),
        ("hari jumat depan", date(2026, 11, 27)),
        ("jumat lalu", date(2026, 11, 20)),
        ("senin lalu", date(2026, 11, 16)),
        ("4 januari", date(2027, 1, 4)),
        ("30 oktober", date(2026, 10, 30)),
        ("29/2/2028", date(2028, 2, 29)),
    ],
)
def test_a_day_is_read_as_people_write_it(said: str, on: date) -> None:
    """The law counts from this day; a form that only takes one spelling is not filled in."""
    assert read_date(said, TODAY) == on


@pytest.mark.parametrize(
    "said",
    ["", "nanti", "kamis", "31 november", "3/13", "30/2/2026", "3 desember 1999", "3/12/2062",
     "3", "bulan depan", "3 desember atau 4 desember", "99 desember", "3/12/2026/1",
     "jumat, 3 desember 2026"],
)  # fmt: skip
def test_words_that_leave_a_doubt_are_no_date(said: str) -> None:
    """A guessed day would make every deadline after it wrong."""
    assert read_date(said, TODAY) is None


@pytest.mark.parametrize(
    "said", ["18.00-22.00", "18-22", "jam 18 sampai 22", "pukul 18:00 s/d 22:00"]
)
def test_hours_are_read_in_the_officers_own_time(said: str) -> None:
    """Jakarta's evening is noon in UTC."""
    since, until = read_hours(said, TODAY, ZONE) or (None, None)
    assert since == datetime(2026, 11, 23, 18, tzinfo=ZONE)
    assert until == datetime(2026, 11, 23, 22, tzinfo=ZONE)


def test_a_night_ends_on_the_next_day() -> None:
    """Emergencies come at night."""
    since, until = read_hours("20.00-06.30", TODAY, ZONE) or (None, None)
    assert since == datetime(2026, 11, 23, 20, tzinfo=ZONE)
    assert until == datetime(2026, 11, 24, 6, 30, tzinfo=ZONE)


@pytest.mark.parametrize("said", ["", "malam", "18", "25-26", "18.70-19.00"])
def test_what_is_no_time_is_not_read_as_one(said: str) -> None:
    """A wrong roster calls nobody."""
    assert read_hours(said, TODAY, ZONE) is None


def test_days_are_written_so_that_people_recognise_them() -> None:
    """The worker must know on which day the meeting is."""
    assert long_date(date(2026, 12, 3)) == "Kamis, 3 Desember 2026"
    assert short_date(date(2026, 12, 3)) == "3 Des 2026"
