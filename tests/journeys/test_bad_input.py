"""Whatever people send, it is answered, nothing is lost, and nothing breaks for others."""

import pytest
from sqlmodel import select

from bot.events import (
    GroupChange,
    GroupChanged,
    Location,
    Media,
    MediaKind,
    NotUnderstood,
    Officer,
)
from bot.handlers.simulator.people import GROUP
from storage.backlog import inbox_counts
from storage.cases import attachments_of, message_content, messages_of, row_id
from storage.tables import Attachment
from tests.world import World

LONG = "gaji saya dipotong terus tanpa slip. " * 280  # some 10,000 characters
ODD = {
    "very long": LONG,
    "emoji only": "😭😭😡🙏",
    "zero width": "ga\u200bji sa\u200dya be\ufefflum di\u2060bayar sudah dua bulan",
    "right to left": "\u202egaji saya belum dibayar\u202c sudah dua bulan ini",
    "html": "<b>gaji</b> <script>alert(1)</script> & <a href='http://x'>klik</a> belum dibayar",
    "markdown": "*gaji* _saya_ [klik](http://x) `belum` dibayar sudah dua bulan",
    "null and control": "gaji\x00 saya\x07 belum dibayar sudah dua bulan",
    "capitals": "GAJI SAYA BELUM DIBAYAR SUDAH DUA BULAN TOLONG",
    "numbers": "08123456789 3.500.000 20/11",
    "placeholders": "gaji {nama} %s ${x} {0} belum dibayar sudah dua bulan",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_an_odd_text_is_answered_and_kept_to_the_letter(world: World, text: str) -> None:
    """A worker may write in any way; her words must reach the officers unchanged."""
    sri = world.worker(look="sim-telegram")
    sri.says("gaji saya bulan kemarin belum dibayar sampai tgl 20")
    sri.taps("Setuju")
    sri.says("petugas")
    case = world.cases()[-1]
    sri.says(text)
    world.wait(10)
    with world.app.database.reading() as session:
        stored = [
            message_content(world.app.vault, message).text
            for message in messages_of(session, row_id(case))
        ]
    assert text in stored
    assert not dead_letters(world)


def test_sixty_photos_are_all_kept_and_acknowledged_once(world: World) -> None:
    """Proof often comes as a pile of pictures."""
    sri = world.worker()
    case = world.opened_case(sri)
    before = len(sri.heard())
    for number in range(60):
        sri.sends(sri.event(media=(photo(world, f"slip{number}.jpg"),)))
    world.settle()
    world.wait(10)
    with world.app.database.reading() as session:
        states = [file.state for file in attachments_of(session, row_id(case))]
    assert states == ["stored"] * 60
    assert len(sri.heard()) - before == 1


@pytest.mark.parametrize(
    ("size", "state"), [(0, "stored"), (25 * 1024 * 1024, "too_large")], ids=["empty", "25 MB"]
)
def test_a_file_of_an_odd_size_never_costs_the_message(
    world: World, size: int, state: str
) -> None:
    """The words that came with it count, whatever becomes of the file."""
    sri = world.worker()
    case = world.opened_case(sri)
    media = photo(world, "rekaman.mp4", b"x" * size, MediaKind.VIDEO, "video/mp4")
    sri.says("ini rekamannya", media=(media,))
    world.wait(10)
    with world.app.database.reading() as session:
        files = attachments_of(session, row_id(case))
        said = [
            message_content(world.app.vault, m).text for m in messages_of(session, row_id(case))
        ]
    assert [file.state for file in files] == [state]
    assert "ini rekamannya" in said
    assert not dead_letters(world)


@pytest.mark.parametrize(
    "fields",
    [
        {"unsupported": "sticker"},
        {"contact": "Pak Budi HRD 0812"},
        {"location": Location(-6.3, 107.1, "Pabrik")},
        {"text": "   "},
        {"choice": "no.such.choice"},
        {"edits": "never-seen", "text": "maksud saya lain"},
        {"reply_to": "never-seen", "text": "yang ini"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_odd_kind_of_message_is_answered_at_any_point(
    world: World, fields: dict[str, object]
) -> None:
    """First contact or in the middle: no silence, no dead letter."""
    sri = world.worker()
    sri.says(**({"text": ""} | fields))  # type: ignore[arg-type]
    assert sri.heard()
    sri.taps("Setuju")
    sri.says(**({"text": ""} | fields))  # type: ignore[arg-type]
    world.wait(10)
    assert not dead_letters(world)


def test_a_tap_of_an_older_step_and_a_double_tap_change_nothing(world: World) -> None:
    """People scroll up and tap again."""
    sri = world.worker()
    case = world.opened_case(sri)
    sri.taps("Setuju")
    sri.taps("Kirim")
    assert [each.number for each in world.cases()] == [case.number]


def test_an_unknown_sort_of_event_is_counted_and_done(world: World) -> None:
    """Providers add sorts of messages without notice."""
    world.accept("sim:x", NotUnderstood("sim-telegram", "poll", world.clock.now()))
    world.settle()
    assert not dead_letters(world)
    assert (
        b'kawan_inbound_not_understood_total{source="simulator"} 1.0' in world.app.metrics.page()
    )


def test_a_stranger_in_the_group_changes_nothing(world: World) -> None:
    """Only the roster has rights; being in the room is not enough."""
    sri = world.worker()
    case = world.opened_case(sri)
    heard = sri.heard()
    stranger = world.stranger()
    stranger.taps(case, "Saya tangani")
    stranger.writes(case, "/balas kamu dipecat")
    stranger.writes(case, "/tutup")
    assert world.cases()[0].owner_id is None
    assert sri.heard() == heard
    assert any("belum terdaftar" in post for post in world.in_group())


def test_an_anonymous_admin_is_told_why_nothing_happens(world: World) -> None:
    """Nobody can be held to account for what "the group" wrote."""
    case = world.opened_case()
    ghost = world.officer()
    ghost.officer = Officer("")
    ghost.writes(case, "/balas halo")
    assert any("anonim" in post for post in world.in_group())


def test_a_strangers_file_is_not_even_fetched(world: World) -> None:
    """The group is not a way to put files onto our disk."""
    case = world.opened_case()
    world.stranger().writes(case, "lihat ini", media=(photo(world, "x.jpg"),))
    world.officer().writes(
        None, "foto grup lain", chat_id="-100666", media=(photo(world, "y.jpg"),)
    )
    with world.app.database.reading() as session:
        assert session.exec(select(Attachment)).all() == []


def test_a_foreign_group_learns_nothing(world: World) -> None:
    """Someone may add the bot to any group."""
    case = world.opened_case()
    before = world.in_group()
    added = GroupChanged(
        GROUP.channel, GroupChange.BOT_ADDED, "-100666", world.clock.now(), Officer("x", "X")
    )
    world.accept("sim-group:foreign", added)
    world.officer().writes(None, "/kasus", chat_id="-100666")
    world.officer().writes(case, "/balas halo", chat_id="-100666")
    assert world.in_group() == before


def test_a_deleted_topic_is_made_again_with_its_card(world: World) -> None:
    """Officers delete things; the case must not vanish with its topic."""
    sri = world.worker()
    case = world.opened_case(sri)
    with world.app.database.transaction() as session:
        row = session.merge(case)
        row.thread_id = "999999"
        session.add(row)
    sri.says("ada kabar pak?")
    world.wait(10)
    fresh = world.cases()[0]
    assert fresh.thread_id not in {"999999", case.thread_id}
    assert any("ada kabar pak?" in post for post in world.in_group())


def photo(
    world: World,
    name: str,
    content: bytes = b"isi",
    kind: MediaKind = MediaKind.PHOTO,
    content_type: str = "image/jpeg",
) -> Media:
    """A file on somebody's simulated phone."""
    store = world.app.simulator
    assert store is not None
    return store.files.keep(content, Media(kind, "", content_type, None, name)).as_media()


def dead_letters(world: World) -> int:
    """How many events could not be carried through."""
    with world.app.database.reading() as session:
        counts = inbox_counts(session)
    return counts.get("dead", 0) + counts.get("new", 0)
