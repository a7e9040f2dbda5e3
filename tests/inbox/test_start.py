"""What keeps the program from starting is told in one line, without a traceback."""

import socket
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.__main__ import main
from storage.database import Database
from storage.migrate import upgrade


@pytest.fixture
def start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> "Start":
    """Starts the program with these settings; what it says when it cannot."""
    return Start(monkeypatch, capsys, tmp_path)


class Start:
    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self._monkeypatch, self._capsys, self.folder = monkeypatch, capsys, folder

    def __call__(self, **settings: str) -> str:
        settings.setdefault("DATA_DIR", str(self.folder / "var"))
        for name, value in settings.items():
            self._monkeypatch.setenv(name, value)
        assert main([]) == 1
        return self._capsys.readouterr().err


def test_a_database_server_that_does_not_answer(start: Start) -> None:
    """An operator must see which part to mend."""
    said = start(DATABASE_URL="postgresql://budi:rahasia@127.0.0.1:1/kawan")
    assert "The database cannot be used" in said
    assert "rahasia" not in said
    assert "Traceback" not in said


def test_a_damaged_database_file(start: Start) -> None:
    """A backup helps, a traceback does not."""
    path = start.folder / "k.db"
    path.write_bytes(b"this is no database at all" * 200)
    assert "restored from a backup" in start(DATABASE_URL=f"sqlite:///{path}")


def test_a_database_of_a_newer_program(start: Start) -> None:
    """Going on would lose what the newer program wrote."""
    url = f"sqlite:///{start.folder / 'k.db'}"
    database = Database(url)
    upgrade(database)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'morgen'"))
    database.dispose()
    keys = "A" * 43 + "="
    assert "a newer program made it" in start(DATABASE_URL=url, ENCRYPTION_KEYS=keys)


def test_a_port_that_is_taken(start: Start) -> None:
    """The most common slip: the program runs already."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}" in start(BIND=f"127.0.0.1:{port}")
