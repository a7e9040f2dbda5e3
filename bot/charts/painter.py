"""Has a sheet drawn in a process of its own: what that takes goes when the process ends."""

import asyncio
import contextlib
import os
import sys
import tempfile
from pathlib import Path

from bot.channels import FileGone
from bot.events import Media
from bot.log import get_logger

CHART = "chart"
"""The channel of an attachment that is drawn and not fetched; its reference is the sheet."""
TIME_LIMIT = 45.0  # seconds; a busy small server needs about 5


class Painter:
    """Draws instead of fetching. ``seconds``: after so long the drawing is given up."""

    def __init__(self, seconds: float = TIME_LIMIT) -> None:
        self._seconds = seconds

    async def fetch(self, media: Media, limit: int) -> bytes:
        """The picture of the sheet that ``media.reference`` holds as JSON.

        Raises:
            FileGone: it could not be drawn; the words stand alone then.
        """
        with tempfile.TemporaryDirectory(prefix="kawan-chart-") as folder:
            drawing = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot.charts", cwd=folder, env=_environment(folder),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            try:
                picture, _ = await asyncio.wait_for(
                    drawing.communicate(media.reference.encode()), self._seconds
                )
            except TimeoutError:
                get_logger().error("chart not drawn in time")
                raise FileGone from None
            finally:
                await _end(drawing)
        if drawing.returncode or not picture or len(picture) > limit:
            get_logger().error("chart not drawn", code=drawing.returncode, size=len(picture))
            raise FileGone
        return picture


def _environment(folder: str) -> dict[str, str]:
    """No settings, so no tokens and keys; where this program lies, one thread."""
    return {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "MPLCONFIGDIR": folder,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PATH": os.environ.get("PATH", os.defpath),
    }


async def _end(drawing: asyncio.subprocess.Process) -> None:
    if drawing.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            drawing.kill()
        await drawing.wait()
