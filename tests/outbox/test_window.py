"""WhatsApp's 24 hours: what is held, the one template for it, and how all of it leaves."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from bot.channels import ContentRejected, WindowClosed
from bot.commands import Promise
from bot.handlers.whatsapp.failures import report_failure
from bot.outbox.outcome import Result
from bot.outbox.reports import report_delivery
from bot.outbox.results import record_results
from bot.outbox.templates import UPDATE
from bot.outbox.window import (
    SHUT,
    UNOPENED_AFTER,
    ask_all_who_wait,
    opened,
    shut_windows,
)
from storage.cases import MessageContent, row_id, seal_message
from storage.due import take_due
from storage.outbound import claim_outbound
from storage.tables import CaseMessage, DeliveryReport, Due, MessageTemplate, Outbound
from tests.outbox.scripted import SRI, Desk
from tests.storage.rows import NOW

ALMOST_A_DAY = timedelta(hours=23, minutes=51).total_seconds()
ASKED = f"{UPDATE.name} KB-7F3K-92QM"


def _template(desk: Desk, status: str = "approved") -> None:
    with desk.database.transaction() as session:
        session.add(
            MessageTemplate(
                organisation_id=desk.organisation_id, name=UPDATE.name, content_sid="HX1",
                status=status, checked_at=NOW,
            )
        )  # fmt: skip


def _say(desk: Desk, text: str, **fields: object) -> None:
    with desk.writing() as write:
        write.say(
            SRI, text, person_id=desk.reporter.person.id, case_id=desk.case.id,
            promise=Promise.RECEIPT, **fields,  # type: ignore[arg-type]
        )  # fmt: skip


def _reply(desk: Desk, text: str) -> None:
    """An officer's reply, as one that was sent after its preview."""
    with desk.database.transaction() as session:
        message = CaseMessage(
            organisation_id=desk.organisation_id, case_id=row_id(desk.case), direction="reply",
            state="queued", sealed=seal_message(desk.vault, MessageContent(text)), at=NOW,
        )  # fmt: skip
        session.add(message)
        session.flush()
        number = message.id
    _say(desk, text, message_id=number)


def _she_writes(desk: Desk) -> None:
    with desk.database.transaction() as session:
        desk.meet(session)
        opened(session, desk.reporter.person.id or 0, "whatsapp", desk.clock.now())


def _heard(desk: Desk) -> list[str]:
    return [sent.text.text for sent in desk.whatsapp.sent]


def _report(desk: Desk, external_id: str, error: str) -> None:
    now = desk.clock.now()
    report = DeliveryReport(
        organisation_id=desk.organisation_id, channel="whatsapp",
        external_id=desk.vault.lookup(external_id), status="failed", error=error, at=now,
    )  # fmt: skip
    with desk.database.transaction() as session:
        assert report_delivery(session, desk.vault, report, now, report_failure)


def _card(desk: Desk) -> str:
    with desk.writing() as write:
        write.show_card(desk.case)
    desk.deliver()
    texts = [sent.text.text for sent in desk.telegram.sent]
    return (texts + [text.text for _, text in desk.telegram.edits])[-1]


def test_within_a_day_words_go_as_they_are(desk: Desk) -> None:
    """Most officers answer in time, and nobody needs a template then."""
    _template(desk)
    desk.clock.advance(timedelta(hours=23, minutes=45).total_seconds())
    _say(desk, "kabar")
    desk.deliver()
    assert _heard(desk) == ["kabar"]


def test_some_minutes_before_the_day_is_over_words_are_held_and_one_template_asks(
    desk: Desk,
) -> None:
    """Twilio takes what comes too late and fails it afterwards; our clock is never exact."""
    _template(desk)
    desk.clock.advance(ALMOST_A_DAY)
    for text in ("satu", "dua", "tiga"):
        _reply(desk, text)
        desk.deliver()
    assert _heard(desk) == [ASKED]
    assert [row.status for row in desk.rows("say")] == ["held"] * 3
    assert "menunggu dibuka pelapor sejak 24 Nov 08.51" in _card(desk)


