"""The simulator's page in a real browser, over the small stand-in product."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.channels import Place, Text
from bot.events import Address, MediaKind, MessageReceived, OfficerTapped, OfficerWrote
from bot.handlers.simulator.people import GROUP, TELEGRAM, WHATSAPP
from tests.handlers.simulator_stand import CATEGORIES, CONSENT, Served, Stand
from tests.patience import PATIENCE, wait_until

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
CANARY = "<img src=x onerror=\"document.title='gagal'\">"
WIDE, NARROW = {"width": 1360, "height": 860}, {"width": 360, "height": 720}
RATNA = Place(Address(TELEGRAM, "petugas-ratna"))
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)

pytestmark = pytest.mark.browser


def run(coroutine):
    """Do what the bot does, beside the loop that drives the browser."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, coroutine).result(PATIENCE)


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the whole file."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def stand(tmp_path):
    """The stand-in product, answering."""
    stand = Stand(tmp_path)
    stand.answering = True
    yield stand
    stand.close()


@pytest.fixture
def served(stand):
    """It on a port."""
    with Served(stand) as served:
        yield served


@pytest.fixture
def visit(browser, served):
    """Opens the page; what the browser complains about breaks the test."""
    contexts, complaints = [], []

    def heard(kind, text):
        if kind in {"error", "warning"} and "status of 503" not in text:
            complaints.append(text)

    def visit(viewport=WIDE, **options):
        context = browser.new_context(viewport=viewport, locale="id-ID", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", lambda message: heard(message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{served.url}/simulator")
        page.wait_for_selector("body[data-ready] [data-state=on]")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


def say(page, text, side="phone"):
    """Write and send on one side."""
    page.get_by_test_id(f"{side}-input").fill(text)
    page.get_by_test_id(f"{side}-send").click()


def tap(page, label, side="phone"):
    """Tap the newest button with this label."""
    page.get_by_test_id(f"{side}-button").filter(has_text=label).last.click()


def report(page):
    """From the first word to the case, on WhatsApp."""
    say(page, "Gaji saya belum dibayar")
    tap(page, "Setuju")
    page.get_by_test_id("phone-list").click()
    tap(page, "Upah")
    page.get_by_test_id("topic-item").click()
    page.get_by_test_id("topic-card").get_by_text("KB-7F3K-92QM").wait_for()


def came(stand, kind, count):
    """The events of a kind that were handed over; the page may show them a moment before."""

    def found():
        return [event for event in stand.events if isinstance(event, kind)]

    wait_until(lambda: len(found()) >= count, f"{count} events")
    return found()


def has_focus(page, selector):
    """Whether the focus is on, or inside, what the selector finds."""
    return page.evaluate("s => Boolean(document.activeElement.closest(s))", selector)


def test_a_report_becomes_a_case_that_an_officer_takes(visit, stand):
    """The whole way that someone who tries the product walks, and it stays after a reload."""
    page = visit()
    report(page)
    tap(page, "Saya tangani", "officer")
    page.get_by_text("Anda menangani kasus ini.").wait_for()
    say(page, "/balas Kami hubungi HRD", "officer")
    page.get_by_test_id("officer-button").filter(has_text="Kirim").wait_for()
    page.locator("#card-toggle").click()
    page.get_by_test_id("topic-card").get_by_text("dibaca").wait_for()
    tap(page, "Tutup", "officer")
    page.locator("dialog").get_by_text("Pilih hasilnya dulu.").wait_for()
    page.keyboard.press("Enter")
    page.reload()
    page.locator("#card-toggle").click()
    page.get_by_test_id("topic-card").get_by_text("KB-7F3K-92QM").wait_for()
    page.get_by_test_id("phone-chat").get_by_text("Laporan diterima").wait_for()
    assert [e.choice for e in stand.events if isinstance(e, MessageReceived)] == [
        None,
        "setuju",
        "upah",
    ]
    assert [e.payload for e in stand.events if isinstance(e, OfficerTapped)] == [
        "saya tangani",
        "tutup",
    ]


@pytest.mark.parametrize("act", ["takes", "writes"])
def test_the_card_folds_once_the_officer_works_on_the_case(visit, act):
    """It takes half the room; who answers needs the room for what is said."""
    page = visit({"width": 1280, "height": 800})
    report(page)
    card = page.get_by_test_id("topic-card")
    assert card.bounding_box()["height"] > 100
    if act == "takes":
        tap(page, "Saya tangani", "officer")
        assert has_focus(page, "#card-toggle")
    else:
        say(page, "Saya telepon HRD dulu", "officer")
    page.locator("#card-body").wait_for(state="hidden")
    assert card.bounding_box()["height"] < 50
    page.locator("#card-toggle").click()
    page.locator("#card-body").wait_for()
    assert page.locator("#card-toggle").get_attribute("aria-expanded") == "true"


