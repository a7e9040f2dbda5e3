"""``simulate``: play written conversations against the real program."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.show import Refused, print_json, say
from bot.log import configure_logging
from bot.transcript.lines import TranscriptError
from bot.transcript.play import Played, play_file

app = typer.Typer()


@app.command()
def simulate(
    files: Annotated[list[Path], typer.Argument(help="Berkas transkrip.", dir_okay=False)],
    *,
    show: Annotated[bool, typer.Option("--show", help="Tampilkan seluruh percakapan.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")] = False,
) -> None:
    """Memainkan transkrip; berhenti dengan status 1 kalau ada yang berbeda."""
    configure_logging("CRITICAL")
    played = [(file, _play(file)) for file in files]
    differing = [file for file, one in played if one.difference is not None]
    if as_json:
        print_json(
            [
                {"file": str(file), "same": one.difference is None, "difference": one.difference}
                | ({"log": one.log} if show else {})
                for file, one in played
            ]
        )
    else:
        for file, one in played:
            _print(file, one, show=show)
        if len(files) > 1:
            say(f"{len(files) - len(differing)} dari {len(files)} transkrip cocok.")
    if differing:
        raise typer.Exit(1)


def _play(file: Path) -> Played:
    try:
        return play_file(file)
    except FileNotFoundError:
        raise Refused(f"tidak ada berkas {file}.", "Periksa nama berkasnya.") from None
    except UnicodeDecodeError:
        raise Refused(f"{file} bukan teks UTF-8.", "Simpan ulang sebagai UTF-8.") from None
    except TranscriptError as wrong:
        raise Refused(
            f"{file} tidak bisa dibaca: {wrong}.", "Perbaiki baris itu, lalu ulangi."
        ) from None


def _print(file: Path, played: Played, *, show: bool) -> None:
    if show:
        say("\n".join(played.log) + "\n")
    if played.difference is None:
        say(f"{file}: cocok")
    else:
        say(f"{file}: berbeda\n{played.difference}\n")