def test_what_was_held_leaves_in_its_order_before_what_is_said_next(desk: Desk) -> None:
    """An answer that comes before the question it follows confuses everybody."""
    _template(desk)
    desk.clock.advance(ALMOST_A_DAY)
    for text in ("satu", "dua", "tiga"):
        _reply(desk, text)
    desk.deliver()
    _she_writes(desk)
    _say(desk, "jawaban bot")
    desk.deliver()
    assert _heard(desk)[1:] == ["satu", "dua", "tiga", "jawaban bot"]
    assert {row.status for row in desk.rows("say")} == {"sent"}


def test_after_an_answer_the_next_silence_asks_again(desk: Desk) -> None:
    """One template while it is unanswered, not one for ever."""
    _template(desk)
    for _ in range(2):
        desk.clock.advance(ALMOST_A_DAY)
        _say(desk, "kabar")
        desk.deliver()
        _she_writes(desk)
        desk.deliver(1)
    assert _heard(desk) == [ASKED, "kabar"] * 2


def test_a_refusal_at_once_and_one_by_report_do_the_same(desk: Desk) -> None:
    """WhatsApp's clock is the truth, whatever ours says."""
    _template(desk)
    desk.whatsapp.troubles["send_text"] = [WindowClosed("63016")]
    _say(desk, "satu")
    desk.deliver()
    _say(desk, "dua")
    desk.deliver()
    _report(desk, "m2", "63016")
    desk.deliver()
    assert _heard(desk) == [ASKED, "dua"]
    assert [row.status for row in desk.rows("say")] == ["held", "held"]
    _she_writes(desk)
    desk.deliver()
    assert _heard(desk)[2:] == ["satu", "dua"]


def test_a_refusal_that_her_message_overtook_is_sent_anew(desk: Desk) -> None:
    """Her window is open again: nobody has to ask her to write."""
    _template(desk)
    _say(desk, "satu")
    desk.deliver()
    desk.clock.advance(1)
    _she_writes(desk)
    _report(desk, "m1", "63016")
    desk.deliver()
    assert _heard(desk) == ["satu", "satu"]
    assert desk.row().status == "sent"
    _report(desk, "m2", "63016")
    desk.deliver()
    assert (_heard(desk)[-1], desk.row().status) == (ASKED, "held"), "but only once"


def test_words_that_our_clock_held_while_her_message_waited_to_be_read_leave(desk: Desk) -> None:
    """She wrote a moment before they were claimed, and her turn ran in between."""
    _template(desk)
    desk.clock.advance(ALMOST_A_DAY)
    _say(desk, "satu")
    with desk.database.transaction() as session:
        now = desk.clock.now()
        (row,) = claim_outbound(session, now)
        assert shut_windows(session, [row], now) == {row.id}
        desk.meet(session)  # written now, that is not after the claim
        opened(session, desk.reporter.person.id or 0, "whatsapp", now)
        record_results(session, desk.vault, [Result(row, "held", error=SHUT)], now, report_failure)
    desk.deliver()
    assert _heard(desk) == ["satu"]


def test_a_person_whose_clock_we_do_not_know_is_tried(desk: Desk) -> None:
    """Nothing is held on a guess."""
    with desk.database.transaction() as session:
        desk.meet(session).address.last_inbound_at = None
    desk.clock.advance(timedelta(days=3).total_seconds())
    _say(desk, "kabar")
    desk.deliver()
    assert _heard(desk) == ["kabar"]


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ("", "belum menyetujui"),
        ("pending", "belum menyetujui"),
        ("rejected", "menolak contoh pesannya"),
        ("paused", "menghentikan contoh pesannya"),
    ],
)
def test_without_an_approved_template_the_words_wait_and_officers_see_why(
    desk: Desk, status: str, line: str
) -> None:
    """They must know that nobody told her anything."""
    if status:
        _template(desk, status)
    desk.clock.advance(ALMOST_A_DAY)
    _say(desk, "kabar")
    desk.deliver()
    assert _heard(desk) == []
    assert line in _card(desk)
    _she_writes(desk)
    desk.deliver()
    assert _heard(desk) == ["kabar"]