def test_two_pages_see_the_same_at_once(visit):
    """News come by themselves, also to whom is not the one who acts."""
    one, other = visit(), visit()
    say(one, "Halo dari satu")
    for page in (one, other):
        page.get_by_test_id("phone-button").filter(has_text="Setuju").wait_for()
        assert page.get_by_test_id("phone-chat").get_by_text("Halo dari satu").count() == 1
    tap(other, "Setuju")
    one.get_by_test_id("phone-chat").locator(".message.is-own").get_by_text("Setuju").wait_for()


def test_markup_is_shown_letter_by_letter_on_both_sides(visit, stand):
    """What workers write reaches officers' screens; none of it may run."""
    page = visit()
    stand.answering = False
    say(page, CANARY)
    page.get_by_test_id("phone-chat").get_by_text(CANARY).wait_for()
    run(stand.open_case(CANARY))
    page.get_by_test_id("topic-item").filter(has_text=CANARY).click()
    safe = CANARY.replace("<", "&lt;").replace(">", "&gt;")
    place = Place(GROUP, stand.topic)
    run(stand.telegram.send_text(place, Text(f"<b>{safe}</b>", html=True)))
    page.get_by_test_id("topic-chat").locator("b").get_by_text(CANARY).wait_for()
    assert page.locator("img[src=x]").count() == 0
    assert page.title() == "Simulator Kawan Buruh"


def test_telegram_shows_its_own_keyboard_and_marks_the_tap(visit, stand):
    """A callback says nothing in the chat, so the button itself shows what was chosen."""
    page = visit()
    page.get_by_test_id("look-telegram").click()
    page.get_by_test_id("worker-select").select_option("bang-togar")
    say(page, "Halo")
    tap(page, "Setuju")
    page.get_by_role("button", name="dipilih Setuju").wait_for()
    tap(page, "Keselamatan kerja")
    page.get_by_text("Laporan diterima").wait_for()
    assert {str(e.address) for e in stand.events if isinstance(e, MessageReceived)} == {
        "sim-telegram:bang-togar"
    }


