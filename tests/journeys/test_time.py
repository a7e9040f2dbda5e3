"""Time in the whole program: reminders of what was left lying, promises, a program that slept."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlmodel import select

from bot.clock import ManualClock
from storage.tables import Case, Person
from tests.world import STORY, Worker, World

ZONE = ZoneInfo("Asia/Jakarta")


def _go(world: World, local: str) -> None:
    """Let it be this time in Jakarta, then let happen what came due."""
    at = datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)
    clock = world.clock
    assert isinstance(clock, ManualClock)
    world.wait((at - clock.now()).total_seconds())


def _hours(world: World, until: str) -> None:
    """Let time pass in hours, as a program that runs lives through it."""
    end = datetime.fromisoformat(until).replace(tzinfo=ZONE)
    while world.clock.now() < end:
        world.wait(3600)


def _begins(world: World) -> Worker:
    sri = world.worker(look="sim-telegram")
    sri.says(STORY)
    sri.taps("Setuju")
    return sri


def _since(worker: Worker, before: int) -> list[str]:
    return worker.heard()[before:]


def test_a_report_left_lying_is_reminded_of_once_then_kept_for_an_officer(world: World) -> None:
    """A day later one tap resumes it; after three days an officer has it and she knows."""
    sri = _begins(world)
    before = len(sri.heard())
    _hours(world, "2026-11-24 12:00")
    (reminder,) = _since(sri, before)
    assert reminder.startswith("Laporan Anda belum selesai.")
    assert sri.last_buttons() == ["Lanjutkan", "Hapus"]
    _hours(world, "2026-11-27 12:00")
    _, saved = _since(sri, before)
    assert "kami simpan dulu dengan nomor KB-" in saved
    (case,) = world.cases()
    assert case.status == "belum_lengkap"
    assert any(case.number in post for post in world.in_group())
    _hours(world, "2026-12-01 12:00")
    assert len(_since(sri, before)) == 2


def test_nothing_that_was_typed_is_lost_when_she_comes_back(world: World) -> None:
    """The one tap leads to the very question where she stopped."""
    sri = _begins(world)
    question = sri.heard()[-1].splitlines()[-2]
    _hours(world, "2026-11-24 12:00")
    sri.taps("Lanjutkan")
    assert question in sri.heard()[-1]


def test_a_reminder_that_an_outage_kept_until_the_night_waits_for_the_morning(
    world: World,
) -> None:
    """Nobody asked for it: it must not ring at two because a provider came back then."""
    _go(world, "2026-11-23 19:30")
    sri = _begins(world)
    before = len(sri.heard())
    clock = world.clock
    assert isinstance(clock, ManualClock)
    clock.advance(24 * 3600 + 600)
    assert world.app.jobs.fire_due() == 1
    while world.app.runner.run_next():
        pass  # said, but nothing can be sent
    _go(world, "2026-11-25 02:00")
    assert _since(sri, before) == []
    _go(world, "2026-11-25 08:00")
    assert len(_since(sri, before)) == 1


def test_the_reminder_keeps_to_quiet_hours(world: World) -> None:
    """Begun by night, it is reminded of before eight in the evening, inside WhatsApp's day."""
    _go(world, "2026-11-23 22:30")
    sri = _begins(world)
    before = len(sri.heard())
    _hours(world, "2026-11-24 19:00")
    assert _since(sri, before) == []
    _go(world, "2026-11-24 19:45")
    assert len(_since(sri, before)) == 1


def test_a_program_that_slept_over_the_reminder_waits_for_the_morning(world: World) -> None:
    """Started by night, it does not wake her; and says one thing, not three."""
    sri = _begins(world)
    before = len(sri.heard())
    _go(world, "2026-11-26 23:00")
    assert _since(sri, before) == []
    _go(world, "2026-11-27 08:00")
    assert len(_since(sri, before)) == 1


def test_who_stopped_news_is_not_reminded_but_her_words_are_kept(world: World) -> None:
    """BERHENTI stops pushes; an officer still gets what she told."""
    sri = _begins(world)
    sri.says("BERHENTI")
    before = len(sri.heard())
    _hours(world, "2026-11-28 12:00")
    assert _since(sri, before) == []
    (case,) = world.cases()
    assert case.status == "belum_lengkap"


def test_hapus_asks_before_anything_is_gone(world: World) -> None:
    """One careless tap destroys nothing."""
    sri = _begins(world)
    _hours(world, "2026-11-24 12:00")
    sri.taps("Hapus")
    assert sri.last_buttons() == ["Ya, hapus", "Simpan dulu", "Lanjutkan"]
    with world.app.database.reading() as session:
        assert session.exec(select(Person)).first() is not None


def test_an_unanswered_case_calls_officer_and_coordinator_in_turn(world: World) -> None:
    """The whole way through the sweep, the inbox and the outbox."""
    sri = world.worker(look="sim-telegram")
    case = world.opened_case(sri)
    _hours(world, "2026-11-24 08:00")
    assert not any("pelapor masih menunggu" in post for post in world.in_group())
    _hours(world, "2026-11-27 12:00")
    lines = [post for post in world.in_group() if "pelapor masih menunggu" in post]
    assert len(lines) == 2
    assert all(case.number in line or "koordinator" in line for line in lines)


def test_a_program_dead_for_three_days_does_each_thing_once(world: World) -> None:
    """After the start what still makes sense is caught up, once, in working time."""
    sri = world.worker(look="sim-telegram")
    world.opened_case(sri)
    before = len(sri.heard())
    _go(world, "2026-12-05 03:00")  # twelve days later, a Saturday night
    assert _since(sri, before) == []
    _go(world, "2026-12-05 08:30")
    assert len([said for said in _since(sri, before) if "masih diproses" in said]) == 1
    _go(world, "2026-12-07 08:00")
    _go(world, "2026-12-07 08:01")
    late = [post for post in world.in_group() if "pelapor masih menunggu" in post]
    assert len(late) == 1
    assert len([said for said in _since(sri, before) if "masih diproses" in said]) == 1


def test_news_of_the_evening_is_told_in_the_morning(world: World) -> None:
    """An officer who works late wakes nobody."""
    sri = world.worker(look="sim-telegram")
    case = world.opened_case(sri)
    before = len(sri.heard())
    _go(world, "2026-11-23 21:00")
    world.officer("Ratna").taps(case, "Saya tangani")
    assert _since(sri, before) == []
    _go(world, "2026-11-24 08:00")
    assert any("memeriksa" in said for said in _since(sri, before))


def test_the_receipt_promises_what_the_clock_counts(world: World) -> None:
    """Her receipt and the officers' card tell of the same hour."""
    sri = world.worker()
    case = world.opened_case(sri)
    assert "menjawab di sini paling lambat 1 hari kerja" in "\n".join(sri.heard())
    card = next(post for post in world.in_group() if post.startswith(f"{case.number}\n"))
    assert "Jawab pelapor paling lambat 24 Nov 09.00" in card
    assert _stored(world, case).answered_at is None


def _stored(world: World, case: Case) -> Case:
    with world.app.database.reading() as session:
        return session.get_one(Case, case.id)
