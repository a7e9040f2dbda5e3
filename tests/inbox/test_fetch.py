"""Files are fetched aside: late ones are waited for, lost ones are told of, deleted ones stay so."""

import asyncio
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.channels import FileGone, FileTooLarge, TryLater
from bot.inbox.fetch import Fetcher
from storage.crypto import KeyProblem
from storage.database import Database
from storage.evidence import EvidenceStore, remove_deleted
from storage.tables import Attachment
from tests.outbox.scripted import Desk
from tests.patience import PATIENCE
from tests.storage.rows import NOW


class Files(Desk):
    """A desk with a fetcher and one file to fetch."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.fetcher = Fetcher(
            database=database,
            vault=self.vault,
            clock=self.clock,
            evidence=self.evidence,
            channel_of=lambda _organisation, _name: self.whatsapp,
            wake_outbox=lambda: None,
        )
        sealed = self.vault.seal_json({"reference": "isi foto", "name": "slip.jpg"}, "attachments")
        with database.transaction() as session:
            session.add(Attachment(
                key="1.0", organisation_id=self.organisation_id, case_id=self.case.id,
                person_id=self.reporter.person.id, channel="whatsapp", kind="photo", due_at=NOW,
                created_at=NOW, sealed=sealed,
            ))  # fmt: skip

    def fetch(self, seconds: float = 0) -> int:
        """Let time pass and fetch what is due."""
        self.clock.advance(seconds)
        return asyncio.run(self.fetcher.fetch_waiting())

    @property
    def file(self) -> Attachment:
        """The file's row."""
        with self.database.reading() as session:
            return session.exec(select(Attachment)).one()

    def on_disk(self) -> list[Path]:
        """The sealed files."""
        return [path for path in (self.evidence._folder).rglob("*") if path.is_file()]


@pytest.fixture
def files(database: Database, tmp_path: Path) -> Files:
    """One file to fetch, on each engine."""
    return Files(database, tmp_path)


def test_a_file_is_kept_sealed_with_its_hash(files: Files) -> None:
    """Evidence must be provably unchanged and readable by nobody else."""
    files.fetch()
    assert (files.file.state, files.file.size) == ("stored", 8)
    assert files.evidence.read(files.file.path) == b"isi foto"
    (path,) = files.on_disk()
    assert b"isi foto" not in path.read_bytes()
    private = files.vault.open_json(files.file.sealed, "attachments")
    assert private["reference"] == "", "the provider's link is of no more use"
    assert len(private["sha256"]) == 64


def test_a_file_that_is_late_at_the_provider_is_waited_for(files: Files) -> None:
    """Twilio answers 404 for a second or two after the message came."""
    files.whatsapp.troubles["fetch"] = [TryLater("404"), TryLater("404")]
    assert files.fetch() == 1
    assert files.fetch(0.5) == 0
    assert files.fetch(0.6) == 1
    assert files.fetch(3) == 1
    assert files.file.state == "stored"


@pytest.mark.parametrize(
    ("trouble", "state", "told"),
    [(FileTooLarge(), "too_large", "terlalu besar"), (FileGone(), "failed", "gagal diunduh")],
)
def test_a_file_that_will_not_come_is_told_on_the_card(
    files: Files, trouble: Exception, state: str, told: str
) -> None:
    """The officers must ask for it again while she still has it."""
    files.whatsapp.troubles["fetch"] = [trouble]
    files.fetch()
    assert files.file.state == state
    files.deliver()
    assert told in files.telegram.sent[-1].text.text


@pytest.mark.parametrize("trouble", [TryLater("500"), RuntimeError("defect")])
def test_after_seven_tries_it_is_given_up(files: Files, trouble: Exception) -> None:
    """Nobody looks at a file that is pending for ever."""
    files.whatsapp.troubles["fetch"] = [trouble] * 20
    for _ in range(10):
        files.fetch(1801)
    assert (files.file.state, files.file.attempts) == ("failed", 7)


def test_a_fetcher_that_died_is_followed_by_another_after_its_lease(files: Files) -> None:
    """Kill -9 during the download: it is downloaded again."""
    files.fetcher._claim()
    assert files.fetch(60) == 0
    assert files.fetch(121) == 1
    assert files.file.state == "stored"


def test_what_was_deleted_while_it_was_fetched_does_not_come_back(files: Files) -> None:
    """She deleted her data while her photo was on its way."""
    (claimed,) = files.fetcher._claim()
    with files.database.transaction() as session:
        row = session.exec(select(Attachment)).one()
        row.state = "deleted"
        session.add(row)
    files.fetcher._keep(claimed, b"isi foto")
    assert files.file.state == "deleted"
    assert files.on_disk() == []


def test_a_full_disk_delays_a_file_and_ends_nothing(files: Files) -> None:
    """Photos that come while the disk is full are there when it has room again."""
    folder = files.evidence._folder
    aside = folder.rename(folder.with_name("aside"))
    folder.write_text("in the way")
    assert files.fetch() == 1
    assert files.file.state == "pending"
    folder.unlink()
    aside.rename(folder)
    assert files.fetch(181) == 1
    assert files.file.state == "stored"


def test_a_row_that_cannot_be_read_stops_no_other_file(files: Files) -> None:
    """One damaged value must not keep everybody's photos away."""
    with files.database.transaction() as session:
        good = session.exec(select(Attachment)).one()
        session.add(Attachment(
            **good.model_dump(exclude={"id", "key", "sealed", "due_at"}),
            key="0.0", sealed=b"damaged", due_at=NOW - timedelta(seconds=1),
        ))  # fmt: skip
    assert files.fetch() == 1
    with files.database.reading() as session:
        rows = session.exec(select(Attachment).order_by(Attachment.key)).all()
    assert [row.state for row in rows] == ["pending", "stored"]


def test_the_fetcher_goes_on_after_whatever_stopped_one_round(files: Files) -> None:
    """A fetcher that died of it would leave every photo unfetched until the next start."""
    claim = files.fetcher._claim
    troubles = iter([OSError("disk"), KeyProblem("key")])

    def sometimes() -> list:
        for trouble in troubles:
            raise trouble
        return claim()

    files.fetcher._claim = sometimes  # type: ignore[method-assign]
    wake = threading.Event()
    wake.wait = lambda _timeout=None: True  # type: ignore[assignment]

    until_stored = files.fetcher.run(wake, lambda: files.file.state == "stored")
    asyncio.run(asyncio.wait_for(until_stored, PATIENCE))
    assert list(troubles) == [], "both were met"
    assert (files.file.state, files.file.attempts) == ("stored", 1)
    assert files.evidence.read(files.file.path) == b"isi foto"


def test_deleted_files_are_removed_even_by_the_next_start(files: Files) -> None:
    """The process may die between the commit and the removal."""
    files.fetch()
    with files.database.transaction() as session:
        row = session.exec(select(Attachment)).one()
        row.state = "deleted"
        session.add(row)
    assert len(files.on_disk()) == 1
    assert remove_deleted(files.database, files.evidence) == 1
    assert files.on_disk() == []
    assert (files.file.state, files.file.path) == ("deleted", "")
    assert remove_deleted(files.database, files.evidence) == 0


def test_half_written_files_are_cleared_away_at_the_start(files: Files, tmp_path: Path) -> None:
    """A download that was cut leaves nothing that looks like evidence."""
    files.fetch()
    left = files.on_disk()[0].with_name("abc.part")
    left.write_bytes(b"half")
    EvidenceStore(tmp_path / "evidence", files.vault)
    assert not left.exists()
    assert len(files.on_disk()) == 1
