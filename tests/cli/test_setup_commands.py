"""``orgs`` and ``officers``: unions, their accounts, who may act for them."""

import re

import pytest
from sqlmodel import select

from bot.cases.roster import find_officer
from storage.crypto import Vault
from storage.database import Database
from storage.setup import accounts_of, load_lookup_key
from storage.tables import Organisation
from tests.cli.conftest import CommandLine
from tests.world import World

TOKEN = "987654:AAtoken-that-nobody-may-see"
SID = "AC" + "1f" * 16


def accounts(cli: CommandLine, slug: str) -> dict[str, str]:
    database = Database(cli.environment["DATABASE_URL"])
    vault = Vault((cli.environment["ENCRYPTION_KEYS"],))
    with database.reading() as session:
        load_lookup_key(session, vault)
        organisation = session.exec(select(Organisation).where(Organisation.slug == slug)).one()
        found = dict(accounts_of(vault, organisation))
    database.dispose()
    return found


def test_an_organisation_is_added_and_shown(cli: CommandLine) -> None:
    """One installation serves many unions."""
    cli.ok("orgs", "add", "garmen", "--name", "Serikat Garmen")
    assert [row["slug"] for row in cli.json("orgs", "list")] == ["utama", "garmen"]
    assert "Serikat Garmen" in cli.ok("orgs", "list")
    assert "sudah ada" in cli.fails("orgs", "add", "garmen", "--name", "Lagi")


def test_tokens_come_from_standard_input_and_are_kept_sealed(cli: CommandLine) -> None:
    """A token in the command line stands in everybody's process list."""
    cli.ok("orgs", "add", "garmen", "--name", "Serikat Garmen")
    printed = cli.ok("orgs", "set", "garmen", "--telegram-bot-token", stdin=f"{TOKEN}\n")
    assert accounts(cli, "garmen") == {"telegram_bot_token": TOKEN}
    assert "AAtoken" not in printed + cli.ok("orgs", "list")
    cli.ok("orgs", "set", "garmen", "--telegram-bot-token", stdin="\n")
    assert accounts(cli, "garmen") == {}


def test_a_token_in_the_command_line_is_refused_without_repeating_it(cli: CommandLine) -> None:
    """Error messages end up in logs and screenshots."""
    said = cli.fails("orgs", "set", "utama", "--telegram-bot-token", TOKEN, status=2)
    assert "AAtoken" not in said
    assert accounts(cli, "utama") == {}


def test_half_a_twilio_account_is_refused(cli: CommandLine) -> None:
    """WhatsApp would look configured and send nothing."""
    assert "--twilio-auth-token" in cli.fails("orgs", "set", "utama", "--twilio-account-sid", SID)
    cli.ok(
        "orgs", "set", "utama", "--twilio-account-sid", SID, "--twilio-auth-token",
        "--twilio-whatsapp-from", "whatsapp:+6281100000000", stdin="rahasia\n",
    )  # fmt: skip
    assert accounts(cli, "utama") == {
        "twilio_account_sid": SID,
        "twilio_auth_token": "rahasia",
        "twilio_whatsapp_from": "+6281100000000",
    }


