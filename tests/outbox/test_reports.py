"""Delivery reports: late, early, twice, in any order, and of messages that nobody knows."""

import itertools

import pytest
from sqlmodel import select

from bot.commands import Promise
from bot.handlers.whatsapp.failures import report_failure
from bot.outbox.reports import report_delivery
from storage.held import release_held
from storage.outbound import claim_outbound
from storage.tables import DeliveryReport, PersonAddress
from tests.outbox.scripted import SRI, Desk


def _say(desk: Desk) -> None:
    with desk.writing() as write:
        write.say(
            SRI, "Laporan diterima", person_id=desk.reporter.person.id, case_id=desk.case.id,
            promise=Promise.RECEIPT,
        )  # fmt: skip


def _reported(
    desk: Desk, status: str, error: str = "", external_id: str = "m1", of: int | None = None
) -> DeliveryReport:
    return DeliveryReport(
        organisation_id=of or desk.organisation_id, channel="whatsapp",
        external_id=desk.vault.lookup(external_id), status=status, error=error,
        at=desk.clock.now(),
    )  # fmt: skip


def _report(desk: Desk, *told: str, **further: object) -> bool:
    report = _reported(desk, *told, **further)  # type: ignore[arg-type]
    with desk.database.transaction() as session:
        return report_delivery(session, desk.vault, report, desk.clock.now(), report_failure)


def test_reports_in_any_order_end_at_the_furthest(desk: Desk) -> None:
    """Twilio does not keep the order of its callbacks."""
    for number, order in enumerate(itertools.permutations(("sent", "delivered", "read")), 1):
        _say(desk)
        desk.deliver()
        for status in (*order, *order):
            assert _report(desk, status, external_id=f"m{number}")
        assert desk.rows("say")[-1].status == "read"


def test_what_people_say_goes_before_news_of_a_delivery(desk: Desk) -> None:
    """Where the group has room for one message only, it is not an edit that says "sampai"."""
    with desk.writing() as write:
        write.show_card(desk.case)
    _say(desk)
    desk.deliver()
    assert _report(desk, "delivered")
    desk.clock.advance(10)
    with desk.writing() as write:
        write.post(desk.case, "Kapan dibayar?")
    with desk.database.transaction() as session:
        kinds = [claim_outbound(session, desk.clock.now(), 1)[0].kind for _ in range(2)]
    assert kinds == ["post", "card"]


@pytest.mark.parametrize("status", ["delivered", "read", "failed"])
def test_a_report_that_came_before_the_send_was_recorded_counts(desk: Desk, status: str) -> None:
    """The callback may be quicker than the answer to our own request."""
    _say(desk)
    assert not _report(desk, status)
    with desk.database.transaction() as session:
        session.add(_reported(desk, status, "63024"))
    desk.deliver()
    assert desk.row().status == status
    with desk.database.reading() as session:
        assert session.exec(select(DeliveryReport)).all() == []


def test_a_report_of_an_unknown_message_changes_nothing(desk: Desk) -> None:
    """Other programs may use the same account."""
    _say(desk)
    desk.deliver()
    assert not _report(desk, "failed", external_id="SM-fremd")
    assert desk.row().status == "sent"


def test_a_report_of_another_organisation_changes_nothing(desk: Desk) -> None:
    """Two unions may use accounts whose message ids are alike."""
    _say(desk)
    desk.deliver()
    assert not _report(desk, "failed", of=desk.organisation_id + 1)
    assert desk.row().status == "sent"


def test_a_refusal_by_report_is_shown_on_the_card(desk: Desk) -> None:
    """The officers must know that she did not hear, and what to do."""
    with desk.writing() as write:
        write.show_card(desk.case)
    desk.deliver()
    _say(desk)
    desk.deliver()
    _report(desk, "failed", "63024")
    desk.deliver()
    assert "tidak ada di WhatsApp" in desk.telegram.edits[-1][1].text
    with desk.database.reading() as session:
        assert session.exec(select(PersonAddress.unreachable)).one() == "63024"


def test_a_closed_window_told_by_report_holds_the_words_until_she_writes(desk: Desk) -> None:
    """Twilio takes the message first and refuses it a second later (63016)."""
    _say(desk)
    desk.deliver()
    _report(desk, "failed", "63016")
    assert desk.row().status == "held"
    assert not _report(desk, "sent"), "a late report of the refused try must not settle it"
    assert desk.row().status == "held"
    with desk.database.transaction() as session:
        release_held(session, desk.reporter.person.id or 0, "whatsapp", desk.clock.now())
    desk.deliver()
    assert (desk.row().status, desk.row().external_id) == ("sent", desk.vault.lookup("m2"))


@pytest.mark.parametrize(("code", "pause"), [("63010", 2), ("63012", 2), ("63018", 60)])
def test_trouble_at_the_provider_told_by_report_is_tried_again(
    desk: Desk, code: str, pause: float
) -> None:
    """Twilio takes the message first and fails a second later: she must hear it all the same."""
    _say(desk)
    desk.deliver()
    _report(desk, "failed", code)
    assert (desk.row().status, desk.row().external_id) == ("queued", "")
    assert not _report(desk, "failed", code), "the same report again must not end the next try"
    desk.deliver(pause - 0.5)
    assert desk.row().status == "queued"
    desk.deliver(1)
    assert (desk.row().status, len(desk.whatsapp.sent)) == ("sent", 2)
