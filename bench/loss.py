"""Is anything lost? kill -9 at random moments under load: ``python -m bench.loss --minutes 10``.

Workers write at 20 messages a second while the program is killed every one to five seconds and
started again. A webhook that finds nobody is posted again, as providers do. At the end every
message that was accepted must have become one stored event and one conversation, and every
worker must have been answered.
"""

import argparse
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import text

from storage.database import Database
from storage.migrate import upgrade
from tests.databases import start_postgres
from tests.program import Program, installation

_RATE = 20
_PATIENCE_SECONDS = 240


def run(engine: str, database_url: str, seconds: float, seed: int) -> dict[str, int]:
    """Load and kill for so long; the counts."""
    folder = Path(tempfile.mkdtemp(prefix="kawan-loss-"))
    dice = random.Random(seed)  # noqa: S311 - no secret
    try:
        with installation(database_url, folder) as program:
            program.start()
            sent = _load_and_kill(engine, program, seconds, dice)
            _wait_until_answered(program, sent)
            counts = _count(program, sent)
            program.stop()
        return counts
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _load_and_kill(
    engine: str, program: Program, seconds: float, dice: random.Random
) -> list[str]:
    phones: list[str] = []
    done = threading.Event()
    kills = 0

    def post(number: int) -> None:
        phone = f"+62899{number:08d}"
        inbound = program.twilio.inbound(phone, f"halo min nomor {number}", deliver=False)
        while True:
            try:
                answer = httpx.post(
                    inbound.url, content=inbound.body, headers=inbound.headers, timeout=10
                )
            except httpx.HTTPError:
                time.sleep(0.2)
                continue
            if answer.status_code == httpx.codes.OK:
                phones.append(phone)
                return
            time.sleep(0.2)

    def load() -> None:
        started = time.monotonic()
        with ThreadPoolExecutor(32) as pool, Progress() as progress:
            task = progress.add_task(f"{engine}: kill -9 under load", total=seconds * _RATE)
            for number in range(int(seconds * _RATE)):
                time.sleep(max(0.0, started + number / _RATE - time.monotonic()))
                pool.submit(post, number)
                progress.advance(task)
        done.set()

    loader = threading.Thread(target=load)
    loader.start()
    while not done.wait(dice.uniform(1, 5)):
        program.kill()
        kills += 1
        program.start()
    loader.join()
    Console().print(f"{engine}: {kills} kills, {len(phones)} webhooks accepted")
    return phones


def _wait_until_answered(program: Program, phones: list[str]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        answered = {message.to for message in program.twilio.messages()}
        if len(answered) >= len(phones):
            return
        time.sleep(0.5)


def _count(program: Program, phones: list[str]) -> dict[str, int]:
    database = Database(program.database_url)
    with database.reading() as session:

        def number(query: str) -> int:
            return int(session.connection().execute(text(query)).scalar_one())

        stored = number("SELECT count(*) FROM inbox WHERE source = 'twilio' AND lane <> ''")
        dead = number("SELECT count(*) FROM inbox WHERE status = 'dead'")
        conversations = number("SELECT count(*) FROM conversations")
    database.dispose()
    replies = Counter(message.to for message in program.twilio.messages())
    return {
        "accepted": len(phones),
        "stored": stored,
        "conversations": conversations,
        "dead letters": dead,
        "answered": len(replies),
        "asked twice": sum(count > 1 for count in replies.values()),
        "lost": len(phones) - len(replies),
    }


def main() -> None:
    """Run on both engines and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), action="append")
    options = parser.parse_args()
    table = Table(title=f"kill -9 for {options.minutes} minutes at {_RATE} messages a second")
    rows: dict[str, dict[str, int]] = {}
    for engine in options.engine or ["sqlite", "postgres"]:
        if engine == "sqlite":
            with tempfile.TemporaryDirectory(prefix="kawan-") as folder:
                rows[engine] = run(
                    engine, f"sqlite:///{folder}/kawan.db", options.minutes * 60, options.seed
                )
            continue
        postgres = start_postgres(durable=True)
        try:
            url = postgres.new_database()
            opened = Database(url)
            upgrade(opened)
            opened.dispose()
            rows[engine] = run(engine, url, options.minutes * 60, options.seed)
        finally:
            postgres.stop()
    for column in ("engine", *next(iter(rows.values()))):
        table.add_column(column, justify="right")
    for engine, counts in rows.items():
        table.add_row(engine, *map(str, counts.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