def test_it_works_by_keyboard_alone(visit, stand):
    """Some cannot use a mouse; nothing here needs one."""
    page = visit()
    page.get_by_test_id("phone-input").focus()
    page.keyboard.type("Halo")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("lagi")
    page.keyboard.press("Enter")
    page.get_by_test_id("phone-button").first.wait_for()
    assert stand.events[0].text == "Halo\nlagi"
    assert has_focus(page, "[data-testid=phone-input]")
    page.get_by_test_id("phone-button").first.focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("phone-list").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    question = stand.store.messages("sim-whatsapp:sri")[-1]
    run(
        stand.whatsapp.edit_text(
            Place(Address(WHATSAPP, "sri")),
            question.id,
            Text("Soal apa?", CATEGORIES, list_label="Pilih"),
        )
    )
    page.get_by_text("Soal apa?").wait_for()
    assert page.evaluate("document.activeElement.textContent").startswith("PHK")
    page.keyboard.press("Escape")
    assert has_focus(page, "[data-testid=phone-list]")
    page.get_by_test_id("phone-chat").focus()
    for key in ("ArrowUp", "ArrowUp", "Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("Ubah pesan", exact=True).wait_for()
    assert page.get_by_test_id("phone-input").input_value() == "Setuju"


def test_own_words_can_be_corrected(visit, stand):
    """On Telegram people edit; the event names the message."""
    page = visit()
    say(page, "Gaji 3 bulan")
    message = page.get_by_test_id("phone-chat").locator(".message.is-own")
    message.hover()
    message.get_by_label("Ubah pesan ini").click()
    say(page, "Gaji 2 bulan")
    message.get_by_text("diubah").wait_for()
    assert message.get_by_text("Gaji 2 bulan").is_visible()
    said, corrected = came(stand, MessageReceived, 2)
    assert (said.edits, corrected.edits) == (None, said.external_id)


def test_the_focus_stays_when_what_has_it_changes(visit, stand):
    """A card is edited while an officer is on its buttons; she must not be thrown out."""
    page = visit()
    report(page)
    page.get_by_test_id("officer-button").filter(has_text="Urgensi").focus()
    run(
        stand.telegram.edit_text(
            Place(GROUP, stand.topic), stand.card, Text("Kartu baru", CONSENT)
        )
    )
    page.get_by_test_id("topic-card").get_by_text("Kartu baru").wait_for()
    assert has_focus(page, "[data-testid=topic-card]")
    page.get_by_test_id("topic-item").focus()
    run(stand.telegram.edit_topic(Place(GROUP, stand.topic), title="Judul baru"))
    page.get_by_test_id("topic-item").get_by_text("Judul baru").wait_for()
    assert has_focus(page, "[data-testid=topic-item]")


def test_files_places_and_recordings_are_sent(visit, stand):
    """Evidence of every sort, as on a phone."""
    page = visit()
    stand.answering = False
    picture = {"name": "slip.png", "mimeType": "image/png", "buffer": PIXEL}
    paper = {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    page.get_by_test_id("phone-file").set_input_files([picture, paper])
    say(page, "Ini buktinya")
    page.get_by_test_id("phone-chat").get_by_text("surat.pdf").wait_for()
    page.get_by_test_id("phone-attach").click()
    page.get_by_test_id("phone-place").click()
    page.get_by_role("button", name="Kebun sawit, Labuhanbatu").click()
    page.get_by_test_id("phone-chat").get_by_text("2.1056, 99.8340").wait_for()
    page.get_by_test_id("phone-mic").click()
    page.get_by_text("Merekam").wait_for()
    page.get_by_role("button", name="Kirim", exact=True).first.click()
    page.locator("#phone-log audio").wait_for()
    events = came(stand, MessageReceived, 4)
    kinds = [each.media[0].kind for each in events if each.media]
    assert kinds == [MediaKind.PHOTO, MediaKind.DOCUMENT, MediaKind.VOICE]
    assert [each.text for each in events] == ["Ini buktinya", "", "", ""]
    page.wait_for_function("document.querySelector('#phone-log .photo img').naturalWidth === 1")


def test_a_lost_server_is_said_and_the_words_go_out_later(visit, stand):
    """Nothing typed is lost while the server is away."""
    page = visit()
    stand.refusing = True
    say(page, "Halo")
    page.get_by_text("Belum tersimpan. Coba lagi sebentar lagi.").wait_for()
    stand.refusing = False
    page.get_by_role("button", name="Coba lagi").click()
    page.get_by_test_id("phone-button").first.wait_for()
    assert page.get_by_test_id("phone-chat").get_by_text("Halo", exact=True).count() == 1


def test_private_chats_belong_to_one_officer(visit, stand):
    """What must not stand in the group comes there; the outsider has none."""
    page = visit()
    run(stand.telegram.send_text(RATNA, Text("Nama: Sri", CONSENT)))
    page.get_by_test_id("topic-private").click()
    page.get_by_test_id("topic-chat").get_by_text("Nama: Sri").wait_for()
    say(page, "Terima kasih", "officer")
    page.get_by_test_id("topic-chat").get_by_text("Terima kasih").wait_for()
    page.get_by_test_id("officer-select").select_option("orang-luar")
    page.get_by_test_id("topic-private").wait_for(state="detached")
    page.get_by_text("Nama: Sri").first.wait_for(state="detached")
    assert page.get_by_text("Nama: Sri").count() == 0
    assert [e.chat_id for e in came(stand, OfficerWrote, 1)] == ["petugas-ratna"]


def test_a_small_screen_shows_one_side_at_a_time(visit):
    """360 px wide: nothing sticks out, and the focus follows when the list goes away."""
    page = visit(NARROW)
    say(page, "Gaji saya belum dibayar")
    tap(page, "Setuju")
    page.get_by_test_id("phone-list").click()
    tap(page, "Upah")
    page.get_by_text("Laporan diterima").wait_for()
    assert not page.get_by_test_id("topic-list").is_visible()
    page.get_by_role("tab", name="Petugas ada pesan baru").click()
    assert not page.get_by_test_id("phone-chat").is_visible()
    page.get_by_test_id("topic-item").click()
    page.get_by_test_id("topic-card").get_by_text("KB-7F3K-92QM").wait_for()
    assert has_focus(page, "#room-back")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.keyboard.press("Enter")
    assert has_focus(page, "[data-testid=topic-item]")


def test_the_newest_message_is_in_view_after_a_long_talk(visit, stand):
    """Who reads back is not torn away; who is at the end follows."""
    page = visit()
    stand.answering = False
    say(page, "Halo")
    page.locator("#phone-log .is-terkirim").wait_for()
    place = Place(Address(WHATSAPP, "sri"))
    for n in range(20):
        run(stand.whatsapp.send_text(place, Text(f"Baris\nnomor {n}.")))
    last = page.get_by_test_id("phone-chat").get_by_text("nomor 19.")
    last.wait_for()
    page.wait_for_function(
        "() => { const l = document.getElementById('phone-log'); return l.scrollHeight - l.scrollTop - l.clientHeight < 3; }"
    )
    page.evaluate("document.getElementById('phone-log').scrollTo({top: 0, behavior: 'instant'})")
    run(stand.whatsapp.send_text(place, Text("Yang baru")))
    page.get_by_role("button", name="Ada pesan baru").wait_for()
    assert page.evaluate("document.getElementById('phone-log').scrollTop") == 0
