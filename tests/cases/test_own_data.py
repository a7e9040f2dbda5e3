"""A copy of one's own data, and their deletion: afterwards nothing of hers can be read."""

import pytest
from sqlalchemy import select as sql_select
from sqlmodel import select

from storage.cases import events_of, row_id
from storage.database import sqlite_path
from storage.sealed import SEALED_FOLDERS, sealed_columns
from storage.tables import Case, Consent, Conversation, Inbound, Outbound, Person, PersonAddress
from tests.cases.telling import MARK, sends_file, tells_everything
from tests.world import Worker, World

#: Her own phone and the group on Telegram, as the simulator plays them: not ours to delete.
ELSEWHERE = ("simulator_messages", "simulator")


def readable(world: World) -> dict[str, str]:
    """Everything that our keys can open, by table or folder."""
    vault, data_dir = world.app.vault, world.settings.data_dir
    found: dict[str, list[str]] = {}
    with world.app.database.reading() as session:
        for sealed in sealed_columns():
            values = session.execute(sql_select(sealed.column)).scalars()
            found[sealed.table.name] = [
                vault.open(value, sealed.context).decode("latin-1")
                for value in values
                if value is not None
            ]
    for folder in SEALED_FOLDERS:
        found[folder.name] = [
            vault.open(path.read_bytes(), folder.context).decode("latin-1")
            for path in folder.files(data_dir)
        ]
    return {name: "\n".join(texts) for name, texts in found.items() if name not in ELSEWHERE}


def _told_and_handled(world: World) -> tuple[Worker, Case]:
    sri, ratna = world.worker(), world.officer()
    tells_everything(world, sri)
    case = world.cases()[-1]
    ratna.taps(case, "Saya tangani")
    ratna.writes(case, f"ibu {MARK}nama takut mandornya")
    ratna.taps(case, "Lainnya")
    ratna.taps(case, "Lihat pelapor")
    ratna.writes(case, f"/balas Ibu {MARK}nama, kami bantu")
    ratna.taps(case, "Kirim")
    world.wait(21)
    sri.says(f"ada lagi {MARK}susulan")
    world.wait(61)
    return sri, case


def _deletes(world: World, worker: Worker) -> None:
    worker.says("hapus data")
    worker.taps("Ya, hapus")
    worker.taps("Hapus sekarang")
    world.wait(61)
    world.app.jobs.take_back_lost()


def test_after_deletion_nothing_of_hers_can_be_read_not_even_with_the_keys(world: World) -> None:
    """A promise to delete is kept when the one who holds the keys finds nothing."""
    sri, case = _told_and_handled(world)
    before = readable(world)
    for place in ("cases", "case_messages", "persons", "outbox", "evidence", "attachments",
                  "companies"):  # fmt: skip
        assert MARK in before[place], place
    assert "sim-whatsapp:sri" in before["addresses"]
    _deletes(world, sri)
    left = {
        place: text
        for place, text in readable(world).items()
        if MARK in text or "sim-whatsapp" in text or '"sri"' in text
    }
    assert left == {}
    assert "sudah dihapus" in sri.heard()[-1]
    with world.app.database.reading() as session:
        assert session.exec(select(PersonAddress)).all() == []
        assert session.exec(select(Conversation)).all() == []
        assert session.exec(select(Person.pseudonym)).all() == [""]
        kept = session.get_one(Case, case.id)
        assert (kept.number, kept.status, kept.outcome) == (case.number, "selesai", "dicabut")
        assert kept.person_id is None
        trail = [event.what for event in events_of(session, row_id(kept))]
        assert trail[0] == "opened"
        assert "content_deleted" in trail
        consents = session.exec(select(Consent).order_by(Consent.id)).all()
        assert [consent.given for consent in consents] == [True, False]


