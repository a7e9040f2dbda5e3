"""``run``: start the program and serve until told to stop."""

from enum import StrEnum
from typing import Annotated

import typer

from bot import serve

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
    serve.run(role.value)
