"""Turns: once each, whatever dies in between; one bad event silences nobody."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.events import DeliveryReported, DeliveryStatus, Media, MediaKind, ReporterUnreachable
from bot.inbox import conversation_turns
from bot.inbox.accept import Accepted
from nlp.classifier import Classifier
from nlp.prediction import Prediction
from storage.cases import case_by_id, content_of, message_content, messages_of, row_id
from storage.inbound import MAX_ATTEMPTS, NewInbound, claim_inbound, insert_inbound
from storage.tables import Attachment, Conversation, Due, Inbound, Outbound, Person, PersonAddress
from tests.patience import PATIENCE
from tests.statements import statements
from tests.world import STORY, World


def _statuses(world: World) -> list[str]:
    with world.app.database.reading() as session:
        return list(session.exec(select(Inbound.status).order_by(col(Inbound.id))))


def test_a_worker_that_dies_between_claim_and_commit_costs_nothing(world: World) -> None:
    """Kill -9 in the middle of a turn: it runs again, once, and she is answered once."""
    sri = world.worker()
    sri.sends(sri.event(text="halo min"))
    with world.app.database.transaction() as session:
        assert len(claim_inbound(session, world.clock.now(), 5)) == 1
    world.settle()
    assert sri.heard() == []
    world.clock.advance(61)
    world.app.jobs.take_back_lost()
    world.settle()
    assert len(sri.heard()) == 1
    world.app.jobs.take_back_lost()
    world.settle()
    assert (len(sri.heard()), _statuses(world)[0]) == (1, "done")


def test_what_she_adds_to_her_case_asks_the_database_little(world: World) -> None:
    """It is what happens most, and each question costs the line in the topic some time."""
    sri = world.worker()
    world.tells_anew(sri)
    sri.sends(sri.event(text="sampai sekarang belum juga dibayar"))
    with statements(world.app.database) as of_turn:
        assert world.app.runner.run_next()
    with statements(world.app.database) as of_line:
        assert asyncio.run(world.app.deliverer.deliver_waiting()) == 2  # and the typing sign
    assert "belum juga dibayar" in world.in_group()[-1]
    assert len(of_turn) <= 21, of_turn
    of_line = [each for each in of_line if "outbox" in each or "cases" in each]  # not the phones
    assert len(of_line) <= 7, of_line


def test_what_waits_beside_an_event_that_kills_its_worker_is_not_tried(world: World) -> None:
    """Words of others must not die with it."""
    sri, dewi = world.worker(), world.worker("dewi")
    sri.sends(sri.event(text="halo min"))
    dewi.sends(dewi.event(text="halo min"))
    killed = SystemExit()
    world.app.runner._run_one = _raise(killed)  # type: ignore[method-assign]
    with pytest.raises(SystemExit):
        world.app.runner.run_next()
    with world.app.database.reading() as session:
        tried = session.exec(select(Inbound.attempts).order_by(col(Inbound.id))).all()
    assert tried == [1, 0]


def test_an_event_that_kills_its_workers_is_reported_to_the_officers(world: World) -> None:
    """Nobody else will ever tell them that somebody was not heard."""
    sri = world.worker()
    sri.sends(sri.event(text="halo min"))
    for _ in range(MAX_ATTEMPTS):
        with world.app.database.transaction() as session:
            assert len(claim_inbound(session, world.clock.now())) == 1
        world.clock.advance(61)
        world.app.jobs.take_back_lost()
    world.settle()
    assert _statuses(world) == ["dead"]
    assert sum("gagal diproses" in post for post in world.in_group()) == 1


def test_a_turn_that_cannot_be_saved_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All effects of a turn stand in one transaction: half a turn never shows."""
    sri = world.worker()
    sri.sends(sri.event(text="halo min"))
    with monkeypatch.context() as patch:  # the last thing that a turn saves; the rest is written
        patch.setattr(conversation_turns, "save_conversation", _cannot)
        world.app.runner.run_next()
    with world.app.database.reading() as session:
        assert session.exec(select(Inbound.error)).one().startswith("OSError")
        assert session.exec(select(Outbound)).all() == []
        assert session.exec(select(Person)).all() == []
    world.wait(2)
    assert len(sri.heard()) == 1


