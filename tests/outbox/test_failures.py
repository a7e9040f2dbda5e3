"""Every way in which a send can fail, and what follows from it."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.channels import (
    ChatMoved,
    ContentRejected,
    Misconfigured,
    NotAllowed,
    OutcomeUnknown,
    RateLimited,
    SendFailure,
    TargetGone,
    TopicGone,
    TryLater,
    Unreachable,
    WindowClosed,
)
from bot.commands import Promise
from bot.events import Address
from bot.log import configure_logging
from storage.database import Database
from storage.held import release_held
from storage.tables import Outbound, ParkedChat, PersonAddress
from tests.outbox.scripted import SRI, Desk

RECEIPT, QUESTION, NOTICE = Promise.RECEIPT, Promise.QUESTION, Promise.NOTICE


@dataclass(frozen=True)
class Case:
    """A message to the reporter fails once: what its row says then, and after it went again."""

    name: str
    failure: SendFailure
    status: str
    promise: Promise = RECEIPT
    pause: float = 0
    later: str = ""
    unreachable: str = ""
    attempts: int = 1
    sends: int = 1


CASES = (
    Case("refused connection", TryLater("connect"), "queued", pause=2, later="sent", sends=2),
    Case("429", RateLimited(30), "queued", pause=30, later="sent", attempts=0, sends=2),
    Case("receipt, no answer", OutcomeUnknown("timeout"), "uncertain", later="uncertain"),
    Case("question, no answer", OutcomeUnknown("timeout"), "queued", QUESTION, 2, "sent", sends=2),
    Case("notice, no answer", OutcomeUnknown("timeout"), "failed", NOTICE, later="failed"),
    Case("blocked", Unreachable("63014"), "failed", later="failed", unreachable="63014"),
    Case("window", WindowClosed("63016"), "held", later="held"),
    Case("content", ContentRejected("63013"), "failed", later="failed"),
    Case("topic", TopicGone("x"), "failed", later="failed"),
    Case("rights", NotAllowed("x"), "failed", later="failed"),
    Case(
        "account", Misconfigured("20003"), "queued", pause=300, later="sent", attempts=0, sends=2
    ),
    Case("quoted message gone", TargetGone("x"), "sent", later="sent", sends=2),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_failed_message_to_the_reporter(desk: Desk, case: Case) -> None:
    """Nothing may be lost quietly, and no receipt said twice."""
    desk.whatsapp.troubles["send_text"] = [case.failure]
    with desk.writing() as write:
        write.say(SRI, "Halo", person_id=desk.reporter.person.id, promise=case.promise)
    desk.deliver()
    row = desk.row()
    assert (row.status, row.attempts) == (case.status, case.attempts)
    if case.pause:
        desk.deliver(case.pause - 0.5)
        assert desk.row().status == "queued"
    desk.deliver(1)
    assert desk.row().status == (case.later or case.status)
    assert desk.whatsapp.calls.count("send_text") == case.sends
    with desk.database.reading() as session:
        assert session.exec(select(PersonAddress.unreachable)).one() == case.unreachable


def test_a_defect_of_ours_is_dead_after_six_tries(desk: Desk) -> None:
    """Endless tries would hide that a person has to look."""
    desk.whatsapp.troubles["send_text"] = [RuntimeError("defect")] * 20
    with desk.writing() as write:
        write.say(SRI, "Halo", person_id=desk.reporter.person.id)
    for pause in (0, 2, 10, 60, 300, 900, 3600, 3600):
        desk.deliver(pause)
    assert (desk.row().status, desk.row().attempts) == ("dead", 6)


@pytest.mark.parametrize("promise", [QUESTION, RECEIPT])
def test_words_outlast_a_provider_that_is_down_for_hours(desk: Desk, promise: Promise) -> None:
    """An evening's outage must not lose what people are waiting for."""
    desk.whatsapp.troubles["send_text"] = [TryLater("connect")] * 13
    with desk.writing() as write:
        write.say(SRI, "Halo", person_id=desk.reporter.person.id, promise=promise)
    for pause in (0, 2, 10, 60, 300, *[900] * 8):
        desk.deliver(pause)
        assert desk.row().status == "queued"
    desk.deliver(900)
    assert desk.row().status == "sent"


def test_after_a_day_without_the_provider_a_person_must_look(desk: Desk) -> None:
    """Somebody has to know that she never got her answer."""
    with desk.writing() as write:
        write.say(Address("telegram", "9001"), "Halo", person_id=desk.reporter.person.id)
    desk.telegram.troubles["send_text"] = [TryLater("connect")] * 200
    begun = desk.clock.now()
    while desk.row().status == "queued":
        desk.deliver(900)
    assert desk.row().status == "dead"
    assert desk.clock.now() - begun >= timedelta(hours=24)


@pytest.mark.parametrize("kind", ["card", "post", "announce"])
def test_words_wait_for_the_rights_of_the_bot_in_the_group(desk: Desk, kind: str) -> None:
    """Whoever takes the bot's rights away must not swallow what reporters wrote meanwhile."""
    with desk.writing() as write:
        write.show_card(desk.case)
    if kind != "card":
        desk.deliver()
        with desk.writing() as write:
            write.post(desk.case, "ceritanya") if kind == "post" else write.announce("umum")
    desk.telegram.troubles["send_text"] = [NotAllowed("rights")] * 12
    for _ in range(12):
        desk.deliver(301)
        assert (desk.rows(kind)[-1].status, desk.rows(kind)[-1].attempts) == ("queued", 0)
    desk.deliver(301)
    assert desk.rows(kind)[-1].status == "sent"


