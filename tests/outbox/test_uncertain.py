"""What nobody knows: looked up where it can be, repeated where it may be, shown to a person."""

import pytest
from sqlmodel import select

from bot.channels import OutcomeUnknown, TryLater
from bot.commands import Promise
from storage.cases import MessageContent, seal_message
from storage.outbound import LEASE, claim_outbound
from storage.tables import CaseMessage
from tests.outbox.scripted import SRI, Desk


def _say(desk: Desk, text: str = "Laporan diterima", promise: Promise = Promise.RECEIPT) -> None:
    with desk.writing() as write:
        write.say(SRI, text, person_id=desk.reporter.person.id, promise=promise)


def _lose_answer(desk: Desk, *, arrived: bool) -> None:
    desk.whatsapp.troubles["send_text"] = [OutcomeUnknown("timeout")]
    desk.whatsapp.keeps_it = arrived
    desk.deliver()
    desk.whatsapp.keeps_it = False


def test_a_receipt_that_did_arrive_is_found_and_never_said_twice(desk: Desk) -> None:
    """Two receipts make a worker believe that she has two cases."""
    _say(desk)
    _lose_answer(desk, arrived=True)
    desk.whatsapp.found = "m1"
    assert desk.settle_uncertain(1) == 0
    assert desk.settle_uncertain(2) == 1
    desk.deliver(3600)
    assert (desk.row().status, desk.row().external_id) == ("sent", desk.vault.lookup("m1"))
    assert len(desk.whatsapp.sent) == 1


def test_a_receipt_that_did_not_arrive_is_said_once_more_and_only_once(desk: Desk) -> None:
    """Not found after two minutes means that it never left."""
    _say(desk)
    _lose_answer(desk, arrived=False)
    assert desk.settle_uncertain(3) == 1
    _lose_answer(desk, arrived=False)
    assert desk.row().status == "uncertain"
    assert desk.settle_uncertain(3) == 0
    assert desk.whatsapp.calls.count("send_text") == 2


def test_a_late_look_up_before_the_second_try_still_finds_it(desk: Desk) -> None:
    """Providers list a message later than they take it."""
    _say(desk)
    _lose_answer(desk, arrived=True)
    assert desk.settle_uncertain(3) == 1
    desk.whatsapp.found = "m1"
    desk.deliver()
    assert (desk.row().status, len(desk.whatsapp.sent)) == ("sent", 1)


def test_the_same_words_of_another_row_do_not_count_as_this_one(desk: Desk) -> None:
    """Two cases may get the same sentence in the same hour."""
    _say(desk)
    desk.deliver()
    _say(desk)
    _lose_answer(desk, arrived=False)
    desk.whatsapp.found = "m1"
    desk.settle_uncertain(3)
    desk.deliver()
    assert [row.status for row in desk.rows()] == ["sent", "sent"]
    assert [row.external_id for row in desk.rows()] == [
        desk.vault.lookup(one) for one in ("m1", "m2")
    ]


def test_where_the_provider_cannot_be_asked_a_person_decides(desk: Desk) -> None:
    """Telegram has no list of what a bot sent."""
    _say(desk)
    _lose_answer(desk, arrived=True)
    desk.whatsapp.troubles["was_sent"] = [OutcomeUnknown(""), TryLater("")]
    assert desk.settle_uncertain(3) == 0
    assert desk.settle_uncertain(3) == 0
    assert (desk.row().status, len(desk.whatsapp.sent)) == ("uncertain", 1)


def test_a_question_is_asked_once_more_and_then_left(desk: Desk) -> None:
    """Asked twice is a nuisance, asked five times a reason to block the bot."""
    _say(desk, "Di mana?", Promise.QUESTION)
    _lose_answer(desk, arrived=True)
    desk.clock.advance(3)
    _lose_answer(desk, arrived=True)
    desk.deliver(3600)
    assert len(desk.whatsapp.sent) == 2
    assert desk.row().status == "uncertain"


@pytest.mark.parametrize(
    ("promise", "status"),
    [(Promise.RECEIPT, "uncertain"), (Promise.QUESTION, "queued"), (Promise.NOTICE, "failed")],
)
def test_a_sender_that_dies_after_the_request_leaves_the_promise_kept(
    desk: Desk, promise: Promise, status: str
) -> None:
    """Kill -9 between the request and its record: row ``sending`` until the lease ends."""
    _say(desk, promise=promise)
    with desk.database.transaction() as session:
        assert len(claim_outbound(session, desk.clock.now())) == 1
    assert desk.deliverer.give_up_lost() == 0
    desk.clock.advance(LEASE.total_seconds() + 1)
    assert desk.deliverer.give_up_lost() == 1
    assert desk.row().status == status


def test_officers_see_that_it_is_uncertain(desk: Desk) -> None:
    """A person has to decide, and needs to know that there is something to decide."""
    with desk.database.transaction() as session:
        message = CaseMessage(
            organisation_id=desk.organisation_id, case_id=desk.case.id or 0, direction="reply",
            state="queued", at=desk.clock.now(),
            sealed=seal_message(desk.vault, MessageContent("Kami bantu")),
        )  # fmt: skip
        session.add(message)
        session.flush()
        write = desk.work(session).write
        write.say(
            SRI, "Kami bantu", case_id=desk.case.id, message_id=message.id,
            person_id=desk.reporter.person.id, promise=Promise.RECEIPT,
        )  # fmt: skip
    _lose_answer(desk, arrived=True)
    desk.deliver()
    shown = desk.telegram.sent[-1].text.text + desk.telegram.sent[-2].text.text
    assert "tidak pasti terkirim" in shown
    with desk.database.reading() as session:
        assert session.exec(select(CaseMessage.preview_id)).one() != ""
