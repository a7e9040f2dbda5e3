"""From a reporter's message to its line in her topic: ``python -m bench.group``.

    limited    as it runs: the group takes 20 messages a minute, so what comes faster waits and
               posts of one topic are joined
    lifted     the same without the limit: what the way itself takes

Workers with an open case write on WhatsApp, ``--rate`` messages a second in all; the officers'
group is a fake Telegram on 127.0.0.1. Options: ``--count 200`` messages of the lifted run,
``--rate 20``, ``--seconds 150`` at most of the limited run, ``--engine sqlite|postgres``,
``--run lifted|limited``.

Measured on two cores with nothing beside it, 200 messages: lifted p95 47 to 54 ms on SQLite
(273 ms in one run of six), 92 and 199 ms on PostgreSQL. With other work on both cores (load 4 to
8): 104 to 170 ms and 172 to 391 ms; limited, 60 messages in 3 seconds stood in the group after 57
seconds, in 20 posts, none twice, none lost.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bot.cases.opening import open_case
from bot.cases.work import Work
from bot.clock import SystemClock
from bot.commands import Part, Report
from bot.events import Address
from bot.outbox.orders import OutboxWriter
from bot.settings import load_settings
from bot.store import open_store
from bot.texts import load_texts
from nlp.taxonomy import load_taxonomy
from storage.people import meet_reporter
from storage.setup import DEFAULT_ORGANISATION, organisation_by_slug
from tests.databases import start_postgres
from tests.fakes.telegram import FakeTelegram
from tests.fakes.twilio import FakeTwilio
from tests.program import GROUP, Program, await_ready, free_port

WORKERS = 10
LIMITED_MESSAGES = 60
_WORD = re.compile(r"KATA\d{5}Z")
_LOOK = 0.02  # seconds
PROMISED = 300  # milliseconds, 95 of 100
_WITHOUT_LIMIT = (
    "import runpy, sys, storage.outbound as o; o.GROUP_LIMIT = 10**9; "
    "sys.argv[0] = 'bot'; runpy.run_module('bot', run_name='__main__')"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: milliseconds from each message to its line, and what the group was given."""

    each: tuple[float, ...]
    asked: int
    posts: int
    twice: int

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.each) or [float("nan")]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@contextmanager
def running(url: str, folder: Path, *, limited: bool) -> Iterator[Program]:
    """The program with fake providers and workers who have an open case each."""
    folder.mkdir()
    with FakeTelegram() as telegram, FakeTwilio() as twilio:
        ratna = telegram.user(501, "Ratna")
        telegram.group(GROUP, forum=True, owner=ratna)
        telegram.rate_limit_group(20 if limited else None)
        program = Program(url, folder / "var", telegram, twilio, ratna, free_port())
        twilio.connect(program.url)
        _open_cases(program)
        code = ["-m", "bot"] if limited else ["-c", _WITHOUT_LIMIT]
        environment = os.environ | program._environment()  # noqa: SLF001 - as tests start it
        environment["LOG_LEVEL"] = "WARNING"
        with program.log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, *code], env=environment, cwd=folder, stdout=output, stderr=output
            )
        try:
            await_ready(program.url, process)
            _until_quiet(telegram)
            yield program
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _open_cases(program: Program) -> None:
    settings = load_settings(
        _env_file=None,
        database_url=program.database_url,
        data_dir=program.data_dir,
        encryption_keys=program.encryption_key,
        officer_chat_id=str(GROUP),
    )
    clock = SystemClock()
    database, vault = open_store(settings, clock=clock)
    texts, taxonomy = load_texts(), load_taxonomy()
    report = Report(kind="pengaduan", category="upah", parts=(Part("gaji telat", source="x:1"),))
    for number in range(WORKERS):
        with database.transaction() as session:
            organisation = organisation_by_slug(session, DEFAULT_ORGANISATION)
            if organisation is None:
                raise RuntimeError("a fresh database has its organisation")
            now = clock.now()
            reporter = meet_reporter(
                session, vault, organisation.id or 0, Address("whatsapp", _phone(number)), (), now
            )
            reporter.person.consented_version = "1"
            write = OutboxWriter(session, vault, organisation, now)
            work = Work(session, vault, organisation, texts, taxonomy, settings.zone, now, write)
            parts = (Part("gaji telat", source=f"whatsapp:{number}"),)
            open_case(
                work, reporter.person, f"KB-BNCH-{number:04d}", replace(report, parts=parts),
                complete=True, predicted=None,
            )  # fmt: skip
    database.dispose()


