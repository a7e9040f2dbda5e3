"""``run``: start the program and serve until told to stop."""

from enum import StrEnum
from typing import Annotated

import typer

from bot.bootstrap import build
from bot.log import configure_logging
from bot.serve import serve
from bot.settings import load_settings
from storage.running import in_use

app = typer.Typer()


class Role(StrEnum):
    """Which part of the work this process takes."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"


@app.command()
def run(
    role: Annotated[
        Role, typer.Option(help="all: semuanya; web: hanya menerima; worker: hanya mengerjakan.")
    ] = Role.ALL,
) -> None:
    """Menjalankan program sampai dihentikan dengan Ctrl+C."""
    settings = load_settings()
    configure_logging(settings.log_level)
    with in_use(settings.data_dir):
        program = build(settings)
        try:
            serve(program, role.value)
        finally:
            program.close()
