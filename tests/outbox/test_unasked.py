"""What is told unasked is looked at once more before it leaves, however long it waited."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands import Promise
from bot.outbox.templates import UPDATE
from bot.outbox.validity import ALWAYS, Validity
from bot.outbox.window import opened
from storage.tables import Case, MessageTemplate, Person
from tests.outbox.scripted import SRI, Desk
from tests.storage.rows import NOW

ZONE = ZoneInfo("Asia/Jakarta")


def _go(desk: Desk, local: str) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=ZONE)
    desk.clock.advance((at - desk.clock.now()).total_seconds())


def _say(
    desk: Desk,
    text: str,
    unasked: tuple[str, str] | None = None,
    valid: Validity = ALWAYS,
) -> None:
    with desk.writing() as write:
        write.say(
            SRI, text, person_id=desk.reporter.person.id, case_id=desk.case.id,
            promise=Promise.RECEIPT, unasked=unasked, valid=valid,
        )  # fmt: skip


def _news(desk: Desk, text: str = "kabar", safe_hours: str = "") -> None:
    _say(desk, text, ("Asia/Jakarta", safe_hours))


def _heard(desk: Desk) -> list[str]:
    desk.deliver(1)
    return [sent.text.text for sent in desk.whatsapp.sent]


def _she_writes(desk: Desk) -> None:
    with desk.database.transaction() as session:
        desk.meet(session)
        opened(session, desk.reporter.person.id or 0, "whatsapp", desk.clock.now())


def _stop(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.get_one(Person, desk.reporter.person.id).pushes_on = False


def _template(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.add(
            MessageTemplate(
                organisation_id=desk.organisation_id, name=UPDATE.name, content_sid="HX1",
                status="approved", checked_at=NOW,
            )
        )  # fmt: skip


def test_news_that_an_outage_kept_until_the_night_waits_for_the_morning(desk: Desk) -> None:
    """A phone that rings at two in the night can give her away; an answer still goes."""
    _go(desk, "2026-11-23 19:50")
    _news(desk)
    _go(desk, "2026-11-24 02:00")
    _say(desk, "jawaban")
    assert _heard(desk) == ["jawaban"]
    _go(desk, "2026-11-24 07:59")
    assert _heard(desk) == ["jawaban"]
    _go(desk, "2026-11-24 08:00")
    assert _heard(desk) == ["jawaban", "kabar"]
    assert [row.attempts for row in desk.rows("say")] == [1, 1]


def test_the_safe_hours_that_she_told_meanwhile_count(desk: Desk) -> None:
    """What waited since she told others would ring when it is not safe any more."""
    _go(desk, "2026-11-23 11:00")
    _news(desk, safe_hours="siang")
    with desk.database.transaction() as session:
        person = session.get_one(Person, desk.reporter.person.id)
        told = {"safe_hours": "malam setelah jam 8"}
        person.sealed = desk.vault.seal_json(told, "persons")
    _go(desk, "2026-11-23 12:00")
    assert _heard(desk) == []
    _go(desk, "2026-11-23 20:00")
    assert _heard(desk) == ["kabar"]


def test_who_writes_at_night_is_told_at_once_what_was_held_for_her(desk: Desk) -> None:
    """She has the phone in her hand and asked for it."""
    _template(desk)
    _go(desk, "2026-11-26 10:00")
    _news(desk)
    assert _heard(desk) == [f"{UPDATE.name} {desk.case.number}"]
    _go(desk, "2026-11-26 23:00")
    _she_writes(desk)
    assert _heard(desk)[1:] == ["kabar"]


def test_no_form_asks_her_to_open_at_night_for_what_nobody_asked(desk: Desk) -> None:
    """The form rings like the news itself."""
    _template(desk)
    _go(desk, "2026-11-26 02:00")
    _news(desk)
    assert _heard(desk) == []
    _go(desk, "2026-11-26 08:00")
    assert _heard(desk) == [f"{UPDATE.name} {desk.case.number}"]


@pytest.mark.parametrize("days", [0, 3])
def test_who_stops_is_told_no_news_that_waited_but_every_answer(desk: Desk, days: int) -> None:
    """BERHENTI opens the window: what was held behind it must not come as its answer."""
    _go(desk, "2026-11-23 10:00")
    desk.clock.advance(timedelta(days=days).total_seconds())
    _news(desk)
    _say(desk, "jawaban")
    if days:
        assert _heard(desk) == []
    _she_writes(desk)
    _stop(desk)
    assert _heard(desk) == ["jawaban"]
    assert [row.status for row in desk.rows("say")] == ["cancelled", "sent"]


def _close(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.get_one(Case, desk.case.id).status = "selesai"


def test_what_is_true_no_more_when_she_opens_whatsapp_is_not_said(desk: Desk) -> None:
    """A hearing "tomorrow", read three days later, sends her to an empty court."""
    _template(desk)
    _go(desk, "2026-11-26 10:00")
    noon = datetime.fromisoformat("2026-11-27 12:00").replace(tzinfo=ZONE)
    _say(desk, "besok sidang", ("Asia/Jakarta", ""), Validity(until=noon))
    _say(desk, "masih diproses", ("Asia/Jakarta", ""), Validity(stages=("baru",)))
    _say(desk, "sudah ditutup", ("Asia/Jakarta", ""), Validity(stages=("baru", "selesai")))
    _say(desk, "jawaban")
    assert _heard(desk) == [f"{UPDATE.name} {desk.case.number}"]
    _close(desk)
    _go(desk, "2026-11-28 10:00")
    _she_writes(desk)
    assert _heard(desk)[1:] == ["sudah ditutup", "jawaban"]


def test_a_form_about_what_is_over_gives_way_to_the_form_of_the_newer_news(desk: Desk) -> None:
    """It would ask about a closed case that goes on, and keep the news of that from leaving."""
    _template(desk)
    _go(desk, "2026-11-26 19:59")
    _say(desk, "puas?", ("Asia/Jakarta", ""), Validity(stages=("baru",)))
    _go(desk, "2026-11-26 20:01")
    assert _heard(desk) == []
    _close(desk)
    _news(desk)
    assert _heard(desk) == []
    _go(desk, "2026-11-27 08:00")
    assert _heard(desk) == [f"{UPDATE.name} {desk.case.number}"]
    assert sorted(row.status for row in desk.rows("template")) == ["sent"]
