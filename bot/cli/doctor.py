"""``doctor``: is everything ready, and if not, what is to be done?"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from bot.cli.show import print_json, print_table, say
from bot.clock import SystemClock
from bot.doctor.examine import examine
from bot.doctor.findings import Finding, Status, fault
from bot.log import configure_logging
from bot.settings import SettingsProblem, load_settings

app = typer.Typer()

_MARKS = {Status.OK: "baik", Status.WARNING: "PERHATIKAN", Status.FAULT: "RUSAK"}
_LABELS = {
    "settings": "Pengaturan",
    "data_dir": "Folder data",
    "disk": "Ruang disk",
    "spool": "Penampung pesan",
    "classifier": "Pengklasifikasi",
    "rights": "Jawaban soal hak",
    "keys": "Kunci",
    "keys_fit": "Kunci dan data",
    "database": "Database",
    "schema": "Susunan database",
    "writable": "Tulis database",
    "dead_letters": "Pesan gagal",
    "queue": "Antrean masuk",
    "outbox": "Antrean keluar",
    "alarms": "Alarm",
    "inbound": "Pesan masuk",
    "templates": "Contoh pesan",
    "evidence": "Bukti",
    "clock_stored": "Jam dan data",
    "clock_trusted": "Jam dan masa simpan",
    "clock_provider": "Jam dan penyedia",
    "roster": "Daftar petugas",
    "channels": "Kanal",
    "telegram_token": "Token Telegram",
    "telegram_webhook": "Webhook Telegram",
    "telegram_pending": "Antrean Telegram",
    "telegram_group": "Grup petugas",
    "telegram_small_group": "Grup kecil",
    "telegram_small_rights": "Hak bot di grup kecil",
    "telegram_rights": "Hak bot di grup",
    "twilio_account": "Akun Twilio",
    "twilio_sender": "Pengirim WhatsApp",
    "twilio_secondary": "Token kedua Twilio",
    "public_url": "Alamat umum",
    "public_reach": "Alamat umum hidup",
    "certificate": "Sertifikat",
}


@app.command()
def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")] = False
) -> None:
    """Memeriksa semuanya dan apa yang perlu dilakukan; status 1 kalau ada yang rusak."""
    findings = list(_findings())
    broken = [one for one in findings if one.status is Status.FAULT]
    if as_json:
        print_json({"ok": not broken, "checks": [asdict(one) for one in findings]})
    else:
        _print(findings)
    if broken:
        raise typer.Exit(1)


def _findings() -> Iterable[Finding]:
    configure_logging("CRITICAL")
    try:
        settings = load_settings()
    except SettingsProblem as problem:
        action = "Perbaiki nilainya di .env atau di lingkungan, lalu ulangi."
        return [fault("settings", line, action) for line in str(problem).splitlines()]
    return examine(settings, SystemClock())


def _print(findings: list[Finding]) -> None:
    rows = []
    for one in findings:
        whose = f" ({one.organisation})" if one.organisation else ""
        action = f"\n> {one.action}" if one.action else ""
        rows.append((_MARKS[one.status], _LABELS[one.check] + whose, one.message + action))
    print_table("Pemeriksaan", ("Keadaan", "Apa", "Temuan dan langkah berikut"), rows)
    faults = sum(one.status is Status.FAULT for one in findings)
    warnings = sum(one.status is Status.WARNING for one in findings)
    if faults or warnings:
        say(f"{faults} rusak, {warnings} perlu diperhatikan.")
    else:
        say("Semuanya siap.")
