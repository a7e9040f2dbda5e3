"""``python admin_cli.py``: finds a command, runs it, tells a problem in words.

A command's file is loaded only when that command is called, so that ``classify`` starts without
the web server and ``doctor`` runs where half of the program cannot.
"""

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from bot.cli.show import tell_problem

_COMMANDS = {
    "run": "Menjalankan program.",
    "doctor": "Memeriksa apakah semuanya siap, dan apa yang perlu dilakukan.",
    "simulate": "Memainkan transkrip percakapan terhadap program yang sebenarnya.",
    "classify": "Mengelompokkan sebuah pesan dengan pengklasifikasi.",
    "model": "Melatih, mengukur, dan memilih pengklasifikasi.",
    "cases": "Melihat dan mengekspor kasus.",
    "survey": "Melihat hasil survei setelah kasus ditutup.",
    "orgs": "Mengatur organisasi dan akun kanalnya.",
    "officers": "Mengatur daftar petugas.",
    "db": "Memperbarui, mencadangkan, dan memulihkan data.",
    "keys": "Mengganti kunci enkripsi.",
    "dead-letters": "Melihat dan mencoba lagi pesan yang gagal.",
    "webhooks": "Memasang webhook pada penyedia.",
    "templates": "Mengajukan dan memeriksa contoh pesan WhatsApp.",
    "calendar": "Melihat hari libur yang dipakai untuk menghitung hari kerja.",
    "due": "Melihat dan menyerahkan yang jatuh tempo.",
    "retention": "Menghapus yang masa simpannya habis.",
}


class _Commands(TyperGroup):
    """All commands by name, and the one place where expected problems become words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {name: TyperCommand(name, help=text) for name, text in _COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called, its file loaded now."""
        name, _, rest = super().resolve_command(ctx, args)
        module = importlib.import_module(f"bot.cli.{str(name).replace('-', '_')}")
        return name, typer.main.get_command(module.app), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a problem that operators can solve ends it with status 1."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            problems = importlib.import_module("bot.cli.problems")
            known = problems.explain(error)
            if known is None:
                raise
            tell_problem(*known)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Perintah untuk pengelola Kawan Buruh. Bantuan tiap perintah: PERINTAH --help",
)


@app.callback()
def _operators() -> None:
    """Perintah untuk pengelola Kawan Buruh. Bantuan tiap perintah: PERINTAH --help."""


def main() -> None:
    """Run the command that the command line names; ends the process with its status."""
    app(prog_name="admin_cli.py")