def test_a_poisoned_event_is_tried_five_times_then_reported_and_she_goes_on(world: World) -> None:
    """One message that cannot be read must not silence a person for ever."""
    sri, dewi = world.worker(), world.worker("dewi")
    lane = f"sim:{sri.address}"
    world.app.acceptor.accept_now(Accepted("simulator", "simulator", "racun", lane, b"{"))
    sri.sends(sri.event(text="halo min"))
    dewi.says("halo min")
    assert len(dewi.heard()) == 1, "others are not held up"
    assert sri.heard() == []
    for _ in range(MAX_ATTEMPTS):
        world.wait(20)
    assert len(sri.heard()) == 1
    with world.app.database.reading() as session:
        dead = session.exec(select(Inbound).where(Inbound.status == "dead")).one()
    assert (dead.attempts, dead.error.partition(" ")[0]) == (MAX_ATTEMPTS, "Malformed")
    assert any("gagal diproses" in post for post in world.in_group())
    assert sum("gagal diproses" in post for post in world.in_group()) == 1


def test_a_file_of_any_size_is_taken_note_of(world: World) -> None:
    """A long video must not keep its words from being heard."""
    video = Media(MediaKind.VIDEO, "tidak-ada", "video/mp4", 3 * 2**30, "v.mp4")
    world.worker().says("ini videonya", media=(video,))
    assert _statuses(world)[0] == "done"
    with world.app.database.reading() as session:
        assert session.exec(select(Attachment.size)).one() == 3 * 2**30


def test_a_stale_timer_changes_nothing(world: World) -> None:
    """A burst that goes on must not be cut by the timer of its first message."""
    sri = world.worker()
    sri.says("halo min")
    with world.app.database.transaction() as session:
        conversation = session.exec(select(Conversation)).one()
        revision, lane = conversation.revision, session.exec(select(Inbound.lane)).first()
        due = session.exec(select(Due)).first()
        assert due is not None, "some timer runs"
        for sequence, identity in ((due.sequence - 1, conversation.id), (due.sequence, 999)):
            raw = (
                f'{{"kind": "{due.kind}", "conversation_id": {identity}, "sequence": {sequence}}}'
            )
            insert_inbound(session, [NewInbound(
                conversation.organisation_id, "timer", "timer", f"t{sequence}{identity}",
                lane or "", world.app.vault.seal(raw.encode(), "inbox"), world.clock.now(),
            )])  # fmt: skip
    heard = len(sri.heard())
    world.settle()
    with world.app.database.reading() as session:
        assert session.exec(select(Conversation.revision)).one() == revision
    assert len(sri.heard()) == heard
    assert set(_statuses(world)) == {"done"}


def test_racing_turns_of_one_conversation_lose_no_word(world: World) -> None:
    """The same person may come in on two lanes: by number and by user id."""
    sri = world.worker()
    case = world.opened_case(sri)
    with world.app.database.reading() as session:
        revision = session.exec(select(Conversation.revision)).one()
    words = [f"tambahan{number}" for number in range(8)]
    for number, word in enumerate(words):
        world.accept(f"lane{number}", sri.event(text=word))
    ready = threading.Barrier(4)

    def work() -> None:
        ready.wait(PATIENCE)
        for _ in range(10):
            world.app.runner.run_next()

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(work) for _ in range(4)]:
            future.result()
    for _ in range(6):
        world.wait(20)
    assert set(_statuses(world)) == {"done"}
    with world.app.database.reading() as session:
        said = {
            message_content(world.app.vault, m).text for m in messages_of(session, case.id or 0)
        }
        assert session.exec(select(Conversation.revision)).one() >= revision + len(words)
    assert [word for word in words if word not in said] == []


