"""WhatsApp and Telegram as they really are: signed webhooks, long poll, topics, over HTTP."""

import concurrent.futures
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ENGINES, migrate
from tests.fakes.http_server import wait_until
from tests.fakes.telegram_state import StoredMessage as TelegramMessage
from tests.fakes.twilio_state import StoredMessage as WhatsAppMessage
from tests.program import GROUP, Program, installation

SRI = "+6281200000001"
STORY = "gaji saya bulan kemarin belum dibayar sampai tgl 20 di PT Maju Jaya Garmindo Bekasi"


@pytest.fixture(scope="module", params=ENGINES)
def engine_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """One database for the whole module, once on each engine."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("db") / "kawan.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgres_server")
        url = server.new_database(migrate, template="migrated")
        yield url
        server.drop_database(url)


@pytest.fixture(scope="module")
def program(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The running program, shared by the tests of this module; each has workers of its own."""
    with installation(engine_url, tmp_path_factory.mktemp("program")) as made:
        made.start()
        yield made


def last(program: Program, phone: str) -> WhatsAppMessage | None:
    messages = program.twilio.messages(phone)
    return messages[-1] if messages else None


def heard(program: Program, phone: str, words: str, timeout: float = 15) -> WhatsAppMessage:
    """Wait until the worker's newest message contains these words."""

    def there() -> bool:
        message = last(program, phone)
        return message is not None and words in message_text(message)

    wait_until(there, timeout, words)
    found = last(program, phone)
    assert found is not None
    return found


def message_text(message: WhatsAppMessage) -> str:
    return message.rendered.body if message.rendered else message.body


def in_group(program: Program, words: str, timeout: float = 15) -> TelegramMessage:
    """Wait until a post in the officers' group contains these words."""
    wait_until(lambda: bool(posts(program, words)), timeout, words)
    return posts(program, words)[-1]


def posts(program: Program, words: str) -> list[TelegramMessage]:
    return [m for m in program.telegram.sent(GROUP) if words in m.text]


def tell_whole_story(program: Program, phone: str, story: str = STORY) -> str:
    """A WhatsApp worker reports; returns the case number."""
    program.twilio.inbound(phone, story, profile_name="Sri")
    message = heard(program, phone, "setuju")
    program.twilio.tap(message, "Setuju")
    seen = len(program.twilio.messages(phone))
    for _ in range(12):
        wait_until(lambda n=seen: len(program.twilio.messages(phone)) > n, 15, "an answer")
        message = last(program, phone)
        assert message is not None
        seen = len(program.twilio.messages(phone))
        if "Kirim" in message.labels:
            break
        label = "Rahasiakan nama" if "Rahasiakan nama" in message.labels else "Lewati"
        program.twilio.tap(message, label)
    program.twilio.tap(message, "Kirim")
    receipt = message_text(heard(program, phone, "KB-"))
    start = receipt.index("KB-")
    return receipt[start : start + 12]


def test_a_whatsapp_case_from_story_to_closing(program: Program) -> None:
    """Twilio on one side, a Telegram group with topics on the other."""
    number = tell_whole_story(program, SRI)
    card = in_group(program, number)
    assert card.thread_id is not None
    assert "Saya tangani" in card.labels
    in_group(program, "PT Maju Jaya Garmindo Bekasi")
    program.telegram.tap(card, "Saya tangani", program.ratna)
    heard(program, SRI, "sedang memeriksanya")

    before = len(program.twilio.messages(SRI))
    program.telegram.group_message(
        program.ratna, "HRD ini bohong CATATAN", card.thread_id, chat_id=GROUP
    )
    program.telegram.group_message(
        program.ratna, "/balas Bisa kirim slip gaji?", card.thread_id, chat_id=GROUP
    )
    preview = in_group(program, "Contoh balasan")
    assert len(program.twilio.messages(SRI)) == before
    program.telegram.tap(preview, "Batal", program.ratna)
    wait_until(lambda: "dibatalkan" in preview.text, 15, "the preview edited in place")
    assert not any("CATATAN" in message_text(m) for m in program.twilio.messages(SRI))