def test_two_organisations_cannot_share_a_bot_or_a_sender(cli: CommandLine) -> None:
    """What comes in there would go to the wrong union, with everything the worker tells."""
    sender, twilio = "+6281100000000", ("--twilio-account-sid", SID, "--twilio-auth-token")
    cli.ok("orgs", "add", "garmen", "--name", "Serikat Garmen")
    cli.ok("orgs", "add", "kebun", "--name", "Serikat Kebun")
    cli.ok("orgs", "set", "garmen", "--telegram-bot-token", stdin=f"{TOKEN}\n")
    cli.ok("orgs", "set", "garmen", *twilio, "--twilio-whatsapp-from", sender, stdin="rahasia\n")
    renewed = "987654:AAanother-token-of-the-same-bot"
    said = cli.fails("orgs", "set", "kebun", "--telegram-bot-token", stdin=f"{renewed}\n")
    assert "garmen" in said
    assert "AAanother" not in said
    assert "garmen" in cli.fails(
        "orgs", "set", "kebun", *twilio, "--twilio-whatsapp-from", sender, stdin="lain\n"
    )
    assert accounts(cli, "kebun") == {}
    cli.ok("orgs", "set", "garmen", "--telegram-bot-token", stdin=f"{renewed}\n")

    settings = cli.having(TELEGRAM_BOT_TOKEN="111111:AAof-the-settings")
    taken = "111111:AAx\n"
    assert "utama" in settings.fails("orgs", "set", "kebun", "--telegram-bot-token", stdin=taken)
    cli.ok("orgs", "set", "kebun", "--telegram-bot-token", stdin=taken)


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--twilio-account-sid", "AC12", "harus AC diikuti 32 angka"),
        ("--officer-chat", "grup", "harus seperti -100"),
        ("--name", "  ", "1 sampai"),
    ],
)
def test_wrong_values_are_refused(cli: CommandLine, option: str, value: str, told: str) -> None:
    """A typing error is cheapest here: what is right is told, and nothing was changed."""
    before = cli.json("orgs", "list"), accounts(cli, "utama")
    said = cli.fails("orgs", "set", "utama", option, value, status=2)
    assert option in said
    assert told in said
    assert (cli.json("orgs", "list"), accounts(cli, "utama")) == before


def test_an_unknown_organisation_is_told_with_those_that_exist(cli: CommandLine) -> None:
    """The operator sees the name that was meant."""
    assert "utama" in cli.fails("orgs", "set", "utma", "--name", "x")


def test_a_union_is_put_under_its_federation_and_taken_out_again(cli: CommandLine) -> None:
    """What nobody in a union may decide goes one level up."""

    def parents() -> dict[str, str]:
        return {row["slug"]: row["parent"] for row in cli.json("orgs", "list")}

    cli.ok("orgs", "add", "federasi", "--name", "Federasi")
    cli.ok("orgs", "add", "garmen", "--name", "Serikat Garmen", "--parent", "federasi")
    cli.ok("orgs", "set", "utama", "--parent", "garmen")
    assert parents() == {"utama": "garmen", "federasi": "", "garmen": "federasi"}
    assert "Di bawah" in cli.ok("orgs", "list")
    cli.ok("orgs", "set", "utama", "--name", "Utama")
    assert parents()["utama"] == "garmen"
    cli.ok("orgs", "set", "utama", "--parent", "")
    assert parents()["utama"] == ""


def test_a_federation_that_is_unknown_or_below_is_refused(cli: CommandLine) -> None:
    """In a circle nobody stands above anybody, and a typing error leads nowhere."""
    cli.ok("orgs", "add", "federasi", "--name", "Federasi")
    cli.ok("orgs", "add", "garmen", "--name", "Serikat Garmen", "--parent", "federasi")
    cli.ok("orgs", "set", "utama", "--parent", "garmen")
    for below in ("garmen", "utama"):
        said = cli.fails("orgs", "set", "federasi", "--parent", below, "--name", "Lain")
        assert f"'{below}' berada di bawah 'federasi'" in said
    assert "dirinya sendiri" in cli.fails("orgs", "set", "federasi", "--parent", "federasi")
    assert "garmen" in cli.fails("orgs", "set", "federasi", "--parent", "germen")
    cli.fails("orgs", "add", "kebun", "--name", "Kebun", "--parent", "germen")
    rows = {row["slug"]: row for row in cli.json("orgs", "list")}
    assert (rows["federasi"]["parent"], rows["federasi"]["name"]) == ("", "Federasi")
    assert "kebun" not in rows


def test_officers_are_added_changed_and_removed(cli: CommandLine) -> None:
    """The roster decides who may read and answer."""
    cli.ok("officers", "add", "4711", "--name", "Ratna")
    cli.ok("officers", "add", "4711", "--name", "Ratna", "--role", "coordinator")
    assert cli.json("officers", "list") == [
        {
            "telegram_user_id": "4711",
            "name": "Ratna",
            "role": "coordinator",
            "confidential": True,
            "organisation": "utama",
        }
    ]
    assert "koordinator" in cli.ok("officers", "list")
    cli.ok("officers", "remove", "4711")
    assert cli.json("officers", "list") == []
    assert "4711" not in cli.fails("officers", "remove", "4711")


