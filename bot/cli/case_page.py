"""One case as operators read it on a terminal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cli.show import print_table, say
from bot.cli.store import local_time
from bot.settings import Settings
from bot.texts import Texts
from nlp.taxonomy import Taxonomy

_ACTORS = {"reporter": "pelapor", "officer": "petugas", "system": "program"}
_DELIVERY = {
    "queued": "antre",
    "held": "menunggu pelapor menulis",
    "sending": "sedang dikirim",
    "sent": "terkirim",
    "delivered": "sampai",
    "read": "dibaca",
    "failed": "gagal",
    "uncertain": "tidak pasti",
    "cancelled": "dibatalkan",
    "dead": "gagal terus",
}
_DIRECTIONS = {"reporter": "pelapor", "note": "catatan petugas", "reply": "balasan petugas"}


def print_case(
    facts: Mapping[str, Any], settings: Settings, texts: Texts, taxonomy: Taxonomy
) -> None:
    """Print the facts, the trail, the delivery, and what was told where it was revealed."""

    def at(moment: datetime | None) -> str:
        return local_time(settings, moment)

    say(f"{facts['number']} ({facts['organisation']})\n")
    for label, value in _lines(facts, texts, taxonomy, settings):
        say(f"{label:<14}: {value}")
    say("")
    print_table(
        "Jejak",
        ("Kapan", "Siapa", "Apa", "Dari", "Menjadi"),
        [
            (at(event["at"]), _ACTORS[event["actor"]], event["what"], event["before"],
             event["after"])
            for event in facts["timeline"]
        ],
    )  # fmt: skip
    print_table(
        "Pengiriman ke pelapor",
        ("Kapan", "Kanal", "Keadaan", "Sejak", "Sebab"),
        [
            (at(row["at"]), row["channel"], _DELIVERY[row["status"]], at(row["settled_at"]),
             row["error"])
            for row in facts["delivery"]
        ],
    )  # fmt: skip
    if "revealed" in facts:
        _print_revealed(facts["revealed"], settings)


def category_label(taxonomy: Taxonomy, slug: str) -> str:
    """The category in a word or two; one that is no longer listed stands for itself."""
    labels = {category.slug: category.label for category in taxonomy.categories}
    return labels.get(slug, slug)


def _lines(
    facts: Mapping[str, Any], texts: Texts, taxonomy: Taxonomy, settings: Settings
) -> list[tuple[str, str]]:
    stage = texts(f"cases.stage.{facts['status']}.label")
    lines = [
        ("Tahap", f"{stage}, sejak {local_time(settings, facts['status_since'])}"),
        ("Jenis", texts(f"cases.kind.{facts['kind']}")),
        ("Kategori", category_label(taxonomy, facts["category"])),
        ("Tanda", ", ".join(taxonomy.tags.get(tag, tag) for tag in facts["tags"]) or "-"),
        ("Urgensi", texts(f"cases.urgency.{facts['urgency']}")),
        ("Sensitif", "ya" if facts["sensitive"] else "tidak"),
        ("Identitas", "memakai nama" if facts["identity"] == "nama" else "dirahasiakan"),
        ("Petugas", "ada" if facts["assigned"] else "belum ada"),
        ("Bukti", f"{len(facts['files'])} berkas"),
        ("Dibuka", local_time(settings, facts["opened_at"])),
    ]
    if facts["outcome"]:
        lines.append(("Hasil", texts(f"cases.outcome.{facts['outcome']}.label")))
    if facts["closed_at"]:
        lines.append(("Ditutup", local_time(settings, facts["closed_at"])))
    if facts["reopened"]:
        lines.append(("Dibuka lagi", f"{facts['reopened']} kali"))
    return lines


def _print_revealed(told: Mapping[str, Any], settings: Settings) -> None:
    say("")
    for label, key in (
        ("Pelapor", "pseudonym"),
        ("Nama", "name"),
        ("Alamat", "address"),
        ("Jam aman", "safe_hours"),
        ("Tempat kerja", "workplace"),
        ("Daerah", "region"),
        ("Kejadian", "happened"),
        ("Terdampak", "affected"),
        ("Petugas", "officer"),
    ):
        say(f"{label:<14}: {told[key] or '-'}")
    say(f"\nCerita:\n{told['story'] or '-'}\n")
    for message in told["messages"]:
        if message["text"]:
            who = _DIRECTIONS[message["direction"]]
            say(f"{local_time(settings, message['at'])} {who}: {message['text']}")
    say("\nPembukaan ini dicatat dalam jejak kasus.")
