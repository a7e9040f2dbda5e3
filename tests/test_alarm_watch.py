"""Silence alarms: each told once when it begins and once when it is over, with a moved clock."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.alarm_watch import CHECKS
from bot.doctor.machine import room
from bot.texts import load_texts
from storage.alarms import CALM, ringing
from storage.seen_time import trust
from storage.setup import DEFAULT_ORGANISATION
from storage.tables import Alarm, MessageTemplate, Outbound
from tests.fakes.telegram import FakeTelegram
from tests.watched import Watched


@pytest.fixture
def watched(database_url: str, tmp_path: Path) -> Iterator[Watched]:
    made = Watched(database_url, tmp_path / "var")
    yield made
    made.world.close()


def _settle(watched: Watched, row_id: int) -> None:
    with watched.world.app.database.transaction() as session:
        row = session.get_one(Outbound, row_id)
        row.status = "sent"
        session.add(row)


@pytest.mark.parametrize("check", CHECKS)
def test_each_alarm_says_what_it_means(check: str) -> None:
    """Who is woken by it at night must not have to ask."""
    texts = load_texts()
    assert texts(f"officers.watch.title.{check}")
    assert texts(f"officers.watch.meaning.{check}").endswith(".")


def test_an_alarm_is_told_when_it_begins_and_when_it_is_over(watched: Watched) -> None:
    """Said every minute it would be muted, said never it would be useless."""
    row = watched.keeps(watched.queued())
    watched.looks(minutes=4)
    assert watched.news("outbox") == []
    watched.looks(minutes=2)
    (begun,) = watched.news("outbox")
    assert "1 pesan keluar tertahan" in begun
    assert "<b>Artinya:</b>" in begun
    assert "<b>Yang perlu dilakukan:</b>" in begun
    assert watched.rings("outbox")
    for _ in range(3):
        watched.looks(minutes=60)
    _settle_whispers(watched)
    _settle(watched, row)
    watched.looks()
    watched.looks(minutes=9)
    assert len(watched.news("outbox")) == 1
    watched.looks(minutes=2)
    assert watched.news("outbox")[1:] == [
        watched.world.app.texts(
            "officers.watch.over", title="Pesan keluar tertahan", since="23-11 09.06"
        )
    ]
    assert not watched.rings("outbox")


def _settle_whispers(watched: Watched) -> None:
    """Let what was told to the operator arrive: waiting, it would hold up the outbox too."""
    with watched.world.app.database.transaction() as session:
        for row in session.exec(select(Outbound).where(Outbound.kind == "whisper")):
            row.status = "sent"
            session.add(row)


def test_what_comes_and_goes_is_one_alarm(watched: Watched) -> None:
    """A provider that answers every other minute is one trouble, not thirty."""
    for _ in range(5):
        row = watched.keeps(watched.queued())
        watched.looks(minutes=6)
        _settle_whispers(watched)
        _settle(watched, row)
        watched.looks(minutes=1)
    assert len(watched.news("outbox")) == 1


def test_of_many_processes_one_tells(watched: Watched) -> None:
    """Four workers look at the same minute."""
    row = watched.keeps(watched.queued())
    watched.world.clock.advance(360)

    def all_look() -> None:
        others = [watched.another() for _ in range(4)]
        threads = [threading.Thread(target=other.look) for other in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    all_look()
    assert len(watched.news("outbox")) == 1
    _settle_whispers(watched)
    _settle(watched, row)
    all_look()
    watched.world.clock.advance(CALM.total_seconds())
    all_look()
    assert len(watched.news("outbox")) == 2


def test_what_waits_for_morning_is_not_late(watched: Watched) -> None:
    """News that were written at night leave at eight."""
    at_eight = watched.world.clock.now() + timedelta(hours=10)
    watched.keeps(watched.queued(available_at=at_eight))
    watched.looks(minutes=601)
    assert watched.news("outbox") == []
    row = watched.queued(error="429", available_at=at_eight + timedelta(days=1))
    watched.keeps(row)
    watched.looks(minutes=6)
    assert len(watched.news("outbox")) == 1, "tried again and again is late, too"


def test_silence_is_counted_in_working_hours_by_channel(watched: Watched) -> None:
    """A quiet weekend is no alarm; a channel that nobody ever used is none either."""
    watched.keeps(watched.came("telegram"))  # Monday, 09.00
    watched.looks(minutes=60 * 24)  # Tuesday, 09.00: nine working hours later
    assert watched.news("inbound") == []
    watched.looks(minutes=60 * 24)
    (begun,) = watched.news("inbound")
    assert "18 jam kerja tanpa satu pesan pun lewat Telegram" in begun
    assert DEFAULT_ORGANISATION in begun
    watched.keeps(watched.came("telegram"))
    watched.looks()
    watched.looks(minutes=11)
    assert len(watched.news("inbound")) == 2


def test_a_weekend_is_not_silent(watched: Watched) -> None:
    """From Friday noon to Monday morning there are few working hours."""
    watched.world.clock.advance(4 * 86400 + 3 * 3600)
    watched.keeps(watched.came("twilio"))
    watched.looks(minutes=60 * 68)
    assert watched.news("inbound") == []


def test_dead_letters_waiting_words_and_stopped_templates(watched: Watched) -> None:
    """What a person has to decide, and what nobody would notice."""
    watched.keeps(watched.queued(status="dead"))
    watched.keeps(watched.came("twilio", status="new"))
    now = watched.world.clock.now()
    template = MessageTemplate(organisation_id=watched.organisation_id(), name="kawan_update_v1",
                               status="paused", checked_at=now)  # fmt: skip
    watched.keeps(template)
    watched.looks(minutes=6)
    for check in ("dead_letters", "queue", "templates"):
        assert len(watched.news(check)) == 1, check
    assert "kawan_update_v1 dihentikan sementara" in watched.news("templates")[0]


def test_a_spool_that_is_not_emptied(watched: Watched) -> None:
    """Accepted words lie there while the database is away."""
    folder = watched.world.settings.data_dir / "spool"
    lying = folder / "1.spool"
    lying.write_bytes(b"x")
    at = watched.world.clock.now().timestamp()
    os.utime(lying, (at, at))
    watched.looks(minutes=2)
    assert "1 pesan masih menunggu" in watched.news("spool")[0]
    lying.unlink()
    watched.looks()
    watched.looks(minutes=11)
    assert len(watched.news("spool")) == 2


def test_a_disk_without_room_is_told(watched: Watched) -> None:
    """Evidence is refused soon; ``/proc`` is a file system that never has room."""
    settings = watched.watch.settings
    watched.watch.settings = settings.model_copy(update={"data_dir": Path("/proc")})
    watched.looks(minutes=1)
    assert watched.rings("disk")
    assert "kosong dari" in watched.news("disk")[-1]
    assert "<b>Yang perlu dilakukan:</b> Kosongkan disk" in watched.news("disk")[-1]


def test_a_clock_that_is_doubted_is_told_because_nothing_is_deleted(watched: Watched) -> None:
    """Data that ought to be gone stay, and nobody would know."""
    app = watched.world.app
    watched.looks(minutes=1)
    assert not watched.rings("retention"), "a new installation is no trouble"
    with app.database.transaction() as session:
        trust(session, app.vault, app.clock.now() - timedelta(days=2))
    watched.looks(minutes=1)
    assert "lebih dari 36 jam" in watched.news("retention")[0]
    with app.database.transaction() as session:
        trust(session, app.vault, app.clock.now())
    watched.looks(minutes=1)
    watched.looks(minutes=11)
    assert len(watched.news("retention")) == 2
    assert not watched.rings("retention")


@pytest.mark.parametrize(
    ("free", "total", "status"),
    [(10**11, 10**12, "warning"), (2 * 10**11, 10**12, "ok"), (9 * 10**8, 10**9, "warning"),
     (10**8, 10**9, "fault"), (0, 0, "fault")],
)  # fmt: skip
def test_how_much_room_a_disk_needs(free: int, total: int, status: str) -> None:
    """Told when it is 85 % full or a gigabyte is left; broken when files are refused."""
    assert room(free, total).status.value == status


@pytest.mark.parametrize(("hours", "way"), [(1, "maju"), (-1, "mundur"), (24 * 30, "maju")])
def test_a_clock_that_jumps_is_told_once(watched: Watched, hours: int, way: str) -> None:
    """Deadlines hang on it, and nothing must be deleted by it."""
    watched.looks(minutes=1)
    assert watched.news("clock") == []
    watched.world.clock.advance(hours * 3600)
    watched.jumped += hours * 3600
    for _ in range(3):
        watched.looks(minutes=1)
    (begun,) = watched.news("clock")
    assert f"meloncat {way} {abs(hours) * 3600} detik" in begun
    for _ in range(8):
        watched.looks(minutes=10)
    assert len(watched.news("clock")) == 2


def test_without_a_chat_alarms_ring_all_the_same(database_url: str, tmp_path: Path) -> None:
    """Metrics and doctor know them."""
    watched = Watched(database_url, tmp_path / "var", operator_chat_id="")
    watched.keeps(watched.queued(status="dead"))
    watched.looks()
    assert watched.told() == []
    assert watched.rings("dead_letters")
    with watched.world.app.database.reading() as session:
        assert "dead_letters" in {alarm.name for alarm in ringing(session)}
    watched.world.close()


def test_an_alarm_that_nobody_looks_after_is_forgotten(watched: Watched) -> None:
    """The disk of a machine that was taken away must not ring for ever."""
    with watched.world.app.database.transaction() as session:
        now = watched.world.clock.now()
        session.add(Alarm(name="disk@lama", since=now, looked_at=now))
    watched.looks(minutes=60 * 23)
    assert watched.rings("disk")
    watched.looks(minutes=120)
    with watched.world.app.database.reading() as session:
        assert "disk@lama" not in {alarm.name for alarm in ringing(session)}


def test_a_lost_webhook_is_told_and_a_lost_network_is_not(
    database_url: str, tmp_path: Path
) -> None:
    """Only what is known counts: a provider that is away for an hour ends no alarm."""
    with FakeTelegram() as telegram:
        there = {"telegram_bot_token": telegram.token, "telegram_api_base_url": telegram.base_url,
                 "telegram_mode": "webhook"}  # fmt: skip
        watched = Watched(database_url, tmp_path / "var", **there)
        watched.watch.ask()
        (begun,) = watched.news("telegram_webhook")
        assert "webhook belum terpasang" in begun
        telegram_is_gone = watched.another()
        telegram_is_gone.accounts = ()
        for _ in range(3):
            watched.world.clock.advance(3600)
            telegram_is_gone.ask()
        assert len(watched.news("telegram_webhook")) == 1
    watched.world.clock.advance(3600)
    watched.watch.ask()
    watched.world.clock.advance(3600)
    watched.watch.ask()
    assert len(watched.news("telegram_webhook")) == 1
    watched.world.close()


def test_polling_asks_nothing(watched: Watched) -> None:
    """There is no webhook to lose."""
    watched.watch.ask()
    assert watched.news("telegram_webhook") == []


def test_the_operators_alarm_holds_nothing_of_anybody(watched: Watched) -> None:
    """It goes to a chat outside the officers' groups."""
    watched.world.opened_case()
    watched.keeps(watched.queued(status="dead"))
    watched.looks(minutes=6)
    said = "\n".join(watched.told())
    assert watched.world.app.texts("officers.watch.title.dead_letters") in said
    for word in ("Maju", "gaji", "sri", "KENARI", "+62"):
        assert word not in said