def test_the_right_to_confidential_cases_is_given_and_taken(cli: CommandLine) -> None:
    """A coordinator has it unless it is taken away, others only when it is given."""

    def has(*options: str) -> bool:
        added = cli.json("officers", "add", "4711", "--name", "Ratna", *options)
        return bool(added["confidential"])

    assert not has()
    assert has("--confidential")
    assert has()
    assert has("--role", "coordinator")
    assert not has("--role", "coordinator", "--no-confidential")


def test_a_code_for_a_group_is_made(cli: CommandLine) -> None:
    """The operator hands it to whoever sets up the group, and nothing of it stays readable."""
    made = cli.json("orgs", "invite", "utama", "--sensitive")
    assert (made["organisation"], made["purpose"]) == ("utama", "sensitive")
    code = cli.json("orgs", "invite", "utama")["code"]
    assert re.fullmatch(r"(?:[0-9A-Z]{4}-){2}[0-9A-Z]{4}", code)
    assert "/mulai_grup " in cli.ok("orgs", "invite", "utama")
    cli.fails("orgs", "invite", "tidak-ada")


def test_a_roster_without_a_coordinator_is_told(cli: CommandLine) -> None:
    """Nobody could take over a case, and the group's administrators do not step in."""
    warned = cli("officers", "add", "4711", "--name", "Ratna")
    assert "belum ada koordinator" in warned.stderr
    assert "belum ada koordinator" not in warned.stdout
    calm = cli("officers", "add", "4712", "--name", "Joko", "--role", "coordinator")
    later = cli("officers", "add", "4713", "--name", "Maria")
    assert calm.stderr + later.stderr == ""


@pytest.mark.parametrize(
    ("officer", "told"),
    [
        (("ratna", "--name", "Ratna"), "telegram_user_id"),
        (("4711", "--name", "Ratna", "--role", "bos"), "'coordinator'"),
        (("4711", "--name", " "), "nama tidak boleh kosong"),
    ],
)
def test_wrong_officers_are_wrong_usage(
    cli: CommandLine, officer: tuple[str, ...], told: str
) -> None:
    """Names are no ids, roles are three, and nobody is put on the roster by a typing error."""
    assert told in cli.fails("officers", "add", *officer, status=2)
    assert cli.json("officers", "list") == []


def test_rights_count_from_the_next_tap(world: World, beside: CommandLine) -> None:
    """No restart may be needed to shut somebody out."""
    beside.ok("officers", "add", "4711", "--name", "Budi", "--organisation", "simulasi")
    with world.app.database.reading() as session:
        organisation_id = world.organisation_id(session)
        officer = find_officer(session, world.app.vault, organisation_id, "4711")
    assert officer is not None
    assert officer.may_act


def test_nothing_is_made_where_nothing_is(cli: CommandLine, tmp_path: object) -> None:
    """A typing error in DATA_DIR must not look like an empty installation."""
    elsewhere = f"{tmp_path}/elsewhere"
    stray = cli.having(DATA_DIR=elsewhere, DATABASE_URL=f"sqlite:///{elsewhere}/kawan.db")
    for command in (("officers", "list"), ("cases", "list"), ("dead-letters", "list")):
        assert "db upgrade" in stray.fails(*command)
    assert not re.search("elsewhere", str(list(type(tmp_path)(str(tmp_path)).iterdir())))


def test_wrong_keys_are_told_in_words(cli: CommandLine) -> None:
    """The commonest disaster after a move to another machine."""
    stray = cli.having(ENCRYPTION_KEYS="A" * 43 + "=")
    assert "kunci" in stray.fails("officers", "list")


def test_wrong_settings_are_told_by_name_without_their_value(cli: CommandLine) -> None:
    """A token pasted into the wrong line must not be shown."""
    said = cli.having(TELEGRAM_BOT_TOKEN="salah-tempel").fails("officers", "list")
    assert "TELEGRAM_BOT_TOKEN" in said
    assert "salah-tempel" not in said
