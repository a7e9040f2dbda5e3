"""Webhooks accepted and whole turns done, on SQLite and PostgreSQL: ``python -m bench.turns``.

    floor      a bare ASGI route with the same signature check and one durable INSERT a request
    accepted   our webhook: signature, encryption, durable commit, answer
    turn       webhook in to reply handed to the provider, story classified

Options: ``--count 1000`` messages a measurement, ``--engine sqlite|postgres``.
"""

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.load import ACCOUNT, SENDER, TOKEN, Provider, Timings, post_all
from tests.databases import start_postgres

_READY_SECONDS = 30


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(command: list[str], port: int, env: dict[str, str]) -> Iterator[None]:
    """A server process, ready when the block begins and ended with SIGTERM after it."""
    process = subprocess.Popen(
        command, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_ready(port, process)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _await_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the server ended before it was ready")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the server did not become ready")


async def measure_turns(port: int, provider: Provider, count: int) -> dict[str, Timings]:
    """Whole turns at a steady pace and flat out, by one process that does everything."""
    await post_all("127.0.0.1", port, 900_000_000, 50)  # warm up
    await _all_replied(provider, 50)
    return {
        "turn at 50/s": await _turns(port, provider, 1, min(count, 500), rate=50),
        "turns flat out": await _turns(port, provider, 20_000_000, count),
    }


async def measure_door(port: int, count: int) -> dict[str, Timings]:
    """Webhooks taken at a steady pace and flat out, by a process that only accepts."""
    await post_all("127.0.0.1", port, 900_000_000, 50)
    steady, _ = await post_all("127.0.0.1", port, 10_000_000, min(count, 500), rate=100)
    flat_out, _ = await post_all("127.0.0.1", port, 30_000_000, count)
    return {"accepted at 100/s": steady, "accepted flat out": flat_out}


async def _turns(
    port: int, provider: Provider, first: int, count: int, *, rate: float = 0.0
) -> Timings:
    before = len(provider.replied)
    started = time.perf_counter()
    _, posted = await post_all("127.0.0.1", port, first, count, rate=rate)
    await _all_replied(provider, before + count)
    each = [provider.replied[number] - at for number, at in posted.items()]
    return Timings(each, max(provider.replied.values()) - started)


async def _all_replied(provider: Provider, count: int) -> None:
    deadline = time.monotonic() + 120
    while len(provider.replied) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {len(provider.replied)} of {count} replies came")
        await asyncio.sleep(0.01)


async def measure_engine(
    engine: str, urls: tuple[str, str, str], count: int, folder: Path
) -> dict[str, Timings]:
    """All measurements on one engine; ``urls``: databases for floor, door and turns."""
    results: dict[str, Timings] = {}
    port = free_port()
    command = [sys.executable, "-m", "bench.floor", f"127.0.0.1:{port}", urls[0]]
    with server(command, port, {}):
        await post_all("127.0.0.1", port, 900_000_000, 50)
        results["floor flat out"], _ = await post_all("127.0.0.1", port, 1, count)
    provider = Provider()
    base = {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_WHATSAPP_FROM": SENDER,
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{await provider.start()}",
        "SIMULATOR": "off",
        "LOG_LEVEL": "WARNING",
    }
    for role, url in (("web", urls[1]), ("all", urls[2])):
        port = free_port()
        env = base | {
            "DATABASE_URL": url,
            "DATA_DIR": str(folder / f"var-{engine}-{role}"),
            "BIND": f"127.0.0.1:{port}",
        }
        with server([sys.executable, "-m", "bot", "--role", role], port, env):
            if role == "web":
                results |= await measure_door(port, count)
            else:
                results |= await measure_turns(port, provider, count)
    return results


def show(engine: str, results: dict[str, Timings]) -> None:
    """Print the table of one engine."""
    table = Table(title=f"{engine} ({os.cpu_count()} cores)")
    for column in ("what", "messages", "a second", "p50 ms", "p95 ms", "p99 ms"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for name, timings in results.items():
        table.add_row(
            name,
            str(len(timings.each)),
            f"{timings.rate:.0f}",
            *(f"{timings.percentile(share):.1f}" for share in (0.5, 0.95, 0.99)),
        )
    console = Console()
    console.print(table)
    ratio = results["accepted flat out"].rate / results["floor flat out"].rate
    console.print(f"accepted against the floor: {ratio:.2f} (promised: 0.70)\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), action="append")
    options = parser.parse_args()
    engines = options.engine or ["sqlite", "postgres"]
    with tempfile.TemporaryDirectory(prefix="kawan-bench-") as name:
        folder = Path(name)
        if "sqlite" in engines:
            files = (f"sqlite:///{folder}/{name}.db" for name in ("floor", "door", "turns"))
            run_engine("SQLite", tuple(files), options.count, folder)
        if "postgres" in engines:
            postgres = start_postgres(durable=True)
            try:
                fresh = (postgres.new_database() for _ in range(3))
                run_engine("PostgreSQL", tuple(fresh), options.count, folder)
            finally:
                postgres.stop()


def run_engine(engine: str, urls: tuple[str, ...], count: int, folder: Path) -> None:
    """Measure one engine and print its table."""
    floor, door, turns = urls
    show(engine, asyncio.run(measure_engine(engine, (floor, door, turns), count, folder)))


if __name__ == "__main__":
    main()
