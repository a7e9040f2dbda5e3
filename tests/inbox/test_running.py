"""The parts that run beside the web server: the right to poll, and whether all of them live."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from bot.log import configure_logging
from bot.web import Running, web_app
from storage.tables import Attachment, Lease
from tests.patience import until
from tests.world import START, World


@pytest.fixture
def polling(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A program whose bot asks an address where nobody answers."""
    made = World(
        database_url,
        tmp_path / "var",
        telegram_bot_token="123456789:uji",
        telegram_api_base_url="http://127.0.0.1:9",
    )
    yield made
    made.close()


def _leases(world: World) -> int:
    with world.app.database.reading() as session:
        return len(session.exec(select(Lease)).all())


def test_a_stopped_process_gives_the_right_to_poll_back(polling: World) -> None:
    """After a restart nobody may be unheard until an old lease ends."""

    async def start_and_stop() -> None:
        running = Running(polling.app, "web")
        await running.start()
        await until(lambda: _leases(polling) == 1, "the right to poll")
        await running.stop()

    asyncio.run(start_and_stop())
    assert _leases(polling) == 0


def test_on_sqlite_the_right_to_poll_of_a_killed_process_is_taken_over(polling: World) -> None:
    """There is only one process, so the holder is dead; on PostgreSQL it may live."""

    async def take() -> bool:
        return Running(polling.app, "web")._polling_lease("bot")()

    assert asyncio.run(take())
    assert asyncio.run(take()) is polling.app.database.is_sqlite


def test_readyz_tells_of_a_part_that_ended(world: World) -> None:
    """Whoever watches the program must see that it no longer sends."""

    async def ends(_stopping: object) -> None:
        raise RuntimeError("+6281200000001")

    world.app.deliverer.run = ends  # type: ignore[method-assign]
    answer, _ = _ask_twice(world)
    assert answer.status_code == 503
    assert answer.json()["problems"] == {"parts": "ended: sender; restart the program"}


def test_readyz_tells_no_path_and_looks_anew_only_after_a_while(
    world: World, tmp_path: Path
) -> None:
    """Everybody may ask: it must neither tell of the machine nor load it."""
    folder = tmp_path / "var" / "spool"
    aside = folder.rename(tmp_path / "aside")
    folder.write_text("in the way")

    def mend() -> None:
        folder.unlink()
        aside.rename(folder)

    first, again = _ask_twice(world, mend)
    assert first.json()["problems"] == {"spool": "cannot be written"}
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("name", "kind", "served"),
    [
        ("slip gaji.jpg", "image/jpeg", "image/jpeg"),
        ("工资单 слип é.jpg", "IMAGE/JPEG; x=1", "image/jpeg"),
        ('a"\r\nSet-Cookie: x=1', "text/html", "application/octet-stream"),
        ("", "image/svg+xml", "application/octet-stream"),
        ("rusak\ud800.jpg", "image/png", "image/png"),
    ],
)
def test_a_file_of_any_name_is_served_and_runs_nowhere(
    world: World, name: str, kind: str, served: str
) -> None:
    """Names and types come from strangers."""
    app = world.app
    path, _digest = app.evidence.keep(b"isi")
    with app.database.transaction() as session:
        session.add(Attachment(
            key="1.0", organisation_id=world.organisation_id(session), channel="whatsapp",
            kind="photo", content_type=kind, state="stored", path=path, due_at=START,
            created_at=START, sealed=app.vault.seal(
                json.dumps({"reference": "", "name": name}).encode(), "attachments"
            ),
        ))  # fmt: skip
    link = app.links.link("1.0").removeprefix(world.settings.public_url)
    answer, _ = _ask_twice(world, path=link)
    assert (answer.status_code, answer.content) == (200, b"isi")
    assert answer.headers["content-type"].partition(";")[0] == served
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert "set-cookie" not in answer.headers


def test_a_thread_that_ends_tells_nothing_of_what_people_wrote(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python itself would print the exception with its words."""
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    configure_logging("ERROR", json_lines=True)

    def end() -> None:
        raise ValueError("+6281200000001")

    thread = threading.Thread(target=end, name="turns-0")
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert "turns-0" in said
    assert "ValueError" in said
    assert "+62" not in said


def _ask_twice(
    world: World, between: Callable[[], None] = lambda: None, path: str = "/readyz"
) -> tuple[httpx.Response, httpx.Response]:
    async def ask() -> tuple[httpx.Response, httpx.Response]:
        web = web_app(world.app)
        transport = httpx.ASGITransport(web)
        async with (
            web.router.lifespan_context(web),
            httpx.AsyncClient(transport=transport, base_url="http://bot") as client,
        ):
            first = await client.get(path)
            between()
            return first, await client.get(path)

    return asyncio.run(ask())
