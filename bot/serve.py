"""Serves the program: uvicorn for the web roles, a plain loop for workers."""

import asyncio
import signal
import socket
import sys

import uvicorn

from bot.app import App
from bot.bootstrap import build
from bot.log import configure_logging, get_logger
from bot.memory import give_back
from bot.settings import Settings, SettingsProblem, load_settings
from bot.web import Role, Running, web_app
from storage.running import in_use


def run(role: Role) -> None:
    """Start the program with the settings of the environment and serve until told to stop.

    Raises:
        SettingsProblem, KeyProblem, SpoolUnusable, ModelError, NotAlone, TaxonomyError,
            RightsError, SchemaProblem: with what is wrong and what to do.
        DatabaseDown, SQLAlchemyError: the database cannot be used.
        OSError: a folder cannot be made or read.
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    with in_use(settings.data_dir):
        app = build(settings)
        give_back()
        try:
            serve(app, role)
        finally:
            app.close()


def serve(app: App, role: Role) -> None:
    """Run until SIGTERM or SIGINT, then drain.

    Raises:
        SettingsProblem: the port cannot be used.
    """
    if role == "worker":
        _greet(app, role)
        asyncio.run(_work(app))
        return
    listening = _listen(app.settings)
    _greet(app, role)
    config = uvicorn.Config(
        web_app(app, role),
        host=app.settings.host.strip("[]"),
        port=app.settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=20,
    )
    # uvicorn drains on a signal and then raises it again; a drained end is a good one.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: None)
    _Server(config, app).run(sockets=[listening])


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything runs."""
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, settings.port), family=family, backlog=2048)
    except OSError as refused:
        raise SettingsProblem(
            f"BIND: cannot listen on {settings.bind} ({refused.strerror}). Another program, or "
            "this one a second time, may use the port: stop it, or choose another port."
        ) from None


class _Server(uvicorn.Server):
    """Lets open simulator pages go first: uvicorn waits for every connection to end."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain and end."""
        if self._app.simulator is not None:
            self._app.simulator.close()
        await super().shutdown(sockets)


async def _work(app: App) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    running = Running(app, "worker")
    await running.start()
    await stop.wait()
    await running.stop()


def _greet(app: App, role: Role) -> None:
    """Say where everything is, on the terminal; no address or token of a person."""
    base = f"http://{app.settings.bind}"
    channels = sorted({name for _, name in app.channels if not name.startswith("sim-")})
    lines = [f"Kawan Buruh ({role})"]
    if app.simulator is not None:
        lines.append(f"  Simulator : {base}/simulator")
    lines += [
        f"  Kanal     : {', '.join(channels) or 'belum ada, isi token di .env'}",
        f"  Data      : {app.settings.data_dir}",
        "  Berhenti  : Ctrl+C",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    get_logger().info("started", role=role, mode=app.settings.telegram_mode)