@pytest.mark.parametrize(("code", "status"), [("63040", "rejected"), ("63041", "paused")])
def test_a_template_that_whatsapp_took_back_is_not_tried_for_every_text(
    desk: Desk, code: str, status: str
) -> None:
    """Each try costs, and makes it worse."""
    _template(desk)
    desk.clock.advance(ALMOST_A_DAY)
    _say(desk, "satu")
    desk.deliver()
    _report(desk, "m1", code)
    _say(desk, "dua")
    desk.deliver()
    assert _heard(desk) == [ASKED]
    with desk.database.reading() as session:
        assert session.exec(select(MessageTemplate.status)).one() == status
    assert "Kabari pengelola" in _card(desk) or status == "paused"


def test_a_template_that_fails_is_told_and_tried_with_the_next_text(desk: Desk) -> None:
    """WhatsApp limits what one person gets; tomorrow it may go."""
    _template(desk)
    desk.clock.advance(ALMOST_A_DAY)
    desk.whatsapp.troubles["send_template"] = [ContentRejected("63049")]
    _say(desk, "satu")
    desk.deliver()
    assert "Pemberitahuannya gagal terkirim. WhatsApp sedang membatasi" in _card(desk)
    _say(desk, "dua")
    desk.deliver()
    assert _heard(desk) == [ASKED]


def test_what_waited_without_a_template_is_told_once_it_is_approved(desk: Desk) -> None:
    """Approval may take a day; she must not wait longer for it."""
    desk.clock.advance(ALMOST_A_DAY)
    _say(desk, "satu")
    _say(desk, "dua")
    desk.deliver()
    _template(desk)
    with desk.database.transaction() as session:
        asked = ask_all_who_wait(session, desk.vault, desk.organisation_id, desk.clock.now())
    desk.deliver()
    assert (asked, _heard(desk)) == (1, [ASKED])


def _waiting(session: Session) -> list[Due]:
    return list(session.exec(select(Due).where(Due.status == "waiting")).all())


def test_the_alarm_counts_from_the_first_text_and_ends_with_her_answer(desk: Desk) -> None:
    """Two days after the first text, not after the last."""
    _template(desk)
    desk.clock.advance(ALMOST_A_DAY)
    _say(desk, "satu")
    desk.deliver()
    first = desk.clock.now()
    desk.clock.advance(3600)
    _say(desk, "dua")
    desk.deliver()
    with desk.database.reading() as session:
        (due,) = _waiting(session)
    assert (due.due_at, due.case_id) == (first + UNOPENED_AFTER, desk.case.id)
    _she_writes(desk)
    with desk.database.transaction() as session:
        assert _waiting(session) == []
        assert take_due(session, desk.clock.now() + timedelta(days=9)) == []


def test_a_template_that_still_waits_is_not_sent_after_she_wrote(desk: Desk) -> None:
    """An announcement of news after the news is nonsense."""
    _template(desk)
    desk.clock.advance(ALMOST_A_DAY)
    desk.whatsapp.troubles["send_template"] = [WindowClosed("x")]
    _say(desk, "satu")
    desk.deliver()
    with desk.database.transaction() as session:
        rows = session.exec(select(Outbound).where(col(Outbound.kind) == "template")).all()
        assert [row.status for row in rows] == ["failed"], "it is never held itself"
        ask_all_who_wait(session, desk.vault, desk.organisation_id, desk.clock.now())
    _she_writes(desk)
    desk.deliver()
    assert _heard(desk) == ["satu"]
    assert desk.rows("template")[-1].status == "cancelled"
