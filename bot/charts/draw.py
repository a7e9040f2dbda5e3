"""Draws a sheet for a phone: upright, large letters, colours that everyone can tell apart.

1080 by 1350 pixels, so that Telegram shows it whole and nearly unscaled. Colours are those of
Okabe and Ito (jfly.uni-koeln.de/color), which the colour-blind tell apart; every bar carries its
number, so that no colour has to be understood.
"""

import io
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from bot.charts.sheet import Course, Panel, Sheet, Tile

WIDTH, HEIGHT = 1080, 1350
_DPI = 100
_MARGIN, _GAP = 44, 24
_PAPER, _INK, _QUIET, _TILE, _RAIL = "#FFFFFF", "#1B1B1B", "#5B6066", "#F1F4F7", "#E7ECF0"
_BLUE, _ORANGE, _GREEN, _SKY = "#0072B2", "#D55E00", "#00795A", "#56B4E9"
_LETTER = 0.55  # the mean width of a letter, by its height in pixels
_LEAST = 7  # the shortest bar, in pixels: a case must be seen
_COLUMN = (WIDTH - 2 * _MARGIN - 2 * _GAP) / 2
_TALL_BARS, _SHORT_BARS = 8, 4


def draw(sheet: Sheet) -> bytes:
    """The picture as PNG."""
    with mpl.rc_context({"font.family": "DejaVu Sans", "text.parse_math": False}):
        figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor=_PAPER)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(HEIGHT, 0)
        axes.set_axis_off()
        _draw_all(axes, sheet)
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=_DPI)
    return picture.getvalue()


def _draw_all(axes: Axes, sheet: Sheet) -> None:
    axes.add_patch(Rectangle((0, 0), WIDTH, 14, color=_BLUE, linewidth=0))
    _write(axes, _MARGIN, 68, sheet.title, 42, bold=True, room=WIDTH - 2 * _MARGIN)
    _write(axes, _MARGIN, 112, sheet.subtitle, 26, color=_QUIET, room=WIDTH - 2 * _MARGIN)
    _tiles(axes, sheet.tiles, 136)
    right = _MARGIN + _COLUMN + 2 * _GAP
    _panel(axes, sheet.tall, _MARGIN, 466, _BLUE, _TALL_BARS, 66)
    _panel(axes, sheet.upper, right, 466, _ORANGE, _SHORT_BARS, 52)
    _panel(axes, sheet.lower, right, 778, _GREEN, _SHORT_BARS, 52)
    _course(axes, sheet.course, 1098)


def _tiles(axes: Axes, tiles: Sequence[Tile], top: float) -> None:
    columns, high = 4, 128
    wide = (WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) / columns
    for index, tile in enumerate(tiles[: 2 * columns]):
        row, column = divmod(index, columns)
        x, y = _MARGIN + column * (wide + _GAP), top + row * (high + 14)
        axes.add_patch(
            FancyBboxPatch(
                (x, y), wide, high, boxstyle="round,pad=0,rounding_size=16", color=_TILE,
                linewidth=0,
            )
        )  # fmt: skip
        _write(axes, x + wide / 2, y + 66, tile.value, 52, bold=True, align="center", room=wide)
        _write(axes, x + wide / 2, y + 106, tile.label, 21, color=_QUIET, align="center",
               room=wide)  # fmt: skip


def _panel(
    axes: Axes, panel: Panel, x: float, top: float, color: str, most: int, step: float
) -> None:
    _write(axes, x, top, panel.title, 29, bold=True, room=_COLUMN)
    _write(axes, x, top + 32, panel.note, 21, color=_QUIET, room=_COLUMN)
    if not panel.bars:
        _write(axes, x, top + 80, panel.empty, 24, color=_QUIET, room=_COLUMN)
        return
    longest = max(value for _, value in panel.bars)
    number = 58
    for index, (name, value) in enumerate(panel.bars[:most]):
        y = top + 72 + index * step
        _write(axes, x, y, name, 25, room=_COLUMN - number)
        rail, bar = _COLUMN - number, 12
        axes.add_patch(Rectangle((x, y + 9), rail, bar, color=_RAIL, linewidth=0))
        length = max(_LEAST, rail * value / longest)
        axes.add_patch(Rectangle((x, y + 9), length, bar, color=color, linewidth=0))
        _write(axes, x + _COLUMN, y + 16, str(value), 30, bold=True, align="right")


def _course(axes: Axes, course: Course, top: float) -> None:
    _write(axes, _MARGIN, top, course.title, 29, bold=True, room=WIDTH / 2)
    x = float(WIDTH - _MARGIN)
    for words, color in ((course.second, _SKY), (course.first, _BLUE)):
        _write(axes, x, top, words, 24, align="right", color=_QUIET)
        x -= len(words) * 24 * _LETTER + 40
        axes.add_patch(Rectangle((x, top - 19), 24, 22, color=color, linewidth=0))
        x -= 30
    bottom, high = HEIGHT - 58.0, 140.0
    highest = max([1, *(max(first, second) for _, first, second in course.weeks)])
    step = (WIDTH - 2 * _MARGIN) / max(1, len(course.weeks))
    wide = min(42.0, step * 0.36)
    axes.add_patch(Rectangle((_MARGIN, bottom), WIDTH - 2 * _MARGIN, 2, color=_RAIL, linewidth=0))
    for index, (label, first, second) in enumerate(course.weeks):
        middle = _MARGIN + (index + 0.5) * step
        _write(axes, middle, bottom + 34, label, 22, color=_QUIET, align="center", room=step)
        for value, color, left in ((first, _BLUE, middle - wide - 1), (second, _SKY, middle + 1)):
            tall = high * value / highest
            axes.add_patch(Rectangle((left, bottom - tall), wide, tall, color=color, linewidth=0))
            _write(axes, left + wide / 2, bottom - tall - 7, str(value), 21, align="center")


def _write(
    axes: Axes,
    x: float,
    y: float,
    words: str,
    pixels: float,
    *,
    color: str = _INK,
    bold: bool = False,
    align: str = "left",
    room: float = WIDTH,
) -> None:
    """Words on the line ``y``, shortened to the room that they have."""
    fit = int(room / (pixels * (_LETTER + 0.06 * bold)))
    shown = words if len(words) <= fit else words[: max(1, fit - 1)].rstrip() + "…"
    axes.text(
        x, y, shown, fontsize=pixels * 72 / _DPI, color=color, ha=align, va="baseline",
        fontweight="bold" if bold else "normal",
    )  # fmt: skip