def test_a_topic_that_may_not_be_renamed_holds_no_words_up(
    capsys: pytest.CaptureFixture[str], desk: Desk
) -> None:
    """A title out of date is a smaller harm than a story that waits for it."""
    with desk.writing() as write:
        write.show_card(desk.case)
    desk.deliver()
    desk.telegram.troubles["edit_topic"] = [NotAllowed("rights")]
    with desk.writing() as write:
        write.set_topic(desk.case)
        write.post(desk.case, "ceritanya")
    configure_logging("ERROR", json_lines=True)
    desk.deliver()
    assert (desk.row("topic").status, desk.row("post").status) == ("failed", "sent")
    assert "post not shown in the group" in capsys.readouterr().err


def test_a_429_parks_only_that_chat(desk: Desk) -> None:
    """While the group waits, reporters are answered."""
    desk.telegram.troubles["send_text"] = [RateLimited(60)]
    with desk.writing() as write:
        write.announce("Pengumuman")
    desk.deliver()
    with desk.writing() as write:
        write.announce("Yang kedua")
        write.say(SRI, "Halo")
    desk.deliver()
    assert [row.status for row in desk.rows("announce")] == ["queued", "queued"]
    assert desk.row("say").status == "sent"
    desk.deliver(61)
    assert [row.status for row in desk.rows("announce")] == ["sent", "sent"]


def test_the_group_that_threw_the_bot_out_keeps_its_notices(desk: Desk) -> None:
    """When the bot is back, no complaint may be missing."""
    desk.telegram.troubles["open_topic"] = [Unreachable("kicked")]
    with desk.writing() as write:
        write.show_card(desk.case)
    desk.deliver()
    assert desk.row("card").status == "queued"
    desk.deliver(301)
    assert desk.row("card").status == "sent"


def test_an_officer_who_never_started_the_bot_blocks_no_reporter(desk: Desk) -> None:
    """A refused whisper says nothing about the reporter of the case."""
    desk.telegram.troubles["send_text"] = [Unreachable("never_started")]
    with desk.writing() as write:
        write.whisper("42", "Nama: …", case_id=desk.case.id)
    desk.deliver()
    assert desk.row("whisper").status == "failed"
    with desk.database.reading() as session:
        assert session.exec(select(PersonAddress.unreachable)).one() == ""


def test_a_post_of_unknown_outcome_is_shown_again(desk: Desk) -> None:
    """Officers would rather read a story twice than never."""
    with desk.writing() as write:
        write.show_card(desk.case)
    desk.deliver()
    desk.telegram.troubles["send_text"] = [OutcomeUnknown("x")] * 3
    with desk.writing() as write:
        write.post(desk.case, "ceritanya")
    for pause in (0, 3, 11, 61):
        desk.deliver(pause)
    assert desk.row("post").status == "sent"


def test_held_words_leave_when_she_writes_again_in_their_order(desk: Desk) -> None:
    """An officer's answer must not be lost because a day has passed."""
    desk.whatsapp.troubles["send_text"] = [WindowClosed("63016"), WindowClosed("63016")]
    person_id = desk.reporter.person.id
    with desk.writing() as write:
        write.say(SRI, "satu", person_id=person_id, promise=RECEIPT)
        write.say(SRI, "dua", person_id=person_id, promise=RECEIPT)
    desk.deliver()
    assert [row.status for row in desk.rows()] == ["held", "held"]
    desk.deliver(3600)
    with desk.database.transaction() as session:
        assert release_held(session, person_id or 0, "whatsapp", desk.clock.now()) == 2
    with desk.writing() as write:
        write.say(SRI, "tiga", person_id=person_id)
    desk.deliver()
    assert [sent.text.text for sent in desk.whatsapp.sent] == ["satu", "dua", "tiga"]


def test_a_moved_group_gets_its_posts_and_new_topics(desk: Desk) -> None:
    """Telegram gives a group a new id when it becomes a supergroup."""
    with desk.writing() as write:
        write.show_card(desk.case)
    desk.deliver()
    desk.telegram.troubles["send_text"] = [ChatMoved("-1002"), ChatMoved("-1002")]
    with desk.writing() as write:
        write.post(desk.case, "kabar")
        write.announce("umum")
    desk.deliver(1)
    places = {sent.text.text: sent.place for sent in desk.telegram.sent[1:]}
    assert {place.address.path for place in places.values()} == {"-1002"}
    assert places["kabar"].thread == "t2"
    assert desk.stored_case().chat_id == "-1002"


@pytest.mark.parametrize("failure", [WindowClosed("63016"), RateLimited(9), TryLater("x")])
def test_what_is_worth_nothing_later_is_never_sent_late(desk: Desk, failure: SendFailure) -> None:
    """A typing sign an hour afterwards would make her wait for words that never come."""
    desk.whatsapp.troubles["show_typing"] = [failure]
    with desk.writing() as write:
        write.show_typing(SRI, "SM1", person_id=desk.reporter.person.id)
    desk.deliver()
    desk.deliver(3600)
    assert (desk.row("typing").status, len(desk.whatsapp.calls)) == ("failed", 1)


def test_a_channel_that_is_off_keeps_its_rows(desk: Desk, database: Database) -> None:
    """A token that is missing today may be there tomorrow."""
    desk.deliverer._sender = replace(desk.deliverer._sender, channel_of=_no_channel)
    with desk.writing() as write:
        write.say(SRI, "Halo")
    desk.deliver()
    assert desk.row().status == "queued"
    with database.reading() as session:
        assert session.exec(select(ParkedChat)).all() == []
        assert session.exec(select(Outbound.attempts)).one() == 0


def _no_channel(_organisation: int, name: str) -> None:
    raise Misconfigured(f"{name} is off")
