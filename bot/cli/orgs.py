"""``orgs``: the unions that this installation serves, and their accounts at the providers.

Tokens are asked for on the terminal without echo, or read from standard input, one a line;
never from the command line, where other users of the machine could read them.
"""

import re
import sys
from typing import Annotated, Any

import typer
from sqlmodel import Session, col, func, select

from bot.cli.org_accounts import checked, refuse_shared, seal_accounts
from bot.cli.show import Refused, print_json, print_table, say
from bot.cli.store import Store, existing_store, organisation_named
from storage.invitations import VALID_FOR, make_invitation
from storage.setup import accounts_of, ensure_organisation, organisation_by_slug
from storage.tables import Case, OfficerAccount, Organisation

app = typer.Typer(no_args_is_help=True)

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_NAME_LENGTH = 120
_Json = Annotated[bool, typer.Option("--json", help="Jawab dengan JSON.")]
_Slug = Annotated[str, typer.Argument(metavar="SLUG", help="Nama pendek, seperti serikat-kain.")]
_ASKED = "ditanyakan tanpa ditampilkan; kosong untuk menghapus"
_Parent = Annotated[
    str | None, typer.Option("--parent", metavar="SLUG", help="Federasi di atasnya, nama pendek.")
]


@app.command("list")
def show(*, as_json: _Json = False) -> None:
    """Menampilkan semua organisasi."""
    with existing_store() as store, store.database.reading() as session:
        organisations = session.exec(select(Organisation).order_by(col(Organisation.id))).all()
        rows = [_facts(store, session, organisation) for organisation in organisations]
    if as_json:
        print_json(rows)
        return
    print_table(
        "Organisasi",
        ("Nama pendek", "Nama", "Di bawah", "Grup petugas", "Akun sendiri", "Petugas", "Kasus"),
        [
            (
                row["slug"],
                row["name"],
                row["parent"] or "-",
                row["officer_chat"] or "belum diatur",
                ", ".join(row["own_accounts"]) or "-",
                str(row["officers"]),
                str(row["cases"]),
            )
            for row in rows
        ],
    )


@app.command("add")
def add(
    slug: _Slug,
    name: Annotated[str, typer.Option(help="Nama lengkap, seperti dibaca pekerja.")],
    *,
    parent: _Parent = None,
    as_json: _Json = False,
) -> None:
    """Menambah organisasi."""
    if not _SLUG.fullmatch(slug):
        raise typer.BadParameter("huruf kecil, angka dan -, paling banyak 40", param_hint="SLUG")
    name = _checked_name(name)
    with existing_store() as store, store.database.transaction() as session:
        if organisation_by_slug(session, slug) is not None:
            raise Refused(f"organisasi {slug!r} sudah ada.", "Ubah dengan orgs set.")
        added = ensure_organisation(session, slug=slug, name=name, now=store.clock.now())
        if parent:
            _put_under(session, added, parent)
    if as_json:
        print_json({"slug": slug, "name": name, "parent": parent or ""})
    else:
        say(f"{name} ditambahkan. Isi akun dan grup petugasnya dengan orgs set {slug}.")


