"""``templates push|status``: made once, told in words, changed words refused."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import select

from bot.outbox.templates import FORMS, UPDATE, body, buttons
from bot.texts import load_texts
from storage.database import Database
from storage.tables import ProviderContent
from tests.cli.conftest import CommandLine, on_both_engines
from tests.fakes.twilio import FakeTwilio


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as running:
        yield running


@pytest.fixture
def line(cli: CommandLine, twilio: FakeTwilio) -> CommandLine:
    """An installation with a WhatsApp sender."""
    return cli.having(
        TWILIO_ACCOUNT_SID=twilio.account_sid,
        TWILIO_AUTH_TOKEN=twilio.auth_token,
        TWILIO_WHATSAPP_FROM=twilio.sender.removeprefix("whatsapp:"),
        TWILIO_API_BASE_URL=twilio.base_url,
    )


def _names(twilio: FakeTwilio) -> list[str]:
    return [content.friendly_name for content in twilio.contents()]


@on_both_engines
def test_pushing_again_makes_nothing_twice(
    line: CommandLine, twilio: FakeTwilio, database_url: str
) -> None:
    """Not even after a restored backup that knows nothing of what stands at Twilio."""
    line.ok("templates", "push")
    database = Database(database_url)
    with database.transaction() as session:
        for row in session.exec(select(ProviderContent)):
            session.delete(row)
    database.dispose()
    line.ok("templates", "push")
    assert _names(twilio) == [form.name for form in FORMS]


def test_the_survey_has_five_buttons_that_fit(line: CommandLine, twilio: FakeTwilio) -> None:
    """WhatsApp refuses a label of 21 signs only after a day."""
    line.ok("templates", "push")
    survey = next(one for one in twilio.contents() if "survey" in one.friendly_name)
    actions = survey.types["twilio/quick-reply"]["actions"]
    assert [action["title"][0] for action in actions] == list("12345")
    assert max(len(action["title"]) for action in actions) <= 20


def test_a_template_holds_nothing_of_the_case_but_its_number() -> None:
    """It stands on a locked screen that others may read."""
    texts = load_texts()
    assert body(texts, UPDATE) == "Ada kabar untuk {{1}}. Balas LIHAT untuk membacanya."
    assert [choice.label for choice in buttons(texts, UPDATE)] == ["Lihat"]


def test_a_new_version_is_another_name_beside_the_old_ones() -> None:
    """What was approved cannot be edited; the old one serves until the new one may."""
    assert replace(UPDATE, version=3).names == (
        "kawan_update_v3", "kawan_update_v2", "kawan_update_v1",
    )  # fmt: skip


def test_changed_words_without_a_new_version_are_refused(
    line: CommandLine, twilio: FakeTwilio, database_url: str
) -> None:
    """Twilio would go on sending the old words without a sound."""
    line.ok("templates", "push")
    for content in twilio.contents():
        content.types["twilio/quick-reply"]["body"] = "Kata-kata lama."
    database = Database(database_url)
    with database.transaction() as session:
        for row in session.exec(select(ProviderContent)):
            session.delete(row)
    database.dispose()
    refused = line.fails("templates", "push")
    assert "kawan_update_v1" in refused
    assert "version" in refused


def test_problems_are_told_in_words(
    cli: CommandLine, line: CommandLine, twilio: FakeTwilio
) -> None:
    """No sender, a provider that is away, one that refuses us."""
    assert "TWILIO_ACCOUNT_SID" in cli.fails("templates", "push")
    assert "templates push" in line.ok("templates", "status")
    twilio.fail_next("content.create", 401, 20003)
    assert "20003" in line.fails("templates", "push")
    away = line.having(TWILIO_API_BASE_URL="http://127.0.0.1:1").fails("templates", "push")
    assert "Twilio tidak menjawab" in away
    assert twilio.auth_token not in away
