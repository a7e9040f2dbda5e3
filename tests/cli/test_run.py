"""``admin_cli.py`` as its own process: start, refuse what would hurt, stop."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE
from tests.program import ROOT, await_ready, free_port


def run(tmp_path: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(ROOT / "admin_cli.py"), *arguments],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path / "var"), **environment},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_run_serves_holds_its_data_and_stops_when_told(tmp_path: Path) -> None:
    """The command that a service manager starts."""
    port = free_port()
    program = run(tmp_path, "run", BIND=f"127.0.0.1:{port}")
    try:
        await_ready(f"http://127.0.0.1:{port}", program)
        restore = run(tmp_path, "db", "restore", "cadangan", "--force")
        _, said = restore.communicate(timeout=PATIENCE)
        assert (restore.returncode, "Hentikan program" in said) == (1, True)
    finally:
        program.send_signal(signal.SIGTERM)
        out, _ = program.communicate(timeout=PATIENCE)
    assert program.returncode == 0
    assert "Simulator" in out


def test_a_start_that_fails_says_why_without_a_traceback(tmp_path: Path) -> None:
    """Service managers show these lines to somebody at night."""
    program = run(tmp_path, "run", BIND="8080", TIMEZONE="Jakarta")
    _, said = program.communicate(timeout=PATIENCE)
    assert program.returncode == 1
    assert "BIND" in said
    assert "TIMEZONE" in said
    assert "Traceback" not in said


def test_wrong_usage_is_status_2(tmp_path: Path) -> None:
    """Scripts tell it from a fault."""
    program = run(tmp_path, "run", "--role", "semua")
    program.communicate(timeout=PATIENCE)
    assert program.returncode == 2
