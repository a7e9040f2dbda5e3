"""``doctor`` on this machine: finds what is wrong, says what to do, changes nothing."""

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from bot.cli.problems import explain
from bot.clock import SystemClock
from nlp.rights import RightsError
from storage.database import sqlite_path
from storage.seen_time import trust
from storage.tables import Attachment, Inbound, Outbound
from tests.cli.conftest import CommandLine, on_both_engines, settings_as_environment
from tests.cli.looking import look
from tests.world import World


@on_both_engines
def test_a_healthy_installation_has_no_fault(cli: CommandLine) -> None:
    """The same on both engines: nothing cries wolf."""
    found = look(cli)
    assert {name for name, (status, _) in found.items() if status != "ok"} == {"channels"}
    assert {"keys_fit", "schema", "writable", "evidence", "clock_stored", "rights"} <= set(found)


def test_it_makes_nothing_where_nothing_is(tmp_path: Path) -> None:
    """Looking at a wrong DATA_DIR must not create an empty installation there."""
    data_dir = tmp_path / "var"
    found = look(CommandLine(dict(settings_as_environment(data_dir, "", ""))))
    assert found["database"][0] == "warning"
    assert not data_dir.exists()


def test_wrong_settings_are_the_only_finding(cli: CommandLine) -> None:
    """Nothing else can be told; each wrong one has its line."""
    said = cli.having(BIND="8080", TIMEZONE="Jakarta")("doctor", "--json").stdout
    checks = json.loads(said)["checks"]
    assert [one["check"] for one in checks] == ["settings", "settings"]
    assert {"BIND", "TIMEZONE"} == {one["message"].partition(":")[0] for one in checks}


def test_rights_of_the_data_directory(cli: CommandLine) -> None:
    """Complaints must not be readable by other users of the machine."""
    Path(cli.environment["DATA_DIR"]).chmod(0o755)
    assert look(cli)["data_dir"][0] == "warning"


@on_both_engines
def test_data_without_a_key_is_a_fault(cli: CommandLine) -> None:
    """A new key would be made for a new installation only, never beside old data."""
    assert look(cli.having(ENCRYPTION_KEYS=""))["keys"][0] == "fault"


def test_keys_that_are_open_to_all_or_wrong(cli: CommandLine) -> None:
    """The ways to hold a key that are as bad as none."""
    from_file = cli.having(ENCRYPTION_KEYS="")
    key_file = Path(cli.environment["DATA_DIR"]) / "keys"
    key_file.write_text(cli.environment["ENCRYPTION_KEYS"])
    key_file.chmod(0o644)
    assert "chmod 600" in look(from_file)["keys"][1]
    key_file.chmod(0o600)
    assert look(from_file)["keys_fit"][0] == "ok"
    assert look(cli.having(ENCRYPTION_KEYS="A" * 43 + "="))["keys_fit"][0] == "fault"
    assert look(cli.having(ENCRYPTION_KEYS="pendek"))["keys"][0] == "fault"


def test_a_damaged_file_is_found(cli: CommandLine) -> None:
    """A broken page must be known before the backup of it replaces the good one."""
    path = sqlite_path(cli.environment["DATABASE_URL"])
    assert path is not None
    whole = path.read_bytes()
    for spoilt in (b"x" * 4096 + whole[4096:], whole[:8192] + b"\xff" * 40000 + whole[48192:]):
        path.write_bytes(spoilt)
        assert look(cli)["database"] == ("fault", "isi berkas SQLite rusak")


def test_a_server_that_is_away_is_found(cli: CommandLine) -> None:
    """The address holds a password: none of it is shown."""
    away = cli.having(DATABASE_URL="postgresql://kawan:rahasia@127.0.0.1:1/kawan")
    result = away("doctor", "--json")
    assert "tidak bisa dihubungi" in result.stdout
    assert "rahasia" not in result.output