@app.command("set", context_settings={"allow_extra_args": True})
def change(
    context: typer.Context,
    slug: _Slug,
    *,
    name: Annotated[str | None, typer.Option(help="Nama lengkap.")] = None,
    officer_chat: Annotated[
        str | None, typer.Option(help="Nomor grup petugas di Telegram, seperti -100…")
    ] = None,
    parent: _Parent = None,
    telegram_bot_token: Annotated[
        bool, typer.Option("--telegram-bot-token", help=f"Token bot Telegram ({_ASKED}).")
    ] = False,
    twilio_account_sid: Annotated[str | None, typer.Option(help="SID akun Twilio, AC…")] = None,
    twilio_auth_token: Annotated[
        bool, typer.Option("--twilio-auth-token", help=f"Token Twilio ({_ASKED}).")
    ] = False,
    twilio_auth_token_secondary: Annotated[
        bool,
        typer.Option("--twilio-auth-token-secondary", help=f"Token kedua Twilio ({_ASKED})."),
    ] = False,
    twilio_whatsapp_from: Annotated[
        str | None, typer.Option(help="Nomor WhatsApp pengirim, +62…")
    ] = None,
    twilio_messaging_service_sid: Annotated[
        str | None, typer.Option(help="SID layanan pesan Twilio, MG…")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Mengubah organisasi; yang tidak disebut tetap. Nilai kosong menghapus."""
    if context.args:
        raise typer.BadParameter(
            "token tidak boleh ditulis di baris perintah; tulis opsinya saja, lalu ketik "
            "tokennya saat ditanya"
        )
    given = {
        "twilio_account_sid": twilio_account_sid,
        "twilio_whatsapp_from": twilio_whatsapp_from,
        "twilio_messaging_service_sid": twilio_messaging_service_sid,
    }
    asked = {
        "telegram_bot_token": telegram_bot_token,
        "twilio_auth_token": twilio_auth_token,
        "twilio_auth_token_secondary": twilio_auth_token_secondary,
    }
    tokens = {key: _ask(key) for key, wanted in asked.items() if wanted}
    changes = {key: value for key, value in given.items() if value is not None} | tokens
    changes = {key: checked(key, value) for key, value in changes.items()}
    if name is None and officer_chat is None and parent is None and not changes:
        raise typer.BadParameter("sebutkan apa yang diubah; lihat orgs set --help")
    with existing_store() as store, store.database.transaction() as session:
        organisation = organisation_named(session, slug)
        if name is not None:
            organisation.name = _checked_name(name)
        if officer_chat is not None:
            organisation.officer_chat = checked("officer_chat", officer_chat)
        if parent is not None:
            _put_under(session, organisation, parent)
        if changes:
            seal_accounts(store, organisation, changes)
            refuse_shared(store, session, organisation)
        session.add(organisation)
        session.flush()
        facts = _facts(store, session, organisation)
    if as_json:
        print_json(facts)
        return
    say(f"{organisation.name} disimpan.")
    if changes:
        say("Jalankan ulang program supaya akun barunya dipakai, lalu periksa dengan doctor.")


@app.command("invite")
def invite(
    slug: _Slug,
    *,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="Kode untuk grup kecil laporan rahasia.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Membuat kode sekali pakai untuk menyambungkan grup Telegram. Berlaku 24 jam."""
    purpose = "sensitive" if sensitive else "group"
    with existing_store() as store, store.database.transaction() as session:
        organisation = organisation_named(session, slug)
        now = store.clock.now()
        code = make_invitation(session, store.vault, organisation.id or 0, purpose, now)
    if as_json:
        expires = (now + VALID_FOR).isoformat()
        print_json({"organisation": slug, "purpose": purpose, "code": code, "expires_at": expires})
        return
    say(f"Tulis di grupnya, setelah bot dimasukkan: /mulai_grup {code}")
    say("Kode ini berlaku 24 jam dan hanya sekali. Jangan ditulis di tempat lain.")


def _put_under(session: Session, organisation: Organisation, slug: str) -> None:
    """Make the organisation with this short name the federation above; empty: none is.

    Raises:
        Refused: there is no such organisation, or it stands below this one.
    """
    if not slug:
        organisation.parent_id = None
        session.add(organisation)
        return
    if slug == organisation.slug:
        raise Refused(f"{slug!r} tidak bisa di bawah dirinya sendiri.", "Lihat orgs list.")
    above: Organisation | None = organisation_named(session, slug)
    parent_id = above.id if above is not None else None
    while above is not None:
        if above.id == organisation.id:
            raise Refused(
                f"{slug!r} berada di bawah {organisation.slug!r}; tidak ada yang disimpan.",
                "Federasi harus di atas semua anggotanya. Lihat orgs list; lepaskan dulu dengan "
                f'orgs set {slug} --parent "".',
            )
        above = session.get(Organisation, above.parent_id) if above.parent_id else None
    organisation.parent_id = parent_id
    session.add(organisation)


def _facts(store: Store, session: Session, organisation: Organisation) -> dict[str, Any]:
    accounts = accounts_of(store.vault, organisation)
    own = {"telegram": "telegram_bot_token", "whatsapp": "twilio_account_sid"}
    officers = select(func.count()).where(
        OfficerAccount.organisation_id == organisation.id,
        col(OfficerAccount.removed_at).is_(None),
    )
    cases = select(func.count()).where(Case.organisation_id == organisation.id)
    parent_id = organisation.parent_id
    parent = session.get(Organisation, parent_id) if parent_id is not None else None
    return {
        "slug": organisation.slug,
        "name": organisation.name,
        "parent": parent.slug if parent is not None else "",
        "officer_channel": organisation.officer_channel,
        "officer_chat": organisation.officer_chat,
        "sensitive_chat": organisation.sensitive_chat,
        "own_accounts": [channel for channel, key in own.items() if accounts.get(key)],
        "officers": session.exec(officers).one(),
        "cases": session.exec(cases).one(),
    }


def _ask(key: str) -> str:
    """A token from the terminal without echo, or the next line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(key, hide_input=True, default="", show_default=False, err=True))
    return sys.stdin.readline().strip()


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= _NAME_LENGTH:
        raise typer.BadParameter(f"1 sampai {_NAME_LENGTH} huruf", param_hint="--name")
    return name
