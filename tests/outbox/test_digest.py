"""A group that cannot keep up: bursts of a topic joined, nothing lost, nothing twice, urgent first."""

import re

import pytest

from bot.channels import ContentRejected, OutcomeUnknown, RateLimited, TryLater
from bot.commands import Choice
from bot.outbox.digest import MANY
from bot.outbox.queue import DANGER
from storage.tables import Case
from tests.outbox.scripted import SRI, Desk
from tests.storage.rows import NOW


def _post(desk: Desk, *texts: str, case: Case | None = None, **fields: object) -> None:
    with desk.writing() as write:
        for text in texts:
            write.post(case or desk.case, text, **fields)  # type: ignore[arg-type]


def _card(desk: Desk) -> None:
    with desk.writing() as write:
        write.show_card(desk.case)
    desk.deliver()


def _numbers(desk: Desk) -> list[int]:
    """The posts by their number, as they stand in the group, one after the other."""
    shown = [sent.text.text for sent in desk.telegram.sent]
    return [int(number) for text in shown for number in re.findall(r"pesan (\d+)", text)]


def _other_case(desk: Desk) -> Case:
    with desk.database.transaction() as session:
        case = Case(
            number="KB-7F3K-92QN", organisation_id=desk.organisation_id, kind="pengaduan",
            category="upah", urgency="normal", status="baru", status_since=NOW,
            sealed=desk.case.sealed, opened_at=NOW,
        )  # fmt: skip
        session.add(case)
    return case


def _two_topics(desk: Desk) -> Case:
    """The cards of both cases stand; the other one."""
    other = _other_case(desk)
    with desk.writing() as write:
        write.show_card(desk.case)
        write.show_card(other)
    desk.deliver()
    return other


def test_a_few_posts_stay_what_they_are(desk: Desk) -> None:
    """Officers answer single messages."""
    _card(desk)
    _post(desk, *(f"pesan {n}" for n in range(5)))
    desk.deliver()
    assert [sent.text.text for sent in desk.telegram.sent][1:] == [f"pesan {n}" for n in range(5)]


def test_many_waiting_posts_of_a_topic_become_few_with_every_word_once_in_order(
    desk: Desk,
) -> None:
    """A burst of one worker must not fill the group's minute."""
    _card(desk)
    _post(desk, *(f"pesan {n}" for n in range(100)))
    desk.deliver()
    assert _numbers(desk) == list(range(100))
    assert len(desk.telegram.sent) < 10
    rows = desk.rows("post")
    assert {row.status for row in rows} == {"sent"}
    posted = {sent.id: sent.text.text for sent in desk.telegram.sent}
    assert all(f"pesan {n}" in posted[row.external_id] for n, row in enumerate(rows))


def test_posts_that_waited_for_the_next_room_are_joined_however_few(desk: Desk) -> None:
    """A burst over many topics fills the minute as well; else the last would wait for two."""
    _card(desk)
    _post(desk, *(f"pesan {n}" for n in range(4)))
    desk.deliver(31)
    assert [sent.text.text for sent in desk.telegram.sent][1:] == [
        "pesan 0\n\npesan 1\n\npesan 2\n\npesan 3"
    ]


def test_a_burst_over_many_topics_is_joined_topic_by_topic(desk: Desk) -> None:
    """Ten workers with six messages each are more than the group takes in a minute."""
    other = _two_topics(desk)
    for number in range(12):
        _post(desk, f"pesan {number}", case=other if number % 2 else desk.case)
        _post(desk, f"pesan {number + 100}", case=other if number % 2 else desk.case)
    desk.deliver()
    assert sorted(_numbers(desk)) == sorted([*range(12), *range(100, 112)])
    assert len(desk.telegram.sent) <= 15, "one topic joined, and then there is room"


def test_joined_posts_count_as_one_message_of_the_minute(desk: Desk) -> None:
    """Else the group would stand still while it has room."""
    _card(desk)
    _post(desk, *(f"pesan {n}" for n in range(MANY + 40)))
    desk.deliver()
    before = len(desk.telegram.sent)
    with desk.writing() as write:
        for number in range(30):
            write.announce(f"umum {number}")
    desk.deliver()
    assert len(desk.telegram.sent) == 20 > before


def test_a_message_never_grows_beyond_what_telegram_takes(desk: Desk) -> None:
    """Too long a post would be refused whole."""
    _card(desk)
    _post(desk, *(f"pesan {n} {'x' * 1000}" for n in range(30)))
    desk.deliver()
    desk.deliver(61)
    assert _numbers(desk) == list(range(30))
    assert max(len(sent.text.text) for sent in desk.telegram.sent) <= 3900


