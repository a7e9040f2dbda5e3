"""WhatsApp and Telegram as they really are: signed webhooks, long poll, topics, over HTTP."""

import concurrent.futures
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ENGINES, migrate
from tests.journeys.people import (
    TelegramWorker,
    heard,
    in_group,
    message_text,
    tell_whole_story,
)
from tests.patience import PATIENCE, wait_until
from tests.program import GROUP, Program, installation

SRI = "+6281200000001"


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
    wait_until(lambda: "dibatalkan" in preview.text, "the preview edited in place")
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

        wait_until(files, "the photo in the topic")
        assert files() == [photo]
        (post,) = [m for m in program.telegram.sent(GROUP) if "photo" in m.content]
        assert post.thread_id == card.thread_id


def test_a_telegram_worker_is_served_like_one_on_whatsapp(program: Program) -> None:
    """Both channels lead to the same case."""
    budi = TelegramWorker(program, 9001, "Budi")
    budi.says("saya di phk sepihak kemarin, pesangon tidak dikasih")
    budi.taps("Setuju")
    assert in_group(program, budi.finishes()).thread_id is not None


def test_the_same_webhook_fifty_times_in_parallel_is_one_message(program: Program) -> None:
    """Twilio may repeat a webhook at any time, also at once."""
    phone, other = "+6281200000003", "+6281200000005"
    inbound = program.twilio.inbound(phone, "halo min", deliver=False)

    def post() -> int:
        answer = httpx.post(
            inbound.url, content=inbound.body, headers=inbound.headers, timeout=PATIENCE
        )
        return answer.status_code

    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: post(), range(50)))
    assert statuses == [200] * 50
    heard(program, phone, "setuju")
    program.twilio.inbound(other, "halo min")  # came after all fifty
    heard(program, other, "setuju")
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
    answer = httpx.post(inbound.url, data=fields, headers=headers, timeout=PATIENCE)
    assert (answer.status_code, answer.content) == (403, b"")
    assert program.twilio.messages(phone) == []


def test_updates_in_any_order_make_the_same_case(database_url: str, tmp_path: Path) -> None:
    """Telegram keeps order; what stands between us and Telegram may not, and may repeat."""
    parts = ("gaji saya KENARI1 belum dibayar", "sudah dua bulan KENARI2", "satu line KENARI3",
             "hrd bilang sabar KENARI4", "tolong dibantu KENARI5")  # fmt: skip
    with installation(database_url, tmp_path) as program:
        program.start()
        budi = TelegramWorker(program, 9002, "Budi")
        budi.says("halo min")
        budi.taps("Setuju")
        assert program.stop() == 0
        for part in parts:
            program.telegram.private_message(budi.user, part)
        random.Random(7).shuffle(program.telegram.queue.waiting)  # noqa: S311
        seen = len(program.telegram.sent(budi.user.id))
        program.start()
        program.telegram.wait_sent(budi.user.id, seen + 1)
        thread = in_group(program, budi.finishes()).thread_id
        for part in parts:
            assert in_group(program, part).thread_id == thread
        receipts = [m for m in program.telegram.sent(budi.user.id) if "Nomor: KB-" in m.text]
        assert len(receipts) == 1


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


def test_killed_while_twilio_answers_it_repeats_a_question_at_most_once_and_no_receipt(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    """Twilio has the message, we do not know it: she may be asked twice, not thanked twice."""
    database = tmp_path / "kawan.db"
    shutil.copy(migrated_sqlite, database)
    with installation(f"sqlite:///{database}", tmp_path) as program:
        program.start()

        def bodies(words: str) -> int:
            return sum(words in message_text(m) for m in program.twilio.messages(SRI))

        def killed_in_the_middle(act: Callable[[], object], words: str) -> None:
            program.twilio.delay("messages.create", 20)
            act()
            wait_until(lambda: bodies(words) == 1, words)
            program.kill()
            program.twilio.delay("messages.create", 0)
            program.start()

        program.twilio.inbound(SRI, "usul min, kantin dibuka lagi buat shift malam")
        consent = heard(program, SRI, "setuju")
        killed_in_the_middle(lambda: program.twilio.tap(consent, "Setuju"), "Sudah benar?")
        wait_until(lambda: bodies("Sudah benar?") == 2, "the question again")
        review = heard(program, SRI, "Sudah benar?")
        killed_in_the_middle(lambda: program.twilio.tap(review, "Kirim"), "Nomor: KB-")
        other = "+6281200000010"
        program.twilio.inbound(other, "halo min")
        heard(program, other, "setuju")
        in_group(program, "kantin dibuka lagi")
        assert (bodies("Sudah benar?"), bodies("Nomor: KB-")) == (2, 1)
