"""The whole product in a real Chromium: one person plays both sides by clicking."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.handlers.test_simulator_page import ARGUMENTS, CHROMIUM
from tests.patience import PATIENCE
from tests.program import ROOT, await_ready, free_port

pytestmark = pytest.mark.browser

WIDE = {"width": 1360, "height": 860}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The program as `make run` starts it: no settings at all but where it stands."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "BIND": f"127.0.0.1:{port}",
            "QUIET_SECONDS": "0.5",
        },
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_ready(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def page(address: str) -> Iterator[Any]:
    """The simulator, opened."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport=WIDE, locale="id-ID", timezone_id="Asia/Jakarta")
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"{address}/simulator")
        page.wait_for_selector("body[data-ready]")
        yield page
        browser.close()


def test_a_full_intake_by_clicking_becomes_a_case_and_its_answer_comes_back(page: Any) -> None:
    """What a union sees on its first evening with the product."""

    def says(words: str) -> None:
        page.get_by_test_id("phone-input").fill(words)
        page.get_by_test_id("phone-send").click()

    def taps(label: str) -> None:
        page.get_by_test_id("phone-button").get_by_text(label, exact=True).last.click()

    def hears(words: str) -> None:
        page.get_by_test_id("phone-chat").get_by_text(words).last.wait_for()

    says("gaji bulan kemarin belum dibayar sampai sekarang, di PT Maju Jaya Garmindo")
    hears("Apakah Anda setuju")
    taps("Setuju")
    hears("kabupaten atau kota")
    says("cikarang")
    hears("berapa orang")
    says("sekitar 40 orang")
    hears("Apakah ada bukti")
    taps("Lewati")
    hears("pakai nama")
    taps("Rahasiakan nama")
    hears("anggota serikat")
    taps("Belum anggota")
    hears("aman dihubungi")
    taps("Lewati")
    hears("Sudah benar?")
    taps("Kirim")
    hears("Nomor: KB-")
    chat = page.get_by_test_id("phone-chat")
    (number,) = set(re.findall(r"KB-\w{4}-\w{4}", chat.inner_text()))

    topic = page.get_by_test_id("topic-item")
    topic.click()
    page.get_by_test_id("topic-card").get_by_text("PT Maju Jaya Garmindo").first.wait_for()
    assert number in topic.inner_text()
    assert number in page.get_by_test_id("topic-card").inner_text()
    page.get_by_test_id("officer-button").get_by_text("Saya tangani", exact=True).first.click()
    hears("sedang memeriksanya")
    page.get_by_test_id("officer-input").fill("/balas Kami hubungi HRD besok pagi.")
    page.get_by_test_id("officer-send").click()
    page.get_by_test_id("officer-button").get_by_text("Kirim", exact=True).last.click()
    answer = chat.locator(".message.is-other").get_by_text("Kami hubungi HRD besok pagi.")
    answer.wait_for()
    assert answer.count() == 1
