"""What is stored cannot be read, moved or changed without the keys."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.settings import load_settings
from bot.store import open_store
from storage.crypto import KeyProblem, Vault, load_keys, new_key, write_private
from storage.database import Database
from storage.setup import ensure_lookup_key

SECRET = b"gaji Sri belum dibayar"


def test_what_was_sealed_opens_again_and_is_not_readable_in_between() -> None:
    """Encryption that leaves the words in place protects nobody."""
    vault = Vault((new_key(),))
    sealed = vault.seal(SECRET, "cases")
    assert SECRET not in sealed
    assert vault.open(sealed, "cases") == SECRET
    assert vault.seal(SECRET, "cases") != sealed


def test_another_key_another_place_or_a_changed_byte_is_refused() -> None:
    """A value must not be readable elsewhere nor be swapped for another one."""
    vault = Vault((new_key(),))
    sealed = vault.seal(SECRET, "cases")
    with pytest.raises(KeyProblem, match="ENCRYPTION_KEYS does not contain"):
        Vault((new_key(),)).open(sealed, "cases")
    with pytest.raises(KeyProblem, match="another place"):
        vault.open(sealed, "persons")
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        with pytest.raises(KeyProblem):
            vault.open(bytes(changed), "cases")
    for cut in (b"", sealed[:1], sealed[:16], sealed[:-1]):
        with pytest.raises(KeyProblem):
            vault.open(cut, "cases")


def test_after_a_change_of_keys_old_values_open_and_new_ones_use_the_new_key() -> None:
    """Keys must be changeable without a day on which nothing can be read."""
    old, new = new_key(), new_key()
    before = Vault((old,)).seal(SECRET, "cases")
    both = Vault((new, old))
    assert both.open(before, "cases") == SECRET
    assert not both.is_newest(before)
    after = both.seal(SECRET, "cases")
    assert both.is_newest(after)
    assert Vault((new,)).open(after, "cases") == SECRET


def test_look_ups_survive_a_change_of_keys(database: Database) -> None:
    """The same person must be found under the new key."""
    old, new = new_key(), new_key()
    first, second = Vault((old,)), Vault((new, old))
    for vault in (first, second):
        with database.transaction() as session:
            ensure_lookup_key(session, vault)
    assert first.lookup("whatsapp:+62811") == second.lookup("whatsapp:+62811")
    assert first.lookup("whatsapp:+62811") != first.lookup("whatsapp:+62812")


def test_a_vault_without_its_look_up_key_says_so() -> None:
    """An empty key would make guessable hashes."""
    with pytest.raises(KeyProblem, match="look-up key"):
        Vault((new_key(),)).lookup("whatsapp:+62811")


@pytest.mark.parametrize("bad", ["", "kurang", "!!!", "A" * 40])
def test_a_key_that_is_no_key_is_refused_without_printing_it(bad: str) -> None:
    """A typo must be found at the start, and must not land in a log."""
    with pytest.raises(KeyProblem) as refused:
        Vault((bad,) if bad else ())
    assert not bad or bad not in str(refused.value)


def test_a_database_without_its_key_refuses_to_start(tmp_path: Path) -> None:
    """A new key beside old data would make the data unreadable for ever."""
    settings = load_settings(_env_file=None, data_dir=tmp_path)
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    database, _ = open_store(settings, clock=clock)
    database.dispose()
    keys = tmp_path / "keys"
    assert keys.stat().st_mode & 0o777 == 0o600
    kept = keys.read_bytes()
    keys.unlink()
    with pytest.raises(KeyProblem, match="Put the key file back"):
        open_store(settings, clock=clock)
    keys.write_text(new_key())
    keys.chmod(0o600)
    with pytest.raises(KeyProblem, match="ENCRYPTION_KEYS does not contain"):
        open_store(settings, clock=clock)
    keys.write_bytes(kept)
    database, _ = open_store(settings, clock=clock)
    database.dispose()


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """A key that everyone on the machine can read protects nothing."""
    keys = tmp_path / "keys"
    write_private(keys, new_key().encode())
    assert load_keys("", keys, may_create=False)
    keys.chmod(0o640)
    with pytest.raises(KeyProblem, match="chmod 600"):
        load_keys("", keys, may_create=False)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """A torn file would be found by the next start as damaged evidence."""
    path = tmp_path / "berkas"
    write_private(path, b"lama")
    with pytest.raises(TypeError):
        write_private(path, "bukan bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"lama"
    assert [found.name for found in tmp_path.iterdir()] == ["berkas"]


def test_json_keeps_what_people_write() -> None:
    """Names and stories are full of signs beyond ASCII."""
    vault = Vault((new_key(),))
    value = {"cerita": "Ibu “Sri” 😢\u202e", "angka": [1, 2.5, None]}
    sealed = vault.seal_json(value, "cases")
    assert json.dumps(value).encode() not in sealed
    assert vault.open_json(sealed, "cases") == value