@pytest.mark.parametrize(
    "fields",
    [
        {"choices": (Choice("a", "Baca"),)},
        {"reply_to": "m1"},
        {"edits": "m1"},
    ],
)
def test_what_can_be_tapped_or_points_elsewhere_stays_alone(
    desk: Desk, fields: dict[str, object]
) -> None:
    """Its button or its quotation belongs to it alone; order is kept all the same."""
    _card(desk)
    _post(desk, "pesan 0", "pesan 1")
    _post(desk, "pesan 2", **fields)
    _post(desk, "pesan 3", "pesan 4")
    desk.deliver(61)
    shown = [sent.text.text for sent in desk.telegram.sent][1:]
    shown += [text.text for _, text in desk.telegram.edits if "pesan" in text.text]
    assert sorted(shown) == ["pesan 0\n\npesan 1", "pesan 2", "pesan 3\n\npesan 4"]


@pytest.mark.parametrize("trouble", [TryLater("x"), OutcomeUnknown("x")])
def test_joined_posts_that_fail_are_queued_again_together(desk: Desk, trouble: Exception) -> None:
    """Half a digest would be lost otherwise."""
    _card(desk)
    desk.telegram.troubles["send_text"] = [trouble]
    _post(desk, *(f"pesan {n}" for n in range(MANY + 5)))
    desk.deliver()
    assert {row.status for row in desk.rows("post")} == {"queued"}
    desk.deliver(3)
    assert _numbers(desk) == list(range(MANY + 5))
    assert {row.status for row in desk.rows("post")} == {"sent"}


def test_a_digest_that_is_refused_as_it_stands_is_shown_as_bare_words(desk: Desk) -> None:
    """One bad mark must not swallow twenty messages."""
    _card(desk)
    desk.telegram.troubles["send_text"] = [ContentRejected("x")]
    _post(desk, *(f"<b>pesan {n}</b>" for n in range(MANY + 5)))
    desk.deliver()
    assert _numbers(desk) == list(range(MANY + 5))


def test_a_sender_that_died_with_a_digest_in_hand_loses_nothing(desk: Desk) -> None:
    """Its rows come back with the lease of the first."""
    _card(desk)
    _post(desk, *(f"pesan {n}" for n in range(MANY + 5)))
    desk.deliverer._claim(10)  # and then the process ends
    desk.clock.advance(91)
    assert desk.deliverer.give_up_lost() == MANY + 5
    desk.deliver(3)
    assert _numbers(desk) == list(range(MANY + 5))


def test_the_new_version_of_a_joined_message_comes_beside_the_post(desk: Desk) -> None:
    """Edited in place it would wipe out the words of the others."""
    _card(desk)
    _post(desk, *(f"pesan {n}" for n in range(MANY + 5)))
    desk.deliver()
    shared = desk.rows("post")[3].external_id
    _post(desk, "pesan 3, diubah", edits=shared)
    desk.deliver()
    assert desk.telegram.sent[-1].text.text == "pesan 3, diubah"
    assert [post for post, _ in desk.telegram.edits if post == shared] == []


def test_posts_of_two_topics_are_never_mixed(desk: Desk) -> None:
    """The words of one worker in the case of another would be a leak."""
    other = _two_topics(desk)
    for number in range(MANY + 5):
        _post(desk, f"pesan {number}")
        _post(desk, f"lain {number}", case=other)
    desk.deliver()
    words = [sent.text.text for sent in desk.telegram.sent[2:]]
    about = {tuple(word for word in ("pesan", "lain") if word in text) for text in words}
    assert about == {("pesan",), ("lain",)}


def test_what_is_urgent_in_a_topic_takes_along_what_stands_before_it(desk: Desk) -> None:
    """A page behind twenty routine posts of other topics must not wait for them."""
    _two_topics(desk)
    for number in range(40):
        with desk.writing() as write:
            write.announce(f"umum {number}", priority=3)
    _post(desk, "pesan 1")
    _post(desk, "DARURAT", priority=DANGER)
    desk.deliver()
    shown = [sent.text.text for sent in desk.telegram.sent][2:6]
    assert {"pesan 1", "DARURAT"} < set(shown)
    assert shown.index("pesan 1") < shown.index("DARURAT")


def test_a_group_that_asks_for_a_pause_stops_nobody_else(desk: Desk) -> None:
    """One group's flood must not silence the bot towards workers; the longest pause counts."""
    _card(desk)
    desk.telegram.troubles["send_text"] = [RateLimited(30), RateLimited(5)]
    other = _other_case(desk)
    _post(desk, "pesan 1")
    _post(desk, "pesan 2", case=other)
    with desk.writing() as write:
        write.say(SRI, "halo", person_id=desk.reporter.person.id)
    desk.deliver()
    assert [sent.text.text for sent in desk.whatsapp.sent] == ["halo"]
    desk.deliver(10)
    assert _numbers(desk) == []
    desk.deliver(21)
    assert sorted(_numbers(desk)) == [1, 2]
