"""No word, name, number or file name of a person outside the sealed values: disk, logs, metrics."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.inbox.accept import Accepted
from bot.log import configure_logging
from storage.crypto import KeyProblem, Vault, new_key
from storage.database import Database, sqlite_path
from tests.cases.telling import MARK, tells_everything
from tests.world import Worker, World


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything at all levels goes to standard error, as in the running program."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging("DEBUG", json_lines=True)
    root = logging.getLogger()
    before, handler = root.level, logging.StreamHandler(stream)
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)
    structlog.reset_defaults()


def _live(world: World) -> Worker:
    sri, ratna = world.worker(), world.officer()
    tells_everything(world, sri)
    case = world.cases()[-1]
    ratna.taps(case, "Saya tangani")
    ratna.writes(case, f"catatan {MARK}catatan")
    ratna.taps(case, "Lainnya")
    ratna.taps(case, "Lihat pelapor")
    ratna.writes(case, f"/balas {MARK}balasan")
    ratna.taps(case, "Kirim")
    world.wait(21)
    return sri


def _provoke(world: World) -> None:
    """Errors everywhere, each with something in it that must not come out."""
    app = world.app
    poison = json.dumps({"event": f"{MARK}peristiwa", "text": f"{MARK}racun"}).encode()
    for raw in (poison, f"{MARK}bukan json".encode()):
        app.acceptor.accept_now(Accepted("simulator", "simulator", f"p{len(raw)}", "racun", raw))
    app.acceptor.accept_now(Accepted("tidak-ada", "simulator", "q1", "lain", poison))
    for _ in range(12):
        world.wait(20)
    for channel in app.channels.values():
        channel.send_text = _refuse  # type: ignore[method-assign]
    world.worker("dewi").says(f"halo {MARK}kedua")
    world.wait(5)
    app.jobs.count()


async def _refuse(place: object, said: object) -> str:
    raise RuntimeError(f"{MARK} cannot send {said} to {place}")


def test_nothing_of_a_person_lies_open_on_the_disk(world: World) -> None:
    """A stolen disk or backup must tell nothing about anybody."""
    _live(world)
    spooled = Accepted("simulator", "simulator", "s1", f"lane {MARK}", f"{MARK}antre".encode())
    world.app.spool.keep(spooled, world.clock.now())
    _dump_postgres(world.app.database, world.settings.data_dir)
    folders = {world.settings.data_dir}
    path = sqlite_path(world.app.database.url)
    if path is not None:
        folders.add(path.parent)
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    kinds = {file.parent.name for file in files} | {file.suffix for file in files}
    assert {".spool", "simulator"} <= kinds
    assert any("evidence" in str(file) for file in files)
    for file in files:
        assert MARK not in file.name
        content = file.read_bytes()
        for secret in (MARK, "Ratna"):
            for encoded in (
                secret.encode(),
                secret.encode("utf-16-le"),
                secret.encode().hex().encode(),
            ):
                assert encoded not in content, (file.name, secret)


def test_files_and_folders_are_closed_to_other_users(world: World) -> None:
    """Another account on the same machine is nobody's officer."""
    _live(world)
    kept = list(world.settings.data_dir.rglob("*"))
    folders = [path for path in kept if path.is_dir()]
    evidence = [path for path in kept if path.is_file() and "evidence" in path.parts]
    assert {"evidence", "spool"} <= {folder.name for folder in folders}
    assert evidence
    assert [path for path in (*folders, *evidence) if path.stat().st_mode & 0o077] == []


def test_logs_and_metrics_tell_nothing_of_a_person_even_when_everything_fails(
    world: World, logged: pytest.CaptureFixture[str]
) -> None:
    """Logs go to other machines and other people."""
    _live(world)
    _provoke(world)
    lines = logged.getvalue()
    for expected in ("turn failed", "send failed", "dead letters wait"):
        assert expected in lines
    page = world.app.metrics.page().decode()
    assert "kawan_turns_total" in page
    for secret in (MARK, "sim-whatsapp:sri", "Ratna", "petugas-ratna"):
        assert secret not in lines
        assert secret not in page


def test_the_error_kept_with_a_dead_letter_tells_nothing(world: World) -> None:
    """Operators read it aloud on the phone."""
    _provoke(world)
    with world.app.database.reading() as session:
        rows = session.connection().execute(
            text("SELECT status, error FROM inbox WHERE status = 'dead'")
        )
        dead = rows.all()
    assert len(dead) == 3
    assert all(row.error and MARK not in row.error for row in dead)


def test_exceptions_of_database_and_vault_quote_no_values(world: World) -> None:
    """An exception that is printed somewhere must not print a person with it."""
    with world.app.database.reading() as session:
        unknown = text("SELECT 1 FROM nothing_of_this_name WHERE name = :name")
        with pytest.raises(DBAPIError) as failed:
            session.connection().execute(unknown, {"name": f"{MARK}nama"})
    vault = Vault((new_key(),))
    with pytest.raises(KeyProblem) as refused:
        Vault((new_key(),)).open(vault.seal(MARK.encode(), "cases"), "cases")
    assert MARK not in f"{refused.value} {failed.value}"
    assert "parameters hidden" in str(failed.value)


def _dump_postgres(database: Database, folder: Path) -> None:
    """What stands in PostgreSQL, row by row as text, into a file beside the others."""
    if database.is_sqlite:
        return
    with database.engine.connect() as connection:
        names = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).scalars()
        rows = [
            str(row)
            for name in names.all()
            for row in connection.execute(text(f'SELECT t::text FROM "{name}" t'))  # noqa: S608
        ]
    (folder / "postgres.txt").write_text("\n".join(rows))
