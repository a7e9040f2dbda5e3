"""``calendar``: which days the program counts as free, and how sure that is."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.show import print_json, print_table, say
from bot.clock import SystemClock
from bot.settings import load_settings
from bot.worktime.calendar import FOLDER, load_calendar

app = typer.Typer(no_args_is_help=True)

_WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_KINDS = {"libur": "libur nasional", "cuti_bersama": "cuti bersama", "tambahan": "ditambahkan"}


@app.callback()
def _calendar() -> None:
    """Melihat kalender hari kerja."""


@app.command("show")
def show(
    year: Annotated[
        int | None,
        typer.Argument(metavar="[TAHUN]", min=2000, max=2099, help="Tahun ini kalau kosong."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")] = False,
) -> None:
    """Menampilkan hari libur dan cuti bersama satu tahun."""
    settings = load_settings()
    calendar = load_calendar(settings.data_dir / FOLDER)
    year = year or SystemClock().now().astimezone(settings.zone).year
    days, certain = calendar.days_off(year), calendar.is_certain(year)
    if as_json:
        told = [asdict(day) | {"on": day.on.isoformat()} for day in days]
        print_json(
            {"year": year, "certain": certain, "decree": calendar.decree(year), "days": told}
        )
        return
    rows = [
        (
            day.on.isoformat(),
            _WEEKDAYS[day.on.weekday()],
            day.name,
            _KINDS[day.kind] + (", perkiraan" if day.estimated else ""),
        )
        for day in days
    ]
    print_table(f"Hari libur {year}", ("Tanggal", "Hari", "Nama", "Jenis"), rows)
    if certain:
        say(f"Sudah pasti. {calendar.decree(year)}".strip())
    else:
        say(
            "Belum pasti: pemerintah belum mengumumkannya, atau program ini belum mengenalnya. "
            f"Kalau SKB-nya sudah ada, tulis di {settings.data_dir / FOLDER / f'{year}.toml'}; "
            "caranya di docs/operator.md."
        )