@pytest.mark.parametrize("reachable", [False, True])
def test_a_reporter_who_blocks_the_bot_is_known_as_unreachable(
    world: World, reachable: bool
) -> None:
    """Officers must see at once that answers will not arrive."""
    sri = world.worker(look="sim-telegram")
    sri.says("halo min")
    event = ReporterUnreachable(sri.address, world.clock.now(), reachable=reachable)
    world.accept(f"sim:{sri.address}", event)
    world.settle()
    with world.app.database.reading() as session:
        expected = "" if reachable else "blocked"
        assert session.exec(select(PersonAddress.unreachable)).one() == expected


def test_reports_nobody_claims_are_let_go_after_ten_minutes(world: World) -> None:
    """Other programs' messages on the same account must not pile up."""
    report = DeliveryReported("sim-whatsapp", "SM-x", DeliveryStatus.READ, world.clock.now())
    world.accept("report", report)
    world.settle()
    world.app.jobs.count()
    with world.app.database.reading() as session:
        assert _unmatched(session) == 1
    world.clock.advance(timedelta(minutes=11).total_seconds())
    world.app.jobs.count()
    with world.app.database.reading() as session:
        assert _unmatched(session) == 0


def test_an_edited_message_is_shown_and_both_versions_are_kept(world: World) -> None:
    """What she wrote first may be what matters in court."""
    sri = world.worker()
    case = world.opened_case(sri)
    with world.app.database.reading() as session:
        before = [m for m in messages_of(session, row_id(case)) if m.direction == "reporter"]
    first = sri.says("mandornya Pak Budi")
    sri.says("mandornya Pak Joko", edits=first)
    assert any("Pak Joko" in post and "mengubah" in post for post in world.in_group())
    with world.app.database.reading() as session:
        messages = [m for m in messages_of(session, row_id(case)) if m.direction == "reporter"]
        contents = [message_content(world.app.vault, m) for m in messages[len(before) :]]
    assert ("mandornya Pak Joko", ("mandornya Pak Budi",)) in [
        (content.text, content.earlier) for content in contents
    ]


def _unmatched(session: object) -> int:
    from storage.tables import DeliveryReport

    return len(session.exec(select(DeliveryReport)).all())  # type: ignore[attr-defined]


def _cannot(*_: object) -> None:
    raise OSError


def _raise(what: BaseException) -> Callable[[object], None]:
    def run_one(_row: object) -> None:
        raise what

    return run_one


def test_a_case_says_which_words_its_category_was_guessed_from(world: World) -> None:
    """Officers trust a guess that they can check, and it costs one look a story."""
    counting = _counting(world)
    case = world.tells_anew(world.worker())
    (card,) = [said for said in world.in_group() if "Upah (perkiraan" in said]
    assert "karena: gaji" in card
    assert counting.asked == [(STORY, "upah")]
    with world.app.database.reading() as session:
        stored = case_by_id(session, row_id(case))
        assert stored is not None
        assert "gaji" in content_of(world.app.vault, stored).reasons


def test_an_emergency_that_only_gets_answers_is_not_explained_again(world: World) -> None:
    """Each answer is shown to the officers at once; the story is still the same."""
    counting = _counting(world)
    sri = world.worker()
    sri.says("tolong teman saya kejepit mesin darahnya banyak")
    sri.taps("Setuju")
    sri.says("PT Logam Perkasa, kota batam")
    sri.says("telpon aja skrg")
    assert len(world.cases()) == 1
    assert len(counting.asked) == 1


def _counting(world: World) -> "_Counting":
    """Lets conversations think with a classifier that counts."""
    turns = world.app.runner._conversations
    minds = turns._workshop.minds
    counting = _Counting(minds.classifier)
    turns._workshop = replace(turns._workshop, minds=replace(minds, classifier=counting))
    return counting


class _Counting:
    """A classifier that notes for which texts its reasons were asked."""

    def __init__(self, inner: Classifier) -> None:
        self.asked: list[tuple[str, str]] = []
        self._inner = inner
        self.model, self.folder, self.embedder = inner.model, inner.folder, inner.embedder

    def classify(self, text: str) -> Prediction:
        return self._inner.classify(text)

    def reasons(self, text: str, label: str, _group: str = "categories") -> tuple[str, ...]:
        self.asked.append((text, label))
        return ("gaji", "dibayar")
