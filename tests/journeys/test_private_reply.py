"""A confidential case without a small group, over HTTP: read and answered in a private chat."""

from pathlib import Path

from tests.journeys.providers import providers
from tests.program import GROUP

SRI = "+6281200000041"
STORY = "atasan sy ngatain sy bodoh di depan orang kak. sy malu"
WORDS = "Kami percaya Ibu. Kapan aman kami telepon?"


def test_a_secret_is_answered_without_a_word_in_the_group(
    database_url: str, tmp_path: Path
) -> None:
    """From the neutral card to the answer on her phone."""
    with providers(database_url, tmp_path) as world:
        telegram, ratna = world.telegram, world.ratna
        world.officer_writes("/kasus", None)
        telegram.private_message(ratna, "/start")
        world.settle()
        number = world.whatsapp_case(SRI, STORY)
        world.wait(60)

        def whispered(words: str) -> list[str]:
            return [m.text for m in telegram.sent(ratna.id) if words in m.text]

        def taps(label: str) -> None:
            under = [m for m in telegram.sent(ratna.id) if label in m.labels]
            telegram.tap(under[-1], label, ratna)
            world.settle()

        taps("Baca")
        assert whispered("ngatain sy bodoh")
        taps("Balas")
        telegram.private_message(ratna, WORDS)
        world.settle()
        assert whispered(WORDS)
        taps("Kirim")
        world.wait(60)
        assert any(WORDS in message.body for message in world.twilio.messages(SRI))
        here = [message.text for message in telegram.sent(GROUP)]
        assert any(number in text for text in here)
        assert not any("ngatain" in text or "aman kami telepon" in text for text in here)
        assert any("Isi balasan hanya di chat pribadi" in text for text in here)
