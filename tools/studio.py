"""The whole program behind the simulator's page in Chromium, with a clock to move, and a camera.

People act by clicking and typing on the page; nothing that they see is made up.
"""

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from zoneinfo import ZoneInfo

import uvicorn
from starlette.applications import Starlette

from bot.handlers.simulator.people import GROUP_CHAT
from bot.handlers.simulator.routes import simulator_routes
from bot.inbox.accept import Accepted
from storage.database import Database
from storage.migrate import upgrade
from storage.setup import organisation_by_slug
from tests.world import World
from tools.camera import STILL, Camera, show_list, unfold

JAKARTA = ZoneInfo("Asia/Jakarta")
_PHONE = {"width": 400, "height": 2600}
_SCALE = 1.5
_STRIDE = 5 * 3600
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")


class Studio:
    """A union on its first days, seen on a worker's phone and on an officer's."""

    def __init__(self, folder: Path, browser: Any, pictures: Path) -> None:
        url = f"sqlite:///{folder}/kawan.db"
        database = Database(url)
        upgrade(database)
        database.dispose()
        self.world = World(url, folder / "var")
        self._browser = browser
        self._aside = ThreadPoolExecutor(1)
        self._server, self._serving, port = self._serve()
        self.url = f"http://127.0.0.1:{port}/simulator"
        self.phone = self._opened("#tab-phone")
        self.desk = self._opened("#tab-officers")
        self.camera = Camera(self.phone, self.desk, pictures)

    def _serve(self) -> tuple[uvicorn.Server, threading.Thread, int]:
        store, clock = self.world.app.simulator, self.world.clock
        if store is None:
            raise RuntimeError("the simulator is off")

        async def accept(item: Accepted) -> bool:
            return await asyncio.to_thread(self.world.app.acceptor.accept_now, item)

        listener = socket.create_server(("127.0.0.1", 0))
        app = Starlette(routes=simulator_routes(store, accept, clock))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        serving.start()
        while not server.started:
            time.sleep(0.01)
        return server, serving, listener.getsockname()[1]

    def _opened(self, tab: str) -> Any:
        page = self._browser.new_page(
            viewport=_PHONE, device_scale_factor=_SCALE, locale="id-ID",
            timezone_id="Asia/Jakarta", color_scheme="light", bypass_csp=True,
        )  # fmt: skip
        page.set_default_timeout(10_000)
        page.clock.set_system_time(self.world.clock.now())
        page.goto(self.url)
        page.wait_for_selector("body[data-ready]")
        page.add_style_tag(content=STILL)
        page.locator(tab).click()
        return page

    def close(self) -> None:
        """Let go of pages, server and database."""
        self._browser.close()
        if self.world.app.simulator is not None:
            self.world.app.simulator.close()
        self._server.should_exit = True
        self._serving.join(10)
        self._aside.submit(self.world.close).result(30)
        self._aside.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    # --- time -------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything happen that can happen now, and let the pages show it."""
        self._aside.submit(self.world.settle).result(120)
        self.phone.wait_for_timeout(150)

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.world.clock.advance(timedelta(**span).total_seconds())
        self.settle()

    def go(self, local: str) -> None:
        """Let it be this time in Jakarta, e.g. ``2026-11-24T08:00``; never back."""
        then = datetime.fromisoformat(local).replace(tzinfo=JAKARTA)
        while (left := (then - self.world.clock.now()).total_seconds()) > _STRIDE:
            self.wait(seconds=_STRIDE)
            self.plan_rounds()
        self.wait(seconds=left)

    def plan_rounds(self) -> None:
        """What the running program does each hour: digest and summary are put on the calendar."""
        self._aside.submit(self.world.app.jobs.plan_officers_rounds).result(30)

    # --- the worker -------------------------------------------------------------------------

    def worker(self, worker_id: str, look: str = "whatsapp") -> None:
        """The phone is this worker's now."""
        self.phone.get_by_test_id("worker-select").select_option(worker_id)
        self.phone.get_by_test_id(f"look-{look}").click()
        self.phone.wait_for_timeout(150)

    def says(self, words: str) -> None:
        """She writes."""
        self._writes(self.phone, "phone", words)

    def picks(self, label: str) -> None:
        """She taps the newest button with this label, in a list when there is one."""
        if not self._labelled(self.phone, "phone", label).count():
            self.phone.get_by_test_id("phone-list").last.click()
        self._taps(self.phone, self._labelled(self.phone, "phone", label).last)

    def tells(self, story: str, **answers: str) -> str:
        """She reports; the case's number. ``answers``: a word of the question, what she says."""
        self.says(story)
        self.picks("Setuju")
        for _ in range(16):
            newest = self.phone.locator("#phone-log .message.is-other").last
            asked, labels = newest.inner_text(), newest.get_by_test_id("phone-button").all()
            offered = [label.inner_text().strip() for label in labels]
            if done := [label for label in ("Kirim", "Kirim sekarang") if label in offered]:
                self.picks(done[0])
                break
            words = next((said for word, said in answers.items() if word in asked), "")
            wanted = [label for label in (words, "Rahasiakan nama", "Lewati") if label in offered]
            if words and words not in offered:
                self.says(words)
            else:
                self.picks(wanted[0])
        return self.world.cases()[-1].number

    # --- the officers -----------------------------------------------------------------------

    def officer(self, name: str) -> None:
        """The officers' side is this officer's now."""
        self.desk.get_by_test_id("officer-select").select_option(f"petugas-{name.lower()}")
        self.desk.wait_for_timeout(150)

    def opens(self, title: str) -> None:
        """The officer opens a topic by words of its title; "Umum" and "Pribadi" as well."""
        show_list(self.desk)
        self.desk.locator(".topics button").filter(has_text=title).first.click()
        self.desk.wait_for_timeout(250)

    def writes(self, words: str) -> None:
        """The officer writes."""
        self._writes(self.desk, "officer", words)

    def taps(self, label: str) -> None:
        """The officer taps the newest button with this label; the card's come last."""
        log = self.desk.locator("#room-log")
        found = self._labelled(log, "officer", label)
        if not found.count():
            unfold(self.desk, opened=True)
            found = self._labelled(self.desk.locator("#card"), "officer", label)
        self._taps(self.desk, found.last)

    def only_small_group(self) -> None:
        """From now on the group on the page is the union's small group."""

        def bind() -> None:
            with self.world.app.database.transaction() as session:
                organisation = organisation_by_slug(session, "simulasi")
                if organisation is not None:
                    organisation.officer_chat, organisation.sensitive_chat = "besar", GROUP_CHAT
                    session.add(organisation)

        self._aside.submit(bind).result(30)

    # --- what both do -----------------------------------------------------------------------

    @staticmethod
    def _labelled(inside: Any, side: str, label: str) -> Any:
        return inside.get_by_test_id(f"{side}-button").get_by_text(label, exact=True)

    def _writes(self, page: Any, side: str, words: str) -> None:
        page.bring_to_front()
        page.get_by_test_id(f"{side}-input").fill(words)
        with page.expect_response(_posted("messages")):
            page.get_by_test_id(f"{side}-send").click()
        self.settle()

    def _taps(self, page: Any, button: Any) -> None:
        page.bring_to_front()
        with page.expect_response(_posted("messages", "taps")):
            button.click()
        self.settle()


def _posted(*ends: str) -> Any:
    def is_it(response: Any) -> bool:
        request = response.request
        return request.method == "POST" and request.url.rpartition("/")[2].split("?")[0] in ends

    return is_it


@contextmanager
def studio(pictures: Path) -> Iterator[Studio]:
    """A studio in a folder of its own; everything is gone at the end but the pictures.

    Raises:
        RuntimeError: no Chromium is installed.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only developers have it

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise RuntimeError("No Chromium is installed: install it, then try again.")
    with TemporaryDirectory() as folder, sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        with Studio(Path(folder), browser, pictures) as made:
            yield made
