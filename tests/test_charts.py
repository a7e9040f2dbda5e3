"""Pictures of numbers: drawn in a process of their own, readable, never in the way of the words."""

import asyncio
import json
import struct
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from bot.channels import FileGone
from bot.charts.draw import HEIGHT, WIDTH
from bot.charts.painter import Painter, _environment
from bot.charts.sheet import Course, Panel, Sheet, Tile, sheet_from_json
from bot.events import Media, MediaKind
from bot.handlers.simulator.people import GROUP
from tests.patience import PATIENCE
from tests.world import World

ROOT = Path(__file__).parent.parent
LIMIT = 2_000_000


def _sheet(bars: int) -> Sheet:
    names = [(f"PT $Maju$ {'sangat ' * index}panjang & <b>", index + 1) for index in range(bars)]
    panel = Panel("Kategori", "kasus baru", "Belum ada", tuple(names))
    weeks = tuple((f"{day}/11", day, 0) for day in range(bars))
    tiles = tuple(Tile(str(10**index), "kasus baru") for index in range(bars))
    return Sheet("Ringkasan", "minggu", tiles, panel, panel, panel,
                 Course("8 minggu", "baru", "selesai", weeks))  # fmt: skip


def _paint(reference: str, seconds: float = PATIENCE, limit: int = LIMIT) -> bytes:
    media = Media(MediaKind.PHOTO, reference, "image/png")
    return asyncio.run(Painter(seconds).fetch(media, limit))


@pytest.mark.parametrize("bars", [0, 1, 9])
def test_a_sheet_becomes_a_picture_for_a_phone(bars: int) -> None:
    """Empty weeks and strange names are drawn like all others."""
    picture = _paint(json.dumps(asdict(_sheet(bars))))
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (WIDTH, HEIGHT)
    assert 10_000 < len(picture) < 500_000


def test_a_sheet_comes_back_from_json_as_it_was() -> None:
    """It waits in the database in this form."""
    sheet = _sheet(3)
    assert sheet_from_json(json.loads(json.dumps(asdict(sheet)))) == sheet


@pytest.mark.parametrize(
    ("reference", "seconds", "limit"),
    [("{}", PATIENCE, LIMIT), ("kein JSON", PATIENCE, LIMIT), ("", 0.01, LIMIT),
     (json.dumps(asdict(_sheet(1))), PATIENCE, 100)],
    ids=["half", "broken", "late", "large"],
)  # fmt: skip
def test_what_cannot_be_drawn_is_given_up_at_once(
    reference: str, seconds: float, limit: int
) -> None:
    """The words wait for the picture: they must not wait for ever."""
    with pytest.raises(FileGone):
        _paint(reference, seconds, limit)


def test_the_drawing_process_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs none, and a large library is a large surface."""
    monkeypatch.setenv("ENCRYPTION_KEYS", "KENARI")
    assert "KENARI" not in str(_environment("/nirgends"))
    assert set(_environment("/x")) == {
        "PYTHONPATH", "MPLCONFIGDIR", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "PATH",
    }  # fmt: skip


def test_the_program_itself_never_loads_what_draws() -> None:
    """It would cost some 40 MB of memory, all the time."""
    check = "import sys, bot.serve, bot.cases.weekly; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


def test_the_weekly_picture_comes_into_the_group(world: World) -> None:
    """From the due row to the photo, through all parts of the program."""
    world.opened_case()
    world.app.jobs.plan_officers_rounds()
    world.wait(7 * 86400)
    (sent,) = [m for m in world.said(str(GROUP)) if "Ringkasan minggu lalu" in m.said.text]
    assert "Kasus baru 1, selesai 0, masih terbuka 1." in sent.said.text
    assert sent.said.media is not None
    assert (sent.said.media.content_type, sent.said.media.kind) == ("image/png", MediaKind.PHOTO)
    assert (sent.said.media.size or 0) > 10_000
    assert "Pagi ini" in "\n".join(world.in_group())
