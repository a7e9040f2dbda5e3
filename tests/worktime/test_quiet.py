"""When a reporter may be written to."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.worktime.quiet import next_allowed, zone_of
from bot.worktime.safe_times import read_safe_times
from tests.patience import UNHURRIED

JAKARTA = ZoneInfo("Asia/Jakarta")
MAKASSAR = ZoneInfo("Asia/Makassar")
JAYAPURA = ZoneInfo("Asia/Jayapura")
# 2026-11-23 is a Monday.


def _told(words: str, at: str, zone: ZoneInfo = JAKARTA) -> str:
    moment = datetime.fromisoformat(at).replace(tzinfo=zone)
    return next_allowed(moment, zone, words).astimezone(zone).strftime("%d %H.%M")


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-11-23 07:59:59", "23 08.00"),
        ("2026-11-23 08:00", "23 08.00"),
        ("2026-11-23 19:59", "23 19.59"),
        ("2026-11-23 20:00", "24 08.00"),
        ("2026-11-23 23:30", "24 08.00"),
        ("2026-11-24 00:10", "24 08.00"),
    ],
)
@pytest.mark.parametrize("zone", [JAKARTA, MAKASSAR, JAYAPURA])
def test_nothing_is_pushed_between_eight_and_eight(at: str, allowed: str, zone: ZoneInfo) -> None:
    """A phone that rings at night betrays her."""
    assert _told("", at, zone) == allowed


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("32.16", JAKARTA), ("61.71", JAKARTA), ("62.71", JAKARTA), ("63.71", MAKASSAR),
        ("51.71", MAKASSAR), ("73.71", MAKASSAR), ("81.71", JAYAPURA), ("91.71", JAYAPURA),
        ("", MAKASSAR), ("99", MAKASSAR),
    ],
)  # fmt: skip
def test_the_zone_is_that_of_the_province(code: str, zone: ZoneInfo) -> None:
    """Eight in Jakarta is ten in Jayapura; without a region the union's own zone counts."""
    assert zone_of(code, MAKASSAR) == zone


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("malam setelah jam 8", "23 20.00"),
        ("setelah jam 7 malam, atau chat saja", "23 19.00"),
        ("malam aja kak", "23 19.00"),
        ("jam 7 malam", "23 19.00"),
        ("jam 12 siang", "23 12.00"),
        ("istirahat jam 12.30", "23 12.30"),
        ("pagi sebelum jam 7", "24 05.00"),
        ("jam tujuh pagi", "24 07.00"),
        ("jam 5 sampai 7 sore", "23 17.00"),
        ("18.00-21.00", "23 18.00"),
        ("18.00 \u2013 21.00", "23 18.00"),
        ("jam 11 siang sampai jam 1 siang", "23 11.00"),
        ("jam 22.00 ke atas", "23 22.00"),
        ("hari minggu", "29 08.00"),
        ("minggu pagi", "29 07.00"),
        ("sabtu minggu sore", "28 15.00"),
        ("rabu-jumat jam 19.30", "25 19.30"),
        ("setelah pulang kerja", "23 18.00"),
        ("jangan jam kerja", "23 18.00"),
        ("jangan pagi", "23 10.00"),
        ("selain jam 8 pagi sampai 5 sore", "23 17.00"),
        ("malam, jangan senin", "24 19.00"),
    ],
)
def test_her_own_safe_hours_win(words: str, allowed: str) -> None:
    """She knows when nobody looks over her shoulder. It is Monday, half past nine."""
    assert _told(words, "2026-11-23 09:30") == allowed


@pytest.mark.parametrize(
    "words",
    ["", "chat saja", "kapan saja", "jam 7", "telepon 081234567890", "hari libur", "24 jam",
     "minggu depan", "anak saya 2", "jam 25", "jangan telepon", "habis magrib", "19 - 21"],
)  # fmt: skip
def test_what_is_not_understood_changes_nothing(words: str) -> None:
    """A wrong guess at "jam 7" could ring in the morning shift."""
    assert read_safe_times(words) is None
    assert _told(words, "2026-11-23 09:30") == "23 09.30"
    assert _told(words, "2026-11-23 21:00") == "24 08.00"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - made aware below
    st.sampled_from(["", "malam setelah jam 8", "hari minggu", "jam 12 siang", "jangan pagi"]),
    st.sampled_from([JAKARTA, MAKASSAR, JAYAPURA]),
)
@settings(UNHURRIED, max_examples=300)
def test_the_allowed_moment_is_soon_and_stays_allowed(
    at: datetime, words: str, zone: ZoneInfo
) -> None:
    """A message that is put off again and again never comes."""
    moment = at.replace(tzinfo=UTC)
    allowed = next_allowed(moment, zone, words)
    assert moment <= allowed <= moment + timedelta(days=7)
    assert next_allowed(allowed, zone, words) == allowed


@given(st.text(alphabet="jam 0123456789.-,:pagisorelmtkhdunwb\n", max_size=60))
@settings(UNHURRIED, max_examples=500)
def test_whatever_she_writes_there_is_an_hour(words: str) -> None:
    """Her words are free; the clock must not stop at them."""
    moment = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert next_allowed(moment, JAKARTA, words) >= moment
