"""``python -m bot.charts``: reads a sheet as JSON, writes its picture as PNG."""

import json
import sys

from bot.charts.draw import draw
from bot.charts.sheet import sheet_from_json


def main() -> None:
    """Draw what stands on standard input."""
    sheet = sheet_from_json(json.load(sys.stdin.buffer))
    sys.stdout.buffer.write(draw(sheet))


if __name__ == "__main__":
    main()
