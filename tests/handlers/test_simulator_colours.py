"""The page's colours, read from its style sheet."""

import re
from pathlib import Path

import pytest

from bot.handlers.simulator import routes

TEXT_ON = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "surface-2"), ("ink-2", "paper"), ("ink-2", "surface"),
    ("ink-2", "surface-2"), ("amber-ink", "paper"), ("amber-ink", "surface"), ("brand", "brand-soft"),
    ("brand", "surface"), ("brand", "paper"), ("brand-ink", "brand"), ("chat-ink", "own"), ("chat-ink", "other"),
    ("chat-ink-2", "own"), ("chat-ink-2", "other"), ("accent", "other"), ("accent", "own"), ("read", "own"),
    ("bar-ink", "bar"), ("choice-ink", "choice"),
]  # fmt: skip


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def palettes():
    """Every set of colours of the style sheet, light and dark, each look on top of the page's."""
    css = Path(routes.__file__).with_name("page").joinpath("simulator.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark)", 1)
    for scheme, text in (("light", light), ("dark", dark.split("* { box-sizing", 1)[0])):
        blocks = {
            name: dict(re.findall(r"--([\w-]+): (#\w{6});", body))
            for name, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text)
        }
        page = next(held for name, held in blocks.items() if ":root" in name)
        for name, held in blocks.items():
            if "wall" in held:
                yield f"{scheme} {name.strip()}", {**page, **held}


@pytest.mark.parametrize("colours", [pytest.param(held, id=name) for name, held in palettes()])
def test_words_can_be_read_on_what_they_stand_on(colours):
    """Contrast of at least 4.5 (WCAG AA) for every pair that occurs."""
    assert len(colours) >= 20
    pairs = [(one, other) for one, other in TEXT_ON if one in colours and other in colours]
    weak = {}
    for one, other in pairs:
        low, high = sorted((luminance(colours[one]), luminance(colours[other])))
        if (high + 0.05) / (low + 0.05) < 4.5:
            weak[one, other] = round((high + 0.05) / (low + 0.05), 2)
    assert weak == {}
