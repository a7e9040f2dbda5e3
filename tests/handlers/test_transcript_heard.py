"""What a played transcript compares: what the bot said, in its order at each place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.events import Address
from bot.handlers.simulator.messages import BOT, Said
from bot.handlers.simulator.people import GROUP, WHATSAPP
from bot.transcript.heard import Heard
from tests.handlers.simulator_stand import Stand


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    stand = Stand(tmp_path)
    yield stand
    stand.close()


def heard(stand: Stand, *said: tuple[str, str]) -> Heard:
    """What is heard of posts in the group, each in its topic."""
    for thread, text in said:
        stand.store.append(str(GROUP), Said(BOT, text), thread)
    heard = Heard(stand.store, Address(WHATSAPP, "sri"))
    heard.listen()
    return heard


def test_posts_of_one_topic_are_compared_in_their_order(stand: Stand) -> None:
    """A card that came after what hangs on it would be seen."""
    new = heard(stand, ("1", "kartu"), ("1", "pesan"))
    assert (new.takes("group", "pesan"), new.takes("group", "kartu")) == (True, False)


def test_posts_of_topics_beside_each_other_have_no_order(stand: Stand) -> None:
    """They are sent side by side; which one stands first is chance."""
    new = heard(stand, ("1", "kartu"), ("2", "alarm"))
    assert (new.takes("group", "alarm"), new.takes("group", "kartu")) == (True, True)


def test_a_post_is_taken_once_and_words_nobody_said_are_not(stand: Stand) -> None:
    """Two lines of a transcript need two posts."""
    new = heard(stand, ("1", "kartu"))
    assert [new.takes("group", words) for words in ("lain", "kar…", "kar…")] == [
        False,
        True,
        False,
    ]
