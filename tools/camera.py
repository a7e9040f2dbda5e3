"""Photographs of what stands on the simulator's page: cut to what matters, small as files."""

import io
from pathlib import Path
from typing import Any

from PIL import Image

LIMIT = 120 * 1024
# Nothing moves, and nothing shows that only the hand with the mouse would see.
STILL = """
*, *::before, *::after { animation: none !important; transition: none !important; }
.actions, .toasts, .newer { display: none !important; }
.card { max-height: none !important; }
.log .stack { max-width: 88% !important; }
.photo img { width: 100% !important; max-height: none !important; }
"""
_PLAIN = ".actions, .newer { display: none !important; } .phone, .group { box-shadow: none }"
_DESK = {"width": 1360, "height": 860}
_COLOURS = 128
_MARGIN = 10


class Camera:
    """Takes PNGs of the worker's phone and of the officers' side.

    Args:
        phone: the page that shows a worker's phone.
        desk: the page that shows the officers' side.
        pictures: the folder that gets ``NAME.png``.
    """

    def __init__(self, phone: Any, desk: Any, pictures: Path) -> None:
        self._phone = phone
        self._desk = desk
        self._pictures = pictures

    def phone(self, name: str, *, since: str) -> None:
        """The worker's phone, from the last message with these words on."""
        self._messages(name, self._phone, "#phone-log", since)

    def topic(self, name: str, *, since: str) -> None:
        """What stands in a topic, from the last message with these words on."""
        unfold(self._desk, opened=False)
        self._messages(name, self._desk, "#room-log", since)

    def card(self, name: str, *, shows: str, until: str = "") -> None:
        """The card with its buttons, or the part above a line; what it must show."""
        unfold(self._desk, opened=True)
        _hold_still(self._desk)
        self._desk.locator("#card-body").get_by_text(shows).first.wait_for()
        box = self._desk.locator("#card").bounding_box()
        if until:
            line = self._desk.locator("#card-body").get_by_text(until).last.bounding_box()
            box["height"] = line["y"] - _MARGIN - box["y"]
        self._save(name, self._desk, box)

    def topics(self, name: str) -> None:
        """The list of topics."""
        show_list(self._desk)
        _hold_still(self._desk)
        first = self._desk.locator(".topics").bounding_box()
        last = self._desk.locator("#topic-list li").last.bounding_box()
        box = {**first, "height": last["y"] + last["height"] + _MARGIN - first["y"]}
        self._save(name, self._desk, box)

    def both(self, name: str) -> None:
        """Both sides beside each other, as `make run` shows them on a desk."""
        page = self._desk.context.browser.new_page(
            viewport=_DESK, locale="id-ID", timezone_id="Asia/Jakarta", color_scheme="light",
            bypass_csp=True,
        )  # fmt: skip
        page.goto(self._desk.url)
        page.wait_for_selector("body[data-ready]")
        page.add_style_tag(content=_PLAIN)
        page.get_by_test_id("topic-item").first.click()
        page.locator("#room-log .message").first.wait_for()
        _hold_still(page)
        self._save(name, page, {"x": 0, "y": 0, **_DESK})
        page.close()

    def _messages(self, name: str, page: Any, log: str, since: str) -> None:
        _hold_still(page)
        messages = page.locator(f"{log} > .message")
        first = messages.filter(has_text=since).last.bounding_box()
        last, wide = messages.last.bounding_box(), page.locator(log).bounding_box()
        top = max(first["y"] - _MARGIN / 4, wide["y"])
        box = {**wide, "y": top, "height": last["y"] + last["height"] + _MARGIN - top}
        self._save(name, page, box)

    def _save(self, name: str, page: Any, box: dict[str, float]) -> None:
        shot = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
        # This way of choosing colours keeps the few red and green dots that matter.
        few = Image.Quantize.MAXCOVERAGE
        path = self._pictures / f"{name}.png"
        shot.quantize(_COLOURS, method=few, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size > LIMIT:
            raise RuntimeError(f"{path.name} is larger than {LIMIT} bytes: show less of it.")


def unfold(desk: Any, *, opened: bool) -> None:
    """Open or fold the card over a topic, where one stands."""
    toggle = desk.locator("#card-toggle")
    if toggle.is_visible() and (toggle.get_attribute("aria-expanded") == "true") is not opened:
        toggle.click()


def show_list(desk: Any) -> None:
    """Go back to the list of topics."""
    if desk.locator("#room-back").is_visible():
        desk.locator("#room-back").click()


def _hold_still(page: Any) -> None:
    page.bring_to_front()
    page.mouse.move(0, 0)
    page.wait_for_timeout(300)
