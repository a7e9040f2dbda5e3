"""Whatever a person sends, in whatever order: nothing breaks, nothing is lost."""

from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands import (
    AddToCase,
    Command,
    CorrectMessage,
    DeleteDraft,
    DeleteOwnData,
    OpenCase,
    Part,
    Reply,
)
from bot.events import MediaKind, TimerFired
from bot.flows.script import State
from tests.flows.beginnings import agreed, at_review, with_case
from tests.flows.chat import Chat

SAID = (
    *("halo", "setuju", "tidak", "1", "2", "ya", "gak", "lewati", "sudah", "kirim", "ubah"),
    *("MENU", "batal", "kembali", "bantuan", "status", "petugas", "berhenti", "mulai"),
    *("data saya", "hapus data", "cabut izin", "lapor baru", "kenapa ditanya?", "/start x"),
    *("gaji kami dipotong terus tiap bulan", "gaji lembur kurang terus min", "gaji"),
    *("usul semoga mess dikasih kipas", "apakah gaji boleh dipotong", "bekasi", "sumedang"),
    *("kalau resign apakah thr boleh dicicil?", "salah transfer gimana ya?", "yang satunya"),
    *("tolong ada kebakaran di pabrik sekarang", "saya mau berhenti kerja tapi takut"),
    *("PT Sinar Abadi", "maju jaya sandal", "<b>x</b> {nomor} *_`", "\u202eterbalik\u200b", "🙏"),
)
TEXTS = st.one_of(st.sampled_from(SAID), st.text(max_size=40), st.text(min_size=200, max_size=900))
ACTS = st.one_of(
    st.tuples(st.just("say"), TEXTS),
    st.tuples(st.just("say"), st.sampled_from(SAID)),
    st.tuples(st.just("tap"), st.integers(0, 30)),
    st.tuples(st.just("press"), st.text(max_size=20)),
    st.tuples(st.just("send"), st.sampled_from(MediaKind)),
    st.tuples(st.just("place"), st.text(max_size=10)),
    st.tuples(st.just("contact"), st.text(max_size=10)),
    st.tuples(st.just("sticker"), st.none()),
    st.tuples(st.just("edit"), TEXTS),
    st.tuples(st.just("wait"), st.sampled_from([3.0, 8.0, 4000.0, 90_000.0, 180_000.0])),
    st.tuples(st.just("timer"), st.sampled_from(["quiet", "unfinished", "unknown"])),
    st.tuples(st.just("officer"), st.booleans()),
)
EVERYTHING = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
BEGINNINGS = (Chat, agreed, at_review, with_case, lambda: with_case(2))
FORGETTING = (DeleteDraft, DeleteOwnData)


def act(chat: Chat, what: str, value: object) -> None:
    match what, value:
        case "say", str(text):
            chat.say(text)
        case "tap", int(place):
            shown = [c for reply in chat.ordered(Reply) for c in reply.choices]
            if shown:
                chat.receive(choice=shown[-1 - place % len(shown)].id)
        case "press", str(choice):
            chat.receive(choice=choice)
        case "send", MediaKind() as kind:
            chat.send_file(kind)
        case "place", str(label):
            chat.place(label)
        case "contact", str(contact):
            chat.receive(contact=contact)
        case "sticker", _:
            chat.receive(unsupported="sticker")
        case "edit", str(text):
            chat.receive(text=text, edits="m1")
        case "wait", float(seconds):
            chat.wait(seconds)
        case "timer", str(kind):
            chat.turn(TimerFired(kind, 1, 0, chat.now))
        case "officer", bool(speaks):
            chat.officer_speaks = speaks


def parts_in(state: State | None) -> set[Part]:
    if state is None:
        return set()
    return {*state.parts, *state.evidence, *parts_in(state.suspended)}


def parts_handed_on(commands: list[Command]) -> Iterator[Part]:
    for order in commands:
        match order:
            case AddToCase(parts=parts):
                yield from parts
            case OpenCase(report=report):
                yield from (*report.parts, *report.evidence)
            case _:
                pass


def is_within_limits(reply: Reply) -> bool:
    room = 24 if len(reply.choices) > 3 else 20
    return (
        reply.text.strip() != ""
        and len(reply.choices) <= 10
        and (not reply.choices or len(reply.text) <= 1024)
        and (len(reply.choices) <= 3 or 0 < len(reply.list_label) <= 20)
        and all(0 < len(c.label) <= room and len(c.detail) <= 72 for c in reply.choices)
        and all(len(c.id) <= 200 for c in reply.choices)
        and len({c.id for c in reply.choices}) == len(reply.choices)
    )


@EVERYTHING
@given(begin=st.sampled_from(BEGINNINGS), acts=st.lists(ACTS, max_size=30))
def test_no_message_breaks_a_conversation_or_is_lost(
    begin: Callable[[], Chat], acts: list[tuple[str, object]]
) -> None:
    """A person in need must not have to be careful."""
    chat = begin()
    kept: set[Part] = set()
    for what, value in acts:
        before = len(chat.commands)
        act(chat, what, value)
        news = chat.commands[before:]
        assert [r for r in news if isinstance(r, Reply) and not is_within_limits(r)] == []
        if any(isinstance(order, FORGETTING) for order in news):
            kept.clear()
        elif any(isinstance(order, CorrectMessage) for order in news):
            kept = {part for part in kept if part.source != "m1"}
        kept |= parts_in(chat.state)
    assert kept - parts_in(chat.state) - set(parts_handed_on(chat.commands)) == set()


@EVERYTHING
@given(
    begin=st.sampled_from(BEGINNINGS),
    acts=st.lists(ACTS, max_size=20),
    text=st.text(alphabet="abcdeg hijk\n.<&{", min_size=40),
)
def test_what_is_typed_is_found_afterwards(
    begin: Callable[[], Chat], acts: list[tuple[str, object]], text: str
) -> None:
    """Wherever the conversation stands, the words arrive somewhere."""
    chat = begin()
    for what, value in acts:
        act(chat, what, value)
    said = f"zzz {text} zzz"
    before = len(chat.commands)
    chat.say(said)
    kept = [part.text for part in parts_in(chat.state)]
    handed_on = [part.text for part in parts_handed_on(chat.commands[before:])]
    answers = chat.state.answers.values() if chat.state else ()
    assert any(said in place for place in (*kept, *handed_on, *answers))