def test_spool_that_waits_or_was_refused(cli: CommandLine) -> None:
    """Accepted complaints lie there until they are in the database."""
    folder = Path(cli.environment["DATA_DIR"]) / "spool"
    folder.mkdir()
    assert look(cli)["spool"][0] == "ok"
    old = folder / "1.spool"
    old.write_bytes(b"x")
    os.utime(old, (0, 0))
    assert look(cli)["spool"][0] == "warning"
    old.rename(folder / "1.refused")
    assert ".refused" in json.loads(cli("doctor", "--json").stdout)["checks"][3]["action"]
    assert {path.name for path in folder.iterdir()} == {"1.refused"}


def test_a_spool_that_cannot_be_written_is_a_fault(cli: CommandLine) -> None:
    """The program would refuse to start."""
    folder = Path(cli.environment["DATA_DIR"]) / "spool"
    folder.write_text("no folder")
    assert look(cli)["spool"][0] == "fault"


def test_given_up_messages_lost_files_and_a_clock_that_went_back(
    world: World, beside: CommandLine
) -> None:
    """What only the rows can tell."""
    world.opened_case()
    path, _ = world.app.evidence.keep(b"foto")
    with world.app.database.transaction() as session:
        event = session.exec(select(Inbound)).first()
        message = session.exec(select(Outbound)).first()
        assert event is not None
        assert message is not None
        event.status, message.status = "dead", "uncertain"
        session.add_all((event, message))
        now = world.clock.now()
        row = Attachment(
            key="k",
            organisation_id=event.organisation_id,
            channel="x",
            kind="photo",
            state="stored",
            path=path,
            due_at=now,
            created_at=now,
            sealed=b"",
        )
        session.add(row)
    found = look(beside)
    assert found["dead_letters"] == ("warning", "1 pesan gagal terus, 1 tidak pasti sampai")
    assert found["evidence"][0] == "ok"
    shutil.rmtree(world.settings.data_dir / "evidence")
    assert look(beside)["evidence"][0] == "fault"
    ahead = world.clock.now() - SystemClock().now()
    assert (found["clock_stored"][0] == "fault") is (ahead > timedelta(seconds=60))


def test_a_clock_that_is_doubted_is_told_because_nothing_is_deleted(
    world: World, beside: CommandLine
) -> None:
    """Data that ought to be gone stay, and nobody would know why."""
    assert look(beside)["clock_trusted"][0] == "ok"
    now = SystemClock().now()
    with world.app.database.transaction() as session:
        trust(session, world.app.vault, now)
    assert look(beside)["clock_trusted"] == ("ok", "jam dipercaya; masa simpan berjalan")
    for away, words in ((timedelta(days=-2), "maju"), (timedelta(days=2), "mundur")):
        with world.app.database.transaction() as session:
            trust(session, world.app.vault, now + away)
        status, said = look(beside)["clock_trusted"]
        assert status == "warning"
        assert words in said


def test_work_that_waits_too_long_means_nobody_works(world: World, beside: CommandLine) -> None:
    """The commonest cause of silence: the program was not started again."""
    sri = world.worker()
    sri.sends(sri.event(text="halo"))
    with world.app.database.transaction() as session:
        row = session.exec(select(Inbound)).one()
        row.received_at = SystemClock().now() - timedelta(minutes=7)
        session.add(row)
    assert look(beside)["queue"] == ("warning", "1 pesan masuk menunggu, yang tertua 7 menit")


def test_people_read_a_table(cli: CommandLine) -> None:
    """Every line says how it stands, and what to do where anything is."""
    printed = cli.ok("doctor")
    assert "Database" in printed
    assert "PERHATIKAN" in printed
    assert "> Isi token" in printed


def test_a_mistake_in_the_answers_is_told_with_its_file() -> None:
    """The union edits that file by hand; a traceback would help nobody."""
    told = explain(RightsError("entry thr: 'answer' is missing"))
    assert told is not None
    assert "'answer' is missing" in told[0]
    assert "nlp/rights.toml" in told[1]
