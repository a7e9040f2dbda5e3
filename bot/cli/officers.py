"""``officers``: who may act for the union. A change counts from the next tap on."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.cases.releasing import release_cases
from bot.cases.roster import RosterOfficer, add_officer, all_officers, find_officer, remove_officer
from bot.cases.roster_trail import note_by_operator
from bot.cli.show import Refused, note, print_json, print_table, say
from bot.cli.store import existing_store, organisation_named, slugs_by_id
from bot.outbox.orders import OutboxWriter
from storage.setup import DEFAULT_ORGANISATION

app = typer.Typer(no_args_is_help=True)

_Slug = Annotated[str, typer.Option("--organisation", help="Nama pendek organisasinya.")]
_UserId = Annotated[
    int, typer.Argument(min=1, help="Nomor pengguna Telegram, misalnya dari @userinfobot.")
]
_Json = Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")]


class Role(StrEnum):
    """What an officer may do."""

    OFFICER = "officer"
    COORDINATOR = "coordinator"
    READONLY = "readonly"


_ROLE_LABELS = {
    "officer": "petugas",
    "coordinator": "koordinator",
    "readonly": "hanya membaca",
}


@app.command("add")
def add(
    telegram_user_id: _UserId,
    name: Annotated[str, typer.Option(help="Nama yang dilihat petugas lain.")],
    *,
    role: Annotated[Role, typer.Option(help="Hak petugas ini.")] = Role.OFFICER,
    confidential: Annotated[
        bool | None,
        typer.Option(
            "--confidential/--no-confidential",
            help="Boleh menangani kasus rahasia; koordinator boleh, kecuali dilarang.",
        ),
    ] = None,
    slug: _Slug = DEFAULT_ORGANISATION,
    as_json: _Json = False,
) -> None:
    """Menambah petugas, atau mengganti nama dan hak yang sudah ada."""
    if not name.strip():
        raise typer.BadParameter("nama tidak boleh kosong", param_hint="--name")
    with existing_store() as store, store.database.transaction() as session:
        organisation_id = organisation_named(session, slug).id or 0
        officer = add_officer(
            session,
            store.vault,
            organisation_id,
            user_id=str(telegram_user_id),
            name=name.strip(),
            role=role.value,
            now=store.clock.now(),
            confidential=confidential,
        )
        note_by_operator(session, organisation_id, "added", store.clock.now(),
                         officer_id=officer.id, after=role.value)  # fmt: skip
        roster = all_officers(session, store.vault, organisation_id)
    if as_json:
        print_json(_plain(officer, slug))
    else:
        right = ", boleh membaca kasus rahasia" if officer.confidential else ""
        say(f"{officer.name} sekarang {_ROLE_LABELS[officer.role]} di {slug}{right}.")
    if not any(one.is_coordinator for one in roster):
        # Only with an empty roster do the group's administrators become coordinators.
        note(
            f"Perhatian: belum ada koordinator di {slug}, dan admin grup tidak menjadi "
            "koordinator lagi. Tambahkan satu dengan --role coordinator."
        )


@app.command("remove")
def remove(
    telegram_user_id: _UserId, *, slug: _Slug = DEFAULT_ORGANISATION, as_json: _Json = False
) -> None:
    """Mencabut hak seorang petugas. Jejak kerjanya tetap tersimpan."""
    user_id = str(telegram_user_id)
    with existing_store() as store, store.database.transaction() as session:
        organisation = organisation_named(session, slug)
        organisation_id = organisation.id or 0
        officer = find_officer(session, store.vault, organisation_id, user_id)
        if officer is None:
            raise Refused(
                f"tidak ada petugas dengan nomor itu di {slug}.",
                "Lihat nomornya dengan python admin_cli.py officers list.",
            )
        now = store.clock.now()
        remove_officer(session, store.vault, organisation_id, user_id, now)
        note_by_operator(session, organisation_id, "removed", now,
                         officer_id=officer.id, before=officer.role)  # fmt: skip
        writer = OutboxWriter(session, store.vault, organisation, now)
        left_open = len(release_cases(session, store.vault, writer, officer.id, now))
        remaining = all_officers(session, store.vault, organisation_id)
    if as_json:
        print_json({"removed": str(telegram_user_id), "open_cases": left_open})
        return
    say(f"{officer.name} tidak lagi menjadi petugas di {slug}. Keluarkan juga dari grup.")
    if left_open:
        say(f"{left_open} kasusnya dilepas; minta koordinator mengambilnya.")
    if not remaining:
        say("Daftar petugas sekarang kosong: admin grup akan menjadi koordinator.")


@app.command("list")
def show(
    *,
    slug: Annotated[
        str | None, typer.Option("--organisation", help="Hanya organisasi ini.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Menampilkan daftar petugas."""
    with existing_store() as store, store.database.reading() as session:
        if slug is not None:
            slugs = {organisation_named(session, slug).id or 0: slug}
        else:
            slugs = slugs_by_id(session)
        rows = [
            (officer, name)
            for organisation_id, name in slugs.items()
            for officer in all_officers(session, store.vault, organisation_id)
        ]
    if as_json:
        print_json([_plain(officer, name) for officer, name in rows])
    elif rows:
        print_table(
            "Petugas",
            ("Nomor Telegram", "Nama", "Hak", "Kasus rahasia", "Organisasi"),
            [
                (
                    one.user_id,
                    one.name,
                    _ROLE_LABELS[one.role],
                    "ya" if one.confidential else "tidak",
                    name,
                )
                for one, name in rows
            ],
        )
    else:
        say("Belum ada petugas. Tambahkan dengan python admin_cli.py officers add NOMOR --name …")


def _plain(officer: RosterOfficer, slug: str) -> dict[str, Any]:
    return {
        "telegram_user_id": officer.user_id,
        "name": officer.name,
        "role": officer.role,
        "confidential": officer.confidential,
        "organisation": slug,
    }
