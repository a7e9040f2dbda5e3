"""Examples of webhooks and fresh databases, on which every other test stands.

The fakes themselves are tested beside them, in `tests/fakes`.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from telegram import Update

from tests.databases import PostgresServer, new_postgres_url, new_sqlite_url

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("telegram/*.json")), ids=lambda p: p.stem)
def test_telegram_fixtures_are_updates(path: Path) -> None:
    """An example that the library cannot read would test nothing."""
    body = json.loads(path.read_text())
    update = Update.de_json(body, None)
    assert update.update_id == body["update_id"]
    known = [key for key in body if key != "update_id" and getattr(update, key, None) is not None]
    assert bool(known) is not path.stem.startswith("unknown")


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("twilio/*.json")), ids=lambda p: p.stem)
def test_twilio_fixtures_are_forms(path: Path) -> None:
    """Every value of a form is a string, and every event names its message."""
    fields = json.loads(path.read_text())
    assert all(isinstance(value, str) for value in fields.values())
    assert fields["MessageSid"][:2] in {"SM", "MM"}
    assert ("MessageStatus" in fields) is path.stem.startswith("status__")


def test_sqlite_urls_are_fresh(tmp_path: Path) -> None:
    """Two tests must never share a file."""
    first = new_sqlite_url(tmp_path)
    Path(first.removeprefix("sqlite:///")).touch()
    assert new_sqlite_url(tmp_path) != first


def test_postgres_databases_are_copies_of_a_template(postgres_server: PostgresServer) -> None:
    """Each test gets its own database, in the state that the migrations leave."""
    prepared: list[str] = []

    def prepare(url: str) -> None:
        prepared.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE laporan (id int)")

    with ThreadPoolExecutor(4) as pool:
        urls = list(
            pool.map(lambda _: new_postgres_url(postgres_server, prepare, "probe"), range(4))
        )
    assert len(prepared) == 1
    assert len(set(urls)) == 4
    for number, url in enumerate(urls):
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO laporan VALUES (%s)", (number,))
            assert connection.execute("SELECT id FROM laporan").fetchall() == [(number,)]
        postgres_server.drop_database(url)