def test_photos_reach_the_topic_unchanged(database_url: str, tmp_path: Path) -> None:
    """Evidence must arrive as it was sent. An installation of its own: a group takes 20 a minute."""
    photo = b"\xff\xd8\xff\xe0slip gaji" * 50
    with installation(database_url, tmp_path) as program:
        program.start()
        card = in_group(program, tell_whole_story(program, SRI))
        program.twilio.inbound(SRI, "ini slip saya", media=[(photo, "image/jpeg")])

        def files() -> list[bytes]:
            sent = program.telegram.sent(GROUP, card.thread_id)
            return [program.telegram.file_of(m) for m in sent if "photo" in m.content]

        wait_until(lambda: files() == [photo], 20, "the photo in the topic")


def test_a_telegram_worker_is_served_like_one_on_whatsapp(program: Program) -> None:
    """Both channels lead to the same case."""
    budi = program.telegram.user(9001, "Budi")
    program.telegram.private_message(budi, "saya di phk sepihak kemarin, pesangon tidak dikasih")

    def newest() -> TelegramMessage:
        return program.telegram.sent(budi.id)[-1]

    def tap(label: str) -> None:
        seen = len(program.telegram.sent(budi.id))
        program.telegram.tap(newest(), label, budi)
        program.telegram.wait_sent(budi.id, seen + 1, timeout=15)

    program.telegram.wait_sent(budi.id, 1, timeout=15)
    tap("Setuju")
    for _ in range(14):
        labels = newest().labels
        if "Kirim" in labels:
            break
        tap("Rahasiakan nama" if "Rahasiakan nama" in labels else "Lewati")
    tap("Kirim")
    assert "KB-" in newest().text
    number = newest().text[newest().text.index("KB-") :][:12]
    assert in_group(program, number).thread_id is not None


def test_the_same_webhook_fifty_times_in_parallel_is_one_message(program: Program) -> None:
    """Twilio may repeat a webhook at any time, also at once."""
    phone = "+6281200000003"
    inbound = program.twilio.inbound(phone, "halo min", deliver=False)

    def post() -> int:
        return httpx.post(inbound.url, content=inbound.body, headers=inbound.headers).status_code

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: post(), range(50)))
    assert statuses == [200] * 50
    heard(program, phone, "setuju")
    time.sleep(0.05)
    assert len(program.twilio.messages(phone)) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda f, _: (f, {}), id="no signature"),
        pytest.param(lambda f, _: (f, {"X-Twilio-Signature": "x"}), id="wrong signature"),
        pytest.param(lambda f, h: ({**f, "Body": "lain"}, h), id="changed after signing"),
        pytest.param(lambda f, h: ({**f, "Extra": "1"}, h), id="field added"),
    ],
)
def test_a_forged_webhook_is_refused_without_a_trace(
    program: Program, spoil: Callable[..., tuple[dict[str, str], dict[str, str]]]
) -> None:
    """Only Twilio may speak for a worker."""
    phone = "+6281200000004"
    inbound = program.twilio.inbound(phone, "halo", deliver=False)
    fields, headers = spoil(inbound.params, {"X-Twilio-Signature": next(
        value for name, value in inbound.headers.items() if name.lower() == "x-twilio-signature"
    )})  # fmt: skip
    answer = httpx.post(inbound.url, data=fields, headers=headers)
    assert (answer.status_code, answer.content) == (403, b"")
    assert program.twilio.messages(phone) == []


def test_nothing_private_stands_in_the_logs(program: Program) -> None:
    """Logs travel; they must never carry a person, a word or a token. Runs at DEBUG."""
    phone = "+6281299998877"
    program.twilio.inbound(phone, "KENARI saya Kenariwati dari pabrik", profile_name="Kenariwati")
    heard(program, phone, "setuju")
    log = program.log.read_text()
    for secret in (
        "KENARI", "Kenariwati", "81299998877", program.telegram.token,
        program.telegram.token.split(":")[1], program.twilio.auth_token, program.encryption_key,
    ):  # fmt: skip
        assert secret not in log


def test_killed_before_the_reply_it_answers_once_after_the_restart(
    database_url: str, tmp_path: Path
) -> None:
    """What was accepted is never lost, and never answered twice."""
    with installation(database_url, tmp_path) as program:
        program.start("web")  # accepts and commits, answers nothing
        program.twilio.inbound(SRI, "halo min")
        assert program.twilio.messages(SRI) == []
        program.kill()
        program.start()
        heard(program, SRI, "setuju")
        program.kill()
        program.start()
        program.twilio.inbound("+6281200000009", "halo min")
        heard(program, "+6281200000009", "setuju")
        assert len(program.twilio.messages(SRI)) == 1
        assert program.stop() == 0
