"""What a picture shows: finished words and numbers. It knows nothing of cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with what it means."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A row of bars; ``note`` stands small beside the title, ``empty`` instead of bars."""

    title: str
    note: str
    empty: str
    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Course:
    """Two numbers of each week, the oldest first: label, first, second."""

    title: str
    first: str
    second: str
    weeks: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole picture: eight tiles at most, one tall panel, two short ones beside it, a course."""

    title: str
    subtitle: str
    tiles: tuple[Tile, ...]
    tall: Panel
    upper: Panel
    lower: Panel
    course: Course


def sheet_from_json(told: Mapping[str, Any]) -> Sheet:
    """The sheet that :func:`dataclasses.asdict` was made of, after a way through JSON."""
    course = told["course"]
    return Sheet(
        title=told["title"],
        subtitle=told["subtitle"],
        tiles=tuple(Tile(**tile) for tile in told["tiles"]),
        tall=_panel(told["tall"]),
        upper=_panel(told["upper"]),
        lower=_panel(told["lower"]),
        course=Course(**course | {"weeks": tuple(tuple(week) for week in course["weeks"])}),
    )


def _panel(told: Mapping[str, Any]) -> Panel:
    return Panel(**dict(told) | {"bars": tuple((str(name), int(n)) for name, n in told["bars"])})