def _phone(number: int) -> str:
    return f"+62812000{number:05d}"


def _until_quiet(telegram: FakeTelegram) -> None:
    """Wait until the topics stand and the group has room again."""
    deadline, seen = time.monotonic() + 90, -1
    while time.monotonic() < deadline:
        count = len(telegram.sent(GROUP))
        if count == seen and count >= WORKERS * 2:
            return
        seen = count
        time.sleep(2)
    raise RuntimeError(f"only {seen} posts of the cases came")


class Watcher(threading.Thread):
    """Notes when each word first stands in the group, to some hundredths of a second."""

    def __init__(self, telegram: FakeTelegram) -> None:
        super().__init__(daemon=True)
        self.seen: dict[str, float] = {}
        self.posts = 0
        self.words = 0
        self._telegram = telegram
        self._over = threading.Event()

    def run(self) -> None:
        """Look again and again."""
        read: set[int] = set()
        while not self._over.wait(_LOOK):
            for message in self._telegram.sent(GROUP):
                if message.message_id not in read:
                    read.add(message.message_id)
                    self._note(_WORD.findall(message.text))

    def _note(self, words: list[str]) -> None:
        self.posts += bool(words)
        self.words += len(words)
        for word in words:
            self.seen.setdefault(word, time.perf_counter())

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        self.join()


def measure(program: Program, count: int, rate: float, seconds: float) -> Measured:
    """Let the workers write at a steady pace and see when their words stand in the group."""
    watcher = Watcher(program.telegram)
    watcher.start()
    begun: dict[str, float] = {}
    start = time.perf_counter()
    with httpx.Client() as client:
        for number in range(count):
            time.sleep(max(0.0, start + number / rate - time.perf_counter()))
            word = f"KATA{number:05d}Z"
            inbound = program.twilio.inbound(
                _phone(number % WORKERS), f"info baru {word}", deliver=False
            )
            begun[word] = time.perf_counter()
            client.post(inbound.url, content=inbound.body, headers=inbound.headers)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and len(watcher.seen) < count:
        time.sleep(0.2)
    watcher.end()
    each = tuple(1000 * (at - begun[word]) for word, at in watcher.seen.items())
    return Measured(each, count, watcher.posts, watcher.words - len(watcher.seen))


def show(engine: str, results: Sequence[tuple[str, Measured]]) -> None:
    """Print the table of one engine."""
    table = Table(title=f"{engine} ({os.cpu_count()} cores)")
    for column in ("run", "messages", "arrived", "posts", "twice", "p50 ms", "p95 ms", "max ms"):
        table.add_column(column, justify="left" if column == "run" else "right")
    for name, one in results:
        table.add_row(
            name, str(one.asked), str(len(one.each)), str(one.posts), str(one.twice),
            *(f"{one.percentile(share):.0f}" for share in (0.5, 0.95, 1.0)),
        )  # fmt: skip
    console = Console()
    console.print(table)
    console.print(f"promised with the limit out of the way: p95 under {PROMISED} ms\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=150.0)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--run", choices=("lifted", "limited"), action="append")
    options = parser.parse_args()
    engines = options.engine or ["sqlite", "postgres"]
    postgres = start_postgres(durable=True) if "postgres" in engines else None
    with tempfile.TemporaryDirectory(prefix="kawan-bench-") as name:
        try:
            for engine in engines:
                results = []
                for run in options.run or ["lifted", "limited"]:
                    count = options.count if run == "lifted" else LIMITED_MESSAGES
                    folder = Path(name) / f"{engine}-{run}"
                    url = postgres.new_database() if postgres and engine == "postgres" else None
                    where = url or f"sqlite:///{name}/{run}.db"
                    with running(where, folder, limited=run == "limited") as program:
                        measured = measure(program, count, options.rate, options.seconds)
                        results.append((run, measured))
                show(engine, results)
        finally:
            if postgres:
                postgres.stop()


if __name__ == "__main__":
    main()