def test_the_receipt_still_goes_out_and_a_replay_does_nothing(world: World) -> None:
    """She needs the proof; and a repeated webhook must not bring her back."""
    sri = world.worker()
    tells_everything(world, sri)
    with world.app.database.reading() as session:
        ids = list(session.exec(select(Inbound.external_id)))
    _deletes(world, sri)
    assert "sudah dihapus" in sri.heard()[-1]
    heard, cases = len(sri.heard()), len(world.cases())
    for external_id in ids:
        assert not world.accept(f"sim:{sri.address}", sri.event(text="x"), external_id)
    world.settle()
    assert (len(sri.heard()), len(world.cases())) == (heard, cases)


def test_who_writes_again_after_deletion_is_a_stranger(world: World) -> None:
    """Nothing may tell that she was here before."""
    sri = world.worker()
    tells_everything(world, sri)
    _deletes(world, sri)
    sri.says("status")
    assert not any(case.number in sri.heard()[-1] for case in world.cases())
    with world.app.database.reading() as session:
        assert len(session.exec(select(Person)).all()) == 2


def test_officers_learn_that_the_reporter_is_gone_and_cannot_answer(world: World) -> None:
    """They would otherwise go on writing into the void."""
    sri, case = _told_and_handled(world)
    _deletes(world, sri)
    assert any("menghapus datanya" in post for post in world.in_group())
    assert not any(f"{MARK}cerita" in post for post in world.in_group())
    world.officer().writes(case, "/balas halo")
    assert "sudah menghapus datanya" in world.in_group()[-1]


def test_a_declined_consent_leaves_no_story(world: World) -> None:
    """She said no: the words with which she began are not ours."""
    sri = world.worker()
    sri.says(f"bos saya {MARK}cerita")
    sri.taps("Tidak")
    world.wait(61)
    assert [name for name, text in readable(world).items() if MARK in text] == []
    assert world.cases() == []


def test_the_copy_holds_what_she_told_and_what_she_was_told(world: World) -> None:
    """The right to a copy is empty if half is missing."""
    sri, case = _told_and_handled(world)
    sri.says("data saya")
    copy = "\n".join(sri.heard()[-6:])
    for mark in ("cerita", "tempat", "kapan", "nama", "jam", "susulan"):
        assert f"{MARK}{mark}" in copy, mark
    assert case.number in copy
    assert "takut mandornya" not in copy, "notes are not hers"


def test_the_copy_tells_who_said_what_and_what_she_agreed_to(world: World) -> None:
    """She must see what officers wrote, what they think it is, and whether her name is used."""
    sri, case = _told_and_handled(world)
    world.officer().writes(case, f"/balas {MARK}belum dikirim")
    sri.says("data saya")
    copy = "\n".join(sri.heard()[-6:])
    assert f"- Petugas: Ibu {MARK}nama, kami bantu" in copy
    assert f"- Anda: ada lagi {MARK}susulan" in copy
    for line in ("Nama Anda: dipakai", "Jenis: ", "Anggota serikat: ", "Anda beri pada 23 Nov"):
        assert line in copy, line
    assert f"{MARK}belum dikirim" not in copy, "she was not told that"


def test_the_copy_holds_the_story_that_is_not_sent_yet(world: World) -> None:
    """What she typed lies with us before she taps Kirim."""
    sri = world.worker()
    sri.says(f"gaji saya belum dibayar dua bulan {MARK}cerita")
    sri.taps("Setuju")
    sends_file(world, sri, f"{MARK}berkas.jpg", b"isi")
    sri.says("data saya")
    copy = "\n".join(sri.heard()[-3:])
    assert f"{MARK}cerita" in copy
    assert "Berkas: 1" in copy


def test_words_deleted_are_gone_from_the_file_as_well(world: World) -> None:
    """Deleted pages that stay in the file could be read by whoever gets keys and disk."""
    path = sqlite_path(world.app.database.url)
    if path is None:
        pytest.skip("PostgreSQL reuses its pages by itself")
    sri = world.worker()
    tells_everything(world, sri)
    with world.app.database.reading() as session:
        old = [bytes(row.sealed) for row in session.exec(select(Outbound)) if row.person_id]
    _deletes(world, sri)
    with world.app.database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    assert len(old) > 5
    assert [value for value in old if value in content] == []
