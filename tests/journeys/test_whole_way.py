"""The main job from the first word to the closed case, on both databases."""

import asyncio
import concurrent.futures

from sqlmodel import select

from bot.handlers.simulator.messages import Said
from bot.handlers.simulator.wire import event_as_json
from bot.inbox.accept import Accepted
from storage.cases import events_of, messages_of, row_id
from storage.tables import Outbound
from tests.world import STORY, World


def test_a_worker_is_heard_answered_and_told_every_step(world: World) -> None:
    """This is what the product is for."""
    sri, ratna = world.worker(), world.officer()
    case = world.opened_case(sri)
    assert case.status == "baru"
    assert any(case.number in heard for heard in sri.heard())
    assert any(STORY in post for post in world.in_group())

    ratna.taps(case, "Saya tangani")
    assert "sedang memeriksanya" in sri.heard()[-1]
    ratna.writes(case, "/balas Kami hubungi HRD hari ini.")
    ratna.taps(case, "Kirim")
    assert "HRD" not in sri.heard()[-1]
    world.wait(21)
    assert "Kami hubungi HRD hari ini." in sri.heard()[-1]
    ratna.taps(case, "Tutup")
    ratna.taps(case, "Tercapai")
    ratna.taps(case, "Lewati")
    assert "ditutup" in sri.heard()[-1]
    closed = world.cases()[0]
    assert (closed.status, closed.outcome) == ("selesai", "tercapai")


def test_every_step_leaves_an_audit_row(world: World) -> None:
    """Who did what and when must be provable."""
    case = world.opened_case()
    ratna = world.officer()
    ratna.taps(case, "Saya tangani")
    ratna.taps(case, "Lainnya")
    ratna.taps(case, "Urgensi")
    ratna.taps(case, "Darurat")
    with world.app.database.reading() as session:
        trail = [(e.actor, e.what) for e in events_of(session, row_id(case))]
    assert trail == [
        ("reporter", "opened"),
        ("officer", "taken"),
        ("officer", "stage"),
        ("officer", "urgency"),
    ]


def test_a_note_never_reaches_the_worker(world: World) -> None:
    """Officers must be able to speak freely among themselves."""
    sri = world.worker()
    case = world.opened_case(sri)
    before = sri.heard()
    for officer in ("Ratna", "Joko"):
        world.officer(officer).writes(case, "menurut saya HRD-nya bohong RAHASIA123")
    world.wait(3600)
    assert sri.heard() == before
    with world.app.database.reading() as session:
        notes = [m for m in messages_of(session, row_id(case)) if m.direction == "note"]
    assert len(notes) == 2


def test_a_stranger_in_the_group_can_do_nothing(world: World) -> None:
    """Whoever gets into the group, only the roster decides."""
    sri, stranger = world.worker(), world.stranger()
    case = world.opened_case(sri)
    before = sri.heard()
    stranger.taps(case, "Saya tangani")
    stranger.taps(case, "Ubah status")
    stranger.writes(case, "/balas Saya dari kantor pusat.")
    stranger.writes(case, "catatan orang luar")
    world.wait(60)
    assert sri.heard() == before
    assert "belum terdaftar" in world.in_group()[-1]
    assert (world.cases()[0].status, world.cases()[0].owner_id) == ("baru", None)
    with world.app.database.reading() as session:
        words = [m.direction for m in messages_of(session, row_id(case))]
    assert set(words) == {"reporter"}


def test_the_same_event_fifty_times_in_parallel_counts_once(world: World) -> None:
    """Providers repeat webhooks, sometimes at the same moment."""
    sri = world.worker()
    event = sri.event(text="halo min")
    world.app.acceptor.start()
    item = Accepted("simulator", "simulator", "same", "sim:sri", event_as_json(event))

    async def fifty() -> list[bool]:
        return await asyncio.gather(*(world.app.acceptor.accept(item) for _ in range(50)))

    fresh = asyncio.run(fifty())
    world.app.acceptor.stop()
    assert fresh.count(True) == 1
    store = world.app.simulator
    assert store is not None
    store.append(sri.chat, Said(author=sri.address.path, text=event.text))  # opens the window
    world.settle()
    world.wait(3600)
    assert sum("Apakah Anda setuju" in heard for heard in sri.heard()) == 1


def test_ten_workers_at_once_never_see_each_others_words(world: World) -> None:
    """Nobody may learn what another one told."""
    looks = ("sim-whatsapp", "sim-telegram")
    names = ("sri", "bang-togar", "dewi", "asep", "yuni")
    workers = [world.worker(name, look) for look in looks for name in names]
    for worker in workers:
        mark = f"KENARI{worker.address.channel}{worker.address.path}"
        worker.sends(worker.event(text=f"gaji saya {mark} belum dibayar dua bulan di pabrik"))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        turns = [pool.submit(world.app.runner.run_next) for _ in range(4)]
    assert sum(turn.result() for turn in turns) > 0
    world.settle()
    for worker in workers:
        worker.taps("Setuju")
        for _ in range(12):
            if "Kirim" in worker.last_buttons():
                break
            secret = "Rahasiakan nama" in worker.last_buttons()
            worker.taps("Rahasiakan nama" if secret else "Lewati")
        worker.taps("Kirim")
    assert len(world.cases()) == 10
    for worker in workers:
        own = f"KENARI{worker.address.channel}{worker.address.path}"
        everything = "\n".join(worker.heard())
        assert own in everything
        assert everything.count("KENARI") == everything.count(own)


def test_no_telegram_id_of_a_worker_stands_in_clear_in_the_database(world: World) -> None:
    """Telegram's message ids contain the chat, in private chats the person."""
    sri = world.worker(look="sim-telegram")
    world.opened_case(sri)
    with world.app.database.reading() as session:
        ids = session.exec(select(Outbound.external_id).where(Outbound.kind == "say")).all()
    assert ids
    assert all(len(stored) == 64 for stored in ids)


def test_violence_told_beside_wages_stays_out_of_the_group(world: World) -> None:
    """The classifier may call it a wage matter; a tag of violence is enough to keep it close."""
    sri = world.worker()
    sri.says("gaji saya 2 bulan belum dibayar, terus kemarin saya dipukul mandor sampai memar")
    sri.taps("Setuju")
    world.wait(10)
    sri.says("petugas")
    case = world.cases()[-1]
    assert case.sensitive
    assert not any("dipukul" in post for post in world.in_group())
