"""Which days are working days: the week, national holidays, cuti bersama.

Offices that the law counts with (Disnaker, the industrial court) work Monday to Friday (Perpres
21/2023 art. 3) and close on national holidays and cuti bersama, which three ministers announce
each year in one decree (SKB). Both kinds come from the library ``holidays``. A file of a year
corrects it: ``DATA_DIR/kalender/2028.toml``::

    decree = "SKB Nomor 1 Tahun 2027"
    remove = [2028-02-27]
    add = [{ date = 2028-02-28, name = "Hari Raya Idul Fitri" }]

Without a decree, named there or known here, a year is not certain: its days are estimates.
"""

import importlib
import importlib.util
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any, Literal

FOLDER = "kalender"
"""Where the files of the years lie, inside ``DATA_DIR``."""
FIVE_DAYS = frozenset(range(5))
"""Monday to Friday: government offices (Perpres 21/2023 art. 3), and so the law's deadlines."""
SIX_DAYS = frozenset(range(6))
"""Monday to Saturday, the other week that UU 13/2003 art. 77 knows for workplaces."""

DECREES: Mapping[int, str] = {
    2026: "SKB Nomor 1497 Tahun 2025, Nomor 2 Tahun 2025, Nomor 5 Tahun 2025",
    2027: "SKB Nomor 1205 Tahun 2026, Nomor 3 Tahun 2026, Nomor 2 Tahun 2026",
}
"""Decrees whose days were compared with the library's, day by day (setneg.go.id)."""

_ESTIMATED = " (perkiraan)"  # the library's own mark
_COUNTRIES = "holidays.countries"
_importing = Lock()

Kind = Literal["libur", "cuti_bersama", "tambahan"]


class CalendarProblem(ValueError):  # noqa: N818 - read by operators
    """A file of a year cannot be used; says which one, why, and what to do."""


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day without work.

    Attributes:
        kind: a national holiday, cuti bersama, or a day that the file of the year added.
        estimated: the library reckoned the date; nobody has announced it yet.
    """

    on: date
    name: str
    kind: Kind
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class YearFile:
    """What a file says of its year; ``decree`` makes the year certain."""

    add: Mapping[date, str]
    remove: frozenset[date]
    decree: str = ""


class WorkCalendar:
    """Working days in Indonesia.

    Args:
        files: corrections by year, see :func:`load_calendar`.
        week: weekdays with work, Monday is 0.
    """

    def __init__(
        self, files: Mapping[int, YearFile] | None = None, *, week: frozenset[int] = FIVE_DAYS
    ) -> None:
        self._files = dict(files or {})
        self._week = week
        self._off: dict[int, frozenset[date]] = {}

    def is_working_day(self, day: date) -> bool:
        """Whether this day counts."""
        if day.weekday() not in self._week:
            return False
        off = self._off.get(day.year)
        if off is None:
            off = self._off[day.year] = frozenset(free.on for free in self.days_off(day.year))
        return day not in off

    def days_off(self, year: int) -> tuple[FreeDay, ...]:
        """Holidays of the year in their order, weekends among them."""
        days = {free.on: free for free in _library_days(year)}
        file = self._files.get(year)
        if file is not None:
            days = {on: free for on, free in days.items() if on not in file.remove}
            days |= {on: FreeDay(on, name, "tambahan") for on, name in file.add.items()}
        return tuple(days[on] for on in sorted(days))

    def is_certain(self, year: int) -> bool:
        """Whether the government has announced the days of this year, as far as is known here."""
        return bool(self.decree(year)) or _was_announced(year)

    def is_certain_between(self, since: date, until: date) -> bool:
        """Whether all years that these days lie in are certain."""
        return all(self.is_certain(year) for year in range(since.year, until.year + 1))

    def decree(self, year: int) -> str:
        """The decree that the days of the year follow; empty where none is known."""
        file = self._files.get(year)
        return (file.decree if file is not None else "") or DECREES.get(year, "")


def load_calendar(folder: Path, *, week: frozenset[int] = FIVE_DAYS) -> WorkCalendar:
    """The calendar with the corrections in ``folder/YEAR.toml``; the folder may be missing.

    Raises:
        CalendarProblem: a file there is not what it should be.
    """
    files = {}
    for path in sorted(folder.glob("*.toml")):
        if not (path.stem.isascii() and path.stem.isdecimal()):
            raise CalendarProblem(f"{path}: a file is named after its year, such as 2028.toml")
        files[int(path.stem)] = _read_file(path)
    return WorkCalendar(files, week=week)


def _read_file(path: Path) -> YearFile:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CalendarProblem(f"{path} is no TOML file: {error}") from None
    unknown = set(told) - {"add", "remove", "decree"}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise CalendarProblem(f"{path}: unknown {names}; known are add, remove, decree")
    year = int(path.stem)
    try:
        add = {_day(entry["date"], year): _words(entry["name"]) for entry in told.get("add", [])}
        remove = frozenset(_day(entry, year) for entry in told.get("remove", []))
        return YearFile(add, remove, _words(told["decree"]) if "decree" in told else "")
    except (KeyError, TypeError, ValueError):
        raise CalendarProblem(
            f"{path}: write dates of {year} without quotes, as in "
            f'add = [{{ date = {year}-01-02, name = "…" }}], remove = [{year}-01-03]'
        ) from None


def _day(value: object, year: int) -> date:
    if not isinstance(value, date) or isinstance(value, datetime) or value.year != year:
        raise ValueError("no day of this year")
    return value


def _words(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("no words")
    return value.strip()


def _was_announced(year: int) -> bool:
    """The library knows the cuti bersama of the year and estimates nothing."""
    days = _library_days(year)
    joint = any(free.kind == "cuti_bersama" for free in days)
    return joint and not any(free.estimated for free in days)


@cache
def _library_days(year: int) -> tuple[FreeDay, ...]:
    indonesia = _indonesia()
    days: dict[date, FreeDay] = {}
    kinds: tuple[tuple[str, Kind], ...] = (("public", "libur"), ("government", "cuti_bersama"))
    for category, kind in kinds:
        found = indonesia(categories=(category,), years=[year], language="id")
        for on, name in found.items():
            plain, estimated = name.removesuffix(_ESTIMATED), name.endswith(_ESTIMATED)
            days.setdefault(on, FreeDay(on, plain, kind, estimated))
    return tuple(days[on] for on in sorted(days))


def _indonesia() -> Any:
    """The library's class for Indonesia, loaded when a day is asked for first.

    Its package of countries loads all 250 of them; an empty one in its place, while this one is
    loaded, makes it 4 MB instead of 11.
    """
    name = f"{_COUNTRIES}.indonesia"
    with _importing:
        if name not in sys.modules:
            found = importlib.util.find_spec("holidays")
            places = found.submodule_search_locations if found is not None else None
            shell = ModuleType(_COUNTRIES)
            shell.__path__ = [str(Path(place) / "countries") for place in places or ()]
            placed = sys.modules.setdefault(_COUNTRIES, shell)
            try:
                importlib.import_module(name)
            finally:
                if placed is shell:
                    del sys.modules[_COUNTRIES]
        return sys.modules[name].Indonesia
