"""The program as its own process, with the fake providers around it, over real HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from storage.crypto import new_key
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_state import User
from tests.fakes.twilio import FakeTwilio
from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent
GROUP = -1001234567890


@dataclass
class Program:
    """One installation: its database, its data, its fake providers; start and end it at will."""

    database_url: str
    data_dir: Path
    telegram: FakeTelegram
    twilio: FakeTwilio
    ratna: User
    port: int
    encryption_key: str = field(default_factory=new_key)
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.data_dir.mkdir(exist_ok=True)
        self.log = self.data_dir.parent / "program.log"

    @property
    def url(self) -> str:
        """The program's own address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, role: str = "all") -> None:
        """Start the program and wait until it is ready."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "--role", role],
                env=self._environment(),
                cwd=self.data_dir.parent,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            await_ready(self.url, self.process)
        except RuntimeError as failure:
            raise RuntimeError(f"{failure}\n{self.log.read_text()[-3000:]}") from None

    def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.process = None

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE)
        self.process = None
        return status

    def operate(self, *arguments: str) -> str:
        """Run an operator's command beside the program; what it printed."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "admin_cli.py"), *arguments],
            env=self._environment(),
            cwd=self.data_dir.parent,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        return done.stdout

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PTB_TIMEDELTA": "1",
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.data_dir),
            "ENCRYPTION_KEYS": self.encryption_key,
            "BIND": f"127.0.0.1:{self.port}",
            "TELEGRAM_BOT_TOKEN": self.telegram.token,
            "TELEGRAM_API_BASE_URL": self.telegram.base_url,
            "OFFICER_CHAT_ID": str(GROUP),
            "TWILIO_ACCOUNT_SID": self.twilio.account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio.auth_token,
            "TWILIO_WHATSAPP_FROM": self.twilio.sender.removeprefix("whatsapp:"),
            "TWILIO_API_BASE_URL": self.twilio.base_url,
            "SIMULATOR": "off",
            "QUIET_SECONDS": "0.5",
            "LOG_LEVEL": "DEBUG",
        }


@contextmanager
def installation(database_url: str, folder: Path) -> Iterator[Program]:
    """A fresh installation with its providers, not yet started; stopped at the end."""
    with FakeTelegram() as telegram, FakeTwilio() as twilio:
        ratna = telegram.user(501, "Ratna")
        telegram.group(GROUP, forum=True, owner=ratna)
        port = free_port()
        program = Program(database_url, folder / "var", telegram, twilio, ratna, port)
        twilio.connect(program.url)
        try:
            yield program
        finally:
            program.stop()


def await_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the program answers that it is ready.

    Raises:
        RuntimeError: it ended, or did not become ready.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError("the program ended")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=PATIENCE):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError("the program did not become ready")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
